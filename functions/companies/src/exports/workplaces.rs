//! The file of workplaces.

use std::collections::HashMap;

use shared::{
    App, Error, Result,
    auth::{Allowed, CompanyId, policy},
    db::Db,
    error::{Language, Text},
    export::{Cell, Column, Table, Wanted},
    jobs::Kind,
};
use uuid::Uuid;

use super::{QUEUE, words};
use crate::{
    codes::{DistrictCode, ProvinceCode},
    companies,
    names::{self, Places},
    reach::Reach,
    workplaces::{self, WorkplaceFilter, WorkplaceView},
};

/// The list of workplaces.
#[derive(Debug)]
pub struct Workplaces;

impl Table for Workplaces {
    const KIND: Kind = Kind { name: "workplaces.export", queue: QUEUE };
    const NAME: Text = Text::new("İşyerleri", "Workplaces");
    type Permission = policy::ExportWorkplaces;
    type Filter = WorkplaceFilter;

    fn columns(_: &Allowed<policy::ExportWorkplaces>) -> Vec<Column> {
        vec![
            Column::new("Şirket", "Company", 36),
            Column::new("İşyeri", "Workplace", 30),
            Column::new("SGK sicil no", "SGK number", 28),
            Column::new("NACE kodu", "NACE code", 12),
            Column::new("Tehlike sınıfı", "Danger class", 16),
            Column::new("Çalışan sayısı", "Headcount", 14),
            Column::new("Uzman süresi (dk/ay)", "Expert (min/month)", 20),
            Column::new("Hekim süresi (dk/ay)", "Physician (min/month)", 20),
            Column::new("DSP süresi (dk/ay)", "Other health staff (min/month)", 20),
            Column::new("İl", "Province", 14),
            Column::new("İlçe", "District", 16),
            Column::new("Adres", "Address", 40),
            Column::new("İşveren vekili", "Employer's representative", 24),
            Column::new("Vardiya", "Shifts", 24),
            Column::new("Açılış tarihi", "Opened on", 13),
            Column::new("Kapanış tarihi", "Closed on", 13),
            Column::new("Aktif", "Active", 8),
            Column::new("Kayıt zamanı", "Added", 18),
            Column::new("Silinme zamanı", "Deleted", 18),
        ]
    }

    async fn check(
        db: &mut Db,
        who: &Allowed<policy::ExportWorkplaces>,
        wanted: &Wanted<WorkplaceFilter>,
    ) -> Result<()> {
        if let Some(company) = wanted.filter.company_id
            && companies::store::find(db, Reach::of(who), company).await?.is_none()
        {
            return Err(Error::not_found_in("companyId"));
        }
        workplaces::api::order(&wanted.paging).map(drop)
    }

    async fn keys(
        _: &App,
        db: &mut Db,
        who: &Allowed<policy::ExportWorkplaces>,
        wanted: &Wanted<WorkplaceFilter>,
    ) -> Result<Vec<Uuid>> {
        let order = workplaces::api::order(&wanted.paging)?;
        Ok(workplaces::store::keys(db, Reach::of(who), &wanted.paging, &wanted.filter, &order).await?)
    }

    async fn rows(
        app: &App,
        db: &mut Db,
        _: &Allowed<policy::ExportWorkplaces>,
        _: &Wanted<WorkplaceFilter>,
        language: Language,
        keys: &[Uuid],
    ) -> Result<Vec<(Uuid, Vec<Cell>)>> {
        let rows = workplaces::store::these(db, keys).await?;
        let companies = names::companies(db, rows.iter().map(|w| w.company_id)).await?;
        let provinces = rows.iter().filter_map(|w| w.province_code.as_ref()).map(ProvinceCode::as_str);
        let districts = rows.iter().filter_map(|w| w.district_code.as_ref()).map(DistrictCode::as_str);
        let places = Places::of(db, provinces, districts).await?;
        let shown = workplaces::show(app, db, rows).await?;
        Ok(shown.iter().map(|view| (view.workplace.id.as_uuid(), cells(view, &companies, &places, language))).collect())
    }
}

fn cells(
    view: &WorkplaceView,
    companies: &HashMap<CompanyId, String>,
    places: &Places,
    language: Language,
) -> Vec<Cell> {
    let WorkplaceView { workplace, headcount, required_minutes, .. } = view;
    let province = places.province(workplace.province_code.as_ref().map(ProvinceCode::as_str));
    let district = places.district(workplace.district_code.as_ref().map(DistrictCode::as_str));
    vec![
        Cell::text(companies.get(&workplace.company_id)),
        Cell::Text(workplace.title.to_string()),
        Cell::text(workplace.sgk_no.as_ref()),
        Cell::text(workplace.nace_code.as_ref()),
        Cell::word(&words::danger(workplace.danger_class), language),
        Cell::Integer((*headcount).into()),
        Cell::Integer(required_minutes.expert.into()),
        Cell::Integer(required_minutes.physician.into()),
        Cell::Integer(required_minutes.other_health.into()),
        Cell::text(province),
        Cell::text(district),
        Cell::text(workplace.address.as_ref()),
        Cell::text(workplace.employer_representative.as_ref()),
        Cell::text(workplace.shift_info.as_ref()),
        Cell::date(workplace.opened_at),
        Cell::date(workplace.closed_at),
        Cell::Flag(workplace.is_active),
        Cell::Instant(workplace.created_at),
        workplace.deleted_at.map_or(Cell::Empty, Cell::Instant),
    ]
}
