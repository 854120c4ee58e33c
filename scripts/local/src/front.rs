//! What stands before cargo-lambda: the limits of a real gateway.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::edge::Edge;
use crate::gauges::Gauges;
use crate::template::Function;

/// How long API Gateway waits for a function.
const LIMIT: Duration = Duration::from_secs(30);

/// Where functions are called by name.
const INVOCATIONS: &str = "/2015-03-31/functions/";

/// How long an invocation by name may take: the longest that Lambda runs a function.
const INVOCATION_LIMIT: Duration = Duration::from_mins(15);

/// The largest body that API Gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// Requests of one function in cargo-lambda at once; about a hundred waiting for one would lock it up for good.
const AT_ONCE: usize = 80;

/// Serves until its task ends.
pub(crate) async fn serve(
    listener: TcpListener,
    address: String,
    functions: &[Arc<Function>],
    gauges: Gauges,
    edge: Option<Edge>,
) {
    let front = Arc::new(Front {
        client: Client::builder(TokioExecutor::new()).build_http(),
        address,
        queues: Queues::new(functions),
        gauges,
        edge,
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
    queues: Queues,
    gauges: Gauges,
    edge: Option<Edge>,
}

/// The places of each function, so that none takes them from another.
struct Queues {
    /// By route, the more special before the more general.
    routes: Vec<(Route, String)>,
    places: BTreeMap<String, Arc<Semaphore>>,
}

/// What a gateway compares a path with, in its order: an exact route goes before a greedy one, a
/// longer greedy one before a shorter one, `$default` comes last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Route {
    Exact(String),
    Below(Reverse<usize>, String),
    Default,
}

impl Route {
    fn new(path: &str) -> Self {
        match path.strip_suffix("{proxy+}") {
            Some(folder) => Self::Below(Reverse(folder.len()), folder.to_owned()),
            None if path == "$default" => Self::Default,
            None => Self::Exact(path.to_owned()),
        }
    }

    fn matches(&self, path: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == path,
            Self::Below(_, folder) => path.strip_prefix(folder.as_str()).is_some_and(|rest| !rest.is_empty()),
            Self::Default => true,
        }
    }
}

impl Queues {
    fn new(functions: &[Arc<Function>]) -> Self {
        let routes = functions.iter().flat_map(|function| {
            function.routes.iter().map(|path| (Route::new(path), function.name.clone())).collect::<Vec<_>>()
        });
        let mut routes: Vec<_> = routes.collect();
        routes.sort();
        let place = |function: &Arc<Function>| (function.name.clone(), Arc::new(Semaphore::new(AT_ONCE)));
        Self { routes, places: functions.iter().map(place).collect() }
    }

    /// The function that a path belongs to: by its route, or by its name in an invocation.
    fn function<'a>(&'a self, path: &'a str) -> Option<&'a str> {
        match path.strip_prefix(INVOCATIONS) {
            Some(rest) => rest.split('/').next(),
            None => self.routes.iter().find(|(route, _)| route.matches(path)).map(|(_, name)| name.as_str()),
        }
    }

    /// The places of the function that a path belongs to; cargo-lambda itself answers what belongs to none.
    fn of(&self, path: &str) -> Option<Arc<Semaphore>> {
        self.places.get(self.function(path)?).cloned()
    }
}

impl Front {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path();
        if path.starts_with("/.rt/") {
            // The functions' own way to their work; a request there would take some of it away.
            return refusal(StatusCode::NOT_FOUND, "Not Found");
        }
        if path == "/metrics" {
            // Not a route of the product: in the cloud the metrics are CloudWatch's.
            let mut text = Response::new(Full::from(self.gauges.text().await));
            text.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"));
            return text;
        }
        let limit = if path.starts_with(INVOCATIONS) { INVOCATION_LIMIT } else { LIMIT };
        match tokio::time::timeout(limit, self.pass(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(refusal)) => refusal,
            Err(_) => refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        }
    }

    async fn pass(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Response<Full<Bytes>>> {
        let unavailable = || refusal(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
        let _place = match self.queues.of(request.uri().path()) {
            Some(places) => Some(places.acquire_owned().await.map_err(|_| unavailable())?),
            None => None,
        };
        let (mut head, body) = request.into_parts();
        let body = Limited::new(body, LARGEST_BODY).collect().await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                refusal(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
            } else {
                // It broke off, or its chunks are none.
                refusal(StatusCode::BAD_REQUEST, "Bad Request")
            }
        })?;
        let body = body.to_bytes();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        head.uri = Uri::try_from(format!("{}{target}", self.address))
            .map_err(|_| refusal(StatusCode::BAD_REQUEST, "Bad Request"))?;
        of_one_connection(&mut head.headers);
        if let Some(edge) = &self.edge {
            edge.mark(&mut head.headers);
        }
        into_an_event(&mut head.headers, &body);
        // The client says it; chunks have none.
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

/// Makes a request fit into an event, which is JSON. Headers are strings there, and what is no UTF-8 in them becomes
/// U+FFFD. A body that is no text must travel in base 64, so that the function sees its bytes and refuses them;
/// cargo-lambda does that to every body whose kind does not begin like text, and answers 500 to one that is no UTF-8.
fn into_an_event(headers: &mut HeaderMap, body: &Bytes) {
    for value in headers.values_mut() {
        if std::str::from_utf8(value.as_bytes()).is_err()
            && let Ok(read) = HeaderValue::from_bytes(String::from_utf8_lossy(value.as_bytes()).as_bytes())
        {
            *value = read;
        }
    }
    let kind = headers.get(CONTENT_TYPE).map_or(Ok("text/plain"), HeaderValue::to_str);
    let kind = match kind {
        // Names of kinds are the same in capitals, but not to cargo-lambda.
        Ok(kind) if std::str::from_utf8(body).is_err() => in_capitals(kind),
        Ok(_) => return,
        // A name that is no name of a kind.
        Err(_) => "application/octet-stream".to_owned(),
    };
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(CONTENT_TYPE, kind);
    }
}

/// With its first letter in capitals.
fn in_capitals(kind: &str) -> String {
    kind.char_indices().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect()
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
    use tokio::net::TcpStream;

    use super::*;
    use crate::http::Http;

    #[tokio::test]
    async fn the_front_has_the_limits_of_a_gateway() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        // Nobody listens behind it.
        tokio::spawn(
            async move { serve(listener, "http://127.0.0.1:9".to_owned(), &[], Gauges::default(), None).await },
        );
        let ask = async |path: &str, body: Vec<u8>| {
            let url = format!("{address}{path}");
            Http::default().send(Method::POST, &url, &[], body, Duration::from_secs(10)).await.unwrap()
        };
        assert_eq!(ask("/.rt/site/2018-06-01/runtime/invocation/next", Vec::new()).await.status, 404);
        assert_eq!(ask("/health", vec![0; LARGEST_BODY + 1]).await.status, 413);
        let away = ask("/health", Vec::new()).await;
        assert_eq!((away.status.as_u16(), &away.body[..]), (503, &br#"{"message":"Service Unavailable"}"#[..]));
    }

    /// What a front without anybody behind it answers to these bytes.
    async fn answer_to(request: &[u8]) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(
            async move { serve(listener, "http://127.0.0.1:9".to_owned(), &[], Gauges::default(), None).await },
        );
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_broken_chunk_is_no_large_body() {
        let head = "POST /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
        let broken = answer_to(format!("{head}zz\r\n{{}}\r\n0\r\n\r\n").as_bytes()).await;
        assert!(broken.starts_with("HTTP/1.1 400 ") && broken.ends_with(r#"{"message":"Bad Request"}"#), "{broken}");
        let whole = answer_to(format!("{head}2\r\n{{}}\r\n0\r\n\r\n").as_bytes()).await;
        assert!(whole.starts_with("HTTP/1.1 503 "), "{whole}");
    }

    #[test]
    fn each_function_has_places_of_its_own() {
        let function = |name: &str, routes: &[&str]| {
            Arc::new(Function {
                name: name.to_owned(),
                routes: routes.iter().map(|&path| path.to_owned()).collect(),
                ..Function::default()
            })
        };
        let queues = Queues::new(&[
            function("site", &["$default"]),
            function("shop", &["/shop", "/shop/{proxy+}"]),
            function("till", &["/shop/till", "/shop/till/old/{proxy+}"]),
        ]);
        for (path, name) in [
            ("/shop", "shop"),
            ("/shop/1/2", "shop"),
            ("/shop/till", "till"),
            ("/shop/till/", "shop"),
            ("/shop/tilled", "shop"),
            ("/shop/till/old/3", "till"),
            ("/shop/", "site"),
            ("/", "site"),
            ("/2015-03-31/functions/till/invocations", "till"),
        ] {
            assert_eq!(queues.function(path), Some(name), "{path}");
        }
        let taken = queues.of("/shop/till").unwrap().try_acquire_many_owned(80).unwrap();
        assert!(queues.of("/shop/till").unwrap().try_acquire_owned().is_err());
        assert!(queues.of("/shop/1").unwrap().try_acquire_owned().is_ok());
        drop(taken);
        assert!(queues.of("/2015-03-31/functions/nobody/invocations").is_none());
    }

    #[test]
    fn what_is_no_text_is_carried_as_far_as_an_event_can() {
        let kind_of = |kind: Option<&[u8]>, body: &'static [u8]| {
            let mut headers = HeaderMap::new();
            if let Some(kind) = kind {
                headers.insert(CONTENT_TYPE, HeaderValue::from_bytes(kind).unwrap());
            }
            headers.insert("cookie", HeaderValue::from_bytes(b"a=\xff").unwrap());
            into_an_event(&mut headers, &Bytes::from_static(body));
            assert_eq!(headers["cookie"].as_bytes(), "a=\u{fffd}".as_bytes());
            headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned())
        };
        for (kind, carried) in [
            ("application/json; charset=utf-8", "Application/json; charset=utf-8"),
            ("text/csv", "Text/csv"),
            ("multipart/form-data; boundary=aB", "Multipart/form-data; boundary=aB"),
        ] {
            assert_eq!(kind_of(Some(kind.as_bytes()), b"\"\xff\"").as_deref(), Some(carried));
            assert_eq!(kind_of(Some(kind.as_bytes()), "\"ş\"".as_bytes()).as_deref(), Some(kind));
        }
        assert_eq!(kind_of(None, b"\xff").as_deref(), Some("Text/plain"));
        assert_eq!(kind_of(None, b"x"), None);
        assert_eq!(kind_of(Some(b"application/j\xc3\xa7son"), b"x").as_deref(), Some("application/octet-stream"));
    }
}
