//! A list's page orders the list as a file.

use axum::extract::{FromRequest, Request};

use super::{Format, Wanted};
use crate::{
    app::App,
    error::{Error, Result},
    http::{extract::pairs, input::Input},
    web::{Form, list},
};

crate::input! {
    /// Which file is wanted.
    struct FileChoice {
        /// The file's format.
        pub format: Format,
        /// Whether masked fields are wanted in full; ADMIN only.
        pub reveal: Option<bool>,
    }
}

/// An export as a list's page orders it: the address is the list's own and says which rows, the form says which file.
/// So the file shows what the page shows, and what the page ignores in its address is ignored here too.
///
/// It has no Idempotency-Key: whoever asks again wants the list as it is by then.
#[derive(Debug, Clone)]
pub struct PageOrder<F>(pub Wanted<F>);

impl<F: Input> FromRequest<App> for PageOrder<F> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let address = pairs(request.uri().query().unwrap_or_default()).unwrap_or_default();
        let FileChoice { format, reveal } = Form::<FileChoice>::from_request(request, app).await?.read()?;
        let reveal = reveal.unwrap_or(false).then(|| ("reveal", "true".to_owned()));
        let file = [("format", format.to_string())].into_iter().chain(reveal);
        let is_of_list = |name: &str| !["page", "limit", "format", "reveal"].contains(&name);
        let mut values: Vec<_> = address.into_iter().filter(|(name, _)| is_of_list(name)).collect();
        values.extend(file.map(|(name, value)| (name.to_owned(), value)));
        list::readable(values, Wanted::read_fields).map(Self)
    }
}
