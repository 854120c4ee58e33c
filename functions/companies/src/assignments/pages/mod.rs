//! Assigning professionals, on the pages of the workplaces that they serve.

mod assign;
mod bulk;
mod edit;

use axum::routing::get;
use shared::{
    auth::policy,
    db::Db,
    http::Routes,
    web::{Choice, Page},
};

use super::{AssignmentError, fits, store};
use crate::minutes::ProfessionalKind;

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::CreateAssignment>("/panel/workplaces/assign", get(bulk::back).post(bulk::assign))
        .page::<policy::CreateAssignment>("/panel/workplaces/{id}/assign", get(assign::ask).post(assign::assign))
        .page::<policy::UpdateAssignment>("/panel/workplaces/assignments/{id}/edit", get(edit::edit).post(edit::save))
        .page::<policy::DeleteAssignment>(
            "/panel/workplaces/assignments/{id}/delete",
            get(edit::ask_delete).post(edit::delete),
        )
}

/// Who can be assigned: name and what he can serve as.
async fn professionals(db: &mut Db, page: &Page) -> Result<Vec<Choice>, AssignmentError> {
    let all = store::professionals(db).await?;
    let kinds = |one: &store::Professional| {
        let kinds = ProfessionalKind::ALL.iter().filter(|kind| fits(**kind, one.role, one.profession));
        kinds.map(|kind| page.word("professionalKind", kind)).collect::<Vec<_>>().join(", ")
    };
    let choices = all.iter().map(|one| (one, kinds(one))).filter(|(_, kinds)| !kinds.is_empty());
    Ok(choices.map(|(one, kinds)| Choice::new(one.id, format!("{} ({kinds})", one.name))).collect())
}
