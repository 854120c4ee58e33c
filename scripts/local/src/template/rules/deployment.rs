//! Whether what infra/README.md and the workflows do is what the templates and SAM ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Document, FUNCTION, binary, nothing, of_kind, root};

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}

/// The command that deploys, with the lines that it goes on in.
fn command(file: &str) -> String {
    let text = text(file);
    let start = text.find("sam deploy --template").unwrap();
    let lines = text[start..].lines();
    let mut goes_on = true;
    let lines = lines.take_while(|line| std::mem::replace(&mut goes_on, line.ends_with('\\')));
    lines.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_command_that_deploys_is_whole() {
    for file in ["infra/README.md", ".github/workflows/deploy.yml"] {
        let command = command(file);
        assert!(command.contains(" --image-repository "), "{file}: SAM refuses {command}");
        // CloudFormation takes the value of the last time otherwise, and nothing gets to the alias.
        assert!(command.contains("Deployment=$(date -u +%y%m%d%H%M)"), "{file}: makes no new versions: {command}");
    }
}

#[test]
fn no_parameter_has_a_space() {
    let template = Document::open(&root().join("template.yaml"), "eu-central-1", BTreeMap::new()).unwrap();
    let declared = template.body()["Parameters"].as_object().unwrap();
    let mut wrong = Vec::new();
    for (name, parameter) in declared {
        if parameter["Default"].as_str().is_some_and(|value| value.contains(' ')) {
            wrong.push(format!("{name}: SAM and the workflow would cut such a value at the space"));
        }
    }
    let documented = command("infra/README.md");
    let (_, documented) = documented.split_once("--parameter-overrides").unwrap();
    let documented = documented.replace("$(date -u +%y%m%d%H%M)", "<time>");
    for pair in documented.split_whitespace().filter(|word| *word != "\\") {
        if !pair.split_once('=').is_some_and(|(name, _)| declared.contains_key(name)) {
            wrong.push(format!("infra/README.md: {pair} is no value of a parameter"));
        }
    }
    nothing(&wrong);
}

#[test]
fn every_function_has_a_repository() {
    let registry = Document::open(&root().join("infra/registry.yaml"), "eu-central-1", BTreeMap::new()).unwrap();
    let names = registry.body()["Resources"]["Fn::ForEach::Repositories"][1].as_array().unwrap();
    let names: BTreeSet<_> = names.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let images: BTreeSet<_> = of_kind("production", FUNCTION).iter().map(binary).collect();
    assert_eq!(names, images);
}

#[test]
fn nothing_is_released_that_no_check_has_seen() {
    let release: Value = serde_yaml_ng::from_str(&text(".github/workflows/release.yml")).unwrap();
    let jobs = release["jobs"].as_object().unwrap();
    assert_eq!(release["jobs"]["check"]["uses"], "./.github/workflows/check.yml");
    for (name, job) in jobs {
        assert!(name == "check" || job["needs"].is_string(), "{name} waits for nothing");
    }
    assert_eq!(release["jobs"]["functions"]["needs"], "check", "what all the others wait for");
}
