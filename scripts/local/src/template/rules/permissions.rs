//! What may be done with what.

use serde_json::Value;

use super::{Resource, events, nothing, of_kind, resources};

fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}

/// The statements that allow something, of every role and policy of the product.
fn allowed() -> Vec<(Resource, Value)> {
    let mut found = Vec::new();
    for resource in resources("production").into_iter().filter(|resource| resource.kind.starts_with("AWS::IAM::")) {
        let own = [&resource.properties["PolicyDocument"]].into_iter();
        let inline =
            resource.properties["Policies"].as_array().into_iter().flatten().map(|policy| &policy["PolicyDocument"]);
        let statements: Vec<Value> =
            own.chain(inline).flat_map(|document| list(&document["Statement"])).cloned().collect();
        let allowing = statements.into_iter().filter(|statement| statement["Effect"] == "Allow");
        found.extend(allowing.map(|statement| (resource.clone(), statement)));
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn nothing_allows_everything() {
    let mut wrong = Vec::new();
    for (resource, statement) in allowed() {
        for action in list(&statement["Action"]) {
            if action.as_str().is_none_or(|action| action.contains('*')) {
                wrong.push(format!("{}: the action {action}", resource.place()));
            }
        }
        for target in list(&statement["Resource"]) {
            if target == "*" || target.is_null() {
                wrong.push(format!("{}: {} of anything", resource.place(), statement["Action"]));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn a_function_may_read_the_secrets_that_its_variables_name() {
    let mut wrong = Vec::new();
    for function in of_kind("production", "AWS::Serverless::Function") {
        let frame = function.neighbour(&format!("{}Frame", function.id)).unwrap();
        let policies = frame.properties["Parameters"]["Policies"].to_string();
        let given = function.document.variables(&function.properties);
        let mut expect = |needed: bool, abilities: &[&str], why: &str| {
            if needed && !abilities.iter().any(|ability| policies.contains(ability)) {
                wrong.push(format!("{} {why} and may not: {policies}", function.place()));
            }
        };
        expect(given.contains("SYSTEM_DATABASE_URL"), &["Scheduled", "AuditExport"], "works across tenants");
        expect(given.contains("SMTP_URL"), &["Mailer"], "sends mail");
        expect(given.contains("MIGRATOR_DATABASE_URL"), &["Migrator"], "migrates");
        expect(events(&function, "SQS").next().is_some(), &["Worker", "Mailer"], "is started by a queue");
    }
    nothing(&wrong);
}
