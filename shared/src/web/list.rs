//! A list's address: what is looked for, sorted and shown stands there, so that it can be sent and gone back to.

use axum::{extract::FromRequestParts, http::request::Parts};

use super::sent::Sent;
use crate::{
    app::App,
    error::{Error, Result},
    http::{
        Paging,
        extract::pairs,
        input::{Fields, Input},
        page::SortField,
    },
};

/// The parameters of a list's page. Names that nobody knows are ignored, and so is a value that cannot be read: an
/// address that was shortened or is old still shows the list.
#[derive(Debug, Clone)]
pub struct PageList<T> {
    /// Which part of the list.
    pub paging: Paging,
    /// The list's own filters.
    pub filter: T,
}

impl<T: Input + Send> FromRequestParts<App> for PageList<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let values = Sent::of_address(parts.uri.query().unwrap_or_default()).values;
        let (paging, filter) = readable(values, |fields| {
            let paging = Paging::read(fields);
            paging.zip(T::read_fields(fields))
        })?;
        Ok(Self { paging, filter })
    }
}

/// What the address of a page says that is no list by page, read as leniently.
#[derive(Debug, Clone)]
pub struct PageQuery<T>(pub T);

impl<T: Input + Send> FromRequestParts<App> for PageQuery<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let values = pairs(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        readable(values, T::read_fields).map(Self)
    }
}

/// Reads of an address what can be read.
pub(crate) fn readable<T>(mut values: Vec<(String, String)>, read: impl Fn(&mut Fields) -> Option<T>) -> Result<T> {
    // What is refused is left out, and the rest is read again: at most once for each name, and once for nothing.
    for _ in 0..=values.len() {
        let mut fields = Fields::typed(values.clone());
        let value = read(&mut fields);
        match fields.finish(value) {
            Ok(value) => return Ok(value),
            Err(error) => {
                let before = values.len();
                values.retain(|(name, _)| !error.list().iter().any(|detail| detail.field == *name));
                if values.len() == before {
                    return Err(error);
                }
            }
        }
    }
    Err(Error::internal("an address of which nothing can be read"))
}

impl<T> PageList<T> {
    /// The SQL of `ORDER BY`; a field that the list cannot be sorted by is ignored.
    pub fn order(&self, allowed: &[SortField], (default, tie): (&str, &str)) -> Result<String> {
        let asked = self.paging.order_by(allowed, default, tie);
        asked.or_else(|_| Paging::default().order_by(allowed, default, tie))
    }
}

/// The value of a name in a query.
pub fn query_value(query: &str, name: &str) -> Option<String> {
    let pairs = pairs(query).unwrap_or_default();
    pairs.into_iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value)
}
