//! What each operation of the OpenAPI document costs: statements to MariaDB, trips to Redis, calls of AWS, counted on
//! wires between a function in this process and the services. `budget.toml` holds the numbers; none may rise unseen.

mod probe;

use std::{collections::BTreeMap, path::PathBuf};

use probe::{Cost, Probe};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    harness::{Client, Tenant, eventually, put_file, variable, with_tenant},
    openapi,
};

use crate::strangers::{body, victim::Victim, with_ids};

/// Operations without a number, and why.
const UNCOUNTED: [(&str, &str); 4] = [
    ("accept_invite", "asks for the link of a mail"),
    ("confirm_registration", "asks for the link of a mail"),
    ("confirm_email", "asks for the link of a mail"),
    ("reset_password", "asks for the link of a mail"),
];

/// These end a session, so each gets a caller of its own.
const ENDING: [&str; 4] = ["change_password", "sign_out", "sign_out_everywhere", "end_session"];

/// What is changed by a PATCH: the first of these that the body has.
const CHANGES: [(&str, &str); 8] = [
    ("name", "Başka A.Ş."),
    ("title", "Başka işyeri"),
    ("lastName", "Başka"),
    ("position", "Başka iş"),
    ("phone", "+905321112233"),
    ("endsOn", "2030-01-01"),
    ("locale", "en"),
    ("chosen", "ON"),
];

/// One operation of the document.
struct Wanted {
    name: String,
    method: Method,
    path: String,
    schema: Option<Value>,
}

/// Every operation, those that need a record before those that take it away, and those before the ones that bring it
/// back.
fn operations(document: &Value) -> Vec<Wanted> {
    let mut found: Vec<Wanted> = openapi::operations(document)
        .into_iter()
        .map(|(method, path, operation)| {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            Wanted {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.parse().unwrap(),
                path,
                schema: (!schema.is_null()).then(|| body::resolved(document, schema)),
            }
        })
        .filter(|wanted| UNCOUNTED.iter().all(|(name, _)| *name != wanted.name))
        .collect();
    found.sort_by_key(|wanted| match (wanted.method.as_str(), wanted.path.contains('{')) {
        _ if ENDING.contains(&wanted.name.as_str()) => 6,
        ("GET", _) => 0,
        ("POST", false) => 1,
        ("PATCH" | "PUT", _) => 2,
        ("POST", true) if wanted.name.starts_with("restore_") => 5,
        ("POST", true) => 3,
        _ => 4,
    });
    found
}

/// The records that the operations work on.
struct Stage<'a> {
    tenant: &'a Tenant,
    victim: Victim,
    /// A company and a workplace that nothing depends on, so that they can be deleted; somebody who serves nobody yet;
    /// and imports at each of their steps.
    spare: BTreeMap<&'static str, String>,
}

impl<'a> Stage<'a> {
    async fn new(tenant: &'a Tenant, admin: &Client) -> Self {
        let victim = Victim::new(tenant).await;
        let id = |record: Value| record["id"].as_str().unwrap().to_owned();
        let company = admin.post("/api/v1/companies", json!({"name": "Yedek A.Ş."})).await.created();
        let workplace = json!({"companyId": victim.id_of("companies"), "title": "Yedek işyeri", "naceCode": "251100"});
        let workplace = admin.post("/api/v1/workplaces", workplace).await.created();
        let (staff, _) = tenant.insert_user("EXPERT", None, false).await;
        let spare =
            BTreeMap::from([("companies", id(company)), ("workplaces", id(workplace)), ("staff", staff.to_string())]);
        let mut stage = Self { tenant, victim, spare };
        let invited = json!({"email": format!("{}@deneme.test", tests::harness::new_id().simple()), "companyId": stage.victim.id_of("companies")});
        let invitation = admin.post("/api/v1/users/invite", invited).await.created();
        stage.spare.insert("resend_invitation", id(invitation));
        for name in ["check_import", "apply_import"] {
            let import = stage.import(admin, name == "apply_import").await;
            stage.spare.insert(name, import);
        }
        stage
    }

    /// An import whose file has come, and has been checked if it is to be applied.
    async fn import(&self, admin: &Client, is_checked: bool) -> String {
        let file = tests::harness::employee_list(3);
        let body = json!({"companyId": self.victim.id_of("companies"), "fileName": "liste.csv", "length": file.len()});
        let import = admin.post("/api/v1/imports", body).await.created();
        assert_eq!(put_file(&import["upload"], file.as_bytes()).await, 200);
        let id = import["id"].as_str().unwrap().to_owned();
        if is_checked {
            let how = json!({"workplaceId": self.victim.id_of("workplaces")});
            let job = admin.post(&format!("/api/v1/imports/{id}/check"), how).await.accepted();
            let job = format!("/api/v1/jobs/{}", job["jobId"].as_str().unwrap());
            eventually("the file to be checked", async || {
                (admin.get(&job).await.ok()["status"] == "DONE").then_some(())
            })
            .await;
        }
        id
    }

    fn id_of(&self, name: &str, segment: &str) -> Option<String> {
        let takes_away = name.starts_with("delete_") || name.starts_with("restore_");
        match segment {
            "imports" | "invitations" if self.spare.contains_key(name) => self.spare.get(name).cloned(),
            "provinces" => Some("34".to_owned()),
            "flags" => Some("exports".to_owned()),
            _ if takes_away && self.spare.contains_key(segment) => self.spare.get(segment).cloned(),
            _ => self.victim.id_of(segment),
        }
    }

    /// The version of the record that a path names.
    async fn version(&self, path: &str) -> i64 {
        let mut segments = path.split('/').skip(3);
        let (Some(kind), Some(id)) = (segments.next(), segments.next()) else { return 1 };
        let table = match kind {
            "companies" | "workplaces" | "assignments" | "users" => kind,
            "employees" => "employments",
            "staff" => "users",
            "tenants" | "profile" => return self.version_of_own(kind).await,
            _ => return 1,
        };
        let sql = format!("SELECT CAST(version AS SIGNED) FROM {table}_rows WHERE tenant_id = ? AND id = ?");
        let Ok(id) = id.parse::<uuid::Uuid>() else { return 1 };
        sqlx::query_scalar(&sql).bind(self.tenant.id).bind(id).fetch_one(&mut self.tenant.sql().await).await.unwrap()
    }

    async fn version_of_own(&self, kind: &str) -> i64 {
        let sql = match kind {
            "tenants" => "SELECT CAST(version AS SIGNED) FROM tenants_rows WHERE id = ?",
            _ => "SELECT CAST(MAX(version) AS SIGNED) FROM users_rows WHERE tenant_id = ? AND name = 'Deneme ADMIN'",
        };
        sqlx::query_scalar(sql).bind(self.tenant.id).fetch_one(&mut self.tenant.sql().await).await.unwrap()
    }

    fn body(&self, wanted: &Wanted, caller: &Client) -> Option<Value> {
        let mut body = body::example(wanted.schema.as_ref()?, &|field| self.victim.id_of_field(field));
        // Nobody is mailed too often.
        if !body["email"].is_null() {
            body["email"] = json!(format!("{}@deneme.test", tests::harness::new_id().simple()));
        }
        let mut set = |name: &str, value: Value| body[name] = value;
        match wanted.name.as_str() {
            "sign_in" => {
                set("email", json!(caller.email));
                set("password", json!(tests::harness::PASSWORD));
                set("client", json!("mobile"));
            }
            "change_email" => set("password", json!(tests::harness::PASSWORD)),
            "change_password" => set("current", json!(tests::harness::PASSWORD)),
            "change_company_status" => set("to", json!("PROSPECT")),
            "create_assignment" => set("staffId", json!(self.spare.get("staff"))),
            _ if wanted.method == Method::PATCH => {
                let fields = &wanted.schema.as_ref()?["properties"];
                let change = CHANGES.iter().find(|(name, _)| fields.get(name).is_some());
                let (name, value) = change.unwrap_or_else(|| panic!("{}: what can be changed there?", wanted.name));
                return Some(json!({*name: value}));
            }
            _ => {}
        }
        Some(body)
    }
}

/// Does everything once in a tenant; what each operation cost.
async fn costs(probe: &Probe, document: &Value, t: &Tenant) -> BTreeMap<String, Cost> {
    let admin = t.admin().await;
    let stage = Stage::new(t, &admin).await;
    let (mut costs, mut undone) = (BTreeMap::new(), Vec::new());
    for wanted in operations(document) {
        let own = if ENDING.contains(&wanted.name.as_str()) { Some(t.admin().await) } else { None };
        let caller = own.as_ref().unwrap_or(&admin);
        let id_of = |segment: &str| match segment {
            "sessions" => Some(probe.session_of(caller)),
            _ => stage.id_of(&wanted.name, segment),
        };
        let path = with_ids(&wanted.path, &id_of).unwrap_or_else(|| wanted.path.clone());
        let version = stage.version(&path).await;
        let body = match wanted.name.as_str() {
            "refresh_tokens" => Some(json!({"refreshToken": refresh_token(&caller.email).await})),
            _ => stage.body(&wanted, caller),
        };
        let (status, text, cost) = probe.cost(caller, &wanted.method, &path, version, body.clone()).await;
        if !(200..400).contains(&status) {
            undone.push(format!("{} {path} with {body:?}: {status} {text}", wanted.name));
        }
        costs.insert(wanted.name, cost);
    }
    assert!(undone.is_empty(), "these were refused; give them what they need:\n{}", undone.join("\n"));
    costs
}

async fn refresh_token(email: &str) -> Value {
    let body = json!({"email": email, "password": tests::harness::PASSWORD, "client": "mobile"});
    Client::anonymous().post("/api/v1/auth/login", body).await.ok()["refreshToken"].clone()
}

/// The committed numbers.
fn budget() -> BTreeMap<String, [usize; 3]> {
    toml::from_str(include_str!("budget.toml")).expect("budget.toml")
}

/// What rose, in words.
fn risen(costs: &BTreeMap<String, Cost>, budget: &BTreeMap<String, [usize; 3]>) -> Vec<String> {
    let words = costs.iter().filter_map(|(name, cost)| {
        let now = cost.numbers();
        match budget.get(name) {
            None => Some(format!("{name} has no budget; it asks {now:?}")),
            Some(allowed) if now.iter().zip(allowed).any(|(now, allowed)| now > allowed) => {
                Some(format!("{name}: {allowed:?} are allowed, it asks {now:?}:\n{cost}"))
            }
            Some(_) => None,
        }
    });
    let gone = budget.keys().filter(|name| !costs.contains_key(*name)).map(|name| format!("{name} is no more"));
    words.chain(gone).collect()
}

#[tokio::test]
async fn no_operation_asks_more_of_the_services_than_its_budget() {
    let document = openapi::document();
    let (probe, budget) = (Probe::new().await, budget());
    let measure = async || with_tenant(async |t| costs(&probe, &document, t).await).await;
    // The first time a statement is made known to the server and the caches fill; the later times count.
    measure().await;
    let mut costs = measure().await;
    for _ in 0..2 {
        if risen(&costs, &budget).is_empty() {
            return;
        }
        // On a busy machine a session's copy or a cached value runs out just then; what rose for good does so again.
        for (name, again) in measure().await {
            if costs.get(&name).is_none_or(|cost| again.numbers() < cost.numbers()) {
                costs.insert(name, again);
            }
        }
    }
    let risen = risen(&costs, &budget);
    let mut page = String::from(include_str!("budget.toml"));
    page.truncate(page.find("\n\n").map_or(0, |end| end + 2));
    for (name, cost) in &costs {
        let [statements, redis, aws] = cost.numbers();
        page.extend([name, " = [", &[statements, redis, aws].map(|number| number.to_string()).join(", "), "]\n"]);
    }
    let file = PathBuf::from(variable("STACK_DATA")).join("budget.toml");
    std::fs::write(&file, page).unwrap();
    assert!(
        risen.is_empty(),
        "[statements to MariaDB, trips to Redis, calls of AWS]\n{}\nIf more is meant to be asked, {} is the new \
         tests/api/work/budget.toml; say why in docs/performance.md.",
        risen.join("\n"),
        file.display()
    );
}
