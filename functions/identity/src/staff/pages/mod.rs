//! `/panel/staff`: who works here, as what, and who is let in.

mod access;
mod forms;

use askama::Template;
use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use chrono::{NaiveDate, TimeDelta};
use shared::{
    App, Error, Result,
    auth::{Allowed, Role, UserId, policy},
    http::{Id, Routes, reply::Pagination},
    types::istanbul,
    web::{Choice, Page, PageList, Tone, ui::Badge},
};

use super::{
    Profession, Staff, StaffRole,
    api::{self, StaffFilter},
    store::{self, Serving},
};

/// The order that the list has by itself.
const ORDER: &str = "name";
/// So long before its last day a certificate is pointed out: renewing it takes weeks.
const SOON: TimeDelta = TimeDelta::days(60);

/// The pages' routes.
pub fn routes() -> Routes {
    Routes::new()
        .page::<policy::ListStaff>("/panel/staff", get(list))
        .page::<policy::CreateStaff>("/panel/staff/new", get(forms::new).post(forms::invite))
        .page::<policy::GetStaff>("/panel/staff/{id}", get(show))
        .page::<policy::UpdateStaff>("/panel/staff/{id}/edit", get(forms::edit).post(forms::save))
        .page::<policy::DeactivateStaff>(
            "/panel/staff/{id}/deactivate",
            get(access::ask_deactivation).post(access::deactivate),
        )
        .page::<policy::ReactivateStaff>("/panel/staff/{id}/reactivate", post(access::reactivate))
        .page::<policy::ResetStaffPassword>("/panel/staff/{id}/reset-password", post(access::reset_password))
}

#[derive(Template)]
#[template(path = "staff/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    rows: Vec<Staff>,
    pagination: Pagination,
    q: &'a str,
    filter: &'a StaffFilter,
    roles: Vec<Choice>,
    today: NaiveDate,
    /// Whether the reader is told everything, as `StaffSeen` says.
    sees_all: bool,
}

#[derive(Template)]
#[template(path = "staff/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    staff: Staff,
    serving: Serving,
    province: Option<String>,
    today: NaiveDate,
    sees_all: bool,
    is_oneself: bool,
}

impl ListPage<'_> {
    fn certificate(&self, profession: &Profession) -> Option<Badge<'static>> {
        profession.certificate_badge(self.page, self.today)
    }
}

impl ShowPage<'_> {
    fn certificate(&self) -> Option<Badge<'static>> {
        self.staff.profession.certificate_badge(self.page, self.today)
    }
}

/// The staff; to OFFICE in short.
async fn list(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::ListStaff>,
    list: PageList<StaffFilter>,
) -> Result<Response> {
    let order = list.order(api::SORT, api::ORDER)?;
    let mut db = app.read(&caller).await?;
    let (rows, counted) = store::list(&mut db, &list.paging, &list.filter, &order).await?;
    page.show(&ListPage {
        rows,
        pagination: list.paging.pagination(counted),
        q: list.paging.q.as_deref().unwrap_or_default(),
        filter: &list.filter,
        roles: page.words::<StaffRole>("role"),
        today: istanbul::today(app.now()),
        sees_all: caller.role == Role::Admin,
        page: &page,
    })
}

/// One of the staff; to OFFICE in short.
async fn show(
    State(app): State<App>,
    page: Page,
    caller: Allowed<policy::GetStaff>,
    Id(id): Id<UserId>,
) -> Result<Response> {
    let mut db = app.read(&caller).await?;
    let staff = store::find(&mut db, id).await?.ok_or_else(Error::not_found)?;
    let serving = store::serving(&mut db, id).await?;
    let province = match &staff.profession.home_province_code {
        Some(code) => store::province_name(&mut db, code.as_str()).await?,
        None => None,
    };
    page.show(&ShowPage {
        staff,
        serving,
        province,
        today: istanbul::today(app.now()),
        sees_all: caller.role == Role::Admin,
        is_oneself: caller.user == id,
        page: &page,
    })
}

impl Profession {
    fn certificate_badge(&self, page: &Page, today: NaiveDate) -> Option<Badge<'static>> {
        self.certificate_tone(today).map(|(tone, text)| page.badge(tone, page.t(text)))
    }

    /// What the certificate's last day means on a screen: nothing while it is far away.
    fn certificate_tone(&self, today: NaiveDate) -> Option<(Tone, &'static str)> {
        match self.certificate_expires_on? {
            last if last < today => Some((Tone::Danger, "staff.certificate_over")),
            last if last <= today + SOON => Some((Tone::Warn, "staff.certificate_soon")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_pointed_out_before_and_after_its_last_day() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let mut profession = Profession {
            professional_kind: None,
            certificate_class: None,
            certificate_no: None,
            certificate_issued_on: None,
            certificate_expires_on: None,
            diploma_no: None,
            katip_id: None,
            full_time: true,
            monthly_capacity_min: 11_700,
            home_province_code: None,
        };
        assert_eq!(profession.certificate_tone(today), None);
        for (days, tone) in [(-1, Some(Tone::Danger)), (0, Some(Tone::Warn)), (60, Some(Tone::Warn)), (61, None)] {
            profession.certificate_expires_on = Some(today + TimeDelta::days(days));
            assert_eq!(profession.certificate_tone(today).map(|(tone, _)| tone), tone, "{days}");
        }
    }
}
