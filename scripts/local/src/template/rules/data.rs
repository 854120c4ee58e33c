//! MariaDB's passwords, and what Valkey may tell.

use super::{Resource, calls, nothing, of_kind, root};

const SECRET: &str = "AWS::SecretsManager::Secret";

/// The resource that a property refers to.
fn target(resource: &Resource, property: &str) -> String {
    resource.properties[property]["Ref"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn rds_does_not_keep_the_owner_s_password_where_it_is_to_replicate() {
    // RDS refuses to make a replica of a MariaDB instance whose password it manages.
    let databases = of_kind("production", "AWS::RDS::DBInstance");
    let is_source =
        |database: &Resource| databases.iter().any(|other| target(other, "SourceDBInstanceIdentifier") == database.id);
    let sources: Vec<_> = databases.iter().filter(|database| is_source(database)).collect();
    assert!(!sources.is_empty());
    let managed = sources.iter().filter(|database| !database.properties["ManageMasterUserPassword"].is_null());
    nothing(&managed.map(|database| format!("{} cannot have its replica", database.place())).collect::<Vec<_>>());
}

#[test]
fn every_password_of_the_database_is_rotated_by_a_secret_that_knows_the_address() {
    let attached = of_kind("production", "AWS::SecretsManager::SecretTargetAttachment");
    let rotations = of_kind("production", "AWS::SecretsManager::RotationSchedule");
    let knows_address = |secret: &str| attached.iter().any(|attachment| target(attachment, "SecretId") == secret);
    let mut wrong = Vec::new();
    let mut owners = 0;
    for secret in of_kind("production", SECRET) {
        let template = &secret.properties["GenerateSecretString"]["SecretStringTemplate"];
        if !template.to_string().contains("username") {
            continue;
        }
        let Some(rotation) = rotations.iter().find(|rotation| target(rotation, "SecretId") == secret.id) else {
            wrong.push(format!("{} is never rotated", secret.place()));
            continue;
        };
        if !knows_address(&secret.id) {
            wrong.push(format!("{} is attached to no database", secret.place()));
        }
        owners += usize::from(template.to_string().contains("root_operator"));
        // AWS's function that lets two users take turns signs in as the owner, and asks RDS about him, which it cannot
        // reach, unless both secrets name one address.
        let lambda = &rotation.properties["HostedRotationLambda"];
        if lambda["RotationType"] == "MariaDBMultiUser" {
            let owner = lambda["MasterSecretArn"]["Ref"].as_str().unwrap_or_default();
            if !knows_address(owner) || !template.to_string().contains(&format!("\\\"masterarn\\\": \\\"${{{owner}}}"))
            {
                wrong.push(format!("{} does not name an owner at the same address", secret.place()));
            }
        }
    }
    nothing(&wrong);
    assert_eq!(owners, 1, "the owner's own password");
}

#[test]
fn whoever_signs_in_to_the_database_can_be_cloned() {
    // The rotation repeats what SHOW GRANTS prints as `GRANT … TO`, and a default role is printed as SET.
    let mut wrong = Vec::new();
    for file in
        ["infra/README.md", "docs/data.md", "docs/runbooks/keys.md", "infra/compose/primary.sh", "scripts/drill"]
    {
        if std::fs::read_to_string(root().join(file)).unwrap().contains("SET DEFAULT ROLE") {
            wrong.push(format!("{file} gives a default role"));
        }
    }
    nothing(&wrong);
}

#[test]
fn elasticache_tells_a_topic_that_it_can_write_to() {
    let topics = of_kind("production", "AWS::SNS::Topic");
    for cache in of_kind("production", "AWS::ElastiCache::ReplicationGroup") {
        let name = cache.text("NotificationTopicArn");
        let topic = topics.iter().find(|topic| topic.id == name).unwrap_or_else(|| panic!("no topic {name}"));
        assert!(topic.properties["KmsMasterKeyId"].is_null(), "ElastiCache cannot write to {}", topic.place());
    }
}

#[test]
fn an_address_given_by_hand_reaches_every_user_of_the_database() {
    // After a restoration or a promotion: docs/runbooks/failover.md.
    let data = of_kind("production", "AWS::RDS::DBInstance").remove(0);
    let outputs = &data.document.body()["Outputs"];
    let mut wrong = Vec::new();
    for url in ["DatabaseUrl", "ReplicaUrl", "SystemUrl", "MigratorUrl"] {
        let mut choices = Vec::new();
        calls(&outputs[url], "Fn::If", &mut choices);
        if !choices.iter().any(|choice| choice[0] == "Elsewhere") {
            wrong.push(format!("{url} is always the instance's own address"));
        }
    }
    nothing(&wrong);
}
