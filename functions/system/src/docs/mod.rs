//! The API's document, for machines and for people.

pub mod api;
mod model;
mod schema;

use askama::Template;
use shared::{Code, Error, Result};

/// The document, as the tests keep it current.
pub const OPENAPI: &str = include_str!("../../../../docs/api/openapi.json");
/// The pages' only style sheet.
const STYLE: &str = include_str!("../../templates/docs.css");

/// The list of operations and types.
#[derive(Template)]
#[template(path = "docs.html")]
struct Reference {
    document: model::Document,
}

/// The list of error codes.
#[derive(Template)]
#[template(path = "errors.html")]
struct Errors {
    codes: &'static [Code],
}

fn reference() -> Result<String> {
    let document = model::Document::read(OPENAPI)?;
    Reference { document }.render().map_err(Error::internal)
}

fn errors() -> Result<String> {
    Errors { codes: Code::ALL }.render().map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_carry_no_script_no_inline_style_and_nothing_of_others() {
        for page in [reference().unwrap(), errors().unwrap()] {
            for forbidden in ["<script", "style=", "<style", "src=", "http://", "onclick"] {
                assert!(!page.contains(forbidden), "{forbidden}");
            }
            assert!(page.contains(r#"<link rel="stylesheet" href="/docs/style.css">"#));
        }
    }

    #[test]
    fn every_code_has_its_place_to_be_linked_to() {
        let page = errors().unwrap();
        for code in Code::ALL {
            assert!(page.contains(&format!(r#"id="{}""#, code.as_str())), "{}", code.as_str());
        }
    }
}
