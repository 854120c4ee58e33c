//! When a `rate(…)` or `cron(…)` of EventBridge Scheduler is due.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// Why an expression cannot be planned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unplannable {
    /// Neither a rate nor a cron expression.
    #[error("{0:?} is neither rate(…) nor cron(…)")]
    Form(String),
    /// A zone whose clock this program does not know.
    #[error("time zone {0:?} is not known here: UTC and Europe/Istanbul are")]
    Zone(String),
}

/// The times of a schedule.
#[derive(Debug)]
pub(crate) struct Plan {
    rule: Rule,
    zone: FixedOffset,
}

#[derive(Debug)]
enum Rule {
    Every(TimeDelta),
    Cron(Box<Cron>),
}

impl Plan {
    /// Reads an expression in a time zone.
    pub(crate) fn new(expression: &str, timezone: &str) -> Result<Self, Unplannable> {
        let malformed = || Unplannable::Form(expression.to_owned());
        // Turkey has had one offset all year since 2016.
        let hours = match timezone {
            "UTC" => 0,
            "Europe/Istanbul" => 3,
            other => return Err(Unplannable::Zone(other.to_owned())),
        };
        let zone = FixedOffset::east_opt(hours * 3600).ok_or_else(malformed)?;
        let argument = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let rule = if let Some(rate) = argument("rate") {
            Rule::Every(period(rate).ok_or_else(malformed)?)
        } else {
            // AWS counts the days of the week from 1 = Sunday and always ends with the year.
            let parser =
                CronParser::builder().seconds(Seconds::Required).year(Year::Required).alternative_weekdays(true);
            let pattern = format!("0 {}", argument("cron").ok_or_else(malformed)?);
            Rule::Cron(Box::new(parser.build().parse(&pattern).map_err(|_| malformed())?))
        };
        Ok(Self { rule, zone })
    }

    /// The first planned time after an instant; none when the expression has run out.
    pub(crate) fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.rule {
            Rule::Every(period) => {
                let seconds = period.num_seconds();
                DateTime::from_timestamp((after.timestamp().div_euclid(seconds) + 1) * seconds, 0)
            }
            Rule::Cron(cron) => {
                let next = cron.find_next_occurrence(&after.with_timezone(&self.zone), false).ok()?;
                Some(next.with_timezone(&Utc))
            }
        }
    }
}

fn period(rate: &str) -> Option<TimeDelta> {
    let (count, unit) = rate.split_once(' ')?;
    let count = i64::from(u16::from_str(count).ok().filter(|&count| count > 0)?);
    match unit.trim_end_matches('s') {
        "minute" => TimeDelta::try_minutes(count),
        "hour" => TimeDelta::try_hours(count),
        "day" => TimeDelta::try_days(count),
        _ => None,
    }
}

/// The event of one run: the context attributes of EventBridge Scheduler filled in.
pub(crate) fn event(input: &str, planned: DateTime<Utc>, attempt: u64) -> String {
    input
        .replace("<aws.scheduler.scheduled-time>", &planned.format("%Y-%m-%dT%H:%M:%SZ").to_string())
        .replace("<aws.scheduler.attempt-number>", &attempt.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(expression: &str, after: &str) -> String {
        let after: DateTime<Utc> = after.parse().unwrap();
        Plan::new(expression, "Europe/Istanbul").unwrap().next(after).unwrap().to_rfc3339()
    }

    #[test]
    fn a_rate_falls_on_whole_periods() {
        assert_eq!(next("rate(1 minute)", "2026-11-22T18:00:00Z"), "2026-11-22T18:01:00+00:00");
        assert_eq!(next("rate(5 minutes)", "2026-11-22T18:04:59Z"), "2026-11-22T18:05:00+00:00");
        assert_eq!(next("rate(1 hour)", "2026-11-22T18:00:01Z"), "2026-11-22T19:00:00+00:00");
    }

    #[test]
    fn a_cron_expression_is_read_in_istanbul() {
        assert_eq!(next("cron(0 3 * * ? *)", "2026-11-22T18:00:00Z"), "2026-11-23T00:00:00+00:00");
        assert_eq!(next("cron(17 * * * ? *)", "2026-11-22T18:17:00Z"), "2026-11-22T19:17:00+00:00");
    }

    #[test]
    fn the_week_begins_with_sunday() {
        // 22 November 2026 is a Sunday; 2 is Monday.
        assert_eq!(next("cron(0 9 ? * 2 *)", "2026-11-22T00:00:00Z"), "2026-11-23T06:00:00+00:00");
        assert_eq!(next("cron(0 9 ? * MON-FRI *)", "2026-11-20T07:00:00Z"), "2026-11-23T06:00:00+00:00");
        assert_eq!(next("cron(0 9 L * ? *)", "2026-11-20T07:00:00Z"), "2026-11-30T06:00:00+00:00");
    }

    #[test]
    fn what_aws_would_refuse_is_refused() {
        for expression in ["rate(0 minutes)", "rate(1 fortnight)", "cron(0 3 * * ?)", "every day", "cron(61 * * * ? *)"]
        {
            assert!(Plan::new(expression, "UTC").is_err(), "{expression}");
        }
        assert!(Plan::new("rate(1 day)", "Mars/Olympus").is_err());
    }

    #[test]
    fn the_planned_time_stands_in_the_event() {
        let planned = "2026-11-22T18:00:00Z".parse().unwrap();
        assert_eq!(
            event(r#"{"time": "<aws.scheduler.scheduled-time>"}"#, planned, 1),
            r#"{"time": "2026-11-22T18:00:00Z"}"#
        );
    }
}
