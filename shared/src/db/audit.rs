//! The audit trail: who changed what, field by field, written with the change itself.

use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::auth::CompanyId;

crate::text_enum! {
    /// What was done, in the audit trail's own words.
    pub enum Action {
        /// A record was made.
        Create = "CREATE",
        /// A record was changed.
        Update = "UPDATE",
        /// A record was deleted, softly.
        Delete = "DELETE",
        /// A deleted record was brought back.
        Restore = "RESTORE",
        /// Somebody signed in.
        Login = "LOGIN",
        /// Somebody signed out, or was signed out.
        Logout = "LOGOUT",
        /// A sign-in failed.
        LoginFailed = "LOGIN_FAILED",
        /// Too many failed; the account is locked for a while.
        Locked = "LOCKED",
        /// A password was changed by its owner.
        PasswordChange = "PASSWORD_CHANGE",
        /// A password was reset by a link.
        PasswordReset = "PASSWORD_RESET",
        /// Somebody's role was changed.
        RoleChange = "ROLE_CHANGE",
        /// An administrator began to see the portal as a company.
        ImpersonateStart = "IMPERSONATE_START",
        /// That ended.
        ImpersonateEnd = "IMPERSONATE_END",
        /// Data left the system as a file.
        Export = "EXPORT",
        /// A file of data was applied.
        Import = "IMPORT",
        /// Data that is masked was shown in clear.
        ViewSensitive = "VIEW_SENSITIVE",
        /// Something was approved.
        Approve = "APPROVE",
        /// Something was rejected.
        Reject = "REJECT",
        /// Something was deployed.
        Deploy = "DEPLOY",
        /// A consent was given or withdrawn.
        Consent = "CONSENT",
        /// Personal data was erased.
        Erase = "ERASE",
        /// A setting was changed.
        ConfigChange = "CONFIG_CHANGE",
    }
}

/// One row of the audit trail, before the unit of work adds who, when and where.
#[derive(Debug, Clone)]
pub struct Audit {
    pub(super) action: Action,
    pub(super) entity: &'static str,
    pub(super) entity_id: Option<Uuid>,
    pub(super) company: Option<CompanyId>,
    pub(super) changes: Value,
}

impl Audit {
    /// Says what was done to which record. The entity is a table's name in the singular.
    pub fn new(action: Action, entity: &'static str, id: Uuid) -> Self {
        Self { action, entity, entity_id: Some(id), company: None, changes: json!({}) }
    }

    /// A new record, with its first values.
    pub fn created(entity: &'static str, id: Uuid, after: &impl Serialize) -> Self {
        Self { changes: changes(&Value::Null, &value(after)), ..Self::new(Action::Create, entity, id) }
    }

    /// A change from one set of values to another; only what differs is kept.
    pub fn updated(entity: &'static str, id: Uuid, before: &impl Serialize, after: &impl Serialize) -> Self {
        Self { changes: changes(&value(before), &value(after)), ..Self::new(Action::Update, entity, id) }
    }

    /// Whether two sets of values are the same, but for what says nothing by itself.
    pub fn is_same(before: &impl Serialize, after: &impl Serialize) -> bool {
        changes(&value(before), &value(after)) == json!({})
    }

    /// The company whose record it is; its users may be shown the row.
    #[must_use]
    pub fn of_company(mut self, company: CompanyId) -> Self {
        self.company = Some(company);
        self
    }

    /// Replaces the action, for an update that has a name of its own.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.action = action;
        self
    }

    /// Adds a fact that is no field of the record, such as a reason.
    #[must_use]
    pub fn note(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(changes) = &mut self.changes {
            changes.insert(name.to_owned(), value.into());
        }
        self
    }
}

fn value(record: &impl Serialize) -> Value {
    serde_json::to_value(record).unwrap_or_default()
}

/// Names whose values never enter the trail, however they come to stand in a record: secrets, and what is
/// known of a person's health.
const SECRET: &[&str] =
    &["password", "passwordHash", "token", "nonce", "secret", "recoveryCodes", "tckn", "bloodGroup", "findings"];
/// Names that say nothing.
const SILENT: &[&str] = &["updatedAt", "version"];

/// `{"field": {"before": …, "after": …}}` for each field that differs; secrets are masked.
pub fn changes(before: &Value, after: &Value) -> Value {
    let empty = Map::new();
    let before = before.as_object().unwrap_or(&empty);
    let after = after.as_object().unwrap_or(&empty);
    let mut out = Map::new();
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    for name in names.filter(|name| !SILENT.contains(&name.as_str())) {
        let (old, new) = (before.get(name).unwrap_or(&Value::Null), after.get(name).unwrap_or(&Value::Null));
        if old == new {
            continue;
        }
        let shown = |value: &Value| match value {
            Value::Null => Value::Null,
            _ if SECRET.contains(&name.as_str()) => json!("***"),
            value => value.clone(),
        };
        out.insert(name.clone(), json!({"before": shown(old), "after": shown(new)}));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_kept_and_secrets_are_masked() {
        let before =
            json!({"name": "Yıldız", "phone": null, "passwordHash": "a", "bloodGroup": null, "version": 1, "city": 6});
        let after = json!({"name": "Yıldız A.Ş.", "phone": "+90", "passwordHash": "b", "bloodGroup": "0+", "version": 2, "city": 6});
        assert_eq!(
            changes(&before, &after),
            json!({
                "name": {"before": "Yıldız", "after": "Yıldız A.Ş."},
                "phone": {"before": null, "after": "+90"},
                "passwordHash": {"before": "***", "after": "***"},
                "bloodGroup": {"before": null, "after": "***"},
            })
        );
        assert!(!Audit::is_same(&before, &after));
        assert!(Audit::is_same(&before, &json!({"name": "Yıldız", "passwordHash": "a", "version": 2, "city": 6})));
        assert_eq!(
            changes(&Value::Null, &json!({"name": "x", "note": null})),
            json!({"name": {"before": null, "after": "x"}})
        );
    }
}
