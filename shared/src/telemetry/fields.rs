//! The fields of a span or an event, redacted as they come in.

use std::{borrow::Cow, fmt};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tracing::field::{Field, Visit};

use super::redact;

/// Names and values in the order in which they came; a name stands once, its last value wins.
#[derive(Debug, Default, Clone)]
pub(super) struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    pub(super) fn iter(&self) -> impl Iterator<Item = &(&'static str, Value)> {
        self.0.iter()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, name: &'static str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.remove(at).1)
    }

    fn put(&mut self, field: &Field, value: Value) {
        let name = match field.name() {
            "request_id" => "requestId",
            "correlation_id" => "correlationId",
            "cold_start" => "coldStart",
            "trace_id" => "traceId",
            // They speak to the tracer, not to the reader of the log.
            name if name.starts_with("otel.") => return,
            name => name,
        };
        let value = match (name, value) {
            ("user", Value::String(user)) => Value::String(pseudonym(&user)),
            // Of our own making.
            ("tenant" | "traceId" | "traceparent", value) => value,
            (name, mut value) => {
                redact::value(name, &mut value);
                value
            }
        };
        self.set(name, value);
    }
}

/// Sixteen hex digits that stand for a user: the same for every line, of no use elsewhere.
pub(super) fn pseudonym(user: &str) -> String {
    let hash = Sha256::new().chain_update("log:user:").chain_update(user).finalize();
    hash[..8].iter().fold(String::with_capacity(16), |mut text, byte| {
        use fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::from(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::from(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            let inner = error.to_string();
            // Many errors already repeat their cause in their own text.
            if !text.contains(&inner) {
                text = format!("{text}: {inner}");
            }
            cause = error.source();
        }
        self.put(field, Value::from(text));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::from(format!("{value:?}")));
    }
}

/// A JSON object whose keys stay in the order in which they were written.
#[derive(Default)]
pub(super) struct Line(Vec<(Cow<'static, str>, Value)>);

impl Line {
    pub(super) fn put(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
    }
}

impl serde::Serialize for Line {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
