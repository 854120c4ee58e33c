//! The workplaces with less service than the law asks for, the worst first: where the home's count leads, for those who
//! can assign somebody.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, policy},
    web::Page,
};

use crate::overview::{self, Overview};

#[derive(Template)]
#[template(path = "workplaces/lacking.html")]
struct LackingPage<'a> {
    page: &'a Page,
    overview: Overview,
}

/// The page; its figures are the home's.
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateAssignment>,
) -> Result<Response> {
    let overview = overview::of_tenant(&app, &caller).await?;
    page.show(&LackingPage { page: &page, overview })
}
