//! How the pages look and speak: a reader's choice, kept in two cookies of the browser.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    web::{Form, Page, local_path},
};

shared::text_enum! {
    /// A language of the product.
    pub enum Language {
        /// Turkish.
        Tr = "tr",
        /// English.
        En = "en",
    }
}

shared::text_enum! {
    /// Light, dark, or what the system says.
    pub enum Theme {
        /// What the system says.
        System = "system",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
}

shared::input! {
    /// A choice, and the page that it was made on.
    pub struct Choice {
        /// The language.
        pub language: Option<Language>,
        /// The theme.
        pub theme: Option<Theme>,
        /// The page to return to.
        pub next: Option<String>,
    }
}

/// A year.
const KEPT_SECONDS: u32 = 31_536_000;

/// Keeps the choice and returns.
pub async fn choose(State(app): State<App>, page: Page, mut form: Form<Choice>) -> Result<Response> {
    let choice = form.read()?;
    let next = choice.next.as_deref().and_then(local_path).unwrap_or("/");
    let mut response = page.redirect(next);
    let secure = if app.config().is_https() { "; Secure" } else { "" };
    let mut keep = |name: &str, value: &str| {
        let cookie = format!("{name}={value}; Path=/; Max-Age={KEPT_SECONDS}; HttpOnly; SameSite=Lax{secure}");
        page.add_cookie(&mut response, &cookie);
    };
    if let Some(language) = choice.language {
        keep("language", language.as_str());
    }
    if let Some(theme) = choice.theme {
        keep("theme", theme.as_str());
    }
    Ok(response)
}
