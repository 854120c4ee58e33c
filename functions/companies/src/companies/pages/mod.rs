//! `/panel/companies`: the list, one company, its forms and its steps.

mod bulk;
mod form;
mod list;
mod removal;
mod show;
mod status;

use axum::routing::get;
use shared::{
    App, Result,
    auth::{Caller, CompanyId, policy},
    http::Routes,
    web::Tone,
};

pub(crate) use self::list::offered;
use super::{Company, CompanyError, CompanyStatus, store};
use crate::{danger::DangerClass, pages::Record, reach::Reach};

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListCompanies>("/panel/companies", get(list::list))
        .page::<policy::ListCompanies>("/look-up/companies", get(list::look_up))
        .page::<policy::CreateCompany>("/panel/companies/new", get(form::new).post(form::create))
        .page::<policy::ChangeCompanyStatus>("/panel/companies/status", get(bulk::back).post(bulk::change))
        .page::<policy::GetCompany>("/panel/companies/{id}", get(show::show))
        .page::<policy::UpdateCompany>("/panel/companies/{id}/edit", get(form::edit).post(form::save))
        .page::<policy::ChangeCompanyStatus>("/panel/companies/{id}/status", get(status::ask).post(status::change))
        .page::<policy::DeleteCompany>("/panel/companies/{id}/delete", get(removal::ask).post(removal::delete))
        .page::<policy::RestoreCompany>(
            "/panel/companies/{id}/restore",
            get(removal::ask_restore).post(removal::restore),
        )
}

/// A live company, for a form that whoever may open it may open for each.
async fn find(app: &App, caller: &Caller, id: CompanyId) -> Result<Company> {
    let mut db = app.read(caller).await?;
    Ok(store::find(&mut db, Reach::All, id).await?.ok_or(CompanyError::NotFound)?)
}

/// The company for a step's form that comes back.
fn record(company: &Company) -> Record<'static> {
    Record { entity: "company", id: company.id.as_uuid(), version: company.version }
}

impl CompanyStatus {
    /// What the status means on a screen.
    pub fn tone(self) -> Tone {
        match self {
            Self::Lead => Tone::Plain,
            Self::Prospect | Self::Negotiation => Tone::Info,
            Self::Customer => Tone::Ok,
            Self::Churned => Tone::Danger,
        }
    }
}

impl DangerClass {
    /// What the class means on a screen.
    pub fn tone(self) -> Tone {
        match self {
            Self::LessDangerous => Tone::Plain,
            Self::Dangerous => Tone::Warn,
            Self::VeryDangerous => Tone::Danger,
        }
    }
}
