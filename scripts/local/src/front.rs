//! What stands before cargo-lambda: the limits of a real gateway.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// How long API Gateway waits for a function.
const LIMIT: Duration = Duration::from_secs(30);

/// How long an invocation by name may take: the longest that Lambda runs a function.
const INVOCATION_LIMIT: Duration = Duration::from_mins(15);

/// The largest body that API Gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// Requests in cargo-lambda at once; about a hundred waiting for one function would lock it up for good.
const AT_ONCE: usize = 80;

/// Serves until its task ends.
pub(crate) async fn serve(listener: TcpListener, address: String) {
    let front = Arc::new(Front {
        client: Client::builder(TokioExecutor::new()).build_http(),
        address,
        places: Semaphore::new(AT_ONCE),
    });
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        // Small answers must not wait for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let front = Arc::clone(&front);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let front = Arc::clone(&front);
                async move { Ok::<_, Infallible>(front.answer(request).await) }
            });
            let server = hyper::server::conn::http1::Builder::new().timer(TokioTimer::new()).to_owned();
            // A client that goes away is its own business.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

struct Front {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    places: Semaphore,
}

impl Front {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if path.starts_with("/.rt/") {
            // The functions' own way to their work; a request there would take some of it away.
            return refusal(StatusCode::NOT_FOUND, "Not Found");
        }
        let limit = if path.starts_with("/2015-03-31/functions/") { INVOCATION_LIMIT } else { LIMIT };
        match tokio::time::timeout(limit, self.pass(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(refusal)) => refusal,
            Err(_) => refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        }
    }

    async fn pass(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Response<Full<Bytes>>> {
        let unavailable = || refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
        let _place = self.places.acquire().await.map_err(|_| unavailable())?;
        let (mut head, body) = request.into_parts();
        let body = Limited::new(body, LARGEST_BODY).collect().await;
        let body = body.map_err(|_| refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large"))?.to_bytes();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        head.uri = Uri::try_from(format!("{}{target}", self.address))
            .map_err(|_| refusal(StatusCode::BAD_REQUEST, "Bad Request"))?;
        of_one_connection(&mut head.headers);
        let body = as_text(&mut head.headers, body);
        // It may have another length now; the client says the true one.
        head.headers.remove(CONTENT_LENGTH);
        let answer =
            self.client.request(Request::from_parts(head, Full::new(body))).await.map_err(|_| unavailable())?;
        let (mut head, body) = answer.into_parts();
        let body = body.collect().await.map_err(|_| unavailable())?.to_bytes();
        of_one_connection(&mut head.headers);
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

/// Drops the headers that speak about one connection only.
fn of_one_connection(headers: &mut HeaderMap) {
    for name in [CONNECTION, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

/// Makes a request that fits into an event, which is JSON: headers and bodies of text are strings there, and what is
/// no UTF-8 in them becomes U+FFFD. cargo-lambda itself answers 500 to such a request.
fn as_text(headers: &mut HeaderMap, body: Bytes) -> Bytes {
    for value in headers.values_mut() {
        if std::str::from_utf8(value.as_bytes()).is_err()
            && let Ok(read) = HeaderValue::from_bytes(String::from_utf8_lossy(value.as_bytes()).as_bytes())
        {
            *value = read;
        }
    }
    if headers.get(CONTENT_TYPE).is_some_and(|kind| kind.to_str().is_err()) {
        // A name that is no name of a kind; the body travels as bytes.
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("text/plain");
    let is_text = ["text/", "application/json", "application/javascript", "application/xml"];
    if !is_text.iter().any(|text| kind.starts_with(text)) || std::str::from_utf8(&body).is_ok() {
        return body;
    }
    Bytes::from(String::from_utf8_lossy(&body).into_owned())
}

/// An answer in API Gateway's own words.
fn refusal(status: StatusCode, message: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(format!(r#"{{"message":"{message}"}}"#)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use hyper::Method;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::http::Http;

    #[tokio::test]
    async fn the_front_has_the_limits_of_a_gateway() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        // Nobody listens behind it.
        tokio::spawn(serve(listener, "http://127.0.0.1:9".to_owned()));
        let ask = async |path: &str, body: Vec<u8>| {
            let url = format!("{address}{path}");
            Http::default().send(Method::POST, &url, &[], body, Duration::from_secs(10)).await.unwrap()
        };
        assert_eq!(ask("/.rt/site/2018-06-01/runtime/invocation/next", Vec::new()).await.status, 404);
        assert_eq!(ask("/health", vec![0; LARGEST_BODY + 1]).await.status, 413);
        let away = ask("/health", Vec::new()).await;
        assert_eq!((away.status.as_u16(), &away.body[..]), (503, &br#"{"message":"Service Unavailable"}"#[..]));
    }

    #[tokio::test]
    async fn a_body_that_grows_on_the_way_arrives_whole() {
        let peer = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let behind = format!("http://{}", peer.local_addr().unwrap());
        let front = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}/", front.local_addr().unwrap());
        tokio::spawn(serve(front, behind));
        let function = tokio::spawn(async move {
            let (mut stream, _) = peer.accept().await.unwrap();
            let mut got = Vec::new();
            while !got.ends_with("\u{fffd}x".as_bytes()) {
                assert!(stream.read_buf(&mut got).await.unwrap() > 0, "{}", String::from_utf8_lossy(&got));
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        });
        let kind = [("content-type", "application/json")];
        let http = Http::default();
        let answer = http.send(Method::POST, &address, &kind, vec![255, b'x'], Duration::from_secs(10)).await;
        assert_eq!(answer.unwrap().status, 204);
        function.await.unwrap();
    }

    #[test]
    fn what_is_no_text_is_carried_as_far_as_an_event_can() {
        let passed = |kind: &[u8], body: &'static [u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_bytes(kind).unwrap());
            headers.insert("cookie", HeaderValue::from_bytes(b"a=\xff").unwrap());
            let body = as_text(&mut headers, Bytes::from_static(body));
            assert_eq!(headers["cookie"].as_bytes(), "a=\u{fffd}".as_bytes());
            (headers[CONTENT_TYPE].clone(), body)
        };
        assert_eq!(passed(b"application/json", b"\"\xff\"").1, "\"\u{fffd}\"".as_bytes());
        assert_eq!(passed(b"application/x-www-form-urlencoded", b"a=\xff").1, &b"a=\xff"[..]);
        assert_eq!(passed(b"application/j\xc3\xa7son", b"\xff").0, "application/octet-stream");
    }
}
