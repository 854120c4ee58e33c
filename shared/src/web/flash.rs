//! What a page says once about what has just been done: a sealed cookie that lives for a minute.

use crate::app::App;

const NAME: &str = "flash";
const PURPOSE: &str = "FLASH";
/// Longer texts are cut: a cookie is no place for them.
const MAX: usize = 500;

/// `Set-Cookie` for a text.
pub(super) fn set(app: &App, text: &str) -> String {
    let text: String = text.chars().take(MAX).collect();
    let sealed = app.signer().seal(PURPOSE, text.as_bytes());
    let secure = if app.config().is_https() { "; Secure" } else { "" };
    format!("{NAME}={sealed}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax{secure}")
}

/// `Set-Cookie` that takes it away.
pub(super) fn clear(app: &App) -> String {
    let secure = if app.config().is_https() { "; Secure" } else { "" };
    format!("{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}")
}

/// The text that a request brought back. One that we did not seal is none.
pub(super) fn read(app: &App, headers: &axum::http::HeaderMap) -> Option<String> {
    let sealed = crate::auth::cookie::value(headers, NAME)?;
    String::from_utf8(app.signer().open(PURPOSE, sealed)?).ok()
}
