//! `/panel/employees` and `/portal/employees`: the same pages; which links and fields they have is a matter of who
//! reads them.

mod bulk;
mod end;
mod form;
mod list;
mod removal;
mod show;

use axum::routing::get;
use chrono::NaiveDate;
use shared::{
    App, Result,
    auth::{Caller, policy},
    http::Routes,
    web::Tone,
};

use super::{Employee, EmployeeError, EmployeeId, EmployeeView, store};
use crate::{pages::Record, reach::Reach};

/// The pages' routes.
pub fn routes() -> Routes {
    let both = ["/panel/employees", "/portal/employees"].into_iter().fold(Routes::new(), |routes, base| {
        let at = |rest: &str| format!("{base}{rest}");
        routes
            .page::<policy::ListEmployees>(base, get(list::list))
            .page::<policy::CreateEmployee>(&at("/new"), get(form::new).post(form::create))
            .page::<policy::TerminateEmployee>(&at("/terminate"), get(bulk::back).post(bulk::terminate))
            .page::<policy::GetEmployee>(&at("/{id}"), get(show::show))
            .page::<policy::UpdateEmployee>(&at("/{id}/edit"), get(form::edit).post(form::save))
            .page::<policy::TerminateEmployee>(&at("/{id}/terminate"), get(end::ask).post(end::terminate))
    });
    both.page::<policy::GetEmployee>("/panel/employees/{id}/reveal", get(show::back).post(show::reveal))
        .page::<policy::DeleteEmployee>("/panel/employees/{id}/delete", get(removal::ask).post(removal::delete))
        .page::<policy::RestoreEmployee>(
            "/panel/employees/{id}/restore",
            get(removal::ask_restore).post(removal::restore),
        )
}

/// A live employee, for a form that whoever may open it may open for each that he sees.
async fn find(app: &App, caller: &Caller, id: EmployeeId) -> Result<Employee> {
    let mut db = app.read(caller).await?;
    let employee = store::find(&mut db, Reach::All, id).await?.ok_or(EmployeeError::NotFound)?;
    Ok(employee.seen_by(caller.role))
}

/// The employee for a step's form that comes back.
fn record(employee: &Employee) -> Record<'static> {
    Record { entity: super::ENTITY, id: employee.id.as_uuid(), version: employee.version }
}

impl Employee {
    fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

shared::text_enum! {
    /// Whether somebody works.
    enum Standing {
        /// Today.
        Works = "WORKS",
        /// From a later day on.
        Comes = "COMES",
        /// No more.
        Left = "LEFT",
        /// The record was deleted.
        Deleted = "DELETED",
    }
}

impl EmployeeView {
    /// Whether he works on the day that the view was made for.
    fn standing(&self, today: NaiveDate) -> Standing {
        match (self.is_active, self.employee.deleted_at, self.employee.start_date > today) {
            (true, ..) => Standing::Works,
            (false, Some(_), _) => Standing::Deleted,
            (false, None, true) => Standing::Comes,
            (false, None, false) => Standing::Left,
        }
    }
}

impl Standing {
    const fn tone(self) -> Tone {
        match self {
            Self::Works => Tone::Ok,
            Self::Comes => Tone::Info,
            Self::Left => Tone::Plain,
            Self::Deleted => Tone::Danger,
        }
    }
}
