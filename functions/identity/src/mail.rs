//! Mail that the mailer is asked to send: a template's name and an id, never an address, a link or a secret.

use serde_json::{Value, json};
use shared::{
    auth::{CompanyId, UserId},
    db::{Event, Work},
};

use crate::links::LinkId;

const TOPIC: &str = "mail.send";
const QUEUE: &str = "mailer";

/// Sends a link to the address in its row.
pub(crate) fn link(work: &mut Work, company: Option<CompanyId>, template: &'static str, link: LinkId) {
    let payload = json!({"template": template, "to": {"link": link}});
    send(work, company, link.as_uuid(), payload);
}

/// Tells a user something about a change of e-mail, in the address that the account had when the
/// link was made.
pub(crate) fn previous(
    work: &mut Work,
    company: Option<CompanyId>,
    template: &'static str,
    link: LinkId,
    params: &Value,
) {
    let payload = json!({"template": template, "to": {"previous": link}, "params": params});
    send(work, company, link.as_uuid(), payload);
}

/// Tells a user something, in the address of the account.
pub(crate) fn user(
    work: &mut Work,
    company: Option<CompanyId>,
    template: &'static str,
    user: UserId,
    params: Option<Value>,
) {
    let mut payload = json!({"template": template, "to": {"user": user}});
    if let Some(params) = params {
        payload["params"] = params;
    }
    send(work, company, user.as_uuid(), payload);
}

fn send(work: &mut Work, company: Option<CompanyId>, about: uuid::Uuid, payload: Value) {
    let event = Event::new(TOPIC, about, 1).to_queue(QUEUE).with(payload);
    work.emit(match company {
        Some(company) => event.of_company(company),
        None => event,
    });
}
