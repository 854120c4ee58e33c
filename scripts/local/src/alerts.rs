//! The alert rules and dashboards, tried: by promtool, and by a Prometheus that watches the running stack.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::family::{Family, Layer};
use crate::gateway::Invoker;
use crate::http::Http;
use crate::place::Place;
use crate::trouble::{During, Result, Trouble};

/// Where the rules are.
const FOLDER: &str = "infra/prometheus";
/// Where the dashboards are.
const DASHBOARDS: &str = "infra/grafana/dashboards";
/// The relay measures once a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// Promtool's own checks and the cases of `alerts_test.yml`; each alert has a case that sets it off, and a runbook.
pub(crate) async fn rules(place: &Place) -> Result<()> {
    for arguments in [["check", "config", "prometheus.yml"], ["test", "rules", "alerts_test.yml"]] {
        let output = Command::new("promtool").args(arguments).current_dir(place.root.join(FOLDER)).output().await;
        let output = output.during("promtool")?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            return Err(Trouble::new(format!("promtool {}", arguments.join(" ")), String::from_utf8_lossy(&said)));
        }
    }
    let cases = read(place, "alerts_test.yml")?;
    let cases = cases["tests"].as_array().into_iter().flatten();
    let set_off: BTreeSet<_> = cases
        .flat_map(|case| case["alert_rule_test"].as_array().into_iter().flatten())
        .filter(|test| test["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty()))
        .filter_map(|test| test["alertname"].as_str())
        .collect();
    let alerts = read(place, "alerts.yml")?;
    let groups = alerts["groups"].as_array().into_iter().flatten();
    for rule in groups.flat_map(|group| group["rules"].as_array().into_iter().flatten()) {
        let name = rule["alert"].as_str().unwrap_or_default();
        if !set_off.contains(name) {
            return Err(Trouble::new("alert rules", format!("no case of alerts_test.yml sets off {name}")));
        }
        let runbook = rule["annotations"]["runbook"].as_str().unwrap_or_default();
        if !place.root.join(runbook).is_file() {
            return Err(Trouble::new("alert rules", format!("{name}: there is no runbook {runbook:?}")));
        }
    }
    Ok(())
}

/// Debian's Prometheus reads the stack's /metrics: each rule is evaluated without an error, each panel's query is one,
/// and each metric that they name is there.
pub(crate) async fn watch(place: &Place, family: &Family) -> Result<()> {
    let step = "watch the stack";
    // What the schedule does once an hour.
    let invoker = Invoker::new(Http::default(), place);
    invoker.invoke("housekeeping", "{}".to_owned(), Duration::from_mins(2)).await.during("run housekeeping")?;
    let prometheus = Prometheus::start(place, family)?;
    let begun = Instant::now();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for expression in panels(place)? {
        // Grafana's own variable; any duration will do.
        let query = expression.replace("$__rate_interval", "1m");
        prometheus.patiently(&format!("query?query={}", encoded(&query)), begun).await?;
        names.extend(metrics(&query));
    }
    loop {
        let rules = prometheus.patiently("rules", begun).await?;
        let groups = rules["groups"].as_array().into_iter().flatten();
        let rules: Vec<_> = groups.flat_map(|group| group["rules"].as_array().into_iter().flatten()).collect();
        if let Some(broken) = rules.iter().find(|rule| rule["health"] == "err") {
            return Err(Trouble::new(step, format!("{}: {}", broken["name"], broken["lastError"])));
        }
        names.extend(rules.iter().filter_map(|rule| rule["query"].as_str()).flat_map(metrics));
        let known = prometheus.patiently("label/__name__/values", begun).await?;
        let known: BTreeSet<_> = known.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let missing: Vec<_> = names.iter().filter(|name| !known.contains(name.as_str())).cloned().collect();
        let evaluated = !rules.is_empty() && rules.iter().all(|rule| rule["health"] == "ok");
        if evaluated && missing.is_empty() {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            let missing = if evaluated { missing.join(", ") } else { "some rules were not evaluated".to_owned() };
            return Err(Trouble::new(step, format!("after {PATIENCE:?}: {missing}"))
                .advice("a rule or panel names a metric that nobody writes: correct the name, or write it")
                .log(&place.log("prometheus")));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

struct Prometheus {
    http: Http,
    api: String,
}

impl Prometheus {
    fn start(place: &Place, family: &Family) -> Result<Self> {
        let step = "start Prometheus";
        let folder = place.data().join("prometheus");
        std::fs::create_dir_all(&folder).during(step)?;
        let mut config = read(place, "prometheus.yml")?;
        let rules: PathBuf = place.root.join(FOLDER).join("alerts.yml");
        config["rule_files"] = json!([rules]);
        config["global"] = json!({"scrape_interval": "2s", "evaluation_interval": "1s"});
        for job in config["scrape_configs"].as_array_mut().into_iter().flatten() {
            job["static_configs"] = json!([{"targets": [format!("127.0.0.1:{}", place.port)]}]);
        }
        // JSON is YAML.
        let file = folder.join("prometheus.yml");
        std::fs::write(&file, config.to_string()).during(step)?;
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{}", place.prometheus()));
        let child = family.spawn("prometheus", Layer::Gateway, &mut command, &place.log("prometheus"))?;
        family.watch(child, "prometheus");
        Ok(Self { http: Http::default(), api: format!("http://127.0.0.1:{}/api/v1", place.prometheus()) })
    }

    /// The data of an answer. While it starts nobody listens; a refusal is final.
    async fn patiently(&self, path: &str, begun: Instant) -> Result<Value> {
        let url = format!("{}/{path}", self.api);
        loop {
            match self.http.send(Method::GET, &url, &[], "", Duration::from_secs(5)).await {
                Ok(answer) if answer.status.is_success() => {
                    let answer: Value = serde_json::from_slice(&answer.body).during("read Prometheus's answer")?;
                    return Ok(answer["data"].clone());
                }
                Ok(answer) if answer.status.is_client_error() => {
                    return Err(Trouble::new(
                        format!("ask Prometheus for {path}"),
                        String::from_utf8_lossy(&answer.body),
                    ));
                }
                _ if begun.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(200)).await,
                _ => return Err(Trouble::new("ask Prometheus", "it does not answer")),
            }
        }
    }
}

/// The queries of all panels.
fn panels(place: &Place) -> Result<Vec<String>> {
    let step = "read the dashboards";
    let mut found = Vec::new();
    for file in std::fs::read_dir(place.root.join(DASHBOARDS)).during(step)?.flatten() {
        let board: Value = serde_json::from_slice(&std::fs::read(file.path()).during(step)?)
            .during(format!("read {}", file.path().display()))?;
        let panels = board["panels"].as_array().into_iter().flatten();
        let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
        found.extend(targets.filter_map(|target| target["expr"].as_str()).map(str::to_owned));
    }
    if found.is_empty() { Err(Trouble::new(step, "they have no panels")) } else { Ok(found) }
}

fn read(place: &Place, name: &str) -> Result<Value> {
    let file = place.root.join(FOLDER).join(name);
    let step = format!("read {}", file.display());
    serde_yaml_ng::from_str(&std::fs::read_to_string(&file).during(step.clone())?).during(step)
}

/// The product's metrics that an expression names.
pub(crate) fn metrics(expression: &str) -> Vec<String> {
    let words = expression.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("prosektor_")).map(str::to_owned).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_an_expression() {
        let found = metrics(r#"sum(rate(prosektor_a_total{queue="prosektor-x"}[5m])) / prosektor_b > time()"#);
        assert_eq!(found, ["prosektor_a_total", "prosektor_b"]);
        assert_eq!(encoded("a +"), "%61%20%2B");
    }
}
