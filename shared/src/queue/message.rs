//! A message: ids and a version, never names or secrets.

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::auth::{CompanyId, TenantId};

/// The version of the message's form that this code understands.
const SCHEMA: u32 = 1;

/// What a writer told the others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// The outbox row's id: the same message has the same id, however often it comes.
    pub id: Uuid,
    /// The version of the message's form.
    pub schema: u32,
    /// What happened, or what is to be done.
    pub topic: String,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The company that it is about.
    pub company_id: Option<CompanyId>,
    /// The record that it is about.
    pub aggregate_id: Uuid,
    /// The record's version at that time; a consumer drops what is older than what it has seen.
    pub aggregate_version: i64,
    /// What the consumer needs besides the ids.
    #[serde(default)]
    pub payload: Value,
    /// How often the queue has handed it out, this time included.
    #[serde(skip)]
    pub receives: u32,
}

impl Message {
    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, String> {
        let message: Self = serde_json::from_str(body).map_err(|error| error.to_string())?;
        if message.schema == SCHEMA { Ok(message) } else { Err(format!("schema {} is not known here", message.schema)) }
    }

    /// A text field of the payload.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.payload.get(name).and_then(Value::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_an_unknown_form_is_refused() {
        let id = Uuid::nil();
        let body = |schema: u32| {
            serde_json::json!({
                "id": id, "schema": schema, "topic": "company.created", "tenantId": id, "companyId": null,
                "aggregateId": id, "aggregateVersion": 3, "payload": {"template": "auth.reset"},
            })
            .to_string()
        };
        let message = Message::parse(&body(1)).unwrap();
        assert_eq!((message.aggregate_version, message.text("template")), (3, Some("auth.reset")));
        assert!(Message::parse(&body(2)).is_err());
        assert!(Message::parse("{}").is_err());
    }
}
