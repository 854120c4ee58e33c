//! The homes of panel and portal: what matters today to whoever signs in, with the ways to it. What the register
//! knows is asked of its own library; the counts of other features come from their views.

mod store;

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::{NaiveDate, TimeDelta};
use companies::{
    companies::CompanyStatus,
    overview::{self, Assigned, Overview, Own},
};
use shared::{
    App, Result,
    auth::{Allowed, Caller, Role, policy},
    types::istanbul,
    web::{Page, Tone},
};
use store::{Certificate, Invited, Jobs, OwnProfession};

/// So long before its last day a certificate is pointed out, as on the page of its owner.
const SOON: TimeDelta = TimeDelta::days(60);
/// The workplaces with too little service that the home names; the others have a page of their own.
const NAMED: usize = 6;
/// So long before its last day an assignment is pointed out.
const ENDING: TimeDelta = TimeDelta::days(30);

#[derive(Template)]
#[template(path = "home/office.html")]
struct OfficeHome<'a> {
    page: &'a Page,
    overview: Overview,
    invited: Vec<Invited>,
    certificates: Vec<Certificate>,
    jobs: Jobs,
    today: NaiveDate,
}

#[derive(Template)]
#[template(path = "home/professional.html")]
struct ProfessionalHome<'a> {
    page: &'a Page,
    workplaces: Vec<Assigned>,
    profession: OwnProfession,
    today: NaiveDate,
}

#[derive(Template)]
#[template(path = "home/client.html")]
struct ClientHome<'a> {
    page: &'a Page,
    own: Own,
    invited: Vec<Invited>,
}

/// The panel's home: one for those who see the whole register, one for those who serve workplaces.
pub async fn panel(State(app): State<App>, page: Page, caller: Allowed<policy::SignedInPage>) -> Result<Response> {
    match caller.role {
        Role::Client => Ok(page.redirect(page.home())),
        Role::Admin | Role::Office => office(&app, &page, &caller).await,
        Role::Doctor | Role::Expert => professional(&app, &page, &caller).await,
    }
}

async fn office(app: &App, page: &Page, caller: &Caller) -> Result<Response> {
    let today = istanbul::today(app.now());
    let overview = overview::of_tenant(app, caller).await?;
    let is_admin = caller.role == Role::Admin;
    let mut db = app.read(caller).await?;
    let invited = store::invited(&mut db, app.now(), is_admin).await?;
    let certificates = if is_admin { store::certificates(&mut db, today + SOON).await? } else { Vec::new() };
    let jobs = store::jobs(&mut db, caller.user, app.now()).await?;
    page.show(&OfficeHome { page, overview, invited, certificates, jobs, today })
}

async fn professional(app: &App, page: &Page, caller: &Caller) -> Result<Response> {
    let mut db = app.read(caller).await?;
    let workplaces = overview::of_professional(&mut db).await?;
    let profession = store::own_profession(&mut db, caller.user).await?.unwrap_or_default();
    let today = istanbul::today(app.now());
    page.show(&ProfessionalHome { page, workplaces, profession, today })
}

/// The portal's home: the own company, who serves it, and what to do.
pub async fn portal(State(app): State<App>, page: Page, caller: Allowed<policy::SignedInPage>) -> Result<Response> {
    if caller.role.is_staff() {
        return Ok(page.redirect(page.home()));
    }
    let mut db = app.read(&caller).await?;
    let own = overview::of_company(&mut db).await?.ok_or_else(shared::Error::not_found)?;
    let invited =
        if page.may("list_invitations") { store::invited(&mut db, app.now(), false).await? } else { Vec::new() };
    page.show(&ClientHome { page: &page, own, invited })
}

impl ProfessionalHome<'_> {
    fn minutes(&self) -> i64 {
        self.workplaces.iter().filter_map(|one| one.minutes).map(i64::from).sum()
    }

    fn people(&self) -> i64 {
        self.workplaces.iter().map(|one| i64::from(one.headcount)).sum()
    }

    /// What the own certificate's last day means, and its text.
    fn certificate(&self) -> Option<(bool, NaiveDate)> {
        let last = self.profession.certificate_expires_on?;
        (last <= self.today + SOON).then_some((last < self.today, last))
    }

    fn is_ending(&self, assigned: &Assigned) -> bool {
        assigned.ends_on.is_some_and(|last| last <= self.today + ENDING)
    }
}

impl OfficeHome<'_> {
    fn is_over(&self, certificate: &Certificate) -> bool {
        certificate.last < self.today
    }
}

impl ClientHome<'_> {
    fn people(&self) -> i64 {
        self.own.workplaces.iter().map(|one| i64::from(one.headcount)).sum()
    }

    /// How many workplaces have nobody yet.
    fn empty(&self) -> usize {
        self.own.workplaces.iter().filter(|one| one.headcount == 0).count()
    }
}
