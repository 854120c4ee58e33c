//! A cell as a person writes it, as the value that it means.

use chrono::{Days, NaiveDate};
use shared::types::{Email, Invalid, Phone, SgkNo, Tckn, Text, date, turkish, typed};

use crate::employees::{BloodGroup, EmploymentType, Gender};

/// What spreadsheets show instead of a value that could not be computed, in English and in Turkish.
const ERRORS: [&str; 14] = [
    "#ref!", "#n/a", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#basv!", "#yok", "#deger!", "#sayi/0!",
    "#ad?", "#sayi!", "#bos!",
];

/// A cell's text; none when it says nothing.
///
/// A sign in front of `=`, `+`, `-` or `@` is what our own files put there, so that no spreadsheet runs the cell.
pub(super) fn filled(cell: &str) -> Result<Option<&str>, Invalid> {
    let text = cell.trim();
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    };
    if text.chars().all(|c| matches!(c, '-' | '–' | '—' | '.' | '_' | '/') || c.is_whitespace()) {
        return Ok(None);
    }
    let folded = turkish::fold(text).replace('ş', "s").replace('ğ', "g");
    if text.starts_with('#') && ERRORS.contains(&folded.as_str()) {
        return Err(Invalid::new(
            "CELL_ERROR",
            "Hücredeki formül hata veriyor; değeri elle yazın.",
            "The cell's formula gives an error; write the value by hand.",
        ));
    }
    Ok(Some(text))
}

/// T.C. kimlik no, with blanks in it or without.
pub(super) fn tckn(text: &str) -> Result<Tckn, Invalid> {
    if is_scientific(text) {
        return Err(Invalid::new(
            "NUMBER_SHORTENED",
            "Excel numarayı kısaltmış (1,9E+10 gibi); sütunu metin biçimine alıp numarayı yeniden yazın.",
            "Excel has shortened the number (like 1.9E+10); format the column as text and write the number again.",
        ));
    }
    Tckn::parse(&text.replace([' ', '\u{a0}'], ""))
}

/// Whether a spreadsheet has written a long number as `1,909E+10`.
pub(super) fn is_scientific(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let Some((mantissa, exponent)) = upper.split_once('E') else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(&mantissa.replacen([',', '.'], "", 1)) && digits(exponent.trim_start_matches('+'))
}

/// A date as it is written in Turkey (`31.12.1990`, `31/12/1990`), in ISO, or as Excel counts days; a time is ignored.
pub(super) fn day(text: &str) -> Result<NaiveDate, Invalid> {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let (first, rest) = day.split_once(['.', '/', '-']).unwrap_or((day, ""));
    if date::is_no_day(&typed::date(day)) {
        return Err(date::NO_SUCH_DAY);
    }
    let found = if rest.is_empty() || first.len() == 5 {
        serial(day).ok_or(no_day())
    } else if first.len() == 4 {
        date::parse(day)
    } else {
        let parts: Vec<&str> = day.split(['.', '/', '-']).collect();
        match parts.as_slice() {
            [day, month, year] if day.len() <= 2 && month.len() <= 2 && year.len() == 4 => {
                date::parse(&format!("{year}-{month:0>2}-{day:0>2}"))
            }
            _ => Err(no_day()),
        }
    };
    found.map_err(|invalid| if invalid == date::OUT_OF_YEARS { invalid } else { no_day() })
}

const fn no_day() -> Invalid {
    Invalid::new(
        "INVALID_DATE",
        "Tarihi gün.ay.yıl olarak yazın, örneğin 31.12.1990.",
        "Write the date as day.month.year, such as 31.12.1990.",
    )
}

/// Days since 30 December 1899, as Excel counts from March 1900 on.
fn serial(text: &str) -> Option<NaiveDate> {
    let whole = text.split(['.', ',']).next().unwrap_or_default();
    let days: u64 = (whole.len() == 5).then(|| whole.parse().ok()).flatten()?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

/// Gender.
pub(super) fn gender(text: &str) -> Result<Gender, Invalid> {
    match key(text).as_str() {
        "e" | "erkek" | "bay" | "m" | "male" | "man" => Ok(Gender::Male),
        "k" | "kadin" | "bayan" | "f" | "female" | "woman" => Ok(Gender::Female),
        _ => Err(Invalid::new("INVALID_CHOICE", "Erkek ya da Kadın yazın.", "Write Male or Female.")),
    }
}

/// How somebody is employed.
pub(super) fn employment_type(text: &str) -> Result<EmploymentType, Invalid> {
    match key(text).as_str() {
        "tamsureli" | "tamzamanli" | "tam" | "fulltime" => Ok(EmploymentType::FullTime),
        "kismisureli" | "kismizamanli" | "yarizamanli" | "kismi" | "parttime" => Ok(EmploymentType::PartTime),
        "gecici" | "temporary" => Ok(EmploymentType::Temporary),
        "cirak" | "apprentice" => Ok(EmploymentType::Apprentice),
        "stajyer" | "staj" | "intern" => Ok(EmploymentType::Intern),
        _ => Err(Invalid::new(
            "INVALID_CHOICE",
            "Şunlardan birini yazın: Tam süreli, Kısmi süreli, Geçici, Çırak, Stajyer.",
            "Write one of: Full time, Part time, Temporary, Apprentice, Intern.",
        )),
    }
}

/// Yes or no.
pub(super) fn yes(text: &str) -> Result<bool, Invalid> {
    match key(text).as_str() {
        "evet" | "e" | "var" | "x" | "yes" | "y" | "true" | "dogru" | "1" | "taseron" | "altisveren" => Ok(true),
        "hayir" | "h" | "yok" | "no" | "n" | "false" | "yanlis" | "0" | "kadrolu" | "asilisveren" => Ok(false),
        _ => Err(Invalid::new("INVALID_CHOICE", "Evet ya da Hayır yazın.", "Write Yes or No.")),
    }
}

/// A blood group: `A Rh+`, `0 RH (-)`, `AB pozitif`.
pub(super) fn blood_group(text: &str) -> Result<BloodGroup, Invalid> {
    let upper = turkish::upper(text).replace("POZİTİF", "+").replace("NEGATİF", "-").replace("RH", "");
    let plain: String = upper.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-')).collect();
    BloodGroup::parse(&plain.replace('O', "0")).map_err(|_| {
        Invalid::new("INVALID_CHOICE", "Kan grubunu A+, 0- gibi yazın.", "Write the blood group like A+ or 0-.")
    })
}

/// A telephone.
pub(super) fn phone(text: &str) -> Result<Phone, Invalid> {
    Phone::parse(text)
}

/// An e-mail.
pub(super) fn email(text: &str) -> Result<Email, Invalid> {
    Email::parse(text)
}

/// A text on one line; the line breaks of a cell become blanks.
pub(super) fn words<const MIN: usize, const MAX: usize>(text: &str) -> Result<Text<MIN, MAX>, Invalid> {
    Text::parse(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A workplace's SGK number, when it has the form of one.
pub(super) fn sgk_no(text: &str) -> Option<SgkNo> {
    SgkNo::parse(text).ok()
}

fn key(text: &str) -> String {
    turkish::search_key(text).replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_and_excel_write_them() {
        for text in [
            "31.12.1990",
            "31/12/1990",
            "31-12-1990",
            "1990-12-31",
            "31.12.1990 00:00:00",
            "1990-12-31T00:00:00",
            "33238",
            "33238.5",
            "33238,0",
        ] {
            assert_eq!(day(text).unwrap().to_string(), "1990-12-31", "{text}");
        }
        assert_eq!(day("1.2.2024").unwrap().to_string(), "2024-02-01");
        for text in [
            "",
            "12/31/1990",
            "31.12.90",
            "29.02.2023",
            "1990",
            "31121990",
            "3323",
            "99999999",
            "31.12",
            "31.12.1990.1",
            "00.01.2000",
            "31 Aralık 1990",
            "١.١.٢٠٠٠",
            "1e309",
        ] {
            assert_eq!(day(text).unwrap_err().code, "INVALID_DATE", "{text}");
        }
        for text in ["01.01.1700", "31.12.9999", "9999-12-31"] {
            assert_eq!(day(text), Err(date::OUT_OF_YEARS), "{text}");
        }
    }

    #[test]
    fn a_number_that_excel_has_shortened_is_told_apart() {
        for text in ["1,90909E+10", "1.9E10", "1E+10"] {
            assert_eq!(tckn(text).unwrap_err().code, "NUMBER_SHORTENED", "{text}");
        }
        assert_eq!(tckn("190 909 090 18").unwrap().expose(), "19090909018");
        for text in ["E", "1909090901", "Emre", "E5", "5E", "190909090E8x"] {
            assert_eq!(tckn(text).unwrap_err().code, "INVALID_TCKN", "{text}");
        }
    }

    #[test]
    fn words_of_choices_are_folded() {
        for text in ["E", "erkek", "ERKEK", "Bay", "MALE"] {
            assert_eq!(gender(text), Ok(Gender::Male));
        }
        for text in ["k", "KADIN", "Kadın", "bayan", "Female"] {
            assert_eq!(gender(text), Ok(Gender::Female));
        }
        assert_eq!(employment_type("TAM ZAMANLI"), Ok(EmploymentType::FullTime));
        assert_eq!(employment_type("Kısmi süreli"), Ok(EmploymentType::PartTime));
        assert_eq!(employment_type("PART_TIME"), Ok(EmploymentType::PartTime));
        assert_eq!(employment_type("ÇIRAK"), Ok(EmploymentType::Apprentice));
        assert_eq!(employment_type("Staj"), Ok(EmploymentType::Intern));
        assert_eq!((yes("HAYIR"), yes("Evet"), yes("x")), (Ok(false), Ok(true), Ok(true)));
        assert!(gender("x").is_err() && employment_type("sürekli").is_err() && yes("belki").is_err());
        for (text, group) in
            [("A Rh+", "A+"), ("0 RH (-)", "0-"), ("ab pozitif", "AB+"), ("O+", "0+"), ("B Rh (-)", "B-")]
        {
            assert_eq!(blood_group(text).unwrap().as_str(), group, "{text}");
        }
        assert!(blood_group("A").is_err() && blood_group("C+").is_err());
    }

    #[test]
    fn a_cell_may_say_nothing_or_that_it_failed() {
        for cell in ["", "  ", "-", " -- ", "—", "...", "_", "-/-"] {
            assert_eq!(filled(cell), Ok(None), "{cell:?}");
        }
        for cell in ["#REF!", "#YOK", "#DEĞER!", "#BAŞV!", "#N/A"] {
            assert_eq!(filled(cell).unwrap_err().code, "CELL_ERROR", "{cell:?}");
        }
        assert_eq!(filled(" '+90 532 "), Ok(Some("+90 532")));
        assert_eq!(filled("'=1+1"), Ok(Some("=1+1")));
        assert_eq!(
            (filled("'Ali"), filled("#Ali"), filled("-5")),
            (Ok(Some("'Ali")), Ok(Some("#Ali")), Ok(Some("-5")))
        );
    }

    #[test]
    fn texts_are_on_one_line() {
        assert_eq!(words::<2, 100>(" Ayşe\n  Nur\u{a0}").unwrap().as_str(), "Ayşe Nur");
        assert_eq!(words::<2, 100>("A").unwrap_err().code, "TOO_SHORT");
        assert_eq!(words::<1, 150>("a\u{202e}b").unwrap_err().code, "INVALID_CHARACTERS");
    }
}
