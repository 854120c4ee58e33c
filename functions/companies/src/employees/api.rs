//! `/api/v1/employees`.

use axum::{extract::State, http::Method};
use shared::{
    App, Result,
    auth::{Allowed, Caller, policy},
    http::{
        Change, Expected, Id, IdempotencyKey, List, Paging, Query, Reply, Routes, Seen, Step, Valid, page::SortField,
        routes,
    },
    types::{Tckn, istanbul},
};

use super::{
    EmployeeError, EmployeeFilter, EmployeeId, EmployeeView, NewEmployee, PatchEmployee, Reveal, Termination, persons,
    store,
};
use crate::reach::Reach;

/// The body of a change, named for the OpenAPI document.
type EmployeeChange = Change<PatchEmployee>;

const SORT: &[SortField] = &[
    ("lastName", "p.last_name"),
    ("firstName", "p.first_name"),
    ("startDate", "e.start_date"),
    ("createdAt", "e.created_at"),
];

/// The routes of employees.
pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_employees))
        .add(routes!(create_employee))
        .add(routes!(get_employee))
        .add(routes!(update_employee))
        .add(routes!(delete_employee))
        .add(routes!(restore_employee))
        .add(routes!(terminate_employee))
}

/// The order that a list asks for; by name if it asks for none.
pub(crate) fn order(paging: &Paging) -> Result<String> {
    paging.order_by(SORT, store::BY_NAME, "p.id, e.id")
}

/// What a list asks for: a whole TCKN is looked for by its blind index.
pub(crate) fn wanted<'a>(
    app: &App,
    caller: &Caller,
    reach: Reach,
    paging: &'a Paging,
    filter: &'a EmployeeFilter,
    order: &'a str,
) -> store::Wanted<'a> {
    let tckn = paging.q.as_deref().and_then(|q| Tckn::parse(q).ok());
    let tckn_index = tckn.map(|tckn| persons::index_of(app, caller.tenant, &tckn));
    store::Wanted { reach, paging, filter, tckn_index, order }
}

/// List employees, by name unless another order is asked for.
///
/// `q` looks for the beginnings of names; a whole TCKN finds exactly that person.
#[utoipa::path(get, path = "/api/v1/employees", tag = "employees", params(List<EmployeeFilter>),
    responses((status = 200, description = "The employees", body = Vec<EmployeeView>)))]
pub async fn list_employees(
    State(app): State<App>,
    caller: Allowed<policy::ListEmployees>,
    list: List<EmployeeFilter>,
) -> Result<Reply> {
    list.paging.check(&caller)?;
    let order = order(&list.paging)?;
    let wanted = wanted(&app, &caller, Reach::of(&caller), &list.paging, &list.filter, &order);
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &wanted).await?;
    let today = istanbul::today(app.now());
    let shown: Vec<_> = rows.into_iter().map(|employee| employee.shown(caller.role, today, Vec::new())).collect();
    Reply::list(&shown, list.paging.pagination(counted))
}

/// Add an employee. A TCKN that the company knows adds an employment to that person.
#[utoipa::path(post, path = "/api/v1/employees", tag = "employees", params(IdempotencyKey),
    request_body = NewEmployee,
    responses((status = 201, description = "The new employee", body = EmployeeView)))]
pub async fn create_employee(
    State(app): State<App>,
    caller: Allowed<policy::CreateEmployee>,
    IdempotencyKey(key): IdempotencyKey,
    Valid(new): Valid<NewEmployee>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let employee = super::create(&mut work, new, caller.role).await?;
    work.commit(Reply::created(&employee)?).await
}

/// Show an employee; with `reveal=true` the whole TCKN, which is recorded.
#[utoipa::path(get, path = "/api/v1/employees/{id}", tag = "employees",
    params(("id" = EmployeeId, Path, description = "The employee"), Reveal),
    responses((status = 200, description = "The employee", body = EmployeeView)))]
pub async fn get_employee(
    State(app): State<App>,
    caller: Allowed<policy::GetEmployee>,
    Id(id): Id<EmployeeId>,
    Query(Reveal { reveal }): Query<Reveal>,
    method: Method,
) -> Result<Reply> {
    let reach = Reach::of(&caller);
    // A HEAD shows nobody anything, so there is nothing to record.
    if reveal != Some(true) || method == Method::HEAD {
        let mut db = app.read(&caller).await?;
        let employee = store::find(&mut db, reach, id).await?.ok_or(EmployeeError::NotFound)?;
        return Reply::found(&employee.shown(caller.role, istanbul::today(app.now()), Vec::new()));
    }
    let mut work = app.begin(&caller, None).await?;
    let employee = super::reveal(&mut work, reach, caller.role, id).await?;
    work.commit(Reply::found(&employee)?).await
}

/// Change an employee; what belongs to the person changes for each of the person's employments.
#[utoipa::path(patch, path = "/api/v1/employees/{id}", tag = "employees",
    params(("id" = EmployeeId, Path, description = "The employee")),
    request_body = EmployeeChange,
    responses((status = 200, description = "The employee", body = EmployeeView)))]
pub async fn update_employee(
    State(app): State<App>,
    caller: Allowed<policy::UpdateEmployee>,
    Id(id): Id<EmployeeId>,
    Change { version, input }: Change<PatchEmployee>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    let employee = super::update(&mut work, id, version, input, caller.role).await?;
    work.commit(Reply::found(&employee)?).await
}

/// Delete an employment that should never have been entered; to end one, terminate it.
#[utoipa::path(delete, path = "/api/v1/employees/{id}", tag = "employees",
    params(("id" = EmployeeId, Path, description = "The employee"), Expected),
    responses((status = 204, description = "Deleted")))]
pub async fn delete_employee(
    State(app): State<App>,
    caller: Allowed<policy::DeleteEmployee>,
    Id(id): Id<EmployeeId>,
    Expected(version): Expected,
) -> Result<Reply> {
    let mut work = app.begin(&caller, None).await?;
    super::delete(&mut work, id, version).await?;
    work.commit(Reply::no_content()).await
}

/// Bring a deleted employment back.
#[utoipa::path(post, path = "/api/v1/employees/{id}/restore", tag = "employees",
    params(("id" = EmployeeId, Path, description = "The employee"), IdempotencyKey, Seen),
    responses((status = 200, description = "The employee", body = EmployeeView)))]
pub async fn restore_employee(
    State(app): State<App>,
    caller: Allowed<policy::RestoreEmployee>,
    Id(id): Id<EmployeeId>,
    IdempotencyKey(key): IdempotencyKey,
    Seen(version): Seen,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let employee = super::restore(&mut work, id, version, caller.role).await?;
    work.commit(Reply::found(&employee)?).await
}

/// End an employment; its records stay.
#[utoipa::path(post, path = "/api/v1/employees/{id}/terminate", tag = "employees",
    params(("id" = EmployeeId, Path, description = "The employee"), IdempotencyKey), request_body = Termination,
    responses((status = 200, description = "The employee", body = EmployeeView)))]
pub async fn terminate_employee(
    State(app): State<App>,
    caller: Allowed<policy::TerminateEmployee>,
    Id(id): Id<EmployeeId>,
    IdempotencyKey(key): IdempotencyKey,
    Step(end): Step<Termination>,
) -> Result<Reply> {
    let mut work = app.begin(&caller, key).await?;
    let employee = super::terminate(&mut work, id, end, caller.role).await?;
    work.commit(Reply::found(&employee)?).await
}
