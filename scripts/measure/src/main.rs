//! Measures the running product, and writes the figures into docs/performance.md. `./scripts/bench` starts it with what
//! it needs: the services alone, or the whole stack, both of the release build.
#![expect(clippy::print_stdout, reason = "a person reads the figures")]

mod beside;
mod event;
mod figures;
mod floor;
mod functions;
mod imports;
mod page;
mod runtime;
mod scale;
mod sizes;
mod stage;
mod trouble;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

/// Measures one part.
#[derive(Debug, Parser)]
struct Cli {
    /// What is measured.
    part: Part,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// The binaries of the images.
    Sizes,
    /// The functions alone: start, latency, throughput, processor, memory, worker.
    Functions,
    /// Lists and searches in up to a million employees.
    Scale,
    /// A list of 5,000 employees.
    Imports,
    /// Sixty clients for two minutes.
    Load,
    /// The pages in Chromium on a slow line.
    Pages,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let measured = match Cli::parse().part {
        Part::Sizes => sizes::measure(),
        Part::Functions => Box::pin(functions::measure()).await,
        Part::Scale => Box::pin(scale::measure()).await,
        Part::Imports => Box::pin(imports::measure()).await,
        Part::Load => beside::load().await,
        Part::Pages => beside::pages().await,
    };
    match measured {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            println!("✗ a target is missed");
            ExitCode::FAILURE
        }
        Err(trouble) => {
            println!("✗ {trouble}");
            ExitCode::FAILURE
        }
    }
}
