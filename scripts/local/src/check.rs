//! Every check of the project, on a stack of its own, with a summary.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::cargo::{cargo, run};
use crate::environment::Environment;
use crate::family::{Family, Layer};
use crate::place::Place;
use crate::trouble::{During, Result, Trouble};
use crate::up::{Served, make_room, read, serve, until_signal};
use crate::{routes, say, services, statements};

/// Runs everything; whether all is well. A check that fails does not keep the others from running.
pub(crate) async fn everything(place: &Place) -> Result<bool> {
    make_room(place, &place.ports().map(|(_, port)| port)).await?;
    if place.data().exists() {
        std::fs::remove_dir_all(place.data()).during("make the data anew")?;
    }
    crate::environment::private_folder(place)?;
    let family = Family::new(place, "test")?;
    let mut report = Report::default();
    let mut finished = false;
    Box::pin(until_signal(&family, async {
        checks(place, &family, &mut report).await;
        finished = true;
        Ok(())
    }))
    .await?;
    report.print();
    if !finished {
        return Err(Trouble::new("test", "stopped before the end"));
    }
    Ok(report.well())
}

async fn checks(place: &Place, family: &Family, report: &mut Report) {
    // What takes seconds comes first.
    report.step("format", tool(place, family, "cargo fmt --check", "cargo", &["fmt", "--all", "--check"])).await;
    let linter = place.tool("cfn-lint").display().to_string();
    report.step("template", tool(place, family, "cfn-lint", &linter, &["template.yaml", "infra/*.yaml"])).await;
    report.step("routes", async { routes::check(place) }).await;
    report.step("no aws-lc", one_tls_provider(place)).await;

    let stack = report.step("stack", stack(place, family)).await;
    let environment = stack.as_ref().map(|(environment, _)| environment);
    let clean = report.step("clippy", clippy(place, family, environment)).await.is_some();
    let Some(environment) = environment else {
        report.skip("statements", "the stack did not start");
        report.skip("tests", "the stack did not start");
        return;
    };
    if clean {
        report.step("statements", async { statements::compare(place, &statements::scratch(place)?.0) }).await;
    } else {
        report.skip("statements", "clippy did not reach every crate");
    }
    let mut lines = Vec::new();
    report.step("tests", tests(place, family, environment, &mut lines)).await;
    report.lines = lines;
}

/// Builds and serves everything. The tests are built along: they give some dependencies more features, and so
/// nothing is compiled twice.
async fn stack(place: &Place, family: &Family) -> Result<(Environment, Served)> {
    let stack = read(place)?;
    let environment = Environment::prepare(place, &stack)?;
    tokio::try_join!(
        services::start(place, family, &environment, &stack),
        cargo(place, family, "build", &["build", "--workspace", "--bins", "--tests"]),
    )?;
    run(place, family, &environment, "migrate").await?;
    let served = serve(place, family, &environment, stack).await?;
    Ok((environment, served))
}

/// Clippy with warnings as errors; with a database at hand it also shows what the statements are.
async fn clippy(place: &Place, family: &Family, environment: Option<&Environment>) -> Result<()> {
    let mut command = if let Some(environment) = environment {
        let (found, mark) = statements::scratch(place)?;
        statements::clippy(place, environment, &found, &mark, &["-D", "warnings"])
    } else {
        let mut command = Command::new("cargo");
        command.args(["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]);
        command.current_dir(&place.root).env("SQLX_OFFLINE", "true");
        command
    };
    finish("clippy", family.spawn_here("cargo", Layer::Command, &mut command)?.wait().await)
}

/// AWS-LC costs each cold start 65 ms and more; it comes back with a careless feature of any dependency.
async fn one_tls_provider(place: &Place) -> Result<()> {
    let step = "look for aws-lc";
    let mut command = Command::new("cargo");
    command.args(["tree", "--workspace", "--all-features", "--edges", "normal,build", "-i", "aws-lc-sys"]);
    let output = command.current_dir(&place.root).kill_on_drop(true).output().await.during(step)?;
    let (found, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // Cargo calls it an error when nothing of the name is in the graph, and that is what is wanted.
    if found.trim().is_empty() && (output.status.success() || error.contains("did not match any packages")) {
        return Ok(());
    }
    Err(Trouble::new(step, format!("{found}{error}")).advice("choose ring in the dependency that brings it in"))
}

async fn tool(place: &Place, family: &Family, step: &str, program: &str, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&place.root);
    finish(step, family.spawn_here(program, Layer::Command, &mut command)?.wait().await)
}

fn finish(step: &str, status: std::io::Result<std::process::ExitStatus>) -> Result<()> {
    let status = status.during(step)?;
    if status.success() { Ok(()) } else { Err(Trouble::new(step, format!("ended with {status}, see above"))) }
}

/// All tests; keeps the lines in which cargo sums up.
async fn tests(place: &Place, family: &Family, environment: &Environment, lines: &mut Vec<String>) -> Result<()> {
    let step = "tests";
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--no-fail-fast"]).current_dir(&place.root);
    command.envs(environment.all()).env("SQLX_OFFLINE", "true");
    command.env("TEST_BASE_URL", place.gateway()).env("MAIL_API_URL", format!("http://127.0.0.1:{}", place.mail()));
    say::begins("tests: cargo test --workspace");
    command.stdout(Stdio::piped());
    let mut child = family.spawn_here("cargo", Layer::Command, &mut command)?;
    if let Some(out) = child.stdout.take() {
        let mut out = BufReader::new(out).lines();
        while let Some(line) = out.next_line().await.during(step)? {
            if line.starts_with("test result:") && !line.contains(" 0 passed; 0 failed") {
                lines.push(line.clone());
            }
            say::line(line);
        }
    }
    finish(step, child.wait().await)
}

/// What has been checked, how it ended and how long it took.
#[derive(Default)]
struct Report {
    steps: Vec<(String, Duration, Outcome)>,
    lines: Vec<String>,
}

#[derive(PartialEq, Eq)]
enum Outcome {
    Well,
    Failed(String),
    Skipped(&'static str),
}

impl Report {
    async fn step<T>(&mut self, name: &str, work: impl Future<Output = Result<T>>) -> Option<T> {
        let begun = Instant::now();
        let outcome = work.await;
        let (outcome, value) = match outcome {
            Ok(value) => (Outcome::Well, Some(value)),
            Err(trouble) => {
                say::line(trouble.to_string());
                (Outcome::Failed(trouble.line()), None)
            }
        };
        self.steps.push((name.to_owned(), begun.elapsed(), outcome));
        value
    }

    fn skip(&mut self, name: &str, why: &'static str) {
        self.steps.push((name.to_owned(), Duration::ZERO, Outcome::Skipped(why)));
    }

    fn well(&self) -> bool {
        self.steps.iter().all(|(_, _, outcome)| *outcome == Outcome::Well)
    }

    fn print(&self) {
        say::line("\nsummary");
        for (name, took, outcome) in &self.steps {
            let (sign, text) = match outcome {
                Outcome::Well => (say::colour("32", "✓"), String::new()),
                Outcome::Failed(why) => (say::colour("31", "✗"), why.clone()),
                Outcome::Skipped(why) => (say::colour("33", "-"), format!("not run: {why}")),
            };
            say::line(format!("  {sign} {name:<12} {:>8}  {text}", say::seconds(*took)));
        }
        for line in &self.lines {
            say::line(line);
        }
    }
}
