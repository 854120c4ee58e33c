//! Whether infra/compose.yaml is about this product: its functions, their variables, files, hosts and versions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use shared::config::VARIABLES;

use crate::template::Stack;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// The file with its merges made: `<<` puts a mapping beneath what stands beside it.
fn compose() -> Value {
    let mut document: serde_yaml_ng::Value = serde_yaml_ng::from_str(&read("infra/compose.yaml")).unwrap();
    document.apply_merge().unwrap();
    serde_json::to_value(document).unwrap()
}

fn services(compose: &Value) -> BTreeMap<&str, &Value> {
    compose["services"].as_object().unwrap().iter().map(|(name, service)| (name.as_str(), service)).collect()
}

fn functions() -> Vec<String> {
    let stack = Stack::read(&root().join("template.yaml"), "eu-central-1").unwrap();
    stack.functions.into_iter().map(|function| function.name).collect()
}

fn environment(service: &Value) -> BTreeMap<String, String> {
    let pairs = service["environment"].as_object().into_iter().flatten();
    pairs.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

#[test]
fn each_function_has_its_service_and_each_service_its_function() {
    let compose = compose();
    let services = services(&compose);
    let built = services.iter().filter(|(_, service)| service["build"]["dockerfile"] == "infra/Dockerfile");
    let mut built: Vec<_> = built.map(|(name, _)| (*name).to_owned()).filter(|name| name != "migrate").collect();
    let mut functions = functions();
    // Who shifts traffic and tries releases has nothing to do here.
    functions.retain(|name| name != "migrate" && name != "smoke");
    functions.sort();
    built.sort();
    assert_eq!(built, functions);
    for name in built {
        let service = services[name.as_str()];
        assert_eq!(service["build"]["args"]["FUNCTION"], name.as_str());
        assert_eq!(service["image"], format!("prosektor/{name}:${{RELEASE:?}}"));
        let environment = environment(service);
        assert_eq!(environment["AWS_LAMBDA_RUNTIME_API"], format!("runtime:9000/.rt/{name}"));
        assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], name);
        for variable in VARIABLES.iter().filter(|variable| variable.required) {
            assert!(environment.contains_key(variable.name), "{name} lacks {}", variable.name);
        }
        for given in environment.keys().filter(|given| !given.starts_with("AWS_LAMBDA_")) {
            assert!(VARIABLES.iter().any(|known| known.name == given), "{name} gets {given}, which nothing reads");
        }
        assert!(!environment.contains_key("MIGRATOR_DATABASE_URL"), "{name} may not own the schema");
    }
}

#[test]
fn what_is_named_exists() {
    let compose = compose();
    let services = services(&compose);
    let volumes = compose["volumes"].as_object().unwrap();
    for (name, service) in &services {
        for needed in service["depends_on"].as_object().into_iter().flat_map(|needed| needed.keys()) {
            assert!(services.contains_key(needed.as_str()), "{name} waits for {needed}");
        }
        for mount in service["volumes"].as_array().into_iter().flatten() {
            let source = mount["source"].as_str().or_else(|| mount.as_str()?.split(':').next()).unwrap();
            if let Some(file) = source.strip_prefix("./") {
                assert!(root().join("infra").join(file).exists(), "{name} mounts {file}");
            } else {
                assert!(source.starts_with('/') || volumes.contains_key(source), "{name} mounts {source}");
            }
        }
        for secret in service["secrets"].as_array().into_iter().flatten() {
            let secret = secret["source"].as_str().or(secret.as_str()).unwrap();
            assert!(compose["secrets"][secret].is_object(), "{name} reads the secret {secret}");
        }
        let dockerfile = service["build"]["dockerfile"].as_str().filter(|file| *file != "infra/Dockerfile");
        assert!(dockerfile.is_none_or(|file| root().join(file).is_file()), "{name} is built from {dockerfile:?}");
    }
}

/// `http://aws:4566`, `mysql://app:secret@primary:3306/…`, `collector:8889`: a host is a service.
#[test]
fn every_host_is_a_service() {
    let compose = compose();
    let services = services(&compose);
    let configuration: String =
        ["collector", "prometheus", "routes"].map(|name| read(&format!("infra/compose/{name}.yaml"))).concat()
            + &read("infra/grafana/provisioning/datasources/datasources.yaml")
            + &read("infra/compose.yaml");
    let hosts = configuration.split("://").skip(1).filter_map(|rest| {
        let authority = rest.split(['/', '"', ' ', ']', '\n']).next()?;
        let host = authority.rsplit('@').next()?.split(':').next()?;
        Some(host.to_owned())
    });
    let mut found = 0;
    for host in hosts.filter(|host| !host.starts_with(['$', '0', '1']) && !host.contains("${")) {
        assert!(services.contains_key(host.as_str()), "no service is called {host:?}");
        found += 1;
    }
    assert!(found > 10, "{found}");
    for target in ["collector:8889", "gateway:9000"] {
        assert!(read("infra/compose/prometheus.yaml").contains(target));
    }
}

#[test]
fn images_are_pinned_and_the_tools_are_those_of_the_local_stack() {
    let compose = compose();
    for (name, service) in services(&compose) {
        let image = service["image"].as_str().unwrap();
        let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
        let own = image.starts_with("prosektor/");
        assert!(own || tag.chars().filter(|letter| *letter == '.').count() == 2, "{name}: {image}");
        let watched = own || service["healthcheck"].is_object();
        assert!(watched, "{name} has no healthcheck");
    }
    let requirements = read("scripts/requirements.txt");
    for (file, package) in [("runtime", "cargo-lambda"), ("aws", "ministack")] {
        let wanted = requirements.lines().find(|line| line.starts_with(&format!("{package}=="))).unwrap();
        assert!(read(&format!("infra/compose/{file}.Dockerfile")).contains(wanted), "{wanted}");
    }
}

#[test]
fn the_example_asks_for_exactly_what_the_file_needs() {
    let text = read("infra/compose.yaml");
    let needed: BTreeSet<_> = text.split("${").skip(1).filter_map(|rest| rest.split(":?}").next()).collect();
    let example = read("infra/compose/env.example");
    let given: BTreeSet<_> = example
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    assert_eq!(needed, given);
}

/// The collector makes the series that the local stack makes: what an alert or a panel names is there in both.
#[test]
fn the_collector_makes_the_metrics_that_alerts_and_dashboards_name() {
    let collector: Value = serde_yaml_ng::from_str(&read("infra/compose/collector.yaml")).unwrap();
    let mut made = BTreeSet::new();
    for metric in collector["connectors"]["signaltometrics"]["logs"].as_array().unwrap() {
        let name = metric["name"].as_str().unwrap().replace('.', "_");
        let unit = metric["unit"].as_str().map_or("", |_| "_seconds");
        if metric["histogram"].is_object() {
            made.extend(["bucket", "sum", "count"].map(|part| format!("{name}{unit}_{part}")));
        } else {
            made.insert(name + if metric["sum"].is_object() { "_total" } else { "" });
        }
    }
    // The gateway measures these, node by node, or a program leaves them in its folder.
    made.extend(
        ["queue_messages", "ready", "disk_used_ratio", "backup_made_at"].map(|name| format!("prosektor_{name}")),
    );
    // A container's restarts are the engine's to tell, a replica's lag its server's.
    made.extend(["function_deaths_total", "replica_lag_seconds"].map(|name| format!("prosektor_{name}")));
    let boards = std::fs::read_dir(root().join("infra/grafana/dashboards")).unwrap().flatten();
    let boards: String = boards.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    for name in crate::alerts::metrics(&(read("infra/prometheus/alerts.yml") + &boards)) {
        assert!(made.contains(&name), "{name}");
    }
}
