//! What a CDN does, where there is none: it proves itself to the functions and says who called.

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::HeaderValue;

/// An edge behind one proxy, which adds the address that it saw to the end of `X-Forwarded-For`.
#[derive(Debug)]
pub(crate) struct Edge {
    secret: String,
}

impl Edge {
    /// An edge that proves itself with this secret.
    pub(crate) fn new(secret: String) -> Self {
        Self { secret }
    }

    /// Replaces what only the edge may say.
    pub(crate) fn mark(&self, headers: &mut HeaderMap) {
        let seen = headers.get_all("x-forwarded-for").iter().next_back().and_then(|list| list.to_str().ok());
        let viewer = seen.and_then(|list| list.rsplit(',').next()?.trim().parse::<IpAddr>().ok());
        headers.remove("cloudfront-viewer-address");
        headers.remove("x-origin-secret");
        if let (Some(viewer), Ok(secret)) = (viewer, HeaderValue::from_str(&self.secret)) {
            if let Ok(address) = HeaderValue::from_str(&format!("{viewer}:0")) {
                headers.insert("cloudfront-viewer-address", address);
            }
            headers.insert("x-origin-secret", secret);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_says_who_called_and_nobody_else_can() {
        let marked = |forwarded: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert("cloudfront-viewer-address", HeaderValue::from_static("10.9.9.9:1"));
            headers.insert("x-origin-secret", HeaderValue::from_static("guessed"));
            if let Some(forwarded) = forwarded {
                headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
            }
            Edge::new("secret".to_owned()).mark(&mut headers);
            let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            (text("cloudfront-viewer-address"), text("x-origin-secret"))
        };
        let known = |address: &str| (Some(format!("{address}:0")), Some("secret".to_owned()));
        assert_eq!(marked(Some("198.51.100.7")), known("198.51.100.7"));
        assert_eq!(marked(Some("1.1.1.1, 2001:db8::7")), known("2001:db8::7"));
        assert_eq!(marked(None), (None, None));
        assert_eq!(marked(Some("nonsense")), (None, None));
    }
}
