//! What was done, told to the audit trail and to the others in one go.

use shared::{
    auth::CompanyId,
    db::{Audit, Event, Work},
};

/// Adds an audit row of which nobody else need hear, such as a sign-in that failed.
pub(crate) fn note(work: &mut Work, company: Option<CompanyId>, audit: Audit) {
    work.audit(match company {
        Some(company) => audit.of_company(company),
        None => audit,
    });
}

/// Adds the audit row and the event; both carry the company of a customer's user, who may see them.
pub(crate) fn record(work: &mut Work, company: Option<CompanyId>, audit: Audit, event: Event) {
    let (audit, event) = match company {
        Some(company) => (audit.of_company(company), event.of_company(company)),
        None => (audit, event),
    };
    work.audit(audit);
    work.emit(event);
}
