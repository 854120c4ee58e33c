//! The role matrix, operation by operation: every row of the table, as every role and as nobody.

use serde_json::Value;
use shared::auth::{Grant, Role};
use tests::{
    harness::{Client, Tenant, new_id, with_tenant},
    openapi,
};

use crate::strangers::{Described, body, operations, send, with_ids};

/// These end the caller's session, so each gets a caller of its own.
const ENDING: [&str; 2] = ["sign_out", "sign_out_everywhere"];

async fn as_role(t: &Tenant, role: Role) -> Client {
    match role {
        Role::Client => {
            let company = t.company().await;
            t.client_admin_of(company["id"].as_str().unwrap()).await
        }
        role => t.user(role.as_str(), None, false).await,
    }
}

/// Calls an operation with ids that nobody has: who may not call it learns that first.
async fn call(client: &Client, operation: &Described) -> (u16, Value) {
    let path = with_ids(&operation.path, &|_| Some(new_id().to_string())).unwrap_or_else(|| operation.path.clone());
    let body = operation.body.as_ref().map(|schema| body::example(schema, &|_| None));
    let answer = send(client, operation, &path, body).await;
    (answer.status, answer.json()["code"].clone())
}

async fn holds_for(role: Role) {
    let document = serde_json::to_value(openapi::document()).unwrap();
    with_tenant(async |t| {
        let client = as_role(t, role).await;
        for operation in &operations(&document) {
            let (status, code) = if ENDING.contains(&operation.name.as_str()) {
                call(&as_role(t, role).await, operation).await
            } else {
                call(&client, operation).await
            };
            let closed = status == 403 && code == "FORBIDDEN";
            let meant = operation.policy.grant(role) == Grant::None;
            assert_eq!(closed, meant, "{} as {role}: {status} {code}", operation.name);
            assert!(status != 401 && status < 500, "{} as {role}: {status} {code}", operation.name);
        }
    })
    .await;
}

#[tokio::test]
async fn an_administrator_reaches_what_the_matrix_says() {
    holds_for(Role::Admin).await;
}

#[tokio::test]
async fn the_office_reaches_what_the_matrix_says() {
    holds_for(Role::Office).await;
}

#[tokio::test]
async fn a_physician_reaches_what_the_matrix_says() {
    holds_for(Role::Doctor).await;
}

#[tokio::test]
async fn an_expert_reaches_what_the_matrix_says() {
    holds_for(Role::Expert).await;
}

#[tokio::test]
async fn a_customers_administrator_reaches_what_the_matrix_says() {
    holds_for(Role::Client).await;
}
