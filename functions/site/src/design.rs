//! `/design`: every part of the pages in each of its states, on a developer's machine only.

use askama::Template;
use axum::response::Response;
use chrono::{DateTime, TimeZone as _, Utc};
use shared::{
    Code, Detail, Error, Result,
    error::Text,
    http::reply::Pagination,
    jobs::JobStatus,
    types::{Amount, Currency},
    web::{Choice, FormState, Page, Tone, chart::Figure},
};

#[derive(Template)]
#[template(path = "design.html")]
struct Design<'a> {
    page: &'a Page,
    fresh: FormState,
    wrong: FormState,
    conflict: FormState,
    choices: Vec<Choice>,
    pagination: Pagination,
    figures: Vec<Figure>,
    shares: Vec<Figure>,
    at: DateTime<Utc>,
    visit: Amount,
}

/// The tones with a word for each.
const TONES: [(Tone, &str); 5] = [
    (Tone::Plain, "design.plain"),
    (Tone::Info, "design.info"),
    (Tone::Ok, "design.ok"),
    (Tone::Warn, "design.warn"),
    (Tone::Danger, "design.danger"),
];

/// The page.
pub async fn show(page: Page) -> Result<Response> {
    if !page.is_local() {
        return Err(Error::not_found());
    }
    let record = serde_json::json!({
        "name": "Yıldız Metal A.Ş.", "phone": "+905321234567", "day": "2026-12-31", "amount": "1199.99", "agreed": true,
    });
    let changed = serde_json::json!({"name": "Yıldız Metal ve Makine A.Ş.", "phone": "+905321234567", "day": "2026-12-31",
        "amount": "1199.99", "agreed": true});
    let mut mistakes = Error::new(Code::Validation);
    for field in ["name", "amount", "mail", "kind", "code", "day", "phone", "tckn", "tax", "way", "agreed", "file"] {
        let wrong = Text::new("Ne yazılacağını söyleyen kısa bir cümle.", "A short sentence that says what to write.");
        mistakes = mistakes.detail(Detail::new(field, "WRONG", wrong));
    }
    let conflict =
        page.form_of(&record, 3)?.with("name", "Yıldız Metal Sanayi").with_error(&Error::version_conflict(4));
    let choices = ["one", "two", "three"].map(|name| Choice::new(name, page.t(&format!("design.{name}")))).to_vec();
    let months = page.t("design.months").split(' ');
    let figures = months.zip([12.0, 19.0, 8.0, 24.0, 17.0, 30.0]);
    let figures = figures.map(|(name, value)| Figure::new(name, value, format!("{value}"))).collect();
    let shares = [("design.one", 54.0), ("design.two", 31.0), ("design.three", 15.0)];
    let shares = shares.map(|(key, value)| Figure::new(page.t(key), value, format!("{value}"))).to_vec();
    let wrong = page.form().with("name", "").with("amount", "12,3,4").with("day", "31.02.1990").with("mail", "ayse@");
    let wrong = wrong.with("phone", "123").with("tckn", "11111111111").with("tax", "1234567890").with_error(&mistakes);
    let design = Design {
        fresh: page.form_of(&record, 3)?,
        wrong,
        conflict: conflict.meets(&changed, 4, None)?,
        choices,
        pagination: Pagination::Pages { page: 3, limit: 20, total: 187, total_pages: 10, total_is_exact: true },
        figures,
        shares,
        at: Utc.timestamp_opt(1_798_715_100, 0).single().unwrap_or_default(),
        visit: Amount::parse("12500.00").map_err(Error::internal)?,
        page: &page,
    };
    // The summary names the fields that stand behind it.
    design.render().map_err(Error::internal)?;
    page.show(&design)
}
