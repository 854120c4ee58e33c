//! Measurements of the release build: what `scripts/measure` needs runs here, and it does the rest.

use clap::ValueEnum;
use tokio::process::Command;

use crate::cargo::{cargo, run};
use crate::check::{self, about, finish, on_a_stack};
use crate::environment::Environment;
use crate::family::{Family, Layer};
use crate::place::{Place, binaries};
use crate::report::Report;
use crate::trouble::{Result, Trouble};
use crate::up::{read, serve};
use crate::{say, services};

/// The profile in which this program itself was built has everything that is measured.
const BUILD: [&str; 4] = ["build", "--workspace", "--bins", "--release"];

/// As the images have them: each function with no more features than it asks for, and link-time optimisation.
const IMAGE: [&str; 5] = ["build", "--locked", "--profile", "image", "--bin"];

/// A part of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The binaries of the images
    Sizes,
    /// Start, latency, throughput, processor, memory, worker
    Functions,
    /// A list of 5,000 employees through the whole stack
    Imports,
    /// Sixty clients for two minutes
    Load,
    /// The pages in Chromium on a slow line
    Pages,
    /// Lists and searches in up to a million employees
    Scale,
}

/// In their order: what builds first, then what wants the machine for itself, what fills the database last.
const ALL: [Part; 6] = [Part::Sizes, Part::Functions, Part::Imports, Part::Load, Part::Pages, Part::Scale];

/// Measures everything, or these parts; whether every target is kept.
pub(crate) async fn run_all(place: &Place, only: &[Part]) -> Result<bool> {
    if cfg!(debug_assertions) {
        return Err(Trouble::new("measure", "this is a debug build").advice("start ./scripts/bench"));
    }
    let parts: Vec<Part> = ALL.into_iter().filter(|part| only.is_empty() || only.contains(part)).collect();
    let mut report = Report::default();
    let finished = on_a_stack(place, "bench", async |family| {
        if let Some(environment) = report.step("services", begin(place, family, &parts)).await {
            measure(place, family, &environment, &parts, &mut report).await;
        }
    });
    let finished = finished.await?;
    report.print();
    if !finished {
        return Err(Trouble::new("bench", "stopped before the end"));
    }
    Ok(report.well())
}

/// Builds, and starts the services.
async fn begin(place: &Place, family: &Family, parts: &[Part]) -> Result<Environment> {
    let stack = read(place)?;
    let environment = Environment::prepare(place, &stack)?;
    // Nothing else is built while it is measured.
    cargo(place, family, "build", &BUILD).await?;
    if parts.contains(&Part::Load) {
        cargo(place, family, "build of the load", &check::BUILD).await?;
    }
    if parts.contains(&Part::Sizes) {
        for function in &stack.functions {
            cargo(place, family, "build for an image", &[IMAGE.as_slice(), &[&function.name]].concat()).await?;
        }
    }
    services::start(place, family, &environment, &stack).await?;
    run(place, family, &environment, "migrate").await?;
    run(place, family, &environment, "seed").await?;
    Ok(environment)
}

async fn measure(place: &Place, family: &Family, environment: &Environment, parts: &[Part], report: &mut Report) {
    let mut served = None;
    for part in parts {
        // Started for those that need it, and ended when the next one wants the machine for itself.
        if !part.needs_functions() {
            end(family, &mut served).await;
        } else if served.is_none() {
            let Ok(stack) = read(place) else { return };
            served = report.step("stack", serve(place, family, environment, stack)).await;
        }
        report.step(part.name(), one(place, family, environment, *part)).await;
    }
}

/// Ends the functions and the gateway.
async fn end(family: &Family, served: &mut Option<crate::up::Served>) {
    if served.take().is_some() {
        let mut names: Vec<String> =
            family.members().into_iter().filter(|m| m.layer > Layer::Service).map(|m| m.name).collect();
        names.dedup();
        for name in names {
            family.end(&name, false).await;
        }
    }
}

/// Has one part measured.
async fn one(place: &Place, family: &Family, environment: &Environment, part: Part) -> Result<()> {
    say::begins(format!("measure {}", part.name()));
    let mut command = Command::new(binaries()?.join("measure"));
    command.arg(part.name());
    about(&mut command, place, environment);
    finish(part.name(), family.spawn_here("measure", Layer::Command, &mut command)?.wait().await)
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Sizes => "sizes",
            Self::Functions => "functions",
            Self::Imports => "imports",
            Self::Load => "load",
            Self::Pages => "pages",
            Self::Scale => "scale",
        }
    }

    /// Whether the whole stack must run; else the services alone, so that nothing else uses the machine.
    fn needs_functions(self) -> bool {
        matches!(self, Self::Imports | Self::Load | Self::Pages)
    }
}
