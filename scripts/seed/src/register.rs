//! Companies in every status, their workplaces in every danger class, and who serves them.

use chrono::{DateTime, Days, Utc};
use companies::{
    codes::{DistrictCode, ProvinceCode},
    companies::{Company, CompanyKind, CompanyStatus, store},
    workplaces::{self, Workplace, WorkplaceId},
};
use shared::{
    auth::{CompanyId, UserId},
    db::search,
    types::{Currency, Email, FromText as _, NaceCode, Phone, SgkNo, TaxId, Text, slugify},
};

use crate::{
    Error,
    names::{BRANDS, FORMS, PLACES, SOURCES, TRADES, Trade},
    tenants::{Making, Staff, day, weight},
};

/// A workplace with the words for the people in it.
pub(crate) struct Made {
    pub(crate) workplace: Workplace,
    pub(crate) trade: &'static Trade,
    /// How many of a hundred people work there rather than elsewhere, more or less.
    pub(crate) weight: u64,
}

/// The statuses in the order in which the companies get them.
const STATUSES: &[CompanyStatus] = &[
    CompanyStatus::Customer,
    CompanyStatus::Customer,
    CompanyStatus::Lead,
    CompanyStatus::Prospect,
    CompanyStatus::Customer,
    CompanyStatus::Negotiation,
    CompanyStatus::Customer,
    CompanyStatus::Churned,
    CompanyStatus::Customer,
    CompanyStatus::Prospect,
];

fn trade_of(number: usize, making: &Making<'_>) -> &'static Trade {
    let planned = making.plan.customers.get(number).map(|customer| customer.trade);
    &TRADES[planned.unwrap_or(number % TRADES.len())]
}

/// Makes the companies, the planned customers first.
pub(crate) async fn companies(making: &mut Making<'_>, staff: &Staff) -> Result<Vec<Company>, Error> {
    let mut made = Vec::with_capacity(making.plan.companies);
    for number in 0..making.plan.companies {
        let company = company(making, number).await?;
        write(making, staff.admin, &company).await?;
        made.push(company);
    }
    Ok(made)
}

/// Writes a company with the way that it has come.
pub(crate) async fn write(making: &mut Making<'_>, admin: UserId, company: &Company) -> Result<(), Error> {
    store::insert(making.db, company).await?;
    let id = company.id;
    search::index(making.db, "COMPANY", id.as_uuid(), Some(id), &company.search_texts()).await?;
    way(making, admin, company).await
}

/// The company of this number.
pub(crate) async fn company(making: &mut Making<'_>, number: usize) -> Result<Company, Error> {
    let trade = trade_of(number, making);
    let name = if let Some(customer) = making.plan.customers.get(number) {
        customer.name.to_owned()
    } else {
        // Each tenant begins elsewhere in the list, so that no two companies have one name.
        let brand = BRANDS[(number + usize::try_from(making.plan.seed).unwrap_or(0)) % BRANDS.len()];
        format!("{brand} {} {}", trade.name, making.dice.pick(FORMS))
    };
    let created = making.dice.instant(day(2023, 4, 3), day(2026, 10, 30));
    let (city, district) = place(making).await?;
    let domain = slugify(&name).map_or_else(|_| "ornek".to_owned(), |slug| slug.to_string());
    Ok(Company {
        id: CompanyId::from_uuid(making.dice.id(created)),
        kind: CompanyKind::Employer,
        name: Text::parse(&name)?,
        trade_title: None,
        // One in twenty is a sole trader.
        tax_id: Some(match number % 20 {
            19 => TaxId::Tckn(making.dice.tckn()),
            _ => TaxId::Vkn(making.dice.vkn()),
        }),
        tax_office: None,
        email: Some(Email::parse(&format!("info@{domain}.test"))?),
        kep: None,
        mersis: None,
        phone: Some(Phone::parse(&format!("0212{}", making.dice.digits(7)))?),
        address: Some(Text::parse(&format!("Sanayi Mah. {}. Sok. No: {}", making.dice.below(90) + 1, number + 1))?),
        city_code: Some(city),
        district_code: Some(district),
        currency: Currency::Try,
        e_invoice_registered: making.dice.chance(60),
        withholding_buyer: making.dice.chance(10),
        source: Some(Text::parse(making.dice.pick(SOURCES))?),
        nace_code: Some(NaceCode::parse(trade.nace)?),
        danger_class: Some(trade.class),
        status: STATUSES[number % STATUSES.len()],
        is_active: STATUSES[number % STATUSES.len()] != CompanyStatus::Churned,
        version: 1,
        created_at: created,
        updated_at: created,
        deleted_at: None,
    })
}

/// A province of the tenant's and a district of it.
async fn place(making: &mut Making<'_>) -> Result<(ProvinceCode, DistrictCode), Error> {
    let province = making.dice.pick(making.plan.provinces);
    let districts: Vec<String> =
        sqlx::query_scalar("SELECT CONVERT(code USING utf8mb4) FROM districts WHERE province_code = ? ORDER BY code")
            .bind(province)
            .fetch_all(&mut *making.db)
            .await?;
    if districts.is_empty() {
        return Err(Error::NoReference(province));
    }
    let district = &districts[making.dice.place(districts.len())];
    Ok((ProvinceCode::from_text(province)?, DistrictCode::from_text(district)?))
}

/// Writes how the company came to stand where it stands, and that somebody added it.
async fn way(making: &mut Making<'_>, admin: UserId, company: &Company) -> Result<(), Error> {
    use CompanyStatus::{Churned, Customer, Lead, Negotiation, Prospect};
    let steps: &[CompanyStatus] = match company.status {
        Lead => &[Lead],
        Prospect => &[Lead, Prospect],
        Negotiation => &[Lead, Prospect, Negotiation],
        Customer => &[Lead, Prospect, Negotiation, Customer],
        Churned => &[Lead, Prospect, Customer, Churned],
    };
    let mut from = None;
    let mut at: DateTime<Utc> = company.created_at;
    for to in steps {
        let id = making.dice.id(at);
        sqlx::query(
            "INSERT INTO company_status_history (tenant_id, id, company_id, from_status, to_status, reason, changed_by, \
             created_at) VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(company.id)
        .bind(from)
        .bind(to)
        .bind((*to == Churned).then_some("Fiyat nedeniyle başka bir OSGB ile anlaştı"))
        .bind(admin)
        .bind(at.naive_utc())
        .execute(&mut *making.db)
        .await?;
        from = Some(*to);
        at = at + Days::new(2 + making.dice.below(5));
    }
    let changes = serde_json::json!({"name": {"before": null, "after": company.name}});
    let id = making.dice.id(company.created_at);
    sqlx::query(
        "INSERT INTO audit_log (tenant_id, id, company_id, action, entity, entity_id, actor_user_id, actor_name, \
         actor_email, changes, created_at) VALUES (current_tenant(), ?, ?, 'CREATE', 'company', ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(company.id)
    .bind(company.id)
    .bind(admin)
    .bind(format!("{} {}", making.plan.staff[0].first_name, making.plan.staff[0].last_name))
    .bind(making.plan.staff[0].email)
    .bind(changes.to_string())
    .bind(company.created_at.naive_utc())
    .execute(&mut *making.db)
    .await?;
    Ok(())
}

/// Makes one to four workplaces for each company.
pub(crate) async fn workplaces(making: &mut Making<'_>, companies: &[Company]) -> Result<Vec<Made>, Error> {
    let mut made = Vec::new();
    for (number, company) in companies.iter().enumerate() {
        let count = 1 + making.dice.below(4);
        let main = trade_of(number, making);
        for place in 0..count {
            // A customer of any trade may have a shop or an office of another class.
            let trade =
                if place > 0 && making.dice.chance(25) { &TRADES[making.dice.place(TRADES.len())] } else { main };
            let workplace = workplace(making, company, trade, place).await?;
            workplaces::store::insert(making.db, &workplace).await?;
            let (id, owner) = (workplace.id.as_uuid(), Some(company.id));
            search::index(making.db, "WORKPLACE", id, owner, &workplace.search_texts()).await?;
            // The first workplace is the largest one.
            let share = if place == 0 { 3 } else { 1 };
            made.push(Made { workplace, trade, weight: weight(company) * share });
        }
    }
    Ok(made)
}

/// A workplace of a company.
pub(crate) async fn workplace(
    making: &mut Making<'_>,
    company: &Company,
    trade: &Trade,
    place_no: u64,
) -> Result<Workplace, Error> {
    let at = company.created_at + Days::new(1);
    let (province, district) = place(making).await?;
    let kind: &str = if place_no == 0 { "Merkez" } else { making.dice.pick(&PLACES[1..]) };
    let title = format!("{} {kind}{}", company.name, if place_no > 1 { format!(" {place_no}") } else { String::new() });
    let (serial, tail) = (making.dice.digits(7), making.dice.digits(4));
    let sgk = format!("2{}0101{serial}0{}{tail}000", &trade.nace[..4], province.as_str());
    Ok(Workplace {
        id: WorkplaceId::from_uuid(making.dice.id(at)),
        company_id: company.id,
        title: Text::parse(&title)?,
        sgk_no: Some(SgkNo::parse(&sgk)?),
        nace_code: Some(NaceCode::parse(trade.nace)?),
        danger_class: trade.class,
        derived_danger_class: trade.class,
        danger_class_override: None,
        danger_class_override_reason: None,
        danger_class_override_by: None,
        danger_class_override_at: None,
        province_code: Some(province),
        district_code: Some(district),
        address: Some(Text::parse(&format!(
            "Organize Sanayi Bölgesi {}. Cad. No: {}",
            making.dice.below(40) + 1,
            making.dice.below(200) + 1
        ))?),
        employer_representative: None,
        latitude: None,
        longitude: None,
        shift_info: Some(Text::parse(if making.dice.chance(30) { "Üç vardiya" } else { "08.00–17.00" })?),
        opened_at: Some(making.dice.day(day(2005, 1, 1), day(2022, 12, 31))),
        closed_at: None,
        is_active: company.is_active,
        version: 1,
        created_at: at,
        updated_at: at,
        deleted_at: None,
    })
}

/// Lets the physician and the expert serve some of the customers' workplaces, each one also a past one.
pub(crate) async fn assignments(
    making: &mut Making<'_>,
    staff: &Staff,
    companies: &[Company],
    workplaces: &[Made],
) -> Result<usize, Error> {
    let served: Vec<&Workplace> = workplaces
        .iter()
        .map(|made| &made.workplace)
        .filter(|workplace| {
            let company = companies.iter().find(|company| company.id == workplace.company_id);
            company.is_some_and(|company| company.status == CompanyStatus::Customer)
        })
        .collect();
    let mut count = 0;
    for (user, kind, first, many) in [(staff.doctor, "PHYSICIAN", 0, 12), (staff.expert, "SAFETY_EXPERT", 4, 16)] {
        let Some(user) = user else { continue };
        for (number, workplace) in served.iter().skip(first).take(many).enumerate() {
            let starts = day(2025, 1, 1);
            // The last one is over: the professional no longer sees that workplace.
            let ends = (number + 1 == many).then(|| day(2026, 6, 30));
            let id = making.dice.id(workplace.created_at);
            sqlx::query(
                "INSERT INTO assignments (tenant_id, id, company_id, workplace_id, user_id, kind, starts_on, ends_on) \
                 VALUES (current_tenant(), ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(id)
            .bind(workplace.company_id)
            .bind(workplace.id)
            .bind(user)
            .bind(kind)
            .bind(starts)
            .bind(ends)
            .execute(&mut *making.db)
            .await?;
            count += 1;
        }
    }
    Ok(count)
}
