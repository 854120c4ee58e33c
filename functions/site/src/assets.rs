//! `/assets/*`: the style sheet, the script and the icons, carried by this function alone.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use shared::{Error, Result, http::compress::accepts};

/// One asset, as it was compressed when this function was built.
#[derive(Debug)]
pub(crate) struct Asset {
    name: &'static str,
    hash: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// Every asset.
pub(crate) const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A year: the name changes with the content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for by a name that says nothing of the content.
const ASK_AGAIN: &str = "public, no-cache";

impl Asset {
    /// The asset of a plain or a hashed name, and whether the name is that of this very content. During a deployment
    /// a page may name the content before or after this one: it gets this one, and does not keep it.
    fn find(file: &str) -> Option<(&'static Self, bool)> {
        let (stem, kind) = file.rsplit_once('.')?;
        let exact = |asset: &&Asset| asset.name == file;
        if let Some(asset) = ASSETS.iter().find(exact) {
            return Some((asset, false));
        }
        let (stem, hash) = stem.rsplit_once('.')?;
        let is_hash = hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let named = |asset: &&Asset| asset.name.rsplit_once('.') == Some((stem, kind));
        ASSETS.iter().find(named).filter(|_| is_hash).map(|asset| (asset, asset.hash == hash))
    }

    fn kind(&self) -> &'static str {
        match self.name.rsplit_once('.').map_or("", |(_, kind)| kind) {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            _ => "application/octet-stream",
        }
    }

    /// The form that the caller understands best, with its name in `Content-Encoding`.
    fn form(&self, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
        if !self.brotli.is_empty() && accepts(headers, "br") {
            (self.brotli, Some("br"))
        } else if !self.gzip.is_empty() && accepts(headers, "gzip") {
            (self.gzip, Some("gzip"))
        } else {
            (self.plain, None)
        }
    }

    fn answer(&self, headers: &HeaderMap, cache: &'static str) -> Response {
        let (bytes, encoding) = self.form(headers);
        let etag = format!("\"{}{}\"", self.hash, encoding.map(|name| format!("-{name}")).unwrap_or_default());
        let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let is_known = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag);
        let mut response =
            if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Response::new(Body::from(bytes)) };
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, self.kind());
        set(header::CACHE_CONTROL, cache);
        set(header::ETAG, &etag);
        set(header::VARY, "Accept-Encoding");
        if let Some(encoding) = encoding.filter(|_| !is_known) {
            set(header::CONTENT_ENCODING, encoding);
        }
        response
    }
}

/// An asset by its name.
pub(crate) async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Result<Response> {
    let (asset, is_exact) = Asset::find(&file).ok_or_else(Error::not_found)?;
    Ok(asset.answer(&headers, if is_exact { FOR_EVER } else { ASK_AGAIN }))
}

/// What the service worker may do: fetch from here, for the pages and for the one that it keeps.
const WORKER_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; connect-src 'self'");

/// The service worker: at the root, for it answers for every page, and never kept.
pub(crate) async fn worker(headers: HeaderMap) -> Result<Response> {
    let mut response = named("worker.js", &headers)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, WORKER_POLICY);
    Ok(response)
}

/// Where browsers look for an icon that no page names.
pub(crate) async fn favicon(headers: HeaderMap) -> Result<Response> {
    named("favicon.svg", &headers)
}

fn named(name: &str, headers: &HeaderMap) -> Result<Response> {
    let (asset, _) = Asset::find(name).ok_or_else(Error::not_found)?;
    Ok(asset.answer(headers, ASK_AGAIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_names_is_that_of_these_assets() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/assets/dist/assets.json");
        let list: std::collections::BTreeMap<String, String> =
            serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert_eq!(list.len(), ASSETS.len());
        for asset in ASSETS {
            let (stem, kind) = asset.name.rsplit_once('.').unwrap();
            let hashed = format!("{stem}.{}.{kind}", asset.hash);
            assert_eq!(list[asset.name], hashed, "run ./scripts/assets");
            assert!(Asset::find(&hashed).unwrap().1);
        }
    }

    #[test]
    fn an_old_hash_gets_the_present_content_and_nonsense_nothing() {
        let (asset, is_exact) = Asset::find("app.000000000000.css").unwrap();
        assert!(asset.name == "app.css" && !is_exact);
        assert!(!Asset::find("app.css").unwrap().1);
        for bad in ["", "app", "app.xyz.css", "../app.css", "other.css", "app.000000000000.png"] {
            assert!(Asset::find(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_a_list_page_loads_is_small() {
        let size = |name: &str| Asset::find(name).unwrap().0.brotli.len();
        let (script, style, icons) = (size("app.js"), size("app.css"), size("icons.svg"));
        assert!(script <= 30 * 1024, "the script has {script} bytes");
        assert!(script + style + icons <= 50 * 1024, "{script} + {style} + {icons}");
    }
}
