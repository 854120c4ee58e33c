//! How the files hang together. cfn-lint compares the parameters; nobody else compares the outputs.

use std::collections::BTreeSet;

use super::{calls, is_stack, nothing, resources, root};

#[test]
fn every_output_that_is_asked_for_exists() {
    let mut wrong = Vec::new();
    for resource in resources("production") {
        let mut asked = Vec::new();
        calls(&resource.properties, "Fn::GetAtt", &mut asked);
        for path in asked {
            let (Some(stack), Some(attribute)) = (path[0].as_str(), path[1].as_str()) else { continue };
            let Some(output) = attribute.strip_prefix("Outputs.") else { continue };
            let nested = resource.document.nested(stack);
            if nested.map_or(true, |nested| nested.body()["Outputs"][output].is_null()) {
                wrong.push(format!("{}: {stack} puts out no {output}", resource.place()));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn every_file_is_used_or_says_where_it_is_deployed() {
    let used: BTreeSet<_> = resources("production")
        .iter()
        .filter(|resource| is_stack(&resource.kind))
        .map(|resource| resource.document.nested(&resource.id).unwrap().file().file_name().unwrap().to_owned())
        .collect();
    for file in std::fs::read_dir(root().join("infra")).unwrap().flatten() {
        if file.path().extension().is_some_and(|ending| ending == "yaml") && !used.contains(&file.file_name()) {
            let text = std::fs::read_to_string(file.path()).unwrap();
            if !text.starts_with("AWSTemplateFormatVersion") {
                continue;
            }
            assert!(text.contains("before template.yaml"), "{} belongs to no stack", file.path().display());
        }
    }
}

#[test]
fn the_mappings_know_every_kind_of_installation() {
    for resource in resources("production") {
        for (name, mapping) in resource.document.body()["Mappings"].as_object().into_iter().flatten() {
            let Some(production) = mapping.get("production") else { continue };
            for environment in super::ENVIRONMENTS {
                let keys =
                    |value: &serde_json::Value| value.as_object().map(|keys| keys.keys().cloned().collect::<Vec<_>>());
                assert_eq!(keys(&mapping[environment]), keys(production), "{name}, {environment}");
            }
        }
    }
}
