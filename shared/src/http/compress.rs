//! Answers leave compressed for whoever takes gzip. The functions do it themselves, because nothing behind them would:
//! a CDN compresses what it may keep, and no page and no answer of the API may be kept.

use std::io::Write as _;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use flate2::{Compression, GzBuilder};

/// What is smaller than a packet of the network does not get there earlier by being smaller.
const WORTH_IT: u64 = 1_400;
/// Most of the gain for a quarter of the time that the best level takes.
const LEVEL: Compression = Compression::new(4);
/// Texts that are made for each request; files have their own forms already.
const KINDS: [&[u8]; 3] = [b"text/html", b"application/json", b"application/problem+json"];

/// Whether `Accept-Encoding` names this encoding without refusing it.
pub fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        pieces.next() == Some(encoding)
            && !pieces.any(|piece| piece.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0_f32)))
    })
}

/// The answer by gzip, if it is worth it. `noise` makes its length no measure of its content: whoever can see how long
/// an encrypted answer is must not learn what stands beside a word that he had searched for (BREACH).
pub(super) async fn gzip(mut response: Response, noise: u8) -> Response {
    let headers = response.headers_mut();
    let is_text = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| KINDS.iter().any(|text| kind.as_bytes().starts_with(text)));
    if !is_text || headers.contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    if axum::body::HttpBody::size_hint(response.body()).exact().is_none_or(|length| length < WORTH_IT) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Bodies are made in memory, so collecting one cannot fail.
    let plain = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let name = vec![b'-'; noise.into()];
    let mut packed = GzBuilder::new().filename(name).write(Vec::with_capacity(plain.len() / 3), LEVEL);
    let packed = packed.write_all(&plain).and_then(|()| packed.finish());
    let Ok(packed) = packed else { return Response::from_parts(parts, Body::from(plain)) };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(parts, Body::from(packed))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn asking(accepted: &str) -> HeaderMap {
        [(header::ACCEPT_ENCODING, accepted.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn an_encoding_that_is_refused_is_not_used() {
        assert!(accepts(&asking("gzip, deflate, br, zstd"), "br"));
        assert!(accepts(&asking("br;q=0.5"), "br"));
        for refused in ["br;q=0", "gzip", "", "brotli"] {
            assert!(!accepts(&asking(refused), "br"), "{refused}");
        }
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    fn page(kind: &'static str, text: &str) -> Response {
        let mut response = Response::new(Body::from(text.to_owned()));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        response
    }

    async fn sent(response: Response, noise: u8) -> (Option<HeaderValue>, Vec<u8>) {
        let (parts, body) = gzip(response, noise).await.into_parts();
        let encoding = parts.headers.get(header::CONTENT_ENCODING).cloned();
        (encoding, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_long_text_is_packed_and_unpacks_to_the_same() {
        let text = "<p>Şirket ve işyeri</p>".repeat(500);
        let (encoding, packed) = sent(page("text/html; charset=utf-8", &text), 7).await;
        assert_eq!(encoding.unwrap(), "gzip");
        assert!(packed.len() < text.len() / 10);
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        let (_, longer) = sent(page("text/html; charset=utf-8", &text), 107).await;
        assert_eq!(longer.len(), packed.len() + 100, "the length says nothing");
    }

    #[tokio::test]
    async fn what_is_short_or_no_text_of_the_moment_is_left_as_it_is() {
        let long = "{}".repeat(5000);
        for response in [page("application/json", "{}"), page("image/png", &long), page("text/csv", &long)] {
            assert_eq!(sent(response, 7).await.0, None);
        }
        let mut packed = page("text/html", &long);
        packed.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        assert_eq!(sent(packed, 7).await, (Some(HeaderValue::from_static("br")), long.into_bytes()));
    }
}
