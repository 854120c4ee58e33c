//! `/design`: every part of the pages in each of its states, on a developer's machine only.

use askama::Template;
use axum::response::Response;
use shared::{
    Code, Detail, Error, Result,
    error::Text,
    http::reply::Pagination,
    jobs::JobStatus,
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
    let mistakes = Error::new(Code::Validation)
        .detail(Detail::new("name", "REQUIRED", Text::new("Bu alan zorunlu.", "This field is required.")))
        .detail(Detail::new(
            "amount",
            "INVALID_AMOUNT",
            Text::new("Tutarı 1.199,99 gibi yazın.", "Write the amount as 1.199,99."),
        ));
    let conflict =
        page.form_of(&record, 3)?.with("name", "Yıldız Metal Sanayi").with_error(&Error::version_conflict(4));
    let choices = ["one", "two", "three"].map(|name| Choice::new(name, page.t(&format!("design.{name}")))).to_vec();
    let months = ["Oca", "Şub", "Mar", "Nis", "May", "Haz"];
    let figures = months.iter().zip([12.0, 19.0, 8.0, 24.0, 17.0, 30.0]);
    let figures = figures.map(|(name, value)| Figure::new(*name, value, format!("{value}"))).collect();
    let shares = [("design.one", 54.0), ("design.two", 31.0), ("design.three", 15.0)];
    let shares = shares.map(|(key, value)| Figure::new(page.t(key), value, format!("{value}"))).to_vec();
    page.show(&Design {
        fresh: page.form_of(&record, 3)?,
        wrong: page.form().with("name", "").with("amount", "12,3,4").with_error(&mistakes),
        conflict: conflict.meets(&changed, 4, None)?,
        choices,
        pagination: Pagination::Pages { page: 3, limit: 20, total: 187, total_pages: 10, total_is_exact: true },
        figures,
        shares,
        page: &page,
    })
}
