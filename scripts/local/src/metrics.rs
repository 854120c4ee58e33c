//! The functions' metrics as Prometheus text: their lines of embedded metric format, added up over all processes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

/// What all names begin with.
const PREFIX: &str = "prosektor_";

/// Upper ends of a histogram's buckets, in seconds: round what the alerts and the performance page ask about.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The metrics of a running stack; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics(Arc<Mutex<BTreeMap<String, Family>>>);

/// All series of one name.
#[derive(Debug)]
struct Family {
    kind: Kind,
    series: BTreeMap<String, Number>,
}

/// How a number of one process and one of another become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    Histogram,
    Gauge,
}

#[derive(Debug)]
enum Number {
    Plain(f64),
    Spread { buckets: [u64; BUCKETS.len()], sum: f64, count: u64 },
}

impl Metrics {
    /// Takes a line of a function's output, if it is one of metrics. Whether it was.
    pub(crate) fn take(&self, line: &[u8]) -> bool {
        const MARK: &[u8] = br#""_aws":"#;
        if !line.windows(MARK.len()).any(|part| part == MARK) {
            return false;
        }
        let Ok(line) = serde_json::from_slice::<Value>(line) else { return false };
        let Some(directives) = line["_aws"]["CloudWatchMetrics"].as_array() else { return false };
        for directive in directives {
            // The last set has all dimensions; the shorter ones are sums of it, which Prometheus makes itself.
            let dimensions = directive["Dimensions"].as_array().and_then(|sets| sets.last()?.as_array());
            let names = dimensions.into_iter().flatten().filter_map(Value::as_str);
            let labels: Vec<_> =
                names.map(|name| (snake(name), line[name].as_str().unwrap_or_default().to_owned())).collect();
            for metric in directive["Metrics"].as_array().into_iter().flatten() {
                let Some(name) = metric["Name"].as_str() else { continue };
                if let Some(value) = line[name].as_f64() {
                    let (name, kind, value) = translated(name, metric["Unit"].as_str().unwrap_or_default(), value);
                    self.add(&name, kind, &labels, value);
                }
            }
        }
        true
    }

    /// Sets a number that the stack itself has measured.
    pub(crate) fn set(&self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.add(&format!("{PREFIX}{name}"), Kind::Gauge, &owned(labels), value);
    }

    /// Counts something that the stack itself has seen.
    pub(crate) fn count(&self, name: &str, labels: &[(&str, &str)], by: f64) {
        self.add(&format!("{PREFIX}{name}_total"), Kind::Counter, &owned(labels), by);
    }

    fn add(&self, name: &str, kind: Kind, labels: &[(String, String)], value: f64) {
        let mut families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let family = families.entry(name.to_owned()).or_insert_with(|| Family { kind, series: BTreeMap::new() });
        let blank = || match kind {
            Kind::Histogram => Number::Spread { buckets: [0; BUCKETS.len()], sum: 0.0, count: 0 },
            Kind::Counter | Kind::Gauge => Number::Plain(0.0),
        };
        match family.series.entry(written(labels)).or_insert_with(blank) {
            Number::Plain(sum) if kind == Kind::Counter => *sum += value,
            Number::Plain(last) => *last = value,
            Number::Spread { buckets, sum, count } => {
                *sum += value;
                *count += 1;
                for (bucket, _) in buckets.iter_mut().zip(BUCKETS).filter(|(_, end)| value <= *end) {
                    *bucket += 1;
                }
            }
        }
    }

    /// Everything in the text format that Prometheus reads.
    pub(crate) fn text(&self) -> String {
        let families = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        for (name, Family { kind, series }) in families.iter() {
            let _ = writeln!(out, "# TYPE {name} {}", format!("{kind:?}").to_lowercase());
            for (labels, number) in series {
                write_series(&mut out, name, labels, number);
            }
        }
        out
    }
}

fn write_series(out: &mut String, name: &str, labels: &str, number: &Number) {
    let braced = |more: &str| {
        let comma = if labels.is_empty() || more.is_empty() { "" } else { "," };
        let inside = format!("{labels}{comma}{more}");
        if inside.is_empty() { inside } else { format!("{{{inside}}}") }
    };
    // Writing to a string does not fail.
    let _ = match number {
        Number::Plain(value) => writeln!(out, "{name}{} {value}", braced("")),
        Number::Spread { buckets, sum, count } => {
            for (below, end) in buckets.iter().zip(BUCKETS) {
                let _ = writeln!(out, "{name}_bucket{} {below}", braced(&format!("le=\"{end}\"")));
            }
            let _ = writeln!(out, "{name}_bucket{} {count}", braced("le=\"+Inf\""));
            writeln!(out, "{name}_sum{} {sum}\n{name}_count{} {count}", braced(""), braced(""))
        }
    };
}

/// The name, the kind and the value in base units, by the rules of Prometheus.
fn translated(name: &str, unit: &str, value: f64) -> (String, Kind, f64) {
    let name = format!("{PREFIX}{}", snake(name));
    match unit {
        "Count" => (format!("{name}_total"), Kind::Counter, value),
        "Milliseconds" => (format!("{name}_seconds"), Kind::Histogram, value / 1e3),
        "Bytes" => (format!("{name}_bytes"), Kind::Gauge, value),
        "Percent" => (format!("{name}_ratio"), Kind::Gauge, value / 1e2),
        _ => (name, Kind::Gauge, value),
    }
}

/// `statusClass` becomes `status_class`.
fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (at, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && at > 0 {
            text.push('_');
        }
        text.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' });
    }
    text
}

fn owned(labels: &[(&str, &str)]) -> Vec<(String, String)> {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn written(labels: &[(String, String)]) -> String {
    let escaped = |value: &str| value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    let list: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    list.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(latency: f64) -> String {
        format!(
            r#"{{"_aws":{{"Timestamp":1,"CloudWatchMetrics":[{{"Namespace":"ProSektorWeb",
               "Dimensions":[["function"],["function","statusClass"]],
               "Metrics":[{{"Name":"Requests","Unit":"Count"}},{{"Name":"Latency","Unit":"Milliseconds"}},
                          {{"Name":"OutboxWaiting","Unit":"None"}}]}}]}},
               "function":"companies","statusClass":"2xx","Requests":1.0,"Latency":{latency},"OutboxWaiting":{latency}}}"#
        )
    }

    #[test]
    fn lines_of_several_processes_become_one_series() {
        let metrics = Metrics::default();
        assert!(metrics.take(request(3.0).as_bytes()) && metrics.take(request(700.0).as_bytes()));
        let text = metrics.text();
        for line in [
            "# TYPE prosektor_requests_total counter",
            "prosektor_requests_total{function=\"companies\",status_class=\"2xx\"} 2",
            "# TYPE prosektor_latency_seconds histogram",
            "prosektor_latency_seconds_bucket{function=\"companies\",status_class=\"2xx\",le=\"0.0025\"} 0",
            "prosektor_latency_seconds_bucket{function=\"companies\",status_class=\"2xx\",le=\"0.005\"} 1",
            "prosektor_latency_seconds_bucket{function=\"companies\",status_class=\"2xx\",le=\"1\"} 2",
            "prosektor_latency_seconds_bucket{function=\"companies\",status_class=\"2xx\",le=\"+Inf\"} 2",
            "prosektor_latency_seconds_sum{function=\"companies\",status_class=\"2xx\"} 0.703",
            "prosektor_latency_seconds_count{function=\"companies\",status_class=\"2xx\"} 2",
            "prosektor_outbox_waiting{function=\"companies\",status_class=\"2xx\"} 700",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn what_is_no_metric_stays_in_the_log() {
        let metrics = Metrics::default();
        assert!(!metrics.take(br#"{"message":"\"_aws\":"}"#) && !metrics.take(br#"{"_aws": broken"#));
        assert_eq!(metrics.text(), "");
    }

    #[test]
    fn own_numbers_carry_escaped_labels() {
        let metrics = Metrics::default();
        metrics.set("up", &[("name", "a\"b\\c")], 1.0);
        metrics.count("restarts", &[], 2.0);
        assert!(metrics.text().contains("prosektor_up{name=\"a\\\"b\\\\c\"} 1\n"));
        assert!(metrics.text().contains("prosektor_restarts_total 2\n"));
    }
}
