//! The role matrix as a page: `docs/api/roles.md`.

use std::fmt::Write as _;

use serde_json::Value;
use shared::auth::{
    Grant, Role,
    policy::{Access, Operation},
};

use super::{document, operations};

/// The roles in the order of the page.
const ORDER: [Role; 5] = [Role::Admin, Role::Office, Role::Doctor, Role::Expert, Role::Client];

/// A grant in one word.
pub fn word(grant: Grant) -> &'static str {
    match grant {
        Grant::None => "–",
        Grant::All => "all",
        Grant::Assigned => "assigned",
        Grant::Own => "own",
    }
}

/// The file `docs/api/roles.md`.
pub fn file() -> String {
    let document = document();
    let mut page = String::from(
        "# Who may call what\n\n\
         Written by `cargo run -p tests --bin openapi` from the table in `shared/src/auth/policy.rs`; do not edit.\n\n\
         **all** everything of the tenant · **assigned** what belongs to the workplaces that the user is assigned to \
         today · **own** the own company, or oneself · **–** 403. Foreign records are 404 for everybody.\n",
    );
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = write!(page, "\n## {name}\n{}.\n\n", tag["description"].as_str().unwrap_or_default());
        page.push_str("| operation | route | ADMIN | OFFICE | DOCTOR | EXPERT | CLIENT | limits |\n|---|---|---|---|---|---|---|---|\n");
        for (method, path, operation) in operations(&document).into_iter().filter(|(_, _, o)| o["tags"][0] == name) {
            row(&mut page, &method, &path, operation);
        }
    }
    page
}

fn row(page: &mut String, method: &str, path: &str, operation: &Value) {
    let Some(policy) = operation["operationId"].as_str().and_then(Operation::find) else { return };
    let grants = match policy.access {
        Access::Open | Access::Public => ["anybody"; 5],
        Access::SignedIn => ["own"; 5],
        Access::Roles(_) => ORDER.map(|role| word(policy.grant(role))),
    };
    let limits = policy.limits.join(" ");
    let _ = writeln!(page, "| {} | `{method} {path}` | {} | {limits} |", policy.name, grants.join(" | "));
}
