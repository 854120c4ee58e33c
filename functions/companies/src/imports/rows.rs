//! A row of the file as the employee that it describes: by the same types and rules as the API, each mistake told.

use std::collections::{HashMap, hash_map::Entry};

use chrono::NaiveDate;
use shared::{
    Detail,
    error::Text as Message,
    types::{Invalid, Tckn, Text},
};

use super::{
    columns::{Mapping, Sheet},
    fields::ImportField,
    file::Row,
    places::Places,
    values,
};
use crate::{
    employees::{NewEmployee, Period, check_rules},
    search::key,
    workplaces::WorkplaceId,
};

/// A row that can be taken by itself.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The row's number in the spreadsheet.
    pub number: u32,
    /// The employee.
    pub new: NewEmployee,
}

impl Draft {
    /// The employment's days.
    pub fn period(&self) -> Period {
        Period { start: self.new.start_date, end: self.new.end_date }
    }

    /// The folded name.
    pub fn name_key(&self) -> String {
        key(&[self.new.first_name.as_str(), self.new.last_name.as_str()])
    }
}

/// A row that has been looked at by itself.
#[derive(Debug)]
pub struct Looked {
    /// The row's number in the spreadsheet.
    pub number: u32,
    /// The employee, or what is wrong.
    pub read: Result<NewEmployee, Vec<Detail>>,
}

/// Looks at every row: by itself, and whether the file says the same twice.
pub fn look(sheet: &Sheet, places: &Places, today: NaiveDate) -> Vec<Looked> {
    let mut seen = Seen::default();
    let look = |row: &Row| {
        let read = Reader { row, mapping: &sheet.mapping, wrong: Vec::new() }.read(places, today);
        let read = read.and_then(|new| seen.once(Draft { number: row.number, new }));
        Looked { number: row.number, read }
    };
    sheet.rows.iter().map(look).collect()
}

/// Reads the cells of one row, one after another, and keeps what is wrong.
struct Reader<'a> {
    row: &'a Row,
    mapping: &'a Mapping,
    wrong: Vec<Detail>,
}

impl Reader<'_> {
    fn read(mut self, places: &Places, today: NaiveDate) -> Result<NewEmployee, Vec<Detail>> {
        use ImportField as F;
        let (first_name, last_name) = self.names();
        let workplace = places.of_cell(self.mapping.cell(self.row, F::Workplace));
        let workplace_id = workplace.map_err(|invalid| self.refuse(F::Workplace, invalid)).ok();
        let start_date = self.required(F::StartDate, values::day);
        let end_date = self.optional(F::EndDate, values::day);
        let birth_date = self.optional(F::BirthDate, values::day);
        let tckn = self.optional(F::Tckn, values::tckn);
        let gender = self.optional(F::Gender, values::gender);
        let blood_group = self.optional(F::BloodGroup, values::blood_group);
        let phone = self.optional(F::Phone, values::phone);
        let email = self.optional(F::Email, values::email);
        let position = self.optional(F::Position, values::words);
        let department = self.optional(F::Department, values::words);
        let is_subcontractor = self.optional(F::IsSubcontractor, values::yes);
        let employment_type = self.optional(F::EmploymentType, values::employment_type);
        if let Some(start) = start_date
            && let Err(error) = check_rules(Period { start, end: end_date }, birth_date, today)
        {
            self.wrong.extend(error.list().iter().cloned());
        }
        match (first_name, last_name, workplace_id, start_date) {
            (Some(first_name), Some(last_name), Some(workplace_id), Some(start_date)) if self.wrong.is_empty() => {
                Ok(NewEmployee {
                    workplace_id,
                    tckn,
                    first_name,
                    last_name,
                    gender,
                    birth_date,
                    blood_group,
                    phone,
                    email,
                    position,
                    department,
                    start_date,
                    end_date,
                    is_subcontractor,
                    employment_type,
                    // What is known of special groups is for few eyes: it comes one by one, never by a file.
                    is_disabled: None,
                    is_pregnant: None,
                    is_night_shift: None,
                    is_young_worker: None,
                })
            }
            _ => Err(self.wrong),
        }
    }

    /// First and last name, from one column or from two; of one the last word is the last name.
    fn names(&mut self) -> (Option<Text<2, 100>>, Option<Text<2, 100>>) {
        use ImportField as F;
        if self.mapping.place(F::FullName).is_none() {
            return (self.required(F::FirstName, values::words), self.required(F::LastName, values::words));
        }
        let whole = self.required(F::FullName, |text| match text.rsplit_once(char::is_whitespace) {
            Some((first, last)) => Ok((first.to_owned(), last.to_owned())),
            None => Err(Invalid::new(
                "LAST_NAME_MISSING",
                "Ad ve soyadı arada boşlukla birlikte yazın.",
                "Write the first and the last name with a blank between them.",
            )),
        });
        let Some((first, last)) = whole else { return (None, None) };
        (self.value(F::FullName, &first, values::words), self.value(F::FullName, &last, values::words))
    }

    fn required<T>(&mut self, field: ImportField, read: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        let before = self.wrong.len();
        let value = self.optional(field, read);
        if value.is_none() && self.wrong.len() == before {
            self.refuse(field, Invalid::new("REQUIRED", "Bu alanı doldurun.", "Fill in this field."));
        }
        value
    }

    fn optional<T>(&mut self, field: ImportField, read: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        match values::filled(self.mapping.cell(self.row, field).unwrap_or_default()) {
            Ok(None) => None,
            Ok(Some(text)) => self.value(field, text, read),
            Err(invalid) => {
                self.refuse(field, invalid);
                None
            }
        }
    }

    fn value<T>(&mut self, field: ImportField, text: &str, read: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        read(text).map_err(|invalid| self.refuse(field, invalid)).ok()
    }

    fn refuse(&mut self, field: ImportField, invalid: Invalid) {
        let detail = Detail::invalid(field.as_str(), invalid);
        // First and last name may stand in one column, and have the same mistake.
        if !self.wrong.contains(&detail) {
            self.wrong.push(detail);
        }
    }
}

/// What the rows above have said.
#[derive(Default)]
struct Seen {
    by_tckn: HashMap<(String, WorkplaceId), Vec<(Period, u32)>>,
    by_name: HashMap<(String, Option<NaiveDate>, WorkplaceId, NaiveDate), u32>,
}

impl Seen {
    /// The row's employee, unless an earlier row has the same person at the same workplace in the same days.
    fn once(&mut self, draft: Draft) -> Result<NewEmployee, Vec<Detail>> {
        let workplace = draft.new.workplace_id;
        let earlier = if let Some(tckn) = &draft.new.tckn {
            let all = self.by_tckn.entry((tckn.expose().to_owned(), workplace)).or_default();
            let earlier = all.iter().find(|(period, _)| period.overlaps(draft.period())).map(|(_, number)| *number);
            all.push((draft.period(), draft.number));
            earlier
        } else {
            let key = (draft.name_key(), draft.new.birth_date, workplace, draft.new.start_date);
            match self.by_name.entry(key) {
                Entry::Occupied(earlier) => Some(*earlier.get()),
                Entry::Vacant(free) => {
                    free.insert(draft.number);
                    None
                }
            }
        };
        let Some(earlier) = earlier else { return Ok(draft.new) };
        let field = if draft.new.tckn.is_some() { ImportField::Tckn } else { ImportField::FirstName };
        let text = Message {
            tr: format!(
                "Aynı kişi aynı işyerinde çakışan tarihlerle {earlier}. satırda da var; birini silin ya da tarihleri \
                 düzeltin."
            )
            .into(),
            en: format!(
                "The same person stands in row {earlier} at the same workplace with days in common; delete one or \
                 correct the days."
            )
            .into(),
        };
        Err(vec![Detail::new(field.as_str(), "DUPLICATE_IN_FILE", text)])
    }
}

/// The TCKNs of a file's rows, each once.
pub fn tckns<'a>(rows: impl Iterator<Item = &'a NewEmployee>) -> Vec<&'a Tckn> {
    let mut seen = std::collections::HashSet::new();
    rows.filter_map(|new| new.tckn.as_ref()).filter(|tckn| seen.insert(tckn.expose())).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use shared::types::SgkNo;

    use super::*;
    use crate::imports::{columns::Sheet, file::table, places::Place};

    const HEADER: [&str; 8] =
        ["Ad", "Soyad", "TCKN", "İşe Giriş Tarihi", "Doğum Tarihi", "İşyeri", "Telefon", "İşten Çıkış Tarihi"];
    const ALI: &str = "19090909018";

    fn places() -> Places {
        let place = |title: &str, sgk_no: Option<&str>| Place {
            id: WorkplaceId::new_at(DateTime::UNIX_EPOCH),
            title: Text::parse(title).unwrap(),
            sgk_no: sgk_no.map(|no| SgkNo::parse(no).unwrap()),
        };
        Places::new(&[place("Merkez", None), place("Şube", Some("26201010112345670341234000"))], None)
    }

    fn looked(rows: &[&[&str]]) -> Vec<Looked> {
        let sheet = Sheet::new(table(rows), None);
        look(&sheet, &places(), "2026-11-25".parse().unwrap())
    }

    /// Field and code of each mistake in each row.
    fn wrong(rows: &[&[&str]]) -> Vec<Vec<(String, String)>> {
        let all: Vec<&[&str]> = [&HEADER[..]].into_iter().chain(rows.iter().copied()).collect();
        let told = |detail: &Detail| (detail.field.clone(), detail.code.to_string());
        looked(&all).iter().map(|row| row.read.as_ref().err().into_iter().flatten().map(told).collect()).collect()
    }

    fn one(field: &str, code: &str) -> Vec<(String, String)> {
        vec![(field.to_owned(), code.to_owned())]
    }

    #[test]
    fn a_row_becomes_what_the_api_would_be_sent() {
        let rows: [&[&str]; 2] = [
            &["Adı Soyadı", "Görev/Unvan", "Cinsiyet", "İşe Giriş Tarihi", "Çalışma Türü", "Taşeron mu?", "İşyeri"],
            &["Ayşe Nur Yıldız", " Şef \n usta", "K", "1.2.2024", "Kısmi", "hayır", "şube"],
        ];
        let read = looked(&rows);
        let new = read[0].read.as_ref().unwrap();
        assert_eq!((new.first_name.as_str(), new.last_name.as_str()), ("Ayşe Nur", "Yıldız"));
        assert_eq!(new.position.as_ref().unwrap().as_str(), "Şef usta");
        assert_eq!((new.start_date.to_string().as_str(), new.is_subcontractor), ("2024-02-01", Some(false)));
        assert_eq!(read[0].number, 2);
    }

    #[test]
    fn a_mistake_of_both_names_in_one_column_is_told_once() {
        let rows: [&[&str]; 2] = [&["Adı Soyadı", "İşe Giriş Tarihi", "İşyeri"], &["A B", "9999-12-31", "Şube"]];
        let details = looked(&rows)[0].read.as_ref().unwrap_err().clone();
        let codes: Vec<(&str, &str)> = details.iter().map(|detail| (detail.field.as_str(), &*detail.code)).collect();
        assert_eq!(codes, [("fullName", "TOO_SHORT"), ("startDate", "OUT_OF_RANGE")]);
    }

    #[test]
    fn every_mistake_of_a_row_is_told_with_its_field() {
        let found = wrong(&[
            &["Ali", "Can", ALI, "01.02.2024", "01.01.1990", "Merkez", "0532 123 45 67"],
            &["A", "", "123", "31.02.2024", "yarın", "Depo", "12"],
            &["Ali", "Can", "", "01.01.2024", "01.01.2015", "Merkez", "", "31.12.2023"],
            &["Ali", "Can", "#REF!", "01.01.2030", "", "Merkez"],
        ]);
        assert!(found[0].is_empty());
        let codes: Vec<(&str, &str)> = found[1].iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
        assert_eq!(
            codes,
            [
                ("firstName", "TOO_SHORT"),
                ("lastName", "REQUIRED"),
                ("workplace", "UNKNOWN_WORKPLACE"),
                ("startDate", "INVALID_DATE"),
                ("birthDate", "INVALID_DATE"),
                ("tckn", "INVALID_TCKN"),
                ("phone", "INVALID_PHONE"),
            ]
        );
        assert_eq!(found[2], [one("endDate", "END_BEFORE_START"), one("birthDate", "TOO_YOUNG")].concat());
        assert_eq!(found[3], [one("tckn", "CELL_ERROR"), one("startDate", "START_TOO_FAR")].concat());
    }

    #[test]
    fn a_person_stands_once_in_the_same_days_at_the_same_workplace() {
        let row = |tckn, start, place, end| ["Ali", "Can", tckn, start, "", place, "", end];
        let rows = [
            row(ALI, "01.01.2024", "Merkez", "30.06.2024"),
            row(ALI, "01.07.2024", "Merkez", ""),
            row(ALI, "01.01.2025", "Merkez", ""),
            row(ALI, "01.01.2025", "Şube", ""),
            row("", "01.01.2025", "Şube", ""),
            row("", "01.01.2025", "26201010112345670341234000", ""),
            row("", "02.01.2025", "Şube", ""),
        ];
        let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
        let found = wrong(&rows);
        let duplicates: Vec<usize> = (0..rows.len()).filter(|at| !found[*at].is_empty()).collect();
        assert_eq!(duplicates, [2, 5]);
        assert_eq!((&found[2], &found[5]), (&one("tckn", "DUPLICATE_IN_FILE"), &one("firstName", "DUPLICATE_IN_FILE")));
        let all: Vec<&[&str]> = [&HEADER[..]].into_iter().chain(rows).collect();
        let looked = looked(&all);
        let detail = &looked[2].read.as_ref().unwrap_err()[0];
        assert!(detail.text.en.contains("row 3"), "{}", detail.text.en);
        assert!(detail.text.tr.contains("çakışan tarihlerle"), "the days need not be the same: {}", detail.text.tr);
        assert!(!format!("{looked:?}").contains(ALI), "a number is written out");
    }
}
