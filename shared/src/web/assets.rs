//! The names of the assets, which carry a hash of their content.
//!
//! `./scripts/assets` writes the list beside the assets; a function reads it when it makes its first page. So a change
//! of the style sheet rebuilds `site`, which carries the assets, and nothing else.

use std::{collections::HashMap, path::Path, sync::OnceLock};

/// Where the list is.
static FILE: OnceLock<String> = OnceLock::new();
/// The list, by plain name.
static NAMES: OnceLock<HashMap<String, String>> = OnceLock::new();

/// Says where the list is; it is read with the first page.
pub(crate) fn list_is_at(file: &str) {
    let _ = FILE.set(file.to_owned());
}

/// Reads the list once. Without it every asset goes by its plain name, which `site` serves as well, uncached.
fn names() -> &'static HashMap<String, String> {
    NAMES.get_or_init(|| {
        let Some(file) = FILE.get() else { return HashMap::new() };
        read(Path::new(file)).unwrap_or_else(|error| {
            tracing::warn!(category = "application", file, error = %error, "assets.no_list");
            HashMap::new()
        })
    })
}

fn read(file: &Path) -> std::io::Result<HashMap<String, String>> {
    let text = std::fs::read(file)?;
    Ok(serde_json::from_slice(&text)?)
}

/// The address of an asset: `app.css` is at `/assets/app.0123456789ab.css`.
pub fn address(name: &str) -> String {
    format!("/assets/{}", names().get(name).map_or(name, String::as_str))
}
