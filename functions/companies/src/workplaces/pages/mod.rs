//! `/panel/workplaces` and, to be read, `/portal/workplaces`.

mod class;
mod form;
mod lacking;
mod list;
mod removal;
mod show;

use axum::routing::get;
use shared::{
    App, Result,
    auth::{Caller, policy},
    http::Routes,
};

pub(crate) use self::list::offered;
use super::{Workplace, WorkplaceError, WorkplaceId, store};
use crate::{pages::Record, reach::Reach};

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListWorkplaces>("/panel/workplaces", get(list::list))
        .page::<policy::ListWorkplaces>("/look-up/workplaces", get(list::look_up))
        .page::<policy::CreateWorkplace>("/panel/workplaces/new", get(form::new).post(form::create))
        .page::<policy::CreateAssignment>("/panel/workplaces/lacking", get(lacking::list))
        .page::<policy::GetWorkplace>("/panel/workplaces/{id}", get(show::show))
        .page::<policy::UpdateWorkplace>("/panel/workplaces/{id}/edit", get(form::edit).post(form::save))
        .page::<policy::OverrideDangerClass>("/panel/workplaces/{id}/danger-class", get(class::ask).post(class::decide))
        .page::<policy::DeleteWorkplace>("/panel/workplaces/{id}/delete", get(removal::ask).post(removal::delete))
        .page::<policy::RestoreWorkplace>(
            "/panel/workplaces/{id}/restore",
            get(removal::ask_restore).post(removal::restore),
        )
        .page::<policy::ListWorkplaces>("/portal/workplaces", get(list::list))
        .page::<policy::GetWorkplace>("/portal/workplaces/{id}", get(show::show))
}

/// A live workplace, for a form that whoever may open it may open for each.
pub(crate) async fn find(app: &App, caller: &Caller, id: WorkplaceId) -> Result<Workplace> {
    let mut db = app.read(caller).await?;
    Ok(store::find(&mut db, Reach::All, id).await?.ok_or(WorkplaceError::NotFound)?)
}

/// The workplace for a step's form that comes back.
fn record(workplace: &Workplace) -> Record<'static> {
    Record { entity: "workplace", id: workplace.id.as_uuid(), version: workplace.version }
}
