//! `/api/v1/admin/flags`, the operator's command, and what a flag means for those who ask.

use serde_json::{Value, json};
use shared::{
    App,
    auth::{AccountId, Caller, Role, SessionId, TenantId, UserId},
    clock::Clock,
    config::Config,
    export,
    flags::Flag,
};
use sqlx::Row as _;
use system::flags::operator::{self, Mistake};
use tests::harness::{Tenant, database, eventually, new_id, with_tenant};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

const EXPORTS: &str = "/api/v1/admin/flags/exports";
/// An address that refuses every connection.
const NOBODY: &str = "127.0.0.1:1";

/// Somebody of the office asks for a file: each time somebody else, because one may not ask often.
async fn ask_for_a_file(t: &Tenant) -> (u16, Value) {
    let answer = t.office().await.post("/api/v1/companies/export", json!({"format": "csv"})).await;
    (answer.status, answer.json()["details"][0]["code"].clone())
}

/// `migrate flag …` on a connection of one's own.
async fn operate(words: &[&str]) -> Result<Vec<String>, Mistake> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    operator::run(&mut database().await, &words).await
}

#[tokio::test]
async fn an_administrator_switches_a_feature_off_for_his_tenant_and_on_again() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let flags = admin.get("/api/v1/admin/flags").await.ok();
        let flag = flags.as_array().unwrap().iter().find(|flag| flag["name"] == "exports").unwrap();
        assert_eq!((&flag["isOn"], &flag["decidedBy"], &flag["version"]), (&json!(true), &json!("ROLLOUT"), &json!(1)));
        assert_eq!(flag["title"], "Listeleri dosya olarak indirme");

        let off = admin.patch(EXPORTS, json!({"chosen": "OFF", "version": 1})).await.ok();
        assert_eq!((&off["isOn"], &off["decidedBy"], &off["version"]), (&json!(false), &json!("TENANT"), &json!(2)));
        eventually("the choice to be seen", async || (ask_for_a_file(t).await.0 == 422).then_some(())).await;
        assert_eq!(ask_for_a_file(t).await, (422, json!("FEATURE_OFF")));
        with_tenant(async |other| {
            assert_eq!(other.admin().await.get(EXPORTS).await.ok()["isOn"], true, "another tenant's choice counts");
        })
        .await;

        // What is already so is written no second time; what was seen before somebody's change is refused.
        let same = admin.patch(EXPORTS, json!({"chosen": "OFF", "version": 2})).await.ok();
        assert_eq!(same["version"], 2);
        admin.patch(EXPORTS, json!({"chosen": "ON", "version": 1})).await.fails(409, "VERSION_CONFLICT");
        let back = admin.patch(EXPORTS, json!({"chosen": null, "version": 2})).await.ok();
        assert_eq!((&back["isOn"], &back["chosen"]), (&json!(true), &Value::Null));
        eventually("files to be had again", async || (ask_for_a_file(t).await.0 == 202).then_some(())).await;

        let trail = admin.get("/api/v1/audit?entity=flag").await.rows();
        let changes: Vec<&Value> = trail.iter().map(|row| &row["changes"]["chosen"]["after"]).collect();
        assert_eq!(changes, [&Value::Null, &json!("OFF")]);
        assert!(trail.iter().all(|row| row["action"] == "CONFIG_CHANGE" && row["changes"]["flag"] == "exports"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_chosen_changes_nothing() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        admin
            .patch(EXPORTS, json!({"chosen": "MAYBE", "version": 1}))
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("chosen");
        admin.patch(EXPORTS, json!({"chosen": "OFF"})).await.fails(400, "VALIDATION_ERROR").on_field("version");
        admin
            .patch(EXPORTS, json!({"held": "OFF", "version": 1}))
            .await
            .fails(400, "VALIDATION_ERROR")
            .on_field("held");
        admin.get("/api/v1/admin/flags/nobody-knows").await.fails(404, "NOT_FOUND");
        admin.patch("/api/v1/admin/flags/Bad!", json!({"chosen": "ON", "version": 1})).await.fails(404, "NOT_FOUND");
        assert_eq!(admin.get(EXPORTS).await.ok()["version"], 1);
    })
    .await;
}

#[tokio::test]
async fn the_first_choice_of_two_at_once_is_made_once() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let choose = || admin.patch(EXPORTS, json!({"chosen": "OFF", "version": 1}));
        let (a, b) = tokio::join!(choose(), choose());
        let mut answers = [a.status, b.status];
        answers.sort_unstable();
        assert_eq!(answers, [200, 409]);
        assert_eq!(admin.get(EXPORTS).await.ok()["version"], 2);
    })
    .await;
}

#[tokio::test]
async fn what_the_operator_holds_for_a_tenant_its_administrator_only_sees() {
    with_tenant(async |t| {
        let admin = t.admin().await;
        let tenant = t.id.to_string();
        let told = operate(&["exports", "--hold", "off", "--tenant", &tenant, "--by", "Nöbetçi"]).await.unwrap();
        assert_eq!(told[0], "held: null → \"OFF\"");
        let held = admin.get(EXPORTS).await.ok();
        assert_eq!(
            (&held["isOn"], &held["decidedBy"], &held["version"]),
            (&json!(false), &json!("OPERATOR"), &json!(2))
        );
        admin
            .patch(EXPORTS, json!({"chosen": "ON", "version": 2}))
            .await
            .fails(409, "INVALID_STATE")
            .with_code("FLAG_HELD");
        let trail = admin.get("/api/v1/audit?entity=flag").await.rows();
        assert_eq!((&trail[0]["changes"]["held"]["after"], trail.len()), (&json!("OFF"), 1));

        operate(&["exports", "--hold", "none", "--tenant", &tenant, "--by", "Nöbetçi"]).await.unwrap();
        assert_eq!(admin.get(EXPORTS).await.ok()["isOn"], true);
    })
    .await;
}

/// A flag of the test's own, which no tenant is shown.
async fn own_flag() -> String {
    let name = format!("test-{}", new_id().simple());
    sqlx::query(
        "INSERT INTO flags_rows (name, title_tr, title_en, description_tr, description_en, audience, rollout) \
         VALUES (?, 't', 't', 't', 't', 'OPERATOR', 0)",
    )
    .bind(&name)
    .execute(&mut database().await)
    .await
    .unwrap();
    name
}

async fn forget(flag: &str) {
    for table in ["flag_changes_rows WHERE flag", "flags_rows WHERE name"] {
        sqlx::query(&format!("DELETE FROM {table} = ?")).bind(flag).execute(&mut database().await).await.unwrap();
    }
}

#[tokio::test]
async fn an_operator_decides_for_everybody_and_it_is_kept_who_did() {
    with_tenant(async |t| {
        let flag = own_flag().await;
        t.admin().await.get(&format!("/api/v1/admin/flags/{flag}")).await.fails(404, "NOT_FOUND");
        let told = operate(&[&flag, "--rollout", "25", "--hold", "on", "--by", "Ayşe"]).await.unwrap();
        assert_eq!(told, ["held: null → \"ON\"", "rollout: 0 → 25", "in force everywhere within 30 seconds"]);
        let line = operate(&[]).await.unwrap().into_iter().find(|line| line.starts_with(&flag)).unwrap();
        assert!(line.contains("25 % by TENANT, held for all: ON"), "{line}");
        let kept = sqlx::query("SELECT CONVERT(changes USING utf8mb4), actor FROM flag_changes_rows WHERE flag = ?")
            .bind(&flag)
            .fetch_one(&mut database().await)
            .await
            .unwrap();
        let changes: Value = serde_json::from_str(kept.get(0)).unwrap();
        assert_eq!(
            (&changes["rollout"], kept.get::<String, _>(1)),
            (&json!({"before": 0, "after": 25}), "Ayşe".to_owned())
        );
        assert!(matches!(operate(&["nobody-knows", "--hold", "on", "--by", "x"]).await, Err(Mistake::NoFlag(_))));
        let nowhere = operate(&[&flag, "--hold", "on", "--tenant", "nobody", "--by", "x"]).await;
        assert!(matches!(nowhere, Err(Mistake::NoTenant(_))), "{nowhere:?}");
        forget(&flag).await;
    })
    .await;
}

#[expect(clippy::disallowed_methods, reason = "the tests' own edge to the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The application without Redis, and with its database behind another address.
fn app_at(address: &str) -> App {
    let config = Config::from_lookup(|name| match name {
        "REDIS_URL" => Some(format!("redis://{NOBODY}")),
        "DATABASE_URL" => variable(name).map(|url| {
            let (user, rest) = url.split_once('@').unwrap();
            format!("{user}@{address}/{}", rest.split_once('/').unwrap().1)
        }),
        name => variable(name),
    });
    App::new("tests", config.unwrap(), Clock::System).unwrap()
}

/// Stands between the application and MariaDB until it is ended.
async fn between() -> (String, JoinHandle<()>) {
    let url = variable("DATABASE_URL").unwrap();
    let database = url.split_once('@').unwrap().1.split_once('/').unwrap().0.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        let mut streams = JoinSet::new();
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&database).await.unwrap();
            streams.spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    (address, task)
}

async fn caller(t: &Tenant) -> Caller {
    let (user, email) = t.insert_user("OFFICE", None, false).await;
    Caller {
        session: SessionId::from_uuid(new_id()),
        tenant: TenantId::from_uuid(t.id),
        user: UserId::from_uuid(user),
        account: AccountId::from_uuid(new_id()),
        company: None,
        role: Role::Office,
        company_admin: false,
        name: "Deneme".to_owned(),
        email,
    }
}

#[tokio::test]
async fn without_the_database_the_last_known_answer_holds_and_before_it_the_flags_own() {
    with_tenant(async |t| {
        let caller = caller(t).await;
        let (address, database) = between().await;
        let app = app_at(&address);
        let forget_near = async || app.cache().invalidate(t.id, &["flags".to_owned()]).await;
        assert!(app.flag(&caller, &export::FLAG).await);
        assert!(!app.flag(&caller, &Flag { name: "nobody-knows", default: true }).await, "an unknown flag is on");
        operate(&["exports", "--hold", "off", "--tenant", &t.id.to_string(), "--by", "x"]).await.unwrap();
        forget_near().await;
        assert!(!app.flag(&caller, &export::FLAG).await);

        database.abort();
        let _ = database.await;
        forget_near().await;
        assert!(!app.flag(&caller, &export::FLAG).await, "the last known answer is forgotten");
        let nobody = app_at(NOBODY);
        assert!(nobody.flag(&caller, &export::FLAG).await);
        assert!(!nobody.flag(&caller, &Flag { name: "exports", default: false }).await);
    })
    .await;
}

#[tokio::test]
async fn what_the_code_asks_for_is_in_the_table_as_it_is_without_one() {
    for flag in [export::FLAG] {
        let row = sqlx::query("SELECT rollout FROM flags_rows WHERE name = ?").bind(flag.name);
        let row = row.fetch_optional(&mut database().await).await.unwrap().unwrap_or_else(|| panic!("{}", flag.name));
        assert_eq!(row.get::<u8, _>(0) == 100, flag.default, "{}", flag.name);
    }
}
