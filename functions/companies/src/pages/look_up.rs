//! What comboboxes are answered with: while one types, and once more when a form comes in which nothing was chosen.

use askama::Template;
use axum::response::Response;
use shared::{
    App, Result,
    auth::{Allowed, Caller, CompanyId},
    http::{Paging, input::Input},
    types::FromText as _,
    web::{Form, FormState, Found, Page},
};

use crate::{codes::ProvinceCode, companies, reach::Reach, reference, workplaces};

/// As many as a combobox offers.
pub(crate) const OFFERED: u32 = 12;
/// The longest text that is looked up.
const LONGEST: usize = 100;

#[derive(Template)]
#[template(path = "look_up.html")]
struct LookUp<'a> {
    page: &'a Page,
    found: Vec<Found>,
}

/// The options of a combobox.
pub(crate) fn show(page: &Page, found: Vec<Found>) -> Result<Response> {
    page.show(&LookUp { page, found })
}

/// The first of a list that fit these words.
pub(crate) fn first(q: Option<String>) -> Paging {
    let mut paging = Paging::first(OFFERED);
    paging.q = q;
    paging
}

/// Looks up what was typed into the comboboxes of a form and not chosen.
pub(crate) async fn settle<P, T: Input>(app: &App, page: &Page, caller: &Allowed<P>, form: &mut Form<T>) -> Result<()> {
    for (name, text) in form.state.typed() {
        let found = offered(app, page, (caller, Reach::of(caller)), &form.state, &name, &text).await?;
        form.found(&name, found);
    }
    Ok(())
}

/// The filters of a list, and where to go when a text that was typed has been found.
pub(crate) async fn filters<P>(app: &App, page: &Page, caller: &Allowed<P>) -> Result<(FormState, Option<Response>)> {
    let mut asked = page.asked();
    for (name, text) in asked.typed() {
        let found = offered(app, page, (caller, Reach::of(caller)), &asked, &name, &text).await?;
        asked.found(&name, found);
    }
    let elsewhere = page.query().contains("_text.").then(|| asked.address(page.path())).flatten();
    Ok((asked, elsewhere.map(|to| page.redirect(&to))))
}

/// What the combobox of this name offers for a text.
async fn offered(
    app: &App,
    page: &Page,
    (caller, reach): (&Caller, Reach),
    form: &FormState,
    name: &str,
    text: &str,
) -> Result<Vec<Found>> {
    let q = Some(text.chars().take(LONGEST).collect());
    match name {
        "companyId" => companies::pages::offered(app, caller, reach, q).await,
        "workplaceId" => {
            let company = CompanyId::from_text(form.value("companyId")).ok();
            workplaces::pages::offered(app, caller, reach, company, q).await
        }
        "naceCode" => reference::pages::activities(app, page, caller, q).await,
        "districtCode" => {
            let province = ["cityCode", "provinceCode"].map(|name| ProvinceCode::from_text(form.value(name)).ok());
            reference::pages::districts_of(app, caller, province.into_iter().flatten().next().as_ref(), q).await
        }
        _ => Ok(Vec::new()),
    }
}
