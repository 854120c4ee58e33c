//! Faults of ours, reported to Sentry when a DSN is configured: what failed and where, never whose.

use std::{
    mem,
    sync::{Mutex, PoisonError},
};

use opentelemetry_http::{Bytes, Request};
use serde_json::{Value, json};

use super::{Origin, TraceContext, log, redact};
use crate::post::Post;

/// Faults of one invocation; when everything fails, a few tell as much as all.
const MOST_FAULTS: usize = 20;

/// Where to report, read from `https://<key>@<host>/<path>/<project>`.
#[derive(Debug, PartialEq, Eq)]
struct Dsn {
    url: String,
    key: String,
}

impl Dsn {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
        let (key, rest) = rest.split_once('@')?;
        // The part behind the colon was a secret once, and is ignored since.
        let key = key.split(':').next().filter(|key| !key.is_empty())?;
        let (host, project) = rest.trim_end_matches('/').rsplit_once('/')?;
        let (host, path) =
            host.split_once('/').map_or((host, String::new()), |(host, path)| (host, format!("/{path}")));
        let known = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        (known(host) && known(project))
            .then(|| Self { url: format!("{scheme}://{host}{path}/api/{project}/envelope/"), key: key.to_owned() })
    }
}

/// One fault as it is reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault<'a> {
    /// The error's code; Sentry groups by it.
    pub(super) code: &'a str,
    pub(super) cause: &'a str,
    /// The route, the topic or the task.
    pub(super) place: &'a str,
    pub(super) request_id: Option<&'a str>,
    pub(super) trace: Option<TraceContext>,
}

/// The way to Sentry.
pub(super) struct Sentry {
    dsn: Dsn,
    origin: Origin,
    post: Post,
    waiting: Mutex<Vec<Value>>,
}

impl Sentry {
    pub(super) fn new(origin: Origin, dsn: &str, post: Post) -> Result<Self, String> {
        let dsn = Dsn::parse(dsn).ok_or("the DSN of Sentry cannot be read")?;
        Ok(Self { dsn, origin, post, waiting: Mutex::default() })
    }

    /// Keeps a fault until the next flush.
    pub(super) fn report(&self, fault: &Fault<'_>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST_FAULTS {
            waiting.push(self.event(fault));
        }
    }

    /// Names every field that is sent: no headers, cookies, bodies, addresses or users are among them.
    fn event(&self, fault: &Fault<'_>) -> Value {
        let mut event = json!({
            "event_id": format!("{:032x}", rand::random::<u128>()),
            "timestamp": log::now(),
            "platform": "other",
            "level": "error",
            "environment": self.origin.environment,
            "release": concat!("prosektorweb@", env!("CARGO_PKG_VERSION")),
            "transaction": fault.place,
            "fingerprint": [self.origin.function, fault.code, fault.place],
            "exception": {"values": [{"type": fault.code, "value": redact::text(fault.cause)}]},
            "tags": {
                "service": self.origin.service,
                "function": self.origin.function,
                "code": fault.code,
                "requestId": fault.request_id.map(redact::text),
            },
        });
        if let Some(trace) = fault.trace {
            event["contexts"]["trace"] = json!({
                "trace_id": format!("{:032x}", trace.trace_id),
                "span_id": format!("{:016x}", trace.span_id),
            });
        }
        event
    }

    /// Sends what waits, each fault in an envelope of its own, as the protocol wants.
    pub(super) async fn flush(&self) -> Result<(), String> {
        let waiting = mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        for event in waiting {
            let payload = event.to_string();
            let header = json!({"event_id": event["event_id"], "sent_at": log::now()});
            let item = json!({"type": "event", "length": payload.len()});
            let auth = format!("Sentry sentry_version=7, sentry_client=prosektorweb/1, sentry_key={}", self.dsn.key);
            let request = Request::post(&self.dsn.url)
                .header("content-type", "application/x-sentry-envelope")
                .header("x-sentry-auth", auth)
                .body(Bytes::from(format!("{header}\n{item}\n{payload}\n")))
                .map_err(|error| error.to_string())?;
            let response = self.post.send(request).await.map_err(|error| error.to_string())?;
            if !response.status().is_success() {
                return Err(format!("Sentry answered {}", response.status().as_u16()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::post::peer;

    fn origin() -> Origin {
        Origin::new("prosektorweb", "companies", "test")
    }

    #[test]
    fn a_dsn_is_read_with_and_without_a_path() {
        let parsed = |text: &str| Dsn::parse(text).map(|dsn| (dsn.url, dsn.key));
        let expected = |url: &str| Some((url.to_owned(), "abc".to_owned()));
        assert_eq!(
            parsed("https://abc@o1.ingest.sentry.io/42"),
            expected("https://o1.ingest.sentry.io/api/42/envelope/")
        );
        assert_eq!(
            parsed("http://abc:old@localhost:9000/a/b/42/"),
            expected("http://localhost:9000/a/b/api/42/envelope/")
        );
        for bad in
            ["", "abc", "https://o1.ingest.sentry.io/42", "ftp://abc@host/42", "https://abc@host", "https://@host/1"]
        {
            assert_eq!(Dsn::parse(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn a_fault_is_received_without_anything_personal() {
        let (address, received) = peer::listen();
        let sentry = Sentry::new(origin(), &format!("http://abc@{address}/42"), Post::new().unwrap()).unwrap();
        let trace = TraceContext::random();
        sentry.report(&Fault {
            code: "INTERNAL_ERROR",
            cause: "no row for a.b@c.com, tckn 10000000146, token=0123456789abcdef",
            place: "/api/v1/companies/{id}",
            request_id: Some("0190a3b2-1234-7890-8901-532123456789"),
            trace: Some(trace),
        });
        sentry.flush().await.unwrap();
        let request = received.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(request.head.starts_with("post /api/42/envelope/ http/1.1"), "{}", request.head);
        assert!(request.head.contains("sentry_key=abc"));
        let text = String::from_utf8(request.body).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let [header, item, payload] = lines[..] else { panic!("{lines:?}") };
        let parsed = |line: &str| serde_json::from_str::<Value>(line).unwrap();
        assert_eq!(parsed(item), json!({"type": "event", "length": payload.len()}));
        let event = parsed(payload);
        assert_eq!(event["event_id"], parsed(header)["event_id"]);
        let exception = &event["exception"]["values"][0];
        assert_eq!(exception["type"], "INTERNAL_ERROR");
        assert_eq!(exception["value"], "no row for [email], tckn [tckn], token=[secret]");
        assert_eq!(event["tags"]["requestId"], "0190a3b2-1234-7890-8901-532123456789");
        assert_eq!(event["contexts"]["trace"]["trace_id"], format!("{:032x}", trace.trace_id));
        for absent in ["request", "user", "server_name", "breadcrumbs", "extra", "modules"] {
            assert_eq!(event.get(absent), None, "{absent}");
        }
        // Nothing is sent twice, and nothing when nothing happened.
        sentry.flush().await.unwrap();
        assert!(received.try_recv().is_err());
    }

    #[test]
    fn a_flood_is_cut() {
        let sentry = Sentry::new(origin(), "http://abc@127.0.0.1:1/42", Post::new().unwrap()).unwrap();
        for _ in 0..100 {
            sentry.report(&Fault { code: "C", cause: "", place: "", request_id: None, trace: None });
        }
        assert_eq!(sentry.waiting.lock().unwrap().len(), MOST_FAULTS);
    }
}
