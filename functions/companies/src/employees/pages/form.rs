//! The form of a new employee, of somebody who comes back, and of a change.

use askama::Template;
use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{Allowed, Caller, CompanyId, policy},
    http::{Id, Paging, Reply},
    types::{FromText as _, istanbul},
    web::{Choice, Form, FormState, Page, PageList, last_change, settle},
};

use super::{
    super::{
        BloodGroup, ENTITY, Employee, EmployeeId, EmploymentType, Gender, NewEmployee, PatchEmployee, create as add,
        update,
    },
    find,
};
use crate::{
    pages::{done, look_up},
    reach::Reach,
    workplaces::{self, WorkplaceFilter, WorkplaceId},
};

/// The workplaces of one company that a list can offer.
const WORKPLACES: u32 = 100;

#[derive(Template)]
#[template(path = "employees/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    form: &'a FormState,
    /// The employee who is changed; none for a new one.
    employee: Option<&'a Employee>,
    /// The workplaces to choose from; none while the company is not known.
    workplaces: Vec<Choice>,
    genders: Vec<Choice>,
    blood_groups: Vec<Choice>,
    types: Vec<Choice>,
}

impl FormPage<'_> {
    /// Whoever may not see what is known of somebody's health is not asked to change it.
    fn asks_health(&self) -> bool {
        self.employee.is_none_or(|employee| employee.is_disabled.is_some())
    }
}

shared::input! {
    /// For whom a new form is.
    pub struct NewFor {
        /// The company.
        pub company_id: Option<CompanyId>,
        /// The workplace.
        pub workplace_id: Option<WorkplaceId>,
        /// The employee who comes back.
        pub from: Option<EmployeeId>,
    }
}

/// A form for a new employee: empty, or with what is known of somebody who comes back.
pub(super) async fn new(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateEmployee>,
    list: PageList<NewFor>,
) -> Result<Response> {
    let mut form = page.form().with("employmentType", EmploymentType::FullTime);
    let known = match list.filter.from {
        Some(id) => Some(find(&app, &caller, id).await?),
        None => None,
    };
    if let Some(known) = &known {
        form = again(form, known).with("startDate", istanbul::today(app.now()));
    } else if let Some(workplace) = list.filter.workplace_id {
        form = form.with("workplaceId", workplace);
    }
    let company = known.map(|known| known.company_id).or(list.filter.company_id);
    show(&app, &page, &caller, &form, company, None).await
}

/// What is known of somebody, but for the number, which nobody is shown.
fn again(form: FormState, known: &Employee) -> FormState {
    let form = form
        .with("workplaceId", known.workplace_id)
        .with("firstName", &known.first_name)
        .with("lastName", &known.last_name)
        .with("employmentType", known.employment_type);
    let texts = [
        ("birthDate", known.birth_date.map(|date| date.to_string())),
        ("gender", known.gender.map(|gender| gender.to_string())),
        ("bloodGroup", known.blood_group.map(|group| group.to_string())),
        ("phone", known.phone.as_ref().map(|phone| phone.as_str().to_owned())),
        ("email", known.email.as_ref().map(|email| email.as_str().to_owned())),
        ("position", known.position.as_ref().map(ToString::to_string)),
        ("department", known.department.as_ref().map(ToString::to_string)),
    ];
    texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)))
        .fold(form, |form, (name, text)| form.with(name, text))
}

/// Adds the employee; a form that is sent twice adds one.
pub(super) async fn create(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::CreateEmployee>,
    mut form: Form<NewEmployee>,
) -> Result<Response> {
    let mut warnings = Vec::new();
    let result = async {
        look_up::settle(&app, &page, &caller, &mut form).await?;
        let new = form.read()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let employee = add(&mut work, new, caller.role).await?;
        warnings.clone_from(&employee.warnings);
        work.commit(Reply::created(&employee)?).await
    };
    match settle(result.await) {
        Ok(reply) => {
            let to = format!("{}/employees/{}", page.home(), reply.id().unwrap_or_default());
            Ok(done(&page, &to, "employees.created", &warnings))
        }
        Err(error) => show(&app, &page, &caller, &form.refused(error)?, None, None).await,
    }
}

/// The form with the employee's values.
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateEmployee>,
    Id(id): Id<EmployeeId>,
) -> Result<Response> {
    let employee = find(&app, &caller, id).await?;
    let form = page.form_of(&employee, employee.version)?;
    show(&app, &page, &caller, &form, Some(employee.company_id), Some(&employee)).await
}

/// Changes the employee; what somebody else changed meanwhile is put beside what was typed.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::UpdateEmployee>,
    Id(id): Id<EmployeeId>,
    mut form: Form<PatchEmployee>,
) -> Result<Response> {
    let result = async {
        look_up::settle(&app, &page, &caller, &mut form).await?;
        let (version, patch) = form.change()?;
        let mut work = app.begin(&caller, form.key.take()).await?;
        let employee = update(&mut work, id, version, patch, caller.role).await?;
        work.commit(Reply::found(&employee)?).await
    };
    let Err(error) = settle(result.await) else {
        return Ok(page.done(&format!("{}/employees/{id}", page.home()), "employees.saved"));
    };
    let mut form = form.refused(error)?;
    let employee = find(&app, &caller, id).await?;
    if form.is_conflict() {
        let change = last_change(&mut *app.read(&caller).await?, ENTITY, id.as_uuid()).await?;
        form = form.meets(&employee, employee.version, change)?;
    }
    show(&app, &page, &caller, &form, Some(employee.company_id), Some(&employee)).await
}

async fn show(
    app: &App,
    page: &Page,
    caller: &Caller,
    form: &FormState,
    company: Option<CompanyId>,
    employee: Option<&Employee>,
) -> Result<Response> {
    let rhesus = |group: &BloodGroup| {
        let word = group.as_str();
        Choice::new(group, format!("{} Rh{}", &word[..word.len() - 1], &word[word.len() - 1..]))
    };
    let view = FormPage {
        page,
        form,
        employee,
        workplaces: workplaces(app, caller, company, form.value("workplaceId")).await?,
        genders: page.words::<Gender>("gender"),
        blood_groups: BloodGroup::ALL.iter().map(rhesus).collect(),
        types: page.words::<EmploymentType>("employmentType"),
    };
    page.show_again(form, &view)
}

/// The workplaces of the company that is known by itself or by the workplace that was chosen; a customer's own.
async fn workplaces(app: &App, caller: &Caller, company: Option<CompanyId>, chosen: &str) -> Result<Vec<Choice>> {
    let mut db = app.read(caller).await?;
    let company = match (company, WorkplaceId::from_text(chosen)) {
        (None, Ok(id)) => workplaces::store::find(&mut db, Reach::All, id).await?.map(|found| found.company_id),
        (company, _) => company,
    };
    if company.is_none() && caller.role.is_staff() {
        return Ok(Vec::new());
    }
    let paging = Paging::first(WORKPLACES);
    let filter = WorkplaceFilter { company_id: company, ..WorkplaceFilter::any() };
    let order = workplaces::api::order(&paging)?;
    let (rows, _) = workplaces::store::list(&mut db, Reach::All, &paging, &filter, &order).await?;
    Ok(rows.iter().map(|row| Choice::new(row.id, row.title.as_str())).collect())
}
