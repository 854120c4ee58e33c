//! The file of employees. Its headings are among those that an import knows.

use std::collections::HashMap;

use shared::{
    App, Error, Result,
    auth::{Allowed, Role, policy},
    db::Db,
    error::{Language, Text},
    export::{Cell, Column, Table, Wanted},
    jobs::Kind,
    types::{Email, Phone, istanbul},
};
use uuid::Uuid;

use super::{QUEUE, words};
use crate::{
    companies,
    employees::{self, Employee, EmployeeFilter, PersonId},
    reach::Reach,
    workplaces,
};

/// The list of employees.
#[derive(Debug)]
pub struct Employees;

impl Table for Employees {
    const KIND: Kind = Kind { name: "employees.export", queue: QUEUE };
    const NAME: Text = Text::new("Çalışanlar", "Employees");
    const MASKED: &'static [&'static str] = &["tckn"];
    type Permission = policy::ExportEmployees;
    type Filter = EmployeeFilter;

    fn columns(who: &Allowed<policy::ExportEmployees>) -> Vec<Column> {
        let mut columns = vec![
            Column::new("T.C. kimlik no", "TR identity number", 15),
            Column::new("Ad", "First name", 18),
            Column::new("Soyad", "Last name", 18),
            Column::new("Şirket", "Company", 34),
            Column::new("İşyeri", "Workplace", 28),
            Column::new("Görev", "Position", 22),
            Column::new("Departman", "Department", 18),
            Column::new("İşe giriş tarihi", "Start date", 14),
            Column::new("İşten çıkış tarihi", "End date", 14),
            Column::new("Çıkış nedeni", "Reason of leaving", 24),
            Column::new("Çalışıyor", "Employed", 10),
            Column::new("Çalışma türü", "Employment type", 14),
            Column::new("Alt işveren", "Sub-employer", 12),
            Column::new("Doğum tarihi", "Date of birth", 13),
            Column::new("Cinsiyet", "Gender", 10),
            Column::new("Kan grubu", "Blood group", 10),
            Column::new("Telefon", "Phone", 18),
            Column::new("E-posta", "E-mail", 28),
        ];
        if shows_groups(who) {
            columns.extend([
                Column::new("Engelli", "Disabled", 10),
                Column::new("Gebe/emziren", "Pregnant or nursing", 14),
                Column::new("Gece çalışan", "Night worker", 13),
                Column::new("Genç çalışan", "Young worker", 13),
            ]);
        }
        columns.push(Column::new("Kayıt zamanı", "Added", 18));
        columns.push(Column::new("Silinme zamanı", "Deleted", 18));
        columns
    }

    async fn check(db: &mut Db, who: &Allowed<policy::ExportEmployees>, wanted: &Wanted<EmployeeFilter>) -> Result<()> {
        let reach = Reach::of(who);
        if let Some(company) = wanted.filter.company_id
            && companies::store::find(db, reach, company).await?.is_none()
        {
            return Err(Error::not_found_in("companyId"));
        }
        if let Some(workplace) = wanted.filter.workplace_id
            && workplaces::store::find(db, reach, workplace).await?.is_none()
        {
            return Err(Error::not_found_in("workplaceId"));
        }
        employees::api::order(&wanted.paging).map(drop)
    }

    async fn keys(
        app: &App,
        db: &mut Db,
        who: &Allowed<policy::ExportEmployees>,
        wanted: &Wanted<EmployeeFilter>,
    ) -> Result<Vec<Uuid>> {
        let order = employees::api::order(&wanted.paging)?;
        let wanted = employees::api::wanted(app, who, Reach::of(who), &wanted.paging, &wanted.filter, &order);
        Ok(employees::store::keys(db, &wanted).await?)
    }

    async fn rows(
        app: &App,
        db: &mut Db,
        who: &Allowed<policy::ExportEmployees>,
        wanted: &Wanted<EmployeeFilter>,
        language: Language,
        keys: &[Uuid],
    ) -> Result<Vec<(Uuid, Vec<Cell>)>> {
        let rows = employees::store::these(db, keys).await?;
        let mut rows: Vec<_> = rows.into_iter().map(|row| row.seen_by(who.role)).collect();
        if wanted.reveal {
            let persons: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
            let clear: HashMap<_, _> = employees::tckns(app, db, &persons).await?;
            for row in &mut rows {
                row.tckn = clear.get(&row.person_id).cloned();
            }
        }
        let today = istanbul::today(app.now());
        let groups = shows_groups(who);
        let row = |employee: &Employee| {
            let active = employee.deleted_at.is_none() && employee.period().covers(today);
            (employee.id.as_uuid(), cells(employee, active, groups, language))
        };
        Ok(rows.iter().map(row).collect())
    }
}

/// A client's users get no word about special groups, as in the list.
fn shows_groups(who: &Allowed<policy::ExportEmployees>) -> bool {
    who.role != Role::Client
}

fn cells(employee: &Employee, active: bool, groups: bool, language: Language) -> Vec<Cell> {
    let word = |text: Text| Cell::word(&text, language);
    let mut cells = vec![
        Cell::text(employee.tckn.as_ref()),
        Cell::Text(employee.first_name.to_string()),
        Cell::Text(employee.last_name.to_string()),
        Cell::Text(employee.company_name.to_string()),
        Cell::Text(employee.workplace_title.to_string()),
        Cell::text(employee.position.as_ref()),
        Cell::text(employee.department.as_ref()),
        Cell::Date(employee.start_date),
        Cell::date(employee.end_date),
        Cell::text(employee.end_reason.as_ref()),
        Cell::Flag(active),
        word(words::employment(employee.employment_type)),
        Cell::Flag(employee.is_subcontractor),
        Cell::date(employee.birth_date),
        employee.gender.map_or(Cell::Empty, |gender| word(words::gender(gender))),
        Cell::text(employee.blood_group),
        Cell::text(employee.phone.as_ref().map(Phone::display)),
        Cell::text(employee.email.as_ref().map(Email::as_str)),
    ];
    if groups {
        let flags = [employee.is_disabled, employee.is_pregnant, employee.is_night_shift, employee.is_young_worker];
        cells.extend(flags.map(Cell::flag));
    }
    cells.push(Cell::Instant(employee.created_at));
    cells.push(employee.deleted_at.map_or(Cell::Empty, Cell::Instant));
    cells
}
