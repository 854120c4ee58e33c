//! What the records of a page's entries are called. The trail keeps ids; people know names.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use shared::{Result, db::Db};
use sqlx::{MySql, QueryBuilder, Row as _};
use uuid::Uuid;

use super::AuditEntry;

/// A record by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) is_deleted: bool,
}

/// The names of records by their ids.
pub(super) type Names = HashMap<Uuid, Named>;

/// Where a record's name stands: its id, its name, whether it was deleted. Every one of these shows only what the
/// reader may see, the deleted ones too.
const PLACES: [&str; 10] = [
    "SELECT id, name COLLATE utf8mb4_bin AS name, deleted_at IS NOT NULL AS is_deleted FROM companies_all WHERE id IN (",
    "SELECT id, title COLLATE utf8mb4_bin, deleted_at IS NOT NULL FROM workplaces_all WHERE id IN (",
    "SELECT e.id, CONCAT(p.first_name, ' ', p.last_name) COLLATE utf8mb4_bin, e.deleted_at IS NOT NULL \
     FROM employments_all e JOIN persons_all p ON p.id = e.person_id WHERE e.id IN (",
    "SELECT id, CONCAT(first_name, ' ', last_name) COLLATE utf8mb4_bin, deleted_at IS NOT NULL \
     FROM persons_all WHERE id IN (",
    "SELECT a.id, CONCAT(u.name, ' – ', w.title) COLLATE utf8mb4_bin, a.deleted_at IS NOT NULL \
     FROM assignments_all a JOIN users u ON u.id = a.user_id JOIN workplaces_all w ON w.id = a.workplace_id \
     WHERE a.id IN (",
    "SELECT id, name COLLATE utf8mb4_bin, FALSE FROM users WHERE id IN (",
    "SELECT account_id, name COLLATE utf8mb4_bin, FALSE FROM users WHERE account_id IN (",
    "SELECT id, email COLLATE utf8mb4_bin, FALSE FROM invitations WHERE id IN (",
    "SELECT id, file_name COLLATE utf8mb4_bin, FALSE FROM imports WHERE id IN (",
    "SELECT id, kind COLLATE utf8mb4_bin, FALSE FROM jobs WHERE id IN (",
];

/// The names of all records that these entries speak of, in one statement.
pub(super) async fn of(db: &mut Db, entries: &[AuditEntry]) -> Result<Names> {
    let mut ids = BTreeSet::new();
    for entry in entries {
        ids.extend(entry.entity_id);
        collect(&entry.changes, &mut ids);
    }
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let mut sql = QueryBuilder::<MySql>::new("");
    for (at, place) in PLACES.iter().enumerate() {
        sql.push(if at == 0 { "" } else { ") UNION ALL " }).push(*place);
        let mut list = sql.separated(", ");
        for id in &ids {
            list.push_bind(*id);
        }
    }
    let rows = sql.push(")").build().fetch_all(db).await?;
    let named = |row: &sqlx::mysql::MySqlRow| -> sqlx::Result<(Uuid, Named)> {
        let is_deleted: i64 = row.try_get_unchecked("is_deleted")?;
        Ok((row.try_get("id")?, Named { name: row.try_get_unchecked("name")?, is_deleted: is_deleted == 1 }))
    };
    Ok(rows.iter().map(named).collect::<sqlx::Result<_>>()?)
}

fn collect(value: &Value, ids: &mut BTreeSet<Uuid>) {
    match value {
        Value::String(text) => ids.extend(id(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, ids)),
        _ => {}
    }
}

/// The id that a text is.
pub(super) fn id(text: &str) -> Option<Uuid> {
    // Nothing but the usual spelling: a number of 32 digits is no id.
    (text.len() == 36).then(|| text.parse().ok()).flatten()
}

/// The name that an entry's own values give its record, for one of which nothing else is left.
pub(super) fn own(changes: &Value) -> Option<String> {
    let value = |name: &str| {
        let change = &changes[name];
        let told = if change.is_object() { [&change["after"], &change["before"]] } else { [change, &Value::Null] };
        told.into_iter().find_map(Value::as_str).filter(|text| !text.is_empty())
    };
    let person = value("firstName").zip(value("lastName")).map(|(first, last)| format!("{first} {last}"));
    person.or_else(|| ["name", "title", "fileName", "email"].into_iter().find_map(value).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_called_by_its_own_values_when_nothing_else_is_left() {
        let of = |name: &str| json!({"before": null, "after": name});
        assert_eq!(
            own(&json!({"firstName": of("Ali"), "lastName": of("Kaya"), "email": of("a@b.c")})).unwrap(),
            "Ali Kaya"
        );
        assert_eq!(own(&json!({"title": {"before": "Depo", "after": null}})).unwrap(), "Depo");
        assert_eq!(own(&json!({"email": "a@b.c"})).unwrap(), "a@b.c");
        assert_eq!(own(&json!({"status": of("LEAD")})), None);
    }
}
