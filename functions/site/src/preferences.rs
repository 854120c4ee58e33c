//! How the pages look and speak: a reader's choice, kept in two cookies of the browser.

use axum::response::Response;
use shared::{
    Result,
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

/// Keeps the choice and returns.
pub async fn choose(page: Page, mut form: Form<Choice>) -> Result<Response> {
    let choice = form.read()?;
    let mut response = page.redirect(choice.next.as_deref().and_then(local_path).unwrap_or("/"));
    if let Some(language) = choice.language {
        page.keep(&mut response, "language", language.as_str());
    }
    if let Some(theme) = choice.theme {
        page.keep(&mut response, "theme", theme.as_str());
    }
    Ok(response)
}
