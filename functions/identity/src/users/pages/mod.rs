//! `/panel/users`, where staff administer customers' users, and `/portal/colleagues`, where those of a customer's users
//! who may administer the others: the same pages, each in the frame of their own.

mod access;
mod forms;

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use shared::{
    App, Error, Result,
    auth::{Allowed, CompanyId, UserId, policy},
    http::{Id, Paging, Routes, reply::Pagination},
    web::{Page, PageList, Tone},
};

use super::{
    ClientUser,
    api::{self, UserFilter},
    may_administer, store,
};
use crate::invitations::{self, Invitation, InvitationStatus};

/// The order that the list has by itself.
const ORDER: &str = "name";

/// The pages' routes, in both frames.
pub fn routes() -> Routes {
    ["/panel/users", "/portal/colleagues"].into_iter().fold(Routes::new(), |routes, base| {
        let at = |rest: &str| format!("{base}{rest}");
        routes
            .page::<policy::ListUsers>(base, get(list))
            .page::<policy::InviteUser>(&at("/new"), get(forms::new).post(forms::invite))
            .page::<policy::GetUser>(&at("/{id}"), get(show))
            .page::<policy::UpdateUser>(&at("/{id}/edit"), get(forms::edit).post(forms::save))
            .page::<policy::DeactivateUser>(
                &at("/{id}/deactivate"),
                get(access::ask_deactivation).post(access::deactivate),
            )
            .page::<policy::ReactivateUser>(&at("/{id}/reactivate"), post(access::reactivate))
    })
}

/// The list's address in the reader's own frame.
fn base(page: &Page) -> &'static str {
    if page.home() == "/portal" { "/portal/colleagues" } else { "/panel/users" }
}

/// The list's title in the reader's own frame.
fn title(page: &Page) -> &'static str {
    page.t(if page.home() == "/portal" { "users.colleagues" } else { "users.title" })
}

#[derive(Template)]
#[template(path = "users/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    base: &'static str,
    title: &'static str,
    rows: Vec<ClientUser>,
    pagination: Pagination,
    q: &'a str,
    filter: &'a UserFilter,
    /// The names of the companies, for staff.
    companies: HashMap<CompanyId, String>,
    /// The company that the list is narrowed to.
    company: Option<String>,
    /// Who is invited and has not come yet, for a customer's own list.
    waiting: Vec<Invitation>,
}

#[derive(Template)]
#[template(path = "users/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    base: &'static str,
    title: &'static str,
    user: ClientUser,
    company: String,
    is_oneself: bool,
}

/// Customers' users; to a customer's administrator those of the own company and who is invited.
async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListUsers>,
    list: PageList<UserFilter>,
) -> Result<Response> {
    may_administer(&caller)?;
    let order = list.order(api::SORT, api::ORDER)?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order).await?;
    let mut companies = HashMap::new();
    let mut waiting = Vec::new();
    if caller.role.is_staff() {
        let wanted = rows.iter().map(|row| row.company_id).chain(list.filter.company_id);
        companies = store::company_names(&mut db, wanted).await?;
    } else {
        waiting = invitations::waiting(&mut db, &Paging::first(50), app.now()).await?;
    }
    page.show(&ListPage {
        base: base(&page),
        title: title(&page),
        rows,
        pagination: list.paging.pagination(counted),
        q: list.paging.q.as_deref().unwrap_or_default(),
        company: list.filter.company_id.and_then(|id| companies.get(&id).cloned()),
        filter: &list.filter,
        companies,
        waiting,
        page: &page,
    })
}

/// One of them.
async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetUser>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    may_administer(&caller)?;
    let mut db = app.read(&caller).await?;
    let user = store::find(&mut db, id).await?.ok_or_else(Error::not_found)?;
    let mut companies = store::company_names(&mut db, [user.company_id].into_iter()).await?;
    page.show(&ShowPage {
        base: base(&page),
        title: title(&page),
        company: companies.remove(&user.company_id).unwrap_or_default(),
        is_oneself: user.id == caller.user,
        user,
        page: &page,
    })
}
