//! Whether every operation that is documented leads to one function.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{binary, events, nothing, of_kind, root};

/// The template's routes but `$default`, and the binaries behind them.
fn table() -> Vec<(String, String)> {
    let mut routes = Vec::new();
    for function in of_kind("production", "AWS::Serverless::Function") {
        for event in events(&function, "HttpApi") {
            assert!(event["Method"].is_null() || event["Method"] == "ANY", "{}", function.place());
            if let Some(path) = event["Path"].as_str() {
                routes.push((path.to_owned(), binary(&function)));
            }
        }
    }
    routes
}

fn matches(route: &str, path: &str) -> bool {
    route
        .strip_suffix("{proxy+}")
        .map_or(route == path, |start| path.strip_prefix(start).is_some_and(|rest| !rest.is_empty()))
}

/// Which binary plain `cargo lambda watch` would start for a path: the longest pattern wins, as in its router.
fn local(router: &BTreeMap<String, String>, path: &str) -> Option<String> {
    let fits = router.iter().filter(|(route, _)| matches(&route.replace("{*rest}", "{proxy+}"), path));
    fits.max_by_key(|(route, _)| route.trim_end_matches("{*rest}").len()).map(|(_, function)| function.clone())
}

#[test]
fn every_documented_path_leads_to_one_function_here_and_in_the_cloud() {
    let document = std::fs::read_to_string(root().join("docs/api/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest_routes = crate::routes::table(&manifest).unwrap();
    let routes = table();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in document["paths"].as_object().unwrap().keys() {
        let found: Vec<_> = routes.iter().filter(|(route, _)| matches(route, path)).collect();
        // A route without a greedy end comes before one with it.
        let whole: Vec<_> = found.iter().copied().filter(|(route, _)| route == path).collect();
        let found = if whole.is_empty() { found } else { whole };
        let [(_, function)] = found.as_slice() else {
            wrong.push(format!("{path} matches {} routes of template.yaml: {found:?}", found.len()));
            continue;
        };
        if local(&manifest_routes, path).as_ref() != Some(function) {
            wrong.push(format!(
                "{path} leads to {function} in the cloud and to {:?} here",
                local(&manifest_routes, path)
            ));
        }
        seen += 1;
    }
    nothing(&wrong);
    assert!(seen > 0);
}

#[test]
fn what_no_function_claims_is_the_site_s() {
    let manifest_routes = crate::routes::table(&std::fs::read_to_string(root().join("Cargo.toml")).unwrap()).unwrap();
    assert_eq!(local(&manifest_routes, "/nobody/knows").as_deref(), Some("site"));
    assert!(matches("/a/{proxy+}", "/a/b/c") && !matches("/a/{proxy+}", "/a") && !matches("/a/{proxy+}", "/a/"));
}
