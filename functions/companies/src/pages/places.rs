//! Codes as people read them: activities, provinces, districts.

use shared::{
    App, Result,
    auth::Caller,
    db::Db,
    types::{FromText as _, NaceCode},
    web::{Choice, FormState, Page},
};

use crate::{
    codes::{DistrictCode, ProvinceCode},
    reference::{Nace, kept, store},
};

/// `25.11.08 – Metal yapı imalatı (Tehlikeli)`.
pub(crate) fn activity(page: &Page, row: &Nace) -> String {
    let code = row.code.as_str();
    let dotted = NaceCode::parse(code).map_or_else(|_| code.to_owned(), |code| code.to_string());
    format!("{dotted} – {} ({})", row.title, page.word("dangerClass", row.danger_class))
}

/// An activity of the list by its code; the code itself when the list never had it.
pub(crate) async fn activity_of(db: &mut Db, page: &Page, code: Option<&NaceCode>) -> Result<String> {
    let Some(code) = code else { return Ok(String::new()) };
    let row = store::find_nace(db, code).await?;
    Ok(row.map_or_else(|| code.to_string(), |row| activity(page, &row)))
}

/// `Gebze / Kocaeli`, or as much of it as is known.
pub(crate) async fn place(
    app: &App,
    caller: &Caller,
    province: Option<&ProvinceCode>,
    district: Option<&DistrictCode>,
) -> Result<String> {
    let Some(province) = province else { return Ok(String::new()) };
    let provinces = kept::provinces(app, caller).await?;
    let name = provinces.into_iter().find(|found| found.code.as_str() == province.as_str());
    let name = name.map_or_else(|| province.as_str().to_owned(), |found| found.name.into_string());
    let Some(district) = district else { return Ok(name) };
    let districts = kept::districts(app, caller, province).await?;
    let found = districts.into_iter().find(|found| found.code.as_str() == district.as_str());
    Ok(found.map_or(name.clone(), |found| format!("{} / {name}", found.name)))
}

/// The provinces to choose from.
pub(crate) async fn provinces(app: &App, caller: &Caller) -> Result<Vec<Choice>> {
    let all = kept::provinces(app, caller).await?;
    Ok(all.iter().map(|province| Choice::new(&province.code, province.name.as_str())).collect())
}

/// What the comboboxes of a form show for the codes that it holds.
pub(crate) struct Shown {
    pub nace: String,
    pub district: String,
}

impl Shown {
    /// Looks the codes of a form up; what was mistyped stays as it was typed.
    pub(crate) async fn of(app: &App, caller: &Caller, page: &Page, form: &FormState, province: &str) -> Result<Self> {
        let nace = match NaceCode::parse(form.value("naceCode")) {
            Ok(code) => activity_of(&mut *app.read(caller).await?, page, Some(&code)).await?,
            Err(_) => String::new(),
        };
        let district = match ProvinceCode::from_text(form.value(province)) {
            Ok(province) => kept::districts(app, caller, &province).await?,
            Err(_) => Vec::new(),
        };
        let chosen = form.value("districtCode");
        let district = district.into_iter().find(|found| found.code.as_str() == chosen);
        Ok(Self { nace, district: district.map(|found| found.name.into_string()).unwrap_or_default() })
    }
}
