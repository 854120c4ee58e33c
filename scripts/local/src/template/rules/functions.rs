//! What every function has.

use std::collections::BTreeMap;

use shared::config::{Config, VARIABLES};

use super::{FUNCTION, Resource, binary, events, nothing, of_kind};

/// What the runtime reads by itself.
const RUNTIME: &str = "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH";
/// What Lambda sets by itself.
const LAMBDA: [&str; 4] = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// Whether something starts it; the others are steps of a deployment.
fn is_started(function: &Resource) -> bool {
    function.properties["Events"].is_object()
}

fn outputs(function: &Resource, value: &serde_json::Value) -> Vec<String> {
    let mut found = Vec::new();
    super::calls(value, "Fn::GetAtt", &mut found);
    let frame = format!("{}Frame", function.id);
    let own = found.into_iter().filter(|path| path[0] == frame.as_str());
    own.filter_map(|path| path[1].as_str()?.strip_prefix("Outputs.").map(str::to_owned)).collect()
}

#[test]
fn each_has_a_frame_of_its_own_with_role_log_and_alarms() {
    let mut wrong = Vec::new();
    for function in of_kind("production", FUNCTION) {
        let place = function.place();
        let mut expect = |well: bool, what: &str| {
            if !well {
                wrong.push(format!("{place} {what}"));
            }
        };
        let Some(frame) = function.neighbour(&format!("{}Frame", function.id)) else {
            expect(false, &format!("has no {}Frame beside it: copy a neighbour's", function.id));
            continue;
        };
        expect(
            frame.properties["Location"].as_str().is_some_and(|file| file.ends_with("frame.yaml")),
            "has a frame of another kind",
        );
        expect(frame.parameter("Name") == function.text("FunctionName"), "and its frame have different names");
        expect(function.text("FunctionName").ends_with(&binary(&function)), "is not named as its binary");
        expect(
            frame.parameter("Timeout") == function.number("Timeout").to_string(),
            "and its frame have different time-outs",
        );
        expect(outputs(&function, &function.properties["Role"]) == ["Role"], "has not the role of its frame");
        expect(
            outputs(&function, &function.properties["LoggingConfig"]) == ["Log"],
            "does not write the log of its frame",
        );
        expect(function.properties["Policies"].is_null(), "has policies beside its frame's");
        expect(!function.properties["ReservedConcurrentExecutions"].is_null(), "has no ReservedConcurrentExecutions");
        expect(function.properties["PackageType"] == "Image", "is no image");
        if is_started(&function) {
            expect(function.document.global("AutoPublishAlias") == "live", "has no alias");
            expect(
                function.document.global("AutoPublishAliasAllProperties") == true,
                "gets no new version when only its configuration changes",
            );
            expect(
                function.properties["AutoPublishCodeSha256"]["Ref"] == "Deployment",
                "gets no new version when only a parameter or a secret changes",
            );
            let hooks = &function.document.global("DeploymentPreference")["Hooks"]["PreTraffic"];
            expect(hooks.is_object(), "takes traffic untried");
        }
    }
    nothing(&wrong);
}

/// The minutes in which a new version has a part of the traffic only.
fn canary(function: &Resource) -> u64 {
    let kind = &function.document.global("DeploymentPreference")["Type"]["Fn::If"][1];
    let minutes = kind.as_str().and_then(|kind| kind.strip_prefix("Canary10Percent")?.strip_suffix("Minutes"));
    minutes.unwrap().parse().unwrap()
}

/// The minutes that an alarm takes to come at the most.
fn slowness(alarm: &Resource) -> u64 {
    let metrics = alarm.properties["Metrics"].as_array().into_iter().flatten();
    let periods = metrics.filter_map(|metric| metric["MetricStat"]["Period"].as_u64());
    let period = periods.chain(alarm.properties["Period"].as_u64()).max().unwrap();
    period * alarm.properties["EvaluationPeriods"].as_u64().unwrap() / 60
}

#[test]
fn a_release_that_fails_is_taken_back_while_few_have_it() {
    let alarms = of_kind("production", "AWS::CloudWatch::Alarm");
    let mut wrong = Vec::new();
    for function in of_kind("production", FUNCTION).into_iter().filter(is_started) {
        let name = function.text("FunctionName");
        let listed = &function.properties["DeploymentPreference"]["Alarms"];
        let mut watched: Vec<String> =
            outputs(&function, listed).iter().map(|output| format!("{name}-{}", output.to_lowercase())).collect();
        let others = listed.as_array().into_iter().flatten();
        watched.extend(others.filter_map(|alarm| function.document.text(&function.id, alarm).ok()));
        let mut wanted = vec![format!("{name}-errors"), format!("{name}-throttles")];
        if events(&function, "HttpApi").next().is_some() {
            // An answer of 500 is no failed invocation.
            wanted.push("prosektor-api-canary".to_owned());
        }
        for alarm in wanted {
            let found = alarms.iter().find(|it| it.text("AlarmName") == alarm);
            // Two more until CloudWatch has the figures of a minute, one until CodeDeploy has looked.
            if !watched.contains(&alarm) || found.is_none_or(|it| slowness(it) + 3 > canary(&function)) {
                wrong.push(format!("{} is not taken back in time when {alarm} comes", function.place()));
            }
        }
    }
    nothing(&wrong);
}

/// The values that a function would find in production, references and what only the cloud knows filled in.
fn environment(function: &Resource) -> BTreeMap<String, String> {
    let both = [function.document.global("Environment"), &function.properties["Environment"]];
    let variables = both.into_iter().filter_map(|environment| environment["Variables"].as_object()).flatten();
    let filled = variables.map(|(name, value)| {
        let text = function.document.text(name, value).unwrap_or_else(|_| "x".repeat(40));
        (name.clone(), if text.contains("{{") { "x".repeat(40) } else { text })
    });
    filled.collect()
}

#[test]
fn each_is_told_what_the_configuration_asks_for() {
    let mut wrong = Vec::new();
    for function in of_kind("production", FUNCTION) {
        let mut given = environment(&function);
        for name in given.keys().filter(|name| *name != RUNTIME) {
            if !VARIABLES.iter().any(|variable| variable.name == name) {
                wrong.push(format!("{}: {name} is nothing that the product reads", function.place()));
            }
        }
        if is_started(&function) {
            given.extend(LAMBDA.map(|name| (name.to_owned(), "eu-central-1".to_owned())));
            if let Err(error) = Config::from_lookup(|name| given.get(name).cloned()) {
                wrong.push(format!("{}: {error}", function.place()));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn nobody_has_rights_that_his_work_does_not_need() {
    let mut wrong = Vec::new();
    for function in of_kind("production", FUNCTION) {
        let given = environment(&function);
        let mut expect = |variable: &str, needed: bool| {
            if given.contains_key(variable) != needed {
                let verb = if needed { "lacks" } else { "must not have" };
                wrong.push(format!("{} {verb} {variable}", function.place()));
            }
        };
        expect("SYSTEM_DATABASE_URL", events(&function, "ScheduleV2").next().is_some());
        expect("MIGRATOR_DATABASE_URL", function.id == "Migrate");
        expect("AUDIT_BUCKET", function.id == "AuditExport");
        expect("SMTP_URL", function.id == "Mailer");
        expect("MAIL_FROM", function.id == "Mailer");
    }
    nothing(&wrong);
}
