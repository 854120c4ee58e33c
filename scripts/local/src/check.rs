//! Every check of the project, on a stack of its own, with a summary.

use std::process::Stdio;
use std::sync::Arc;

use clap::ValueEnum;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::cargo::{cargo, run};
use crate::environment::{Environment, REGION};
use crate::family::{Family, Layer};
use crate::place::{Kind, Place, binaries};
use crate::report::Report;
use crate::trouble::{During, Result, Trouble};
use crate::up::{Served, make_room, read, serve, until_signal};
use crate::{alerts, drills, emulator, faults, routes, say, services, statements};

/// Everything at once: the tests give some dependencies more features, and so nothing is compiled twice.
pub(crate) const BUILD: [&str; 10] =
    ["build", "--workspace", "--bins", "--tests", "--test", "schemathesis", "--test", "load", "--test", "faults"];

/// A part of the checks that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// `cargo test --workspace`
    Tests,
    /// Every function under AWS's emulator, and two images
    Containers,
    /// Requests that schemathesis makes from the OpenAPI document
    Schemathesis,
    /// Every page in Chromium, and what people do there
    Browser,
    /// Sixty clients at once for twenty seconds
    Load,
    /// What scripts/drill rehearses: a restoration, staging data of a backup, and a failover
    Drills,
    /// The tests in which services end and start again
    Faults,
}

/// Runs everything, or one part; whether all is well. A check that fails does not keep the others from running.
pub(crate) async fn run_all(place: &Place, only: Option<Part>) -> Result<bool> {
    let mut report = Report::default();
    let mut finished = true;
    if only != Some(Part::Faults) {
        finished = on_a_stack(place, "test", async |family| checks(place, family, only, &mut report).await).await?;
    }
    if finished && only.is_none_or(|part| part == Part::Faults) {
        // Last and by themselves: what ends and starts again here must not fail any other test.
        let aside = Place { kind: Kind::Faults, replicated: false, ..place.clone() };
        finished = on_a_stack(&aside, "faults", async |family| {
            report.step("faults", faults::all(&aside, family)).await;
        })
        .await?;
    }
    report.print();
    if !finished {
        return Err(Trouble::new("test", "stopped before the end"));
    }
    Ok(report.well())
}

/// Works with a new family in an empty place, and leaves nothing running; whether it came to the end.
pub(crate) async fn on_a_stack(place: &Place, what: &str, work: impl AsyncFnOnce(&Family)) -> Result<bool> {
    make_room(place, &place.port_numbers()).await?;
    if place.data().exists() {
        std::fs::remove_dir_all(place.data()).during("make the data anew")?;
    }
    crate::environment::private_folder(place)?;
    let family = Family::new(place, what)?;
    let mut finished = false;
    Box::pin(until_signal(&family, async {
        work(&family).await;
        finished = true;
        Ok(())
    }))
    .await?;
    Ok(finished)
}

async fn checks(place: &Place, family: &Family, only: Option<Part>, report: &mut Report) {
    if only.is_none() {
        // What takes seconds comes first.
        report.step("format", tool(place, family, "cargo fmt --check", "cargo", &["fmt", "--all", "--check"])).await;
        let linter = place.tool("cfn-lint").display().to_string();
        // The compose file lies beside the stacks and is none.
        let templates = ["template.yaml", "infra/*.yaml", "--ignore-templates", "infra/compose.yaml"];
        report.step("template", tool(place, family, "cfn-lint", &linter, &templates)).await;
        report.step("alert rules", alerts::rules(place)).await;
        report.step("sam", sam(place, family)).await;
        report.step("routes", async { routes::check(place) }).await;
        report.step("assets", tool(place, family, "scripts/assets", "./scripts/assets", &["--check"])).await;
        report.step("no aws-lc", one_tls_provider(place)).await;
    }
    let stack = report.step("stack", stack(place, family)).await;
    let environment = stack.as_ref().map(|(environment, _)| environment);
    if only.is_none() {
        if let Some(environment) = environment {
            report.step("sam package", package(place, family, environment)).await;
        }
        sources(place, family, environment, report).await;
    }
    let Some(environment) = environment else {
        report.skip("tests", "the stack did not start");
        return;
    };
    let wanted = |part| only.is_none_or(|only| only == part);
    if wanted(Part::Tests) || wanted(Part::Browser) {
        report.step("demo data", run(place, family, environment, "seed")).await;
    }
    if wanted(Part::Containers) {
        report.step("emulator", emulated(place, family, environment)).await;
        report.step("images", images(place, family)).await;
    }
    if wanted(Part::Tests) {
        let mut lines = Vec::new();
        report.step("tests", tests(place, family, environment, &mut lines)).await;
        report.lines = lines;
    }
    if wanted(Part::Schemathesis) {
        report.step("schemathesis", target(place, family, environment, "schemathesis", &["--nocapture"])).await;
    }
    if wanted(Part::Browser) {
        report.step("browser", browser(place, family, environment)).await;
    }
    if wanted(Part::Load) {
        // One after another: each of them looks at what the functions hold.
        let how = ["--nocapture", "--test-threads", "1"];
        report.step("load", target(place, family, environment, "load", &how)).await;
    }
    if wanted(Part::Drills) {
        for drill in drills::ALL {
            report.step(drill, drills::rehearse(place, family, drill)).await;
        }
    }
    // After everything else has made the stack work: it asks for metrics that only work makes.
    if only.is_none() {
        report.step("alerts", alerts::watch(place, family)).await;
    }
}

/// The pages in Chromium, which show the demo data.
async fn browser(place: &Place, family: &Family, environment: &Environment) -> Result<()> {
    let mut command = Command::new(place.root.join("tests/browser/run"));
    about(&mut command, place, environment);
    finish("browser", family.spawn_here("browser", Layer::Command, &mut command)?.wait().await)
}

/// The templates as the command that deploys them sees them.
async fn sam(place: &Place, family: &Family) -> Result<()> {
    for template in ["template.yaml", "infra/tasks.yaml", "infra/deploy.yaml"] {
        sam_command(place, family, &["validate", "--lint", "--template", template]).await?;
    }
    Ok(())
}

/// The first half of `sam deploy`, with its options: the template and all that it nests go into a bucket. The second
/// half needs CloudFormation.
async fn package(place: &Place, family: &Family, environment: &Environment) -> Result<()> {
    let bucket = environment.get("FILES_BUCKET");
    let packaged = place.data().join("template.yaml").display().to_string();
    let to = ["--s3-bucket", bucket, "--s3-prefix", "templates", "--output-template-file", &packaged];
    let repository = ["--image-repository", "000000000000.dkr.ecr.eu-central-1.amazonaws.com/prosektor"];
    let what = ["package", "--template", "template.yaml"];
    sam_command(place, family, &[&what[..], &to, &repository].concat()).await
}

async fn sam_command(place: &Place, family: &Family, arguments: &[&str]) -> Result<()> {
    let mut command = Command::new(place.root.join(".dev/tools/sam/bin/sam"));
    command.args(arguments).current_dir(&place.root);
    command.env("SAM_CLI_TELEMETRY", "0").env("AWS_DEFAULT_REGION", REGION);
    command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", place.aws()));
    command.env("AWS_ACCESS_KEY_ID", "local").env("AWS_SECRET_ACCESS_KEY", "local");
    finish(&format!("sam {}", arguments[0]), family.spawn_here("sam", Layer::Command, &mut command)?.wait().await)
}

async fn emulated(place: &Place, family: &Family, environment: &Environment) -> Result<()> {
    let functions: Vec<_> = read(place)?.functions.into_iter().map(Arc::new).collect();
    emulator::all(place, family, environment, &functions).await?;
    say::line(format!("{} functions have answered under the emulator", functions.len()));
    Ok(())
}

async fn images(place: &Place, family: &Family) -> Result<()> {
    let mut command = Command::new(place.root.join("infra/image/check"));
    command.arg(binaries()?).arg(emulator::find(place)?).arg(place.env_file()).current_dir(&place.root);
    finish("images", family.spawn_here("images", Layer::Command, &mut command)?.wait().await)
}

/// Runs one of the test targets that `cargo test` leaves out.
pub(crate) async fn target(
    place: &Place,
    family: &Family,
    environment: &Environment,
    name: &str,
    arguments: &[&str],
) -> Result<()> {
    say::begins(format!("{name}: cargo test --workspace --test {name}"));
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--test", name, "--"]).args(arguments);
    about(&mut command, place, environment);
    finish(name, family.spawn_here("cargo", Layer::Command, &mut command)?.wait().await)
}

/// What the compiler and the database say of the sources.
async fn sources(place: &Place, family: &Family, environment: Option<&Environment>, report: &mut Report) {
    let clean = report.step("clippy", clippy(place, family, environment)).await.is_some();
    if environment.is_none() {
        report.skip("statements", "the stack did not start");
    } else if clean {
        report.step("statements", async { statements::compare(place, &statements::scratch(place)?.0) }).await;
    } else {
        report.skip("statements", "clippy did not reach every crate");
    }
}

/// Builds and serves everything.
async fn stack(place: &Place, family: &Family) -> Result<(Environment, Served)> {
    let stack = read(place)?;
    let environment = Environment::prepare(place, &stack)?;
    tokio::try_join!(services::start(place, family, &environment, &stack), cargo(place, family, "build", &BUILD),)?;
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

pub(crate) fn finish(step: &str, status: std::io::Result<std::process::ExitStatus>) -> Result<()> {
    let status = status.during(step)?;
    if status.success() { Ok(()) } else { Err(Trouble::new(step, format!("ended with {status}, see above"))) }
}

/// What a test needs to know of the stack.
pub(crate) fn about(command: &mut Command, place: &Place, environment: &Environment) {
    command.current_dir(&place.root).envs(environment.all()).env("SQLX_OFFLINE", "true");
    command.env("TEST_BASE_URL", place.gateway()).env("MAIL_API_URL", format!("http://127.0.0.1:{}", place.mail()));
    command.env("STACK_DATA", place.data()).env("STACK_LOGS", place.logs());
}

/// All tests; keeps the lines in which cargo sums up.
async fn tests(place: &Place, family: &Family, environment: &Environment, lines: &mut Vec<String>) -> Result<()> {
    let step = "tests";
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--no-fail-fast"]);
    about(&mut command, place, environment);
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
