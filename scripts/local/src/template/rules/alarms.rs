//! What wakes somebody, or costs money: each alarm is there, tells somebody, and names the page that says what to do.

use serde_json::Value;

use super::super::document::Document;
use super::{calls, nothing, of_kind, root};

/// The alarms of an installation: how the name ends, and above or below what.
const WANTED: [(&str, f64); 24] = [
    ("api-5xx", 1.0),
    ("api-5xx-quiet", 3.0),
    ("api-canary", 0.5),
    ("api-slow", 500.0),
    ("api-too-slow", 1000.0),
    ("database-cpu", 70.0),
    ("database-memory", 268_435_456.0),
    ("database-disk", 0.0),
    ("replica-lag", 30.0),
    ("replica-cpu", 70.0),
    ("replica-disk", 0.0),
    ("rotation-failed", 0.0),
    ("cache-cpu", 70.0),
    ("cache-memory", 85.0),
    ("cache-cpu-2", 70.0),
    ("cache-memory-2", 85.0),
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
}

/// A word of the table of costs.
fn costs(row: &str) -> Vec<String> {
    let page = std::fs::read_to_string(root().join("docs/runbooks/scaling.md")).unwrap();
    let line =
        page.lines().find(|line| line.starts_with(&format!("| {row}"))).unwrap_or_else(|| panic!("no row {row}"));
    line.split('|').map(|cell| cell.replace(['*', ','], "").trim().to_owned()).collect()
}

#[test]
fn the_budget_tells_the_topic_and_fits_what_production_is_said_to_cost() {
    let budget = of_kind("production", "AWS::Budgets::Budget").remove(0);
    let told = budget.properties["NotificationsWithSubscribers"].as_array().unwrap();
    for subscriber in told.iter().flat_map(|notification| notification["Subscribers"].as_array().unwrap()) {
        assert_eq!(subscriber["SubscriptionType"], "SNS", "{}", budget.place());
    }
    for kind in ["AWS::SNS::TopicPolicy", "AWS::KMS::Key"] {
        let lets = |resource: &super::Resource| resource.properties.to_string().contains("budgets.amazonaws.com");
        assert!(of_kind("production", kind).iter().any(lets), "no {kind} lets the budget speak");
    }
    let expected: f64 = costs("**sum**")[4].parse().unwrap();
    let limit = &budget.properties["Budget"]["BudgetLimit"]["Amount"];
    let limit: f64 = budget.document.text(&budget.id, limit).unwrap().parse().unwrap();
    assert!((limit - 1.2 * expected).abs() <= 10.0, "120 % of {expected} is not {limit}");
}

#[test]
fn the_table_of_costs_adds_up_and_counts_what_stands_in_the_templates() {
    let page = std::fs::read_to_string(root().join("docs/runbooks/scaling.md")).unwrap();
    let rows = page.lines().skip_while(|line| !line.starts_with("| item")).skip(2);
    let rows: Vec<Vec<f64>> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').skip(3).filter_map(|cell| cell.replace(['*', ',', ' '], "").parse().ok()).collect())
        .collect();
    let (sum, items) = rows.split_last().unwrap();
    for (column, sum) in sum.iter().enumerate() {
        let added: f64 = items.iter().map(|row| row[column]).sum();
        assert!((added - sum).abs() < 0.1, "column {column} adds up to {added}, not {sum}");
    }
    let endpoints = of_kind("production", "AWS::EC2::VPCEndpoint");
    let endpoints = endpoints.iter().filter(|endpoint| endpoint.text("VpcEndpointType") == "Interface").count();
    let formula = &costs("NAT, endpoints")[2];
    assert!(formula.contains(&format!("{endpoints} endpoints")), "{endpoints} endpoints; the table has {formula}");
}

#[test]
fn the_dashboard_of_the_business_shows_in_the_cloud_what_it_shows_here() {
    let here = std::fs::read_to_string(root().join("infra/grafana/dashboards/business.json")).unwrap();
    let routes: Vec<&str> = here.split("route=\\\"").skip(1).filter_map(|rest| rest.split('\\').next()).collect();
    assert!(routes.len() > 5);
    let dashboards = of_kind("production", "AWS::CloudWatch::Dashboard");
    for dashboard in &dashboards {
        let body = dashboard.properties["DashboardBody"]["Fn::Sub"].as_str().unwrap();
        serde_json::from_str::<Value>(body).unwrap_or_else(|error| panic!("{}: {error}", dashboard.place()));
    }
    let there = dashboards.iter().find(|dashboard| dashboard.id == "Business").unwrap().properties.to_string();
    let lacks = routes.iter().filter(|route| !there.contains(**route)).map(|route| format!("{route} is not shown"));
    nothing(&lacks.collect::<Vec<_>>());
}

#[test]
fn the_disk_is_watched_by_what_is_free_because_it_grows() {
    // A share of its first size is wrong once RDS has made it larger.
    for alarm in of_kind("production", "AWS::CloudWatch::Alarm") {
        let text = alarm.properties.to_string();
        if text.contains("FreeStorageSpace") {
            assert!(!text.contains("Expression"), "{} calculates", alarm.place());
            let mut floors = Vec::new();
            calls(&alarm.properties["Threshold"], "Ref", &mut floors);
            assert_eq!(floors, ["DiskFloor"], "{}", alarm.place());
        }
    }
    for environment in super::ENVIRONMENTS {
        let document = &of_kind(environment, "AWS::RDS::DBInstance").remove(0).document;
        let size = &document.body()["Mappings"]["Size"][environment];
        let number = |name: &str| size[name].as_str().unwrap().parse::<f64>().unwrap();
        let share = number("Floor") / (number("Storage") * 1_073_741_824.0);
        assert!((share - 0.15).abs() < 0.001, "{environment}: the alarm comes with {share} of the first disk free");
    }
    for database in of_kind("production", "AWS::RDS::DBInstance") {
        assert!(!database.properties["MaxAllocatedStorage"].is_null(), "{} does not grow", database.place());
    }
}

#[test]
fn the_certificate_that_visitors_see_is_watched_where_it_is() {
    let file = root().join("infra/edge-global.yaml");
    let given = ["Prefix", "Domain", "ZoneId", "AlarmEmail"].map(|name| (name.to_owned(), "x".to_owned()));
    let document = Document::open(&file, "us-east-1", given.into()).unwrap();
    let alarm = document.resources().find(|(_, kind, _)| *kind == "AWS::CloudWatch::Alarm");
    let (_, _, alarm) = alarm.unwrap_or_else(|| panic!("no alarm in {}", file.display()));
    assert_eq!((&alarm["MetricName"], &alarm["Threshold"]), (&"DaysToExpiry".into(), &21.into()));
    assert_eq!(alarm["AlarmActions"][0]["Ref"], "Alarms");
}

#[test]
fn the_trail_is_deleted_when_its_lock_has_ended() {
    for environment in super::ENVIRONMENTS {
        let buckets = of_kind(environment, "AWS::S3::Bucket");
        let trail = buckets.iter().find(|bucket| bucket.properties["ObjectLockEnabled"] == true).unwrap();
        let number = |value: &Value| trail.document.number(&trail.id, value, 0).unwrap();
        let years = number(&trail.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Years"]);
        let rules = trail.properties["LifecycleConfiguration"]["Rules"].as_array().unwrap();
        let days = rules.iter().map(|rule| &rule["ExpirationInDays"]).find(|days| !days.is_null());
        let days = number(days.unwrap_or_else(|| panic!("{} keeps everything for ever", trail.place())));
        assert!(
            (years * 366..years * 366 + 31).contains(&days),
            "{environment}: {days} days, locked for {years} years"
        );
        assert!(rules.iter().any(|rule| !rule["NoncurrentVersionExpiration"].is_null()), "only hidden, not deleted");
    }
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
