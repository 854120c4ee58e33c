//! Staging data of the demo data: nobody's name, number or address is left, and the product works with what is.

use std::collections::HashSet;

use anonymise::Staging;
use axum::{Router, body::Body, http::Request};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use shared::{
    App,
    auth::password::Password,
    clock::Clock,
    config::Config,
    crypto::{Aad, BlindIndex, FieldCipher, Keyring},
    types::{Tckn, turkish::search_key},
};
use sqlx::{Executor as _, MySqlConnection, Row as _};
use system::migrations;
use tests::harness::{STACK, database};
use tower::ServiceExt as _;
use uuid::Uuid;

const PASSWORD: &str = "Hazirlik-Ortami-2026";
const FIELD_KEYS: &str = "s1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const INDEX_KEY: &str = "Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
/// Whose data are looked for: the tenants of other tests have names of our own words.
const DEMO: &str = "(SELECT id FROM prosektor.tenants_rows WHERE name IN ('Anadolu OSGB', 'Ege OSGB'))";
/// What the platform brings itself; a name may be a town's.
const PLATFORM: [&str; 8] = [
    "_sqlx_migrations",
    "districts_rows",
    "flags_rows",
    "nace_codes_rows",
    "provinces_rows",
    "rate_limits_rows",
    "rule_values_rows",
    "view_scopes_rows",
];

fn staging() -> Staging {
    Staging {
        cipher: FieldCipher::new(Keyring::parse(FIELD_KEYS).unwrap()),
        index: BlindIndex::parse(INDEX_KEY).unwrap(),
        password: Password::new(PASSWORD),
    }
}

fn here() -> App {
    App::new("tests", Config::from_env().unwrap(), Clock::System).unwrap()
}

/// The product on the copy, with staging's keys and a cache of its own.
fn there() -> App {
    let mut config = Config::from_env().unwrap();
    let database = config.database_url.expose_secret().replace("/prosektor", "/prosektor_scratch_staging");
    config.database_url = SecretString::from(database);
    config.database_replica_url = None;
    config.redis_url = SecretString::from(format!("{}/7", config.redis_url.expose_secret()));
    config.field_keys = SecretString::from(FIELD_KEYS);
    config.index_key = SecretString::from(INDEX_KEY);
    App::new("tests", config, Clock::System).unwrap()
}

async fn texts(db: &mut MySqlConnection, sql: &str) -> Vec<String> {
    sqlx::query(sql).fetch_all(db).await.unwrap().iter().map(|row| row.get_unchecked(0)).collect()
}

/// A copy of the running database, as a restored backup would be.
async fn copy() -> MySqlConnection {
    let mut owner = database().await;
    owner.execute("DROP DATABASE IF EXISTS prosektor_scratch_staging").await.unwrap();
    owner.execute("CREATE DATABASE prosektor_scratch_staging CHARACTER SET utf8mb4 COLLATE utf8mb4_bin").await.unwrap();
    let url = STACK.migrator_url.replace("/prosektor", "/prosektor_scratch_staging");
    let mut db = migrations::connect(Some(url)).await.unwrap();
    migrations::apply(&mut db).await.unwrap();
    db.execute("SET foreign_key_checks = 0").await.unwrap();
    for table in tables(&mut db).await {
        if table == "_sqlx_migrations" {
            continue;
        }
        let columns = columns(&mut db, &table, "extra NOT LIKE '%GENERATED%'").await.join(", ");
        db.execute(format!("DELETE FROM {table}").as_str()).await.unwrap();
        // Of the demo tenants only: while other tests write, a copy table by table would not fit together.
        let tenant = if table == "tenants_rows" { "id" } else { "tenant_id" };
        let has_one = !self::columns(&mut db, &table, &format!("column_name = '{tenant}'")).await.is_empty();
        let which = if has_one { format!(" WHERE {tenant} IN {DEMO} OR {tenant} IS NULL") } else { String::new() };
        let copy = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM prosektor.{table}{which}");
        db.execute(copy.as_str()).await.unwrap();
    }
    db.execute("SET foreign_key_checks = 1").await.unwrap();
    db
}

async fn tables(db: &mut MySqlConnection) -> Vec<String> {
    texts(db, "SELECT CONVERT(table_name USING utf8mb4) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'").await
}

async fn columns(db: &mut MySqlConnection, table: &str, that: &str) -> Vec<String> {
    let sql = format!(
        "SELECT CONVERT(column_name USING utf8mb4) FROM information_schema.columns WHERE table_schema = DATABASE() \
         AND table_name = '{table}' AND {that}"
    );
    texts(db, &sql).await
}

/// Every value of every column that holds text, of these tables; with what is encrypted in clear.
async fn all_text(db: &mut MySqlConnection, cipher: &FieldCipher, tables: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for table in tables {
        let kinds = "data_type IN ('char', 'varchar', 'text', 'mediumtext', 'longtext', 'json')";
        for column in columns(db, table, kinds).await {
            let sql = format!(
                "SELECT DISTINCT CAST(CONVERT({column} USING utf8mb4) AS BINARY) FROM {table} WHERE {column} IS NOT NULL"
            );
            all.extend(texts(db, &sql).await);
        }
    }
    all.extend(tckns(db, cipher, "TRUE").await.into_iter().map(|tckn| tckn.expose().to_owned()));
    all
}

/// The numbers of persons, by this cipher.
async fn tckns(db: &mut MySqlConnection, cipher: &FieldCipher, which: &str) -> Vec<Tckn> {
    let sql = format!("SELECT id, tckn_cipher FROM persons_rows WHERE tckn_cipher IS NOT NULL AND {which}");
    let rows: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(&sql).fetch_all(db).await.unwrap();
    rows.iter()
        .map(|(id, record)| {
            let plain = cipher.decrypt(record, Aad::new("persons", *id, "tckn_cipher")).expect("opens with these keys");
            Tckn::parse(std::str::from_utf8(&plain).unwrap()).unwrap()
        })
        .collect()
}

/// What must not be found any more.
struct Originals {
    /// Words of people's names.
    words: HashSet<String>,
    /// Names of companies and workplaces, folded.
    names: Vec<String>,
    /// E-mails, and runs of digits: telephones, numbers of people, companies and certificates.
    exact: HashSet<String>,
}

async fn originals() -> Originals {
    let mut db = database().await;
    let people = format!(
        "SELECT CONCAT(first_name, ' ', last_name) FROM persons_rows WHERE tenant_id IN {DEMO} \
         UNION SELECT name FROM users_rows WHERE tenant_id IN {DEMO} \
         UNION SELECT actor_name FROM audit_log_rows WHERE tenant_id IN {DEMO} AND actor_name IS NOT NULL \
         UNION SELECT employer_representative FROM workplaces_rows WHERE tenant_id IN {DEMO} AND employer_representative IS NOT NULL"
    );
    let words = texts(&mut db, &people).await;
    let words = words.iter().flat_map(|name| search_key(name).split(' ').map(str::to_owned).collect::<Vec<_>>());
    let names = format!(
        "SELECT name FROM companies_rows WHERE tenant_id IN {DEMO} UNION SELECT name FROM tenants_rows WHERE id IN {DEMO} \
         UNION SELECT title FROM workplaces_rows WHERE tenant_id IN {DEMO}"
    );
    let emails = format!(
        "SELECT email FROM persons_rows WHERE tenant_id IN {DEMO} AND email IS NOT NULL \
         UNION SELECT email FROM companies_rows WHERE tenant_id IN {DEMO} AND email IS NOT NULL \
         UNION SELECT a.email FROM accounts_rows a JOIN users_rows u ON u.account_id = a.id WHERE u.tenant_id IN {DEMO} \
         UNION SELECT email FROM invitations_rows WHERE tenant_id IN {DEMO}"
    );
    let numbers = format!(
        "SELECT phone FROM persons_rows WHERE tenant_id IN {DEMO} AND phone IS NOT NULL \
         UNION SELECT phone FROM users_rows WHERE tenant_id IN {DEMO} AND phone IS NOT NULL \
         UNION SELECT phone FROM companies_rows WHERE tenant_id IN {DEMO} AND phone IS NOT NULL \
         UNION SELECT tax_id FROM companies_rows WHERE tenant_id IN {DEMO} AND tax_id IS NOT NULL \
         UNION SELECT mersis FROM companies_rows WHERE tenant_id IN {DEMO} AND mersis IS NOT NULL \
         UNION SELECT sgk_no FROM workplaces_rows WHERE tenant_id IN {DEMO} AND sgk_no IS NOT NULL"
    );
    let mut exact: HashSet<String> = texts(&mut db, &emails).await.into_iter().collect();
    for number in texts(&mut db, &numbers).await {
        exact.extend(digits(&number).map(str::to_owned));
    }
    let people = format!("tenant_id IN {DEMO}");
    exact.extend(tckns(&mut db, here().cipher(), &people).await.iter().map(|tckn| tckn.expose().to_owned()));
    let names = texts(&mut db, &names).await.into_iter().map(|name| search_key(&name));
    // A name of signs alone has nothing that could be found again.
    let names = names.filter(|name| !name.is_empty()).collect();
    Originals { words: words.filter(|word| word.len() > 1).collect(), names, exact }
}

/// Runs of digits that can be a number of somebody.
fn digits(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_ascii_digit()).filter(|run| run.len() >= 7)
}

impl Originals {
    /// What is found of them in a text; names only where the platform's own words do not stand.
    fn found_in(&self, text: &str, names_too: bool) -> Vec<String> {
        let mut found: Vec<String> = digits(text).filter(|run| self.exact.contains(*run)).map(str::to_owned).collect();
        let address = |sign: char| !(sign.is_alphanumeric() || "@.+-_".contains(sign));
        found.extend(text.split(address).filter(|word| self.exact.contains(*word)).map(str::to_owned));
        if names_too {
            let folded = search_key(text);
            found.extend(folded.split(' ').filter(|word| self.words.contains(*word)).map(str::to_owned));
            found.extend(self.names.iter().filter(|name| folded.contains(name.as_str())).cloned());
        }
        found
    }
}

async fn call(router: Router, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request = request.header("user-agent", "prosektor-tests");
    let request = if token.is_empty() { request } else { request.header("authorization", format!("Bearer {token}")) };
    let answer = router.oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

/// The product on the copy: somebody of the demo data signs in, and finds whom he looks for.
async fn it_works(db: &mut MySqlConnection) {
    let sql = format!(
        "SELECT a.email FROM accounts_rows a JOIN users_rows u ON u.account_id = a.id JOIN prosektor.accounts_rows o \
         ON o.id = a.id WHERE o.email = 'admin@anadolu.test' AND u.tenant_id IN {DEMO}"
    );
    let email = texts(db, &sql).await.remove(0);
    assert!(email.ends_with("@ornek.test"), "{email}");
    let app = there();
    let sign_in = |password: &str| {
        let body = json!({"email": email, "password": password, "client": "mobile"});
        let router = identity::sign_in_routes().into_router(app.clone());
        async move { call(router, "POST", "/api/v1/auth/login", "", &body).await }
    };
    assert_eq!(sign_in("Prosektor-Demo-2026").await.0, 401, "production's passwords are gone");
    let (status, body) = sign_in(PASSWORD).await;
    assert_eq!(status, 200, "{body}");
    let token = body["data"]["accessToken"].as_str().unwrap().to_owned();
    let register = async |path: &str| {
        let (status, body) =
            call(companies::routes().into_router(app.clone()), "GET", path, &token, &Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    };
    let companies = register("/api/v1/companies").await;
    assert!(companies["pagination"]["total"].as_u64().is_some_and(|total| total >= 40), "{companies}");
    let people = register("/api/v1/employees").await;
    let somebody = people["data"].as_array().unwrap().iter().find(|one| !one["tckn"].is_null()).unwrap();
    let found = register(&format!("/api/v1/employees?q={}", search_key(somebody["lastName"].as_str().unwrap()))).await;
    assert!(found["data"].as_array().unwrap().iter().any(|one| one["id"] == somebody["id"]), "{found}");
    let id = somebody["id"].as_str().unwrap();
    let revealed = register(&format!("/api/v1/employees/{id}?reveal=true")).await["data"]["tckn"].clone();
    let revealed = Tckn::parse(revealed.as_str().unwrap()).unwrap();
    assert_eq!(somebody["tckn"], revealed.to_string());
}

/// How often an entry of the trail names its actor's address.
const AGREE: &str = "SELECT CAST(COUNT(*) AS CHAR) FROM audit_log_rows l JOIN users_rows u ON u.tenant_id = l.tenant_id \
    AND u.id = l.actor_user_id JOIN accounts_rows a ON a.id = u.account_id WHERE a.email = l.actor_email";
const NUMBERS: &str = "SELECT CAST(COUNT(DISTINCT tenant_id, tckn_index) AS CHAR) FROM persons_rows";

#[tokio::test]
async fn nothing_of_anybody_is_left_and_the_product_works_on_it() {
    let mut db = copy().await;
    let originals = originals().await;
    assert!(originals.words.len() > 50 && originals.names.len() > 50 && originals.exact.len() > 3_000);
    let before = [AGREE, NUMBERS].map(str::to_owned);
    let mut counts = Vec::new();
    for sql in &before {
        counts.push(texts(&mut db, sql).await.remove(0));
    }

    // A column that nobody has thought about stops it before anything is changed.
    db.execute("ALTER TABLE persons_rows ADD COLUMN nickname VARCHAR(20)").await.unwrap();
    let refused = anonymise::run(&mut db, &staging()).await.unwrap_err().to_string();
    assert!(refused.contains("persons_rows.nickname: is not declared"), "{refused}");
    db.execute("ALTER TABLE persons_rows DROP COLUMN nickname").await.unwrap();
    let untouched = format!(
        "SELECT CAST(COUNT(*) AS CHAR) FROM tenants_rows WHERE id IN {DEMO} AND name LIKE '% OSGB' AND slug IS NOT NULL"
    );
    assert_eq!(texts(&mut db, &untouched).await, ["2"]);

    let done = anonymise::run(&mut db, &staging()).await.unwrap();
    assert!(done.iter().any(|line| line.starts_with("sign in: ")), "{done:?}");
    for (sql, count) in before.iter().zip(counts) {
        assert_eq!(texts(&mut db, sql).await, [count], "what belonged together still does: {sql}");
    }
    let (platform, own): (Vec<String>, Vec<String>) =
        tables(&mut db).await.into_iter().partition(|table| PLATFORM.contains(&table.as_str()));
    let cipher = staging().cipher;
    for (tables, names_too) in [(own, true), (platform, false)] {
        for text in all_text(&mut db, &cipher, &tables).await {
            let found = originals.found_in(&text, names_too);
            assert!(found.is_empty(), "{found:?} is left in {text:?}");
        }
    }
    // Each number is found by staging's index and opens for nobody else.
    let rows: Vec<(Uuid, Uuid, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("SELECT tenant_id, id, tckn_cipher, tckn_index FROM persons_rows WHERE tckn_cipher IS NOT NULL")
            .fetch_all(&mut db)
            .await
            .unwrap();
    for (tenant, id, record, index) in &rows {
        let place = Aad::new("persons", *id, "tckn_cipher");
        let plain = cipher.decrypt(record, place).unwrap();
        assert_eq!(staging().index.index(*tenant, "persons.tckn", std::str::from_utf8(&plain).unwrap()), index[..]);
        assert!(here().cipher().decrypt(record, place).is_err());
    }
    it_works(&mut db).await;

    // Once more, as when a run has died: it goes through, and gives everybody another name.
    let name = texts(&mut db, "SELECT name FROM users_rows ORDER BY tenant_id, id LIMIT 1").await;
    anonymise::run(&mut db, &staging()).await.unwrap();
    assert_ne!(name, texts(&mut db, "SELECT name FROM users_rows ORDER BY tenant_id, id LIMIT 1").await);
    db.execute("DROP DATABASE prosektor_scratch_staging").await.unwrap();
}

#[tokio::test]
async fn every_column_says_what_becomes_of_it() {
    anonymise::check(&mut database().await).await.unwrap();
}
