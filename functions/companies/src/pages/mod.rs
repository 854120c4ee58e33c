//! What the pages of this crate share.

pub(crate) mod ask;
pub(crate) mod bulk;
pub(crate) mod filters;
pub(crate) mod look_up;
pub(crate) mod places;

use axum::response::Response;
use shared::{
    App, Error, Result,
    auth::Caller,
    web::{Form, FormState, Page, last_change},
};
use uuid::Uuid;

use crate::warnings::Warning;

shared::input! {
    /// A step that only has to be said.
    pub struct Said {}
}

/// 303 to another page, which says once what has been done and what should be looked at.
pub(crate) fn done(page: &Page, to: &str, key: &str, warnings: &[Warning]) -> Response {
    let hints = warnings.iter().map(|warning| warning.message.as_str());
    let text = std::iter::once(page.t(key)).chain(hints).collect::<Vec<_>>().join(" ");
    page.done_with(to, &text)
}

/// The record that a step was refused for.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Its kind in the audit trail's words.
    pub entity: &'a str,
    pub id: Uuid,
    /// Its version now.
    pub version: i64,
}

/// A step's form again. When somebody else was faster it says who, and goes on from the record as it is now.
pub(crate) async fn again<T>(
    app: &App,
    caller: &Caller,
    form: Form<T>,
    error: Error,
    record: Record<'_>,
) -> Result<FormState> {
    let form = form.refused(error)?;
    if !form.is_conflict() {
        return Ok(form);
    }
    let change = last_change(&mut *app.read(caller).await?, record.entity, record.id).await?;
    Ok(form.overtaken(record.version, change))
}
