//! What becomes of each row, given what the register knows: the same decision in the dry run and when it is applied.

use std::collections::HashMap;

use chrono::NaiveDate;
use shared::{Detail, Error, error::Text};

use super::rows::Draft;
use crate::{
    employees::{EmployeeError, Period, PersonId, check_rules},
    workplaces::WorkplaceId,
};

/// What a TCKN is found by.
pub(super) type Index = Vec<u8>;

/// What becomes of a row.
#[derive(Debug)]
pub(super) enum Decision {
    /// A new person with an employment.
    NewPerson,
    /// An employment of a person who is known, in the register or from a row above.
    NewEmployment(Option<PersonId>, Vec<Detail>),
    /// The employment is there already; nothing is changed.
    Existing,
    /// It cannot be taken.
    Wrong(Vec<Detail>),
}

/// A person of the company, with his live employments.
#[derive(Debug, Clone)]
pub(super) struct KnownPerson {
    /// None while he is only planned.
    pub(super) id: Option<PersonId>,
    /// The folded name.
    pub(super) name_key: String,
    /// The date of birth.
    pub(super) birth_date: Option<NaiveDate>,
    /// Where and when he works.
    pub(super) employments: Vec<(WorkplaceId, Period)>,
}

/// An employment as a row without TCKN names it.
pub(super) type ByName = (String, WorkplaceId, NaiveDate);

/// What the register knows of a file's rows; grows with what is planned.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By what the TCKN is found by.
    pub(super) persons: HashMap<Index, KnownPerson>,
    /// Employments by the person's name, with the dates of birth.
    pub(super) by_name: HashMap<ByName, Vec<Option<NaiveDate>>>,
}

impl Known {
    /// Decides on a row that has a TCKN, found by `index`, or none; what it adds is known from now on.
    pub(super) fn decide(&mut self, draft: &Draft, index: Option<Index>, today: NaiveDate) -> Decision {
        match index {
            Some(index) => self.decide_by_tckn(draft, index, today),
            None => self.decide_by_name(draft),
        }
    }

    fn decide_by_tckn(&mut self, draft: &Draft, index: Index, today: NaiveDate) -> Decision {
        let employment = (draft.new.workplace_id, draft.period());
        let Some(person) = self.persons.get_mut(&index) else {
            let planned = KnownPerson {
                id: None,
                name_key: draft.name_key(),
                birth_date: draft.new.birth_date,
                employments: vec![employment],
            };
            self.persons.insert(index, planned);
            return Decision::NewPerson;
        };
        let mut here = person.employments.iter().filter(|(workplace, _)| *workplace == employment.0);
        if here.clone().any(|(_, period)| period.start == draft.new.start_date) {
            return Decision::Existing;
        }
        if here.any(|(_, period)| period.overlaps(draft.period())) {
            return Decision::Wrong(Error::from(EmployeeError::Overlap).list().to_vec());
        }
        // A known person keeps his date of birth; one that was not known is taken over.
        let birth_date = person.birth_date.or(draft.new.birth_date);
        if let Err(error) = check_rules(draft.period(), birth_date, today) {
            return Decision::Wrong(error.list().to_vec());
        }
        person.birth_date = birth_date;
        person.employments.push(employment);
        let differs = person.name_key != draft.name_key();
        Decision::NewEmployment(person.id, differs.then(other_name).into_iter().collect())
    }

    /// Without a TCKN nobody can be told from his namesake: only who began on the same day at the same workplace,
    /// and was born on the same day as far as that is known, is taken for the same.
    fn decide_by_name(&self, draft: &Draft) -> Decision {
        let named = (draft.name_key(), draft.new.workplace_id, draft.new.start_date);
        let same = |birth: &Option<NaiveDate>| match (birth, draft.new.birth_date) {
            (Some(known), Some(given)) => *known == given,
            _ => true,
        };
        let known = self.by_name.get(&named).is_some_and(|births| births.iter().any(same));
        if known { Decision::Existing } else { Decision::NewPerson }
    }
}

fn other_name() -> Detail {
    Detail::new(
        "firstName",
        "PERSON_KNOWN_BY_OTHER_NAME",
        Text::new(
            "Bu T.C. kimlik numarasıyla kayıtlı kişinin adı farklı; kayıtlı ad korunur. Gerekirse çalışanı düzenleyin.",
            "The person with this TR identity number has another name, which is kept. Change the employee if needed.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use shared::types::Text;

    use super::*;
    use crate::employees::NewEmployee;

    const TODAY: &str = "2026-11-25";

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn workplace(number: u128) -> WorkplaceId {
        WorkplaceId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn draft(workplace: WorkplaceId, start: &str, birth: Option<&str>) -> Draft {
        let new = NewEmployee {
            workplace_id: workplace,
            tckn: None,
            first_name: Text::parse("Ali").unwrap(),
            last_name: Text::parse("Can").unwrap(),
            gender: None,
            birth_date: birth.map(day),
            blood_group: None,
            phone: None,
            email: None,
            position: None,
            department: None,
            start_date: day(start),
            end_date: None,
            is_subcontractor: None,
            employment_type: None,
            is_disabled: None,
            is_pregnant: None,
            is_night_shift: None,
            is_young_worker: None,
        };
        Draft { number: 2, new }
    }

    fn person(name: &str, birth: Option<&str>, employments: Vec<(WorkplaceId, Period)>) -> KnownPerson {
        let id = Some(PersonId::new_at(DateTime::UNIX_EPOCH));
        KnownPerson { id, name_key: name.to_owned(), birth_date: birth.map(day), employments }
    }

    fn codes(decision: Decision) -> String {
        match decision {
            Decision::NewPerson => "new person".into(),
            Decision::NewEmployment(_, warnings) => format!("new employment, {} warnings", warnings.len()),
            Decision::Existing => "existing".into(),
            Decision::Wrong(details) => details[0].code.to_string(),
        }
    }

    #[test]
    fn a_person_is_made_once_and_employed_as_often_as_the_file_says() {
        let mut known = Known::default();
        let mut decide =
            |workplace, start| codes(known.decide(&draft(workplace, start, None), Some(vec![1]), day(TODAY)));
        assert_eq!(decide(workplace(1), "2024-01-01"), "new person");
        assert_eq!(decide(workplace(2), "2024-01-01"), "new employment, 0 warnings");
        assert_eq!(decide(workplace(1), "2024-01-01"), "existing");
        assert_eq!(decide(workplace(1), "2024-02-01"), "OVERLAPPING_EMPLOYMENT");
    }

    #[test]
    fn what_the_register_knows_of_a_person_counts() {
        let ended = Period { start: day("2020-01-01"), end: Some(day("2020-12-31")) };
        let mut known = Known::default();
        known.persons.insert(vec![1], person("ali can", Some("2010-01-01"), vec![(workplace(1), ended)]));
        known.persons.insert(vec![2], person("veli can", None, Vec::new()));
        let mut decide = |index: u8, start, birth| {
            codes(known.decide(&draft(workplace(1), start, birth), Some(vec![index]), day(TODAY)))
        };
        assert_eq!(decide(1, "2024-12-31", None), "TOO_YOUNG");
        assert_eq!(decide(1, "2025-01-01", Some("1990-01-01")), "new employment, 0 warnings");
        assert_eq!(decide(2, "2025-01-01", None), "new employment, 1 warnings");
    }

    #[test]
    fn without_a_number_the_same_name_on_the_same_first_day_is_the_same_person() {
        let mut known = Known::default();
        let named = ("ali can".to_owned(), workplace(1), day("2024-01-01"));
        known.by_name.insert(named, vec![Some(day("1990-01-01"))]);
        let mut decide = |start, birth| codes(known.decide(&draft(workplace(1), start, birth), None, day(TODAY)));
        assert_eq!(decide("2024-01-01", Some("1990-01-01")), "existing");
        assert_eq!(decide("2024-01-01", None), "existing");
        assert_eq!(decide("2024-01-01", Some("1991-01-01")), "new person");
        assert_eq!(decide("2024-01-02", Some("1990-01-01")), "new person");
    }
}
