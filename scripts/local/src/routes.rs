//! Keeps the routes that plain `cargo lambda watch` serves equal to the template's.

use std::collections::BTreeMap;

use crate::place::Place;
use crate::say;
use crate::template::Stack;
use crate::trouble::{During, Result, Trouble};
use crate::up::read;

/// Compares the two, and says what to write when they differ.
pub(crate) fn check(place: &Place) -> Result<()> {
    let step = "compare the routes in Cargo.toml with template.yaml";
    let manifest = std::fs::read_to_string(place.root.join("Cargo.toml")).during(step)?;
    let (written, wanted) = (table(&manifest).during(step)?, wanted(&read(place)?));
    if written == wanted {
        say::line(format!("{} local routes agree with template.yaml", wanted.len()));
        return Ok(());
    }
    let lines: Vec<_> = wanted.iter().map(|(path, function)| format!("{path:?} = {function:?}")).collect();
    Err(Trouble::new(step, "they differ")
        .advice(format!("in Cargo.toml write\n[workspace.metadata.lambda.watch.router]\n{}", lines.join("\n"))))
}

/// The routes in a manifest.
pub(crate) fn table(manifest: &str) -> Result<BTreeMap<String, String>, toml::de::Error> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let keys = ["workspace", "metadata", "lambda", "watch", "router"];
    let table = keys.iter().try_fold(&toml::Value::Table(manifest), |value, key| value.get(key)).cloned();
    table.map_or_else(|| Ok(BTreeMap::new()), toml::Value::try_into)
}

/// The template's routes in cargo-lambda's words.
fn wanted(stack: &Stack) -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for function in &stack.functions {
        for path in &function.routes {
            if path == "$default" {
                routes.insert("/".to_owned(), function.name.clone());
                routes.insert("/{*rest}".to_owned(), function.name.clone());
            } else {
                routes.insert(path.replace("{proxy+}", "{*rest}"), function.name.clone());
            }
        }
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Function;

    #[test]
    fn greedy_and_default_routes_are_translated() {
        let function = |name: &str, routes: &[&str]| Function {
            name: name.to_owned(),
            routes: routes.iter().map(|&path| path.to_owned()).collect(),
            ..Function::default()
        };
        let functions = vec![function("shop", &["/shop/{proxy+}", "/shop"]), function("site", &["$default"])];
        let routes = wanted(&Stack { functions, ..Stack::default() });
        let written = r#"
            [workspace.metadata.lambda.watch.router]
            "/" = "site"
            "/{*rest}" = "site"
            "/shop" = "shop"
            "/shop/{*rest}" = "shop"
        "#;
        assert_eq!(routes, table(written).unwrap());
        assert!(table("[workspace]").unwrap().is_empty());
    }
}
