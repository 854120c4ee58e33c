//! The workplaces that rows of a file can name.

use std::collections::HashMap;

use shared::types::{Invalid, SgkNo, Text};

use super::{fields::compact, values};
use crate::workplaces::WorkplaceId;

/// A live workplace of the company.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Place {
    /// The workplace.
    pub id: WorkplaceId,
    /// Its name.
    pub title: Text<2, 255>,
    /// Its SGK number.
    pub sgk_no: Option<SgkNo>,
}

/// What a name may mean.
#[derive(Debug, Clone, Copy)]
enum Named {
    One(WorkplaceId),
    Several,
}

/// The workplaces of the file's company.
#[derive(Debug)]
pub struct Places {
    /// Where everybody of the file works, when that was said for the whole file.
    fixed: Option<WorkplaceId>,
    /// Where somebody works of whom the file does not say it: the company's only workplace.
    only: Option<WorkplaceId>,
    by_title: HashMap<String, Named>,
    by_sgk_no: HashMap<String, WorkplaceId>,
}

impl Places {
    /// The workplaces of a company, and the one for the whole file.
    pub fn new(places: &[Place], fixed: Option<WorkplaceId>) -> Self {
        let mut by_title = HashMap::new();
        for place in places {
            by_title
                .entry(key(place.title.as_str()))
                .and_modify(|named| *named = Named::Several)
                .or_insert(Named::One(place.id));
        }
        let by_sgk_no = places.iter().filter_map(|place| Some((place.sgk_no.as_ref()?.as_str().to_owned(), place.id)));
        let only = match places {
            [only] => Some(only.id),
            _ => None,
        };
        Self { fixed, only, by_title, by_sgk_no: by_sgk_no.collect() }
    }

    /// The workplace of a row whose cell says this; none when its file has no such column.
    pub fn of_cell(&self, cell: Option<&str>) -> Result<WorkplaceId, Invalid> {
        if let Some(fixed) = self.fixed {
            return Ok(fixed);
        }
        match cell.map(values::filled).transpose()?.flatten() {
            None => self.only.ok_or(Invalid::new(
                "REQUIRED",
                "İşyerini seçin ya da dosyada işyerinin adını veya SGK sicil numarasını yazın.",
                "Choose the workplace, or write its name or SGK number in the file.",
            )),
            Some(text) => self.named(text),
        }
    }

    fn named(&self, text: &str) -> Result<WorkplaceId, Invalid> {
        let by_number = values::sgk_no(text).and_then(|number| self.by_sgk_no.get(number.as_str()));
        if let Some(id) = by_number {
            return Ok(*id);
        }
        match self.by_title.get(&key(text)) {
            Some(Named::One(id)) => Ok(*id),
            Some(Named::Several) => Err(Invalid::new(
                "WORKPLACE_AMBIGUOUS",
                "Şirketin bu adda birden çok işyeri var; SGK sicil numarasını yazın.",
                "The company has several workplaces of this name; write the SGK number.",
            )),
            None if values::is_scientific(text) => Err(Invalid::new(
                "NUMBER_SHORTENED",
                "Excel numarayı kısaltmış (2,6E+25 gibi); sütunu metin biçimine alıp numarayı yeniden yazın.",
                "Excel has shortened the number (like 2.6E+25); format the column as text and write the number again.",
            )),
            None => Err(Invalid::new(
                "UNKNOWN_WORKPLACE",
                "Şirketin bu ad ya da SGK sicil numarasıyla kayıtlı bir işyeri yok.",
                "The company has no workplace with this name or SGK number.",
            )),
        }
    }
}

/// A name as it is compared: everything counts but case, accents and signs, also what stands in brackets.
fn key(title: &str) -> String {
    compact(&title.replace(['(', ')', '[', ']'], " "))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn place(title: &str, sgk_no: Option<&str>) -> Place {
        let id = WorkplaceId::new_at(DateTime::UNIX_EPOCH);
        Place { id, title: Text::parse(title).unwrap(), sgk_no: sgk_no.map(|no| SgkNo::parse(no).unwrap()) }
    }

    fn code(places: &Places, cell: Option<&str>) -> &'static str {
        places.of_cell(cell).unwrap_err().code
    }

    #[test]
    fn a_workplace_is_found_by_name_or_number() {
        let factory = place("Işık Fabrika (Merkez)", Some("26201010112345670341234000"));
        let (office, twin) = (place("Şube", None), place("ŞUBE", Some("26201010112345670341234001")));
        let places = Places::new(&[factory.clone(), office, twin.clone()], None);
        assert_eq!(places.of_cell(Some("IŞIK FABRİKA (MERKEZ)")), Ok(factory.id));
        assert_eq!(places.of_cell(Some("2 6201 01 01 1234567 034 12 34 000")), Ok(factory.id));
        assert_eq!(places.of_cell(Some("26201010112345670341234001")), Ok(twin.id));
        assert_eq!(code(&places, Some("şube")), "WORKPLACE_AMBIGUOUS");
        assert_eq!(code(&places, Some("Depo")), "UNKNOWN_WORKPLACE");
        assert_eq!(code(&places, Some("2,6201E+25")), "NUMBER_SHORTENED");
        assert_eq!((code(&places, Some(" - ")), code(&places, None)), ("REQUIRED", "REQUIRED"));
    }

    #[test]
    fn the_choice_for_the_file_counts_then_the_cell_then_the_only_one() {
        let (one, other) = (place("Merkez", None), place("Şube", None));
        let fixed = Places::new(&[one.clone(), other.clone()], Some(other.id));
        assert_eq!(fixed.of_cell(Some("Merkez")), Ok(other.id));
        let only = Places::new(std::slice::from_ref(&one), None);
        assert_eq!((only.of_cell(None), only.of_cell(Some(""))), (Ok(one.id), Ok(one.id)));
        assert_eq!(code(&only, Some("Şube")), "UNKNOWN_WORKPLACE");
    }
}
