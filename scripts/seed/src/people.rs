//! Employees with made-up names and numbers, written in large statements.

use chrono::{Months, NaiveDate, NaiveDateTime};
use companies::employees::{EmployeeId, PersonId, SealedTckn, sealed};
use shared::types::{slugify, turkish};
use sqlx::QueryBuilder;

use crate::{
    Error,
    names::{DEPARTMENTS, FAMILIES, MEN, OFFICE, WOMEN},
    register::Made,
    tenants::{Making, day},
};

/// Rows of one statement.
const AT_ONCE: usize = 250;

/// The blood groups, the frequent ones more often.
const BLOOD: &[&str] = &["A+", "A+", "A+", "0+", "0+", "0+", "B+", "AB+", "A-", "0-", "B-", "AB-"];

/// How those are employed who are not employed full time.
const KINDS: &[&str] = &["PART_TIME", "TEMPORARY", "APPRENTICE", "INTERN"];

/// One employee before he is written.
struct Draft<'a> {
    person: PersonId,
    employment: EmployeeId,
    made: &'a Made,
    tckn: SealedTckn,
    first_name: &'static str,
    last_name: &'static str,
    gender: &'static str,
    birth: NaiveDate,
    phone: Option<String>,
    email: Option<String>,
    blood_group: Option<&'static str>,
    position: &'static str,
    department: &'static str,
    start: NaiveDate,
    end: Option<NaiveDate>,
    kind: &'static str,
    /// Disabled, pregnant, works at night, young.
    special: Option<[bool; 4]>,
    at: NaiveDateTime,
}

impl Draft<'_> {
    fn key(&self) -> String {
        turkish::search_key(&format!("{} {}", self.first_name, self.last_name))
    }
}

/// Fills the workplaces with people.
pub(crate) async fn employees(making: &mut Making<'_>, workplaces: &[Made]) -> Result<usize, Error> {
    let all: u64 = workplaces.iter().map(|made| made.weight).sum();
    let mut drafts = Vec::with_capacity(making.plan.employees);
    for _ in 0..making.plan.employees {
        let mut roll = making.dice.below(all);
        let made = workplaces.iter().find(|made| {
            let here = roll < made.weight;
            roll = roll.saturating_sub(made.weight);
            here
        });
        drafts.push(draft(making, made.unwrap_or(&workplaces[0])));
    }
    for drafts in drafts.chunks(AT_ONCE) {
        persons(making, drafts).await?;
        words(making, drafts).await?;
        employments(making, drafts).await?;
        special_groups(making, drafts).await?;
    }
    Ok(drafts.len())
}

fn draft<'a>(making: &mut Making<'_>, made: &'a Made) -> Draft<'a> {
    let dice = &mut making.dice;
    let woman = dice.chance(40);
    let first_name = dice.pick(if woman { WOMEN } else { MEN });
    let start = dice.day(day(2014, 1, 1), day(2026, 10, 31));
    // Eighteen to sixty years old at the start.
    let born = |years: u32| start.checked_sub_months(Months::new(12 * years)).unwrap_or(start);
    let birth = dice.day(born(60), born(18));
    let over = dice.chance(7);
    let special = dice.chance(6).then(|| {
        let night = dice.chance(60);
        [!night && dice.chance(50), woman && dice.chance(30), night, false]
    });
    let at = made.workplace.created_at;
    let person = PersonId::from_uuid(dice.id(at));
    let tckn = dice.tckn();
    let employment = EmployeeId::from_uuid(dice.id(at));
    let last_name = dice.pick(FAMILIES);
    // The id is chance enough, and so the dice fall as they did before these were known.
    let [.., young, mail, blood] = *person.as_uuid().as_bytes();
    // Whoever was sixteen earlier is grown up by now.
    let is_young = special.is_none() && young % 6 == 0 && start >= day(2025, 1, 1);
    let birth = if is_young { born(16) } else { birth };
    let special = if is_young { Some([false, false, false, true]) } else { special };
    let email = slugify(&format!("{first_name} {last_name}")).ok().map(|name| format!("{name}.{mail}@ornek.test"));
    Draft {
        person,
        employment,
        made,
        tckn: sealed(making.app, making.tenant, person, &tckn),
        first_name,
        last_name,
        gender: if woman { "FEMALE" } else { "MALE" },
        birth,
        email: email.filter(|_| mail % 3 == 0),
        blood_group: (blood % 10 < 7).then(|| BLOOD[usize::from(blood / 10) % BLOOD.len()]),
        phone: dice.chance(70).then(|| format!("+905{}{}", 3 + dice.below(3), dice.digits(8))),
        position: if dice.chance(85) { dice.pick(made.trade.positions) } else { dice.pick(OFFICE) },
        department: dice.pick(DEPARTMENTS),
        start,
        end: over.then(|| dice.day(start, day(2026, 11, 1))),
        kind: {
            let kind = if dice.chance(85) { "FULL_TIME" } else { dice.pick(KINDS) };
            if is_young { "APPRENTICE" } else { kind }
        },
        special,
        at: at.naive_utc(),
    }
}

async fn persons(making: &mut Making<'_>, drafts: &[Draft<'_>]) -> Result<(), Error> {
    let mut sql = QueryBuilder::new(
        "INSERT INTO persons (tenant_id, id, company_id, tckn_cipher, tckn_index, tckn_mask, first_name, last_name, \
         birth_date, gender, blood_group, email, phone, search_key, created_at, updated_at) ",
    );
    sql.push_values(drafts, |mut row, draft| {
        row.push("current_tenant()")
            .push_bind(draft.person)
            .push_bind(draft.made.workplace.company_id)
            .push_bind(&draft.tckn.cipher)
            .push_bind(&draft.tckn.index)
            .push_bind(&draft.tckn.mask)
            .push_bind(draft.first_name)
            .push_bind(draft.last_name)
            .push_bind(draft.birth)
            .push_bind(draft.gender)
            .push_bind(draft.blood_group)
            .push_bind(&draft.email)
            .push_bind(&draft.phone)
            .push_bind(draft.key())
            .push_bind(draft.at)
            .push_bind(draft.at);
    });
    sql.build().execute(&mut *making.db).await?;
    Ok(())
}

async fn words(making: &mut Making<'_>, drafts: &[Draft<'_>]) -> Result<(), Error> {
    let mut rows = Vec::new();
    for draft in drafts {
        let mut words: Vec<String> = draft.key().split(' ').map(str::to_owned).collect();
        words.dedup();
        rows.extend(
            (0_u8..).zip(words).map(|(place, word)| (draft.person, draft.made.workplace.company_id, place, word)),
        );
    }
    let mut sql =
        QueryBuilder::new("INSERT INTO search_words (tenant_id, company_id, entity, entity_id, place, word) ");
    sql.push_values(rows, |mut row, (person, company, place, word)| {
        row.push("current_tenant()")
            .push_bind(company)
            .push("'PERSON'")
            .push_bind(person)
            .push_bind(place)
            .push_bind(word);
    });
    sql.build().execute(&mut *making.db).await?;
    Ok(())
}

async fn employments(making: &mut Making<'_>, drafts: &[Draft<'_>]) -> Result<(), Error> {
    let mut sql = QueryBuilder::new(
        "INSERT INTO employments (tenant_id, id, company_id, person_id, workplace_id, position, department, start_date, \
         end_date, end_reason, is_subcontractor, employment_type, created_at, updated_at) ",
    );
    sql.push_values(drafts, |mut row, draft| {
        row.push("current_tenant()")
            .push_bind(draft.employment)
            .push_bind(draft.made.workplace.company_id)
            .push_bind(draft.person)
            .push_bind(draft.made.workplace.id)
            .push_bind(draft.position)
            .push_bind(draft.department)
            .push_bind(draft.start)
            .push_bind(draft.end)
            .push_bind(draft.end.map(|_| "İstifa"))
            .push_bind(draft.position == "Güvenlik Görevlisi")
            .push_bind(draft.kind)
            .push_bind(draft.at)
            .push_bind(draft.at);
    });
    sql.build().execute(&mut *making.db).await?;
    Ok(())
}

async fn special_groups(making: &mut Making<'_>, drafts: &[Draft<'_>]) -> Result<(), Error> {
    let special: Vec<_> = drafts.iter().filter_map(|draft| draft.special.map(|flags| (draft, flags))).collect();
    if special.is_empty() {
        return Ok(());
    }
    let mut sql = QueryBuilder::new(
        "INSERT INTO employment_special_groups (tenant_id, company_id, employment_id, is_disabled, is_pregnant, \
         is_night_shift, is_young_worker) ",
    );
    sql.push_values(special, |mut row, (draft, [disabled, pregnant, night, young])| {
        row.push("current_tenant()")
            .push_bind(draft.made.workplace.company_id)
            .push_bind(draft.employment)
            .push_bind(disabled)
            .push_bind(pregnant)
            .push_bind(night)
            .push_bind(young);
    });
    sql.build().execute(&mut *making.db).await?;
    Ok(())
}
