//! What may be done with what.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{FUNCTION, Resource, events, nothing, of_kind, resources};

/// The policies of AWS's own that a role may have. They allow something of anything, because what it is done with has
/// no name before a service of AWS makes it.
const OF_AWS: [&str; 6] = [
    "service-role/AWSLambdaENIManagementAccess",
    "service-role/AWSCodeDeployRoleForLambdaLimited",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
];

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
            let text = target.to_string();
            if target == "*" || target.is_null() || text.contains(":sqs:") && text.contains('*') {
                wrong.push(format!("{}: {} of {target}", resource.place(), statement["Action"]));
            }
        }
    }
    for role in of_kind("production", "AWS::IAM::Role") {
        let policies = role.properties["ManagedPolicyArns"].to_string();
        for policy in policies.split("aws:policy/").skip(1) {
            let name = policy.split([',', '"']).next().unwrap_or_default();
            if !OF_AWS.contains(&name) {
                wrong.push(format!("{}: AWS's policy {name}", role.place()));
            }
        }
    }
    nothing(&wrong);
}

/// The names of the managed policies that a function's role has.
fn policies(function: &Resource) -> Vec<String> {
    let frame = function.neighbour(&format!("{}Frame", function.id)).unwrap();
    frame.parameter("Policies").split(',').map(str::to_owned).collect()
}

/// What a function's policies allow this action with.
fn may(function: &Resource, action: &str) -> BTreeSet<String> {
    let policies = policies(function);
    let statements = allowed().into_iter().filter(|(policy, _)| policies.contains(&policy.id));
    let statements = statements.filter(|(_, statement)| list(&statement["Action"]).iter().any(|it| *it == action));
    let targets = statements.flat_map(|(policy, statement)| {
        let targets = list(&statement["Resource"]);
        targets.iter().filter_map(|target| policy.document.text(&policy.id, target).ok()).collect::<Vec<_>>()
    });
    targets.collect()
}

#[test]
fn a_function_may_read_the_secrets_that_its_variables_name_and_no_others() {
    let mut wrong = Vec::new();
    for function in of_kind("production", FUNCTION) {
        let policies = policies(&function);
        let given = function.document.variables(&function.properties);
        for (variable, policy) in
            [("SYSTEM_DATABASE_URL", "System"), ("SMTP_URL", "Mail"), ("MIGRATOR_DATABASE_URL", "Migrator")]
        {
            if given.contains(variable) != policies.iter().any(|it| it == policy) {
                wrong.push(format!("{}: only one of {variable} and the policy {policy}", function.place()));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn a_worker_receives_from_its_own_queue_and_from_no_other() {
    let mut wrong = Vec::new();
    for function in of_kind("production", FUNCTION) {
        let own = events(&function, "SQS").map(|mapping| function.document.text(&function.id, &mapping["Queue"]));
        let own: BTreeSet<String> = own.map(Result::unwrap).collect();
        let may = may(&function, "sqs:ReceiveMessage");
        if may != own {
            wrong.push(format!("{} is started by {own:?} and may receive from {may:?}", function.place()));
        }
    }
    nothing(&wrong);
}

#[test]
fn what_failed_may_be_put_where_it_is_kept() {
    let mut wrong = Vec::new();
    for function in of_kind("production", FUNCTION) {
        // Lambda sends both with the role of the function.
        let failed = &function.properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"];
        let dead = &function.properties["DeadLetterQueue"]["TargetArn"];
        for queue in [failed, dead].into_iter().filter(|queue| !queue.is_null()) {
            let queue = function.document.text(&function.id, queue).unwrap();
            if !may(&function, "sqs:SendMessage").contains(&queue) {
                wrong.push(format!("{} may not send to {queue}", function.place()));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn a_bucket_is_reached_by_tls_only() {
    let mut wrong = Vec::new();
    for bucket in of_kind("production", "AWS::S3::Bucket") {
        let refuses = of_kind("production", "AWS::S3::BucketPolicy").iter().any(|policy| {
            policy.document.file() == bucket.document.file()
                && policy.properties["Bucket"]["Ref"] == bucket.id.as_str()
                && list(&policy.properties["PolicyDocument"]["Statement"]).iter().any(|statement| {
                    statement["Effect"] == "Deny" && statement["Condition"]["Bool"]["aws:SecureTransport"] == "false"
                })
        });
        if !refuses {
            wrong.push(format!("{} answers without TLS", bucket.place()));
        }
    }
    nothing(&wrong);
}
