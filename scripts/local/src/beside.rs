//! The gateway's front, the queues and the schedules for functions that run in containers of their own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use crate::aws::Aws;
use crate::edge::Edge;
use crate::front;
use crate::gateway::Invoker;
use crate::gauges::Gauges;
use crate::http::Http;
use crate::metrics::Metrics;
use crate::place::Place;
use crate::trouble::{During, Result};
use crate::{say, triggers, up};

/// Where everything else is.
#[derive(Debug, Args)]
pub(crate) struct Elsewhere {
    /// Where to listen.
    #[arg(long)]
    listen: SocketAddr,
    /// cargo-lambda, from which the functions fetch their work.
    #[arg(long)]
    runtime: String,
    /// SQS and S3.
    #[arg(long)]
    aws: String,
    /// A folder of metrics that other programs leave.
    #[arg(long)]
    metrics: PathBuf,
    /// What proves to the functions that a request came through here.
    #[arg(long, env = "ORIGIN_SECRET", hide_env_values = true)]
    origin_secret: String,
}

/// Makes the queues and buckets, then serves until a signal comes.
pub(crate) async fn serve(place: &Place, elsewhere: Elsewhere) -> Result<()> {
    std::fs::create_dir_all(place.logs()).during("create the log folder")?;
    let stack = up::read(place)?;
    let http = Http::default();
    let aws = Aws::at(http.clone(), elsewhere.aws);
    aws.provide(&stack).await.during("make the queues and buckets")?;
    let listener = TcpListener::bind(elsewhere.listen).await.during("take the port")?;
    let gauges = Gauges::new(Metrics::default(), &aws, &stack, &elsewhere.runtime, elsewhere.metrics);
    let invoker = Invoker::at(http, elsewhere.runtime.clone(), elsewhere.listen.port());
    let functions: Vec<_> = stack.functions.into_iter().map(Arc::new).collect();
    let _triggers = triggers::start(place, &functions, &aws, &invoker)?;
    say::line(format!("serves on {}", elsewhere.listen));
    let edge = Edge::new(elsewhere.origin_secret);
    tokio::select! {
        () = front::serve(listener, elsewhere.runtime, &functions, gauges, Some(edge)) => Ok(()),
        signal = up::signalled() => signal,
    }
}
