//! The file of companies.

use shared::{
    App, Result,
    auth::{Allowed, policy},
    db::Db,
    error::{Language, Text},
    export::{Cell, Column, Table, Wanted},
    jobs::Kind,
    types::{Email, Phone},
};
use uuid::Uuid;

use super::{QUEUE, words};
use crate::{
    codes::{DistrictCode, ProvinceCode},
    companies::{self, Company, CompanyFilter},
    names::Places,
    reach::Reach,
};

/// The list of companies.
#[derive(Debug)]
pub struct Companies;

impl Table for Companies {
    const KIND: Kind = Kind { name: "companies.export", queue: QUEUE };
    const NAME: Text = Text::new("Şirketler", "Companies");
    type Permission = policy::ExportCompanies;
    type Filter = CompanyFilter;

    fn columns(_: &Allowed<policy::ExportCompanies>) -> Vec<Column> {
        vec![
            Column::new("Şirket", "Company", 36),
            Column::new("Ticari unvan", "Trade title", 36),
            Column::new("Tür", "Kind", 12),
            Column::new("Vergi no", "Tax number", 14),
            Column::new("Vergi dairesi", "Tax office", 18),
            Column::new("MERSİS no", "MERSIS number", 20),
            Column::new("E-posta", "E-mail", 28),
            Column::new("KEP", "KEP", 28),
            Column::new("Telefon", "Phone", 18),
            Column::new("Adres", "Address", 40),
            Column::new("İl", "Province", 14),
            Column::new("İlçe", "District", 16),
            Column::new("NACE kodu", "NACE code", 12),
            Column::new("Tehlike sınıfı", "Danger class", 16),
            Column::new("Durum", "Status", 14),
            Column::new("Aktif", "Active", 8),
            Column::new("Kaynak", "Source", 18),
            Column::new("Para birimi", "Currency", 12),
            Column::new("e-Fatura", "E-invoice", 10),
            Column::new("Tevkifat", "Withholds VAT", 10),
            Column::new("Kayıt zamanı", "Added", 18),
            Column::new("Silinme zamanı", "Deleted", 18),
        ]
    }

    async fn check(_: &mut Db, _: &Allowed<policy::ExportCompanies>, wanted: &Wanted<CompanyFilter>) -> Result<()> {
        companies::api::order(&wanted.paging).map(drop)
    }

    async fn keys(
        _: &App,
        db: &mut Db,
        who: &Allowed<policy::ExportCompanies>,
        wanted: &Wanted<CompanyFilter>,
    ) -> Result<Vec<Uuid>> {
        let order = companies::api::order(&wanted.paging)?;
        Ok(companies::store::keys(db, Reach::of(who), &wanted.paging, &wanted.filter, &order).await?)
    }

    async fn rows(
        _: &App,
        db: &mut Db,
        _: &Allowed<policy::ExportCompanies>,
        _: &Wanted<CompanyFilter>,
        language: Language,
        keys: &[Uuid],
    ) -> Result<Vec<(Uuid, Vec<Cell>)>> {
        let rows = companies::store::these(db, keys).await?;
        let provinces = rows.iter().filter_map(|c| c.city_code.as_ref()).map(ProvinceCode::as_str);
        let districts = rows.iter().filter_map(|c| c.district_code.as_ref()).map(DistrictCode::as_str);
        let places = Places::of(db, provinces, districts).await?;
        Ok(rows.iter().map(|company| (company.id.as_uuid(), cells(company, &places, language))).collect())
    }
}

fn cells(company: &Company, places: &Places, language: Language) -> Vec<Cell> {
    let word = |text: Text| Cell::word(&text, language);
    let province = places.province(company.city_code.as_ref().map(ProvinceCode::as_str));
    let district = places.district(company.district_code.as_ref().map(DistrictCode::as_str));
    vec![
        Cell::Text(company.name.to_string()),
        Cell::text(company.trade_title.as_ref()),
        word(words::kind(company.kind)),
        // A TCKN shows itself masked.
        Cell::text(company.tax_id.as_ref()),
        Cell::text(company.tax_office.as_ref()),
        Cell::text(company.mersis.as_ref()),
        Cell::text(company.email.as_ref().map(Email::as_str)),
        Cell::text(company.kep.as_ref().map(Email::as_str)),
        Cell::text(company.phone.as_ref().map(Phone::display)),
        Cell::text(company.address.as_ref()),
        Cell::text(province),
        Cell::text(district),
        Cell::text(company.nace_code.as_ref()),
        company.danger_class.map_or(Cell::Empty, |class| word(words::danger(class))),
        word(words::status(company.status)),
        Cell::Flag(company.is_active),
        Cell::text(company.source.as_ref()),
        Cell::Text(words::currency(company.currency).to_owned()),
        Cell::Flag(company.e_invoice_registered),
        Cell::Flag(company.withholding_buyer),
        Cell::Instant(company.created_at),
        company.deleted_at.map_or(Cell::Empty, Cell::Instant),
    ]
}
