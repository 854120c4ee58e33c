//! The cookies: a browser's session, and how the reader wants the pages.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

/// The cookie's name. `__Host-` makes browsers insist on https, on the whole site and on no other host.
pub fn name(https: bool) -> &'static str {
    if https { "__Host-session" } else { "session" }
}

/// `Set-Cookie` for a new session; it lives as long as the session.
pub fn set(https: bool, token: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> String {
    let seconds = (until - now).num_seconds().max(0);
    let secure = if https { "; Secure" } else { "" };
    format!("{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", name(https))
}

/// `Set-Cookie` that takes the cookie away.
pub fn clear(https: bool) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}", name(https))
}

/// `Set-Cookie` for how a reader wants the pages; it lives for a year.
pub fn preference(https: bool, name: &str, value: &str) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}")
}

/// The session token among a request's cookies.
pub fn read(headers: &HeaderMap, https: bool) -> Option<&str> {
    value(headers, name(https))
}

/// The value of a cookie.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_was_set_can_be_read() {
        let now = DateTime::from_timestamp(0, 0).unwrap();
        for https in [true, false] {
            let line = set(https, "abc.def", now, now + chrono::Duration::hours(12));
            assert!(line.contains("Max-Age=43200") && line.contains("HttpOnly") && line.contains("SameSite=Lax"));
            assert_eq!(line.contains("Secure"), https);
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, format!("a=b; {}", line.split(';').next().unwrap()).parse().unwrap());
            assert_eq!(read(&headers, https), Some("abc.def"));
            assert_eq!(read(&headers, !https), None);
        }
    }
}
