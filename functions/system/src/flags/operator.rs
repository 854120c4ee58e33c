//! The operator's word about flags: `migrate flag NAME …`, on the owner's connection.

use serde_json::{Map, Value, json};
use shared::{
    clock::Clock,
    db::{Action, Db, changes},
    flags::Switch,
    http::Patch,
    types::new_uuid,
};
use sqlx::{Connection as _, Row as _};
use uuid::Uuid;

/// How the command is used.
pub const USAGE: &str = "migrate flag [NAME [--rollout 0..100] [--hold on|off|none] [--tenant SLUG|ID] --by NAME]";

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// The arguments cannot be read.
    #[error("{0}\nusage: {USAGE}")]
    Usage(String),
    /// There is no such flag.
    #[error("there is no flag {0}; `migrate flag` lists them")]
    NoFlag(String),
    /// There is no such tenant.
    #[error("there is no tenant {0}")]
    NoTenant(String),
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// What the operator wants of one flag.
#[derive(Debug, Default, PartialEq, Eq)]
struct Command {
    flag: String,
    rollout: Option<u8>,
    hold: Patch<Option<Switch>>,
    tenant: Option<String>,
    by: String,
}

/// Lists the flags, or changes one and says how it stands.
pub async fn run(db: &mut Db, arguments: &[String]) -> Result<Vec<String>, Mistake> {
    let Some(command) = parse(arguments)? else { return list(db).await };
    let mut transaction = db.begin().await?;
    let done = match &command.tenant {
        Some(tenant) => hold_for_tenant(&mut transaction, &command, tenant).await?,
        None => change(&mut transaction, &command).await?,
    };
    transaction.commit().await?;
    Ok(done)
}

fn parse(arguments: &[String]) -> Result<Option<Command>, Mistake> {
    let usage = |what: &str| Mistake::Usage(what.to_owned());
    let Some((flag, rest)) = arguments.split_first() else { return Ok(None) };
    let mut command = Command { flag: flag.clone(), ..Command::default() };
    for pair in rest.chunks(2) {
        let [name, value] = pair else { return Err(usage(&format!("{} needs a value", pair[0]))) };
        match (name.as_str(), value.as_str()) {
            ("--rollout", percent) => {
                let percent = percent.parse().ok().filter(|percent| *percent <= 100);
                command.rollout = Some(percent.ok_or_else(|| usage("--rollout takes 0 to 100"))?);
            }
            ("--hold", "on") => command.hold = Patch::Set(Some(Switch::On)),
            ("--hold", "off") => command.hold = Patch::Set(Some(Switch::Off)),
            ("--hold", "none") => command.hold = Patch::Set(None),
            ("--hold", _) => return Err(usage("--hold takes on, off or none")),
            ("--tenant", tenant) => command.tenant = Some(tenant.to_owned()),
            ("--by", by) => by.trim().clone_into(&mut command.by),
            (name, _) => return Err(usage(&format!("unknown: {name}"))),
        }
    }
    if command.by.is_empty() || command.by.chars().count() > 128 {
        return Err(usage("--by says who you are, in 1 to 128 characters"));
    }
    match (&command.tenant, command.rollout, &command.hold) {
        (Some(_), Some(_), _) => Err(usage("a percentage is for everybody; for a tenant use --hold")),
        (_, None, Patch::Keep) => Err(usage("nothing to change: --rollout or --hold")),
        _ => Ok(Some(command)),
    }
}

/// What stands in a nullable column of switches. The driver takes `_bin` text for bytes, unless it is told not to check.
fn switch(row: &sqlx::mysql::MySqlRow, column: &str) -> sqlx::Result<Option<Switch>> {
    row.try_get(column)
}

async fn list(db: &mut Db) -> Result<Vec<String>, Mistake> {
    let rows = sqlx::query(
        "SELECT f.name, f.audience, f.rollout, f.subject, f.held, \
         CAST(COALESCE(SUM(s.held IS NOT NULL), 0) AS SIGNED) AS held_tenants, \
         CAST(COALESCE(SUM(s.chosen IS NOT NULL), 0) AS SIGNED) AS choosing_tenants \
         FROM flags_rows f LEFT JOIN flag_settings_rows s ON s.flag = f.name GROUP BY f.name ORDER BY f.name",
    )
    .fetch_all(db)
    .await?;
    let line = |row: &sqlx::mysql::MySqlRow| {
        let text = |column: &str| row.try_get_unchecked::<String, _>(column);
        let held = switch(row, "held")?.map_or("none", Switch::as_str);
        let (tenants, choosing): (i64, i64) = (row.try_get("held_tenants")?, row.try_get("choosing_tenants")?);
        let (subject, rollout) = (text("subject")?, row.try_get::<u8, _>("rollout")?);
        Ok(format!(
            "{}: for {}, {rollout} % by {subject}, held for all: {held}, held for {tenants} tenants, chosen by {choosing}",
            text("name")?,
            text("audience")?,
        ))
    };
    Ok(rows.iter().map(line).collect::<sqlx::Result<_>>()?)
}

/// For everybody.
async fn change(db: &mut Db, command: &Command) -> Result<Vec<String>, Mistake> {
    let row = sqlx::query("SELECT rollout, held FROM flags_rows WHERE name = ? FOR UPDATE")
        .bind(&command.flag)
        .fetch_optional(&mut *db)
        .await?
        .ok_or_else(|| Mistake::NoFlag(command.flag.clone()))?;
    let (rollout, held): (u8, _) = (row.try_get("rollout")?, switch(&row, "held")?);
    let rollout_now = command.rollout.unwrap_or(rollout);
    let held_now = command.hold.as_set().copied().unwrap_or(held);
    sqlx::query("UPDATE flags_rows SET rollout = ?, held = ?, version = version + 1 WHERE name = ?")
        .bind(rollout_now)
        .bind(held_now)
        .bind(&command.flag)
        .execute(&mut *db)
        .await?;
    let of = |rollout: u8, held: Option<Switch>| json!({"rollout": rollout, "held": held});
    note(db, command, None, &changes(&of(rollout, held), &of(rollout_now, held_now))).await
}

/// For one tenant, in whose trail it stands too.
async fn hold_for_tenant(db: &mut Db, command: &Command, named: &str) -> Result<Vec<String>, Mistake> {
    let known: Option<String> = sqlx::query_scalar("SELECT CONVERT(name USING utf8mb4) FROM flags_rows WHERE name = ?")
        .bind(&command.flag)
        .fetch_optional(&mut *db)
        .await?;
    known.ok_or_else(|| Mistake::NoFlag(command.flag.clone()))?;
    let tenant: Uuid = sqlx::query_scalar("SELECT id FROM tenants_rows WHERE slug = ? OR id = ? FOR UPDATE")
        .bind(named)
        .bind(named.parse::<Uuid>().unwrap_or_default())
        .fetch_optional(&mut *db)
        .await?
        .ok_or_else(|| Mistake::NoTenant(named.to_owned()))?;
    let before = sqlx::query("SELECT held FROM flag_settings_rows WHERE tenant_id = ? AND flag = ?")
        .bind(tenant)
        .bind(&command.flag)
        .fetch_optional(&mut *db)
        .await?;
    let before = before.as_ref().map(|row| switch(row, "held")).transpose()?.flatten();
    let hold = command.hold.as_set().copied().flatten();
    // The first version of a tenant's setting is that there is none.
    sqlx::query(
        "INSERT INTO flag_settings_rows (id, tenant_id, flag, held, version) VALUES (?, ?, ?, ?, 2) \
         ON DUPLICATE KEY UPDATE held = VALUES(held), version = version + 1",
    )
    .bind(new_uuid(Clock::System.now()))
    .bind(tenant)
    .bind(&command.flag)
    .bind(hold)
    .execute(&mut *db)
    .await?;
    let mut changed = changes(&json!({"held": before}), &json!({"held": hold}));
    changed["flag"] = Value::from(command.flag.as_str());
    sqlx::query(
        "INSERT INTO audit_log_rows (id, tenant_id, action, entity, entity_id, actor_name, changes, created_at) \
         SELECT ?, s.tenant_id, ?, 'flag', s.id, ?, ?, UTC_TIMESTAMP(6) FROM flag_settings_rows s \
         WHERE s.tenant_id = ? AND s.flag = ?",
    )
    .bind(new_uuid(Clock::System.now()))
    .bind(Action::ConfigChange)
    .bind(format!("Operator: {}", command.by))
    .bind(changed.to_string())
    .bind(tenant)
    .bind(&command.flag)
    .execute(&mut *db)
    .await?;
    note(db, command, Some(tenant), &changed).await
}

/// Keeps what was changed by whom, and says it.
async fn note(db: &mut Db, command: &Command, tenant: Option<Uuid>, changed: &Value) -> Result<Vec<String>, Mistake> {
    sqlx::query("INSERT INTO flag_changes_rows (flag, tenant_id, changes, actor) VALUES (?, ?, ?, ?)")
        .bind(&command.flag)
        .bind(tenant)
        .bind(changed.to_string())
        .bind(&command.by)
        .execute(db)
        .await?;
    let empty = Map::new();
    let fields = changed.as_object().unwrap_or(&empty).iter().filter(|(_, change)| change.is_object());
    let mut lines: Vec<String> =
        fields.map(|(name, change)| format!("{name}: {} → {}", change["before"], change["after"])).collect();
    if lines.is_empty() {
        lines.push("nothing differs".to_owned());
    }
    lines.push("in force everywhere within 30 seconds".to_owned());
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Option<Command>, Mistake> {
        parse(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_command_says_what_and_who() {
        assert_eq!(read("").unwrap(), None);
        let command = read("exports --rollout 25 --by Ayşe").unwrap().unwrap();
        assert_eq!((command.rollout, command.hold.clone(), command.by.as_str()), (Some(25), Patch::Keep, "Ayşe"));
        let command = read("exports --hold none --tenant anadolu --by Ayşe").unwrap().unwrap();
        assert_eq!((command.hold, command.tenant.as_deref()), (Patch::Set(None), Some("anadolu")));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for words in [
            "exports",
            "exports --by Ayşe",
            "exports --rollout 101 --by Ayşe",
            "exports --rollout -1 --by Ayşe",
            "exports --hold maybe --by Ayşe",
            "exports --hold on",
            "exports --rollout 5 --tenant anadolu --by Ayşe",
            "exports --rollout --by",
            "exports --force on --by Ayşe",
        ] {
            assert!(matches!(read(words), Err(Mistake::Usage(_))), "{words}");
        }
    }
}
