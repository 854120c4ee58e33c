//! What wakes somebody, or costs money: each alarm is there, tells somebody, and names the page that says what to do.

use super::{nothing, of_kind, root};

/// The alarms of an installation: how the name ends, and above or below what.
const WANTED: [(&str, f64); 17] = [
    ("api-5xx", 1.0),
    ("api-canary", 0.5),
    ("api-slow", 500.0),
    ("api-too-slow", 1000.0),
    ("database-cpu", 70.0),
    ("database-memory", 268_435_456.0),
    ("database-disk", 85.0),
    ("cache-cpu", 70.0),
    ("cache-memory", 85.0),
    ("certificate", 21.0),
    ("backup-failed", 0.0),
    ("backup-missing", 1.0),
    ("-errors", 1.0),
    ("-throttles", 0.0),
    ("-slow", 0.0),
    ("-dead-letters", 0.0),
    ("-oldest-message", 0.0),
];

#[test]
fn every_alarm_that_was_promised_is_there() {
    let names: Vec<(String, f64)> = of_kind("production", "AWS::CloudWatch::Alarm")
        .iter()
        .map(|alarm| (alarm.text("AlarmName"), alarm.properties["Threshold"].as_f64().unwrap_or_default()))
        .collect();
    for (wanted, limit) in WANTED {
        let found: Vec<_> = names.iter().filter(|(name, _)| name.ends_with(wanted)).collect();
        assert!(!found.is_empty(), "no alarm …{wanted}; there are {names:?}");
        assert!(limit == 0.0 || found.iter().any(|(_, at)| (at - limit).abs() < 0.01), "{wanted} at {found:?}");
    }
    assert_eq!(of_kind("production", "AWS::Budgets::Budget").len(), 1);
}

#[test]
fn every_alarm_tells_somebody_what_to_read() {
    let mut wrong = Vec::new();
    for alarm in of_kind("production", "AWS::CloudWatch::Alarm") {
        let place = alarm.place();
        if alarm.properties["AlarmActions"].as_array().is_none_or(Vec::is_empty) {
            wrong.push(format!("{place} tells nobody"));
        }
        let text = alarm.text("AlarmDescription");
        let page = text.split_whitespace().find(|word| word.starts_with("docs/runbooks/"));
        match page {
            Some(page) if root().join(page.split('#').next().unwrap_or(page)).is_file() => {}
            Some(page) => wrong.push(format!("{place} names {page}, which does not exist")),
            None => wrong.push(format!("{place} names no page of docs/runbooks: {text:?}")),
        }
    }
    nothing(&wrong);
}
