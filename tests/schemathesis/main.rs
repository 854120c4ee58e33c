//! schemathesis: requests made from the OpenAPI document, good ones and bad ones, by a program that knows nothing of
//! this product. No answer may be a 5xx or one that the document does not describe.

#[path = "../api/strangers/victim.rs"]
#[expect(dead_code, reason = "the tests of strangers ask more of it")]
mod victim;

use std::{collections::BTreeMap, path::PathBuf, process::Stdio};

use serde_json::{Map, Value, json};
use shared::auth::policy::{Access, OPERATIONS, Operation};
use tests::{
    harness::{Client, Tenant, variable, with_tenant},
    openapi,
};
use tokio::process::Command;
use victim::Victim;

/// What is looked at in each answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,allow_header_conformance";
/// Users who take turns: a user's limits would answer sooner than the product.
const USERS: usize = 8;
/// Kinds of records that the callers reach, by the segment before their id in a path.
const KINDS: [&str; 9] =
    ["companies", "workplaces", "employees", "assignments", "staff", "users", "invitations", "jobs", "imports"];

/// Operations that it does not get done, because it knows nothing of the product; all others must be done. Those that
/// need a secret from a mail or a password, a version that is current, a record in a certain state, or values that fit
/// each other: the tests of the API do them.
const BEYOND_IT: [&str; 24] = [
    "accept_invite",
    "change_email",
    "change_password",
    "confirm_email",
    "confirm_registration",
    "refresh_tokens",
    "register",
    "reset_password",
    "sign_in",
    "end_session",
    "delete_assignment",
    "delete_company",
    "delete_employee",
    "delete_workplace",
    "restore_assignment",
    "restore_company",
    "restore_employee",
    "restore_workplace",
    "apply_import",
    "check_import",
    "create_assignment",
    "create_employee",
    "update_employee",
    "update_staff",
];

fn token(client: &Client) -> Value {
    json!(client.credentials().and_then(|credentials| credentials.strip_prefix("Bearer ")))
}

/// How many callers an operation has for itself alone: one where it ends the caller's session, or locks the account
/// when a password is wrong; many where a limit of its own lets each caller in a few times an hour.
fn own_callers(name: &str, operation: &Value) -> usize {
    let policy = Operation::find(name).unwrap();
    let body = operation["requestBody"].to_string();
    let ends = name.starts_with("sign_out") || name == "end_session" || body.contains("password");
    match policy.access {
        Access::SignedIn if ends || !policy.limits.is_empty() => 1,
        Access::Roles(_) if !policy.limits.is_empty() => 2 * USERS,
        _ => 0,
    }
}

/// Whom it calls as, and how much.
struct Run<'a> {
    who: &'a str,
    /// Operations by name; all of them when there are none.
    only: Vec<String>,
    phases: &'a str,
    examples: u32,
    callers: &'a [Client],
    own: Map<String, Value>,
    victim: Option<&'a Victim>,
}

impl Run<'_> {
    /// Runs it; the statuses of the answers of each operation.
    async fn answers(self) -> Value {
        let folder = PathBuf::from(variable("STACK_DATA"));
        let stage = folder.join(format!("schemathesis-{}.json", self.who));
        let ids: BTreeMap<&str, String> =
            KINDS.iter().filter_map(|kind| Some((*kind, self.victim?.id_of(kind)?))).collect();
        let tokens: Vec<Value> = self.callers.iter().map(token).collect();
        tokio::fs::write(&stage, json!({"tokens": tokens, "own": self.own, "ids": ids}).to_string()).await.unwrap();
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let mut command = Command::new(format!("{root}/.dev/tools/venv/bin/schemathesis"));
        command
            .args([
                "run",
                &format!("{root}/docs/api/openapi.json"),
                "--url",
                &variable("TEST_BASE_URL"),
                "--checks",
                CHECKS,
            ])
            .args(["--phases", self.phases, "--max-examples", &self.examples.to_string(), "--seed", "20260101"])
            .args(["--generation-database", "none", "--suppress-health-check", "all", "--continue-on-failure"])
            .args(["--request-timeout", "40", "--no-color", "--warnings", "off"])
            .args(self.only.iter().flat_map(|name| ["--include-operation-id", name]))
            // It keeps notes of its own beside itself.
            .current_dir(&folder)
            .env("STAGE", &stage)
            .env("SCHEMATHESIS_HOOKS", format!("{root}/tests/schemathesis/hooks.py"))
            .stdin(Stdio::null());
        let output = command.output().await.expect("schemathesis is among the tools of scripts/requirements.txt");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "as {}:\n{said}\n{}", self.who, String::from_utf8_lossy(&output.stderr));
        let answers = tokio::fs::read(stage.with_extension("json.answers")).await.unwrap();
        let answers: Value = serde_json::from_slice(&answers).unwrap();
        println!(
            "as {}: {}",
            self.who,
            said.lines().find(|line| line.contains("generated")).unwrap_or_default().trim()
        );
        let limited = answers.as_object().unwrap().values().any(|of| !of["429"].is_null());
        assert!(!limited, "a limit answered for the product: {answers}");
        answers
    }
}

async fn own(t: &Tenant, role: &str, company: Option<&str>) -> Map<String, Value> {
    let document = openapi::document();
    let mut own = Map::new();
    for (_, _, operation) in openapi::operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        let mut tokens = Vec::new();
        for _ in 0..own_callers(name, operation) {
            tokens.push(token(&t.user(role, company, false).await));
        }
        if !tokens.is_empty() {
            own.insert(name.to_owned(), json!(tokens));
        }
    }
    own
}

#[tokio::test]
async fn as_an_administrator() {
    with_tenant(async |t| {
        let victim = Victim::new(t).await;
        let mut callers = Vec::new();
        for _ in 0..USERS {
            callers.push(t.admin().await);
        }
        let run = Run {
            who: "an administrator",
            only: Vec::new(),
            phases: "examples,coverage,fuzzing,stateful",
            examples: 8,
            callers: &callers,
            own: own(t, "ADMIN", None).await,
            victim: Some(&victim),
        };
        let answers = run.answers().await;
        let document = openapi::document();
        let operations = openapi::operations(&document);
        let names = operations.iter().filter_map(|(_, _, operation)| operation["operationId"].as_str());
        let done = |name: &&str| answers[*name].as_object().is_some_and(|of| of.keys().any(|s| s.starts_with('2')));
        let missed: Vec<&str> = names.filter(|name| !done(name) && !BEYOND_IT.contains(name)).collect();
        // What follows on what depends on chance: a few may be missed by one run, and others by the next.
        assert!(missed.len() <= 6, "these operations were never done: {missed:?}");
    })
    .await;
}

#[tokio::test]
async fn as_a_customers_user() {
    with_tenant(async |t| {
        let victim = Victim::new(t).await;
        let company = victim.id_of("companies").unwrap();
        let mut callers = Vec::new();
        for _ in 0..USERS {
            callers.push(t.client_admin_of(&company).await);
        }
        let run = Run {
            who: "a customer's user",
            only: Vec::new(),
            phases: "examples,fuzzing,stateful",
            examples: 5,
            callers: &callers,
            own: own(t, "CLIENT", Some(&company)).await,
            victim: Some(&victim),
        };
        run.answers().await;
    })
    .await;
}

#[tokio::test]
async fn as_nobody() {
    let open = OPERATIONS.iter().filter(|operation| matches!(operation.access, Access::Open | Access::Public));
    let run = Run {
        who: "nobody",
        only: open.map(|operation| operation.name.to_owned()).collect(),
        phases: "examples,coverage,fuzzing",
        examples: 10,
        callers: &[],
        own: Map::new(),
        victim: None,
    };
    run.answers().await;
}
