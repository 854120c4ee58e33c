//! Metrics as CloudWatch embedded metric format: a JSON line that CloudWatch turns into numbers,
//! so that a function measures without a call to anyone.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::{Map, Value, json};

use super::{Origin, redact};

const NAMESPACE: &str = "ProSektorWeb";

/// Whether metrics are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MetricsMode {
    /// Nowhere.
    #[default]
    Off,
    /// As embedded metric format on standard output.
    Emf,
}

impl std::str::FromStr for MetricsMode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "emf" => Ok(Self::Emf),
            _ => Err("must be off or emf"),
        }
    }
}

/// What a number counts. It also says how numbers of several processes become one: those of [`Unit::Count`] are added
/// up, those of [`Unit::Milliseconds`] are spread over a histogram, of all others the newest one holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Time.
    Milliseconds,
    /// Size.
    Bytes,
    /// A share of a hundred.
    Percent,
    /// A plain number.
    None,
}

impl Unit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Bytes => "Bytes",
            Self::Percent => "Percent",
            Self::None => "None",
        }
    }
}

/// One answered request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The route's pattern, never the path: `/api/v1/companies/{id}`.
    pub route: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The status of the answer.
    pub status: u16,
    /// From the first byte to the answer.
    pub latency: Duration,
    /// Whether this was the process's first request.
    pub cold_start: bool,
}

static CACHE_HITS: AtomicU64 = AtomicU64::new(0);
static CACHE_MISSES: AtomicU64 = AtomicU64::new(0);

/// Counts a look-up in the cache; the next request's line carries the sum.
pub(crate) fn cache_looked_up(hit: bool) {
    if hit { &CACHE_HITS } else { &CACHE_MISSES }.fetch_add(1, Ordering::Relaxed);
}

/// Writes the line of one request.
pub fn request(request: &Request<'_>) {
    if let Some(state) = super::measured() {
        let cache = (CACHE_HITS.swap(0, Ordering::Relaxed), CACHE_MISSES.swap(0, Ordering::Relaxed));
        state.output.line(&request_line(&state.origin, request, cache, timestamp()));
    }
}

/// Writes one number of any name, by dimensions of few values (never an id).
pub fn record(name: &str, unit: Unit, value: f64, dimensions: &[(&str, &str)]) {
    if let Some(state) = super::measured() {
        state.output.line(&line(&state.origin, &[(name, unit, value)], dimensions, timestamp()));
    }
}

fn timestamp() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

fn request_line(origin: &Origin, request: &Request<'_>, cache: (u64, u64), at: u64) -> Value {
    let class = format!("{}xx", request.status / 100);
    let count = |yes: bool| f64::from(u8::from(yes));
    let mut metrics = vec![
        ("Requests", Unit::Count, 1.0),
        ("Latency", Unit::Milliseconds, request.latency.as_secs_f64() * 1e3),
        ("ClientErrors", Unit::Count, count((400..500).contains(&request.status))),
        ("ServerErrors", Unit::Count, count(request.status >= 500)),
        ("ColdStarts", Unit::Count, count(request.cold_start)),
    ];
    #[expect(clippy::cast_precision_loss, reason = "counts of one request")]
    if cache != (0, 0) {
        let (hits, misses) = (cache.0 as f64, cache.1 as f64);
        metrics.push(("CacheHits", Unit::Count, hits));
        metrics.push(("CacheMisses", Unit::Count, misses));
        metrics.push(("CacheHitRatio", Unit::Percent, 100.0 * hits / (hits + misses)));
    }
    line(origin, &metrics, &[("route", request.route), ("method", request.method), ("statusClass", &class)], at)
}

/// Each metric by function, and by function and the given dimensions.
fn line(origin: &Origin, metrics: &[(&str, Unit, f64)], dimensions: &[(&str, &str)], at: u64) -> Value {
    let own = ["environment", "service", "function"];
    let mut sets = vec![json!(own)];
    if !dimensions.is_empty() {
        sets.push(own.iter().copied().chain(dimensions.iter().map(|(name, _)| *name)).collect());
    }
    let declared: Value = metrics.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit.as_str()})).collect();
    let mut line = Map::new();
    line.insert(
        "_aws".into(),
        json!({
            "Timestamp": at,
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": sets, "Metrics": declared}],
        }),
    );
    for (name, value) in
        [("environment", &origin.environment), ("service", &origin.service), ("function", &origin.function)]
    {
        line.insert(name.into(), value.as_str().into());
    }
    for (name, value) in dimensions {
        line.insert((*name).into(), redact::text(value).into());
    }
    for (name, _, value) in metrics {
        line.insert((*name).into(), (*value).into());
    }
    line.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        Origin::new("prosektorweb", "companies", "test")
    }

    #[test]
    fn a_request_is_measured_by_function_and_by_route() {
        let request = Request {
            route: "/api/v1/companies/{id}",
            method: "GET",
            status: 503,
            latency: Duration::from_micros(12_500),
            cold_start: true,
        };
        let line = request_line(&origin(), &request, (3, 1), 1_795_370_400_000);
        assert_eq!(line["_aws"]["Timestamp"], 1_795_370_400_000_u64);
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Namespace"], "ProSektorWeb");
        assert_eq!(
            directive["Dimensions"],
            json!([
                ["environment", "service", "function"],
                ["environment", "service", "function", "route", "method", "statusClass"]
            ])
        );
        // Every declared metric and dimension must stand as a member, or CloudWatch drops the line.
        for metric in directive["Metrics"].as_array().unwrap() {
            assert!(line[metric["Name"].as_str().unwrap()].is_f64(), "{metric}");
        }
        for name in directive["Dimensions"][1].as_array().unwrap() {
            assert!(line[name.as_str().unwrap()].is_string(), "{name}");
        }
        assert_eq!(line["statusClass"], "5xx");
        assert_eq!(
            (&line["Latency"], &line["ServerErrors"], &line["ClientErrors"]),
            (&12.5.into(), &1.0.into(), &0.0.into())
        );
        assert_eq!((&line["ColdStarts"], &line["CacheHitRatio"]), (&1.0.into(), &75.0.into()));
    }

    #[test]
    fn a_request_that_asked_no_cache_says_nothing_about_it() {
        let request =
            Request { route: "/health", method: "GET", status: 200, latency: Duration::ZERO, cold_start: false };
        assert_eq!(request_line(&origin(), &request, (0, 0), 0).get("CacheHitRatio"), None);
    }

    #[test]
    fn any_number_can_be_recorded() {
        let line = line(&origin(), &[("OutboxAge", Unit::Milliseconds, 4.0)], &[("queue", "mailer")], 0);
        assert_eq!((&line["OutboxAge"], &line["queue"]), (&4.0.into(), &"mailer".into()));
    }
}
