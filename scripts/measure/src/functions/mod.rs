//! The functions alone, each process fed by this program as Lambda would.

mod cold;
mod latency;
mod mixed;
mod process;
mod worker;

use crate::{figures::Row, page, stage::Stage, trouble::Result};

/// How often each figure is measured.
const RUNS: usize = 5;

const BELOW: &str = "Times are from handing the event over to having the answer, over the Runtime API of `scripts/measure` on \
    loopback, which does nothing else; there is no gateway in them. Floor: the very calls to MariaDB, Redis and SQS that \
    the request makes, done again on a bare connection, + the answer of a function that does nothing (`empty`).";

/// Measures everything and writes the section.
pub(crate) async fn measure() -> Result<bool> {
    let stage = Stage::new().await?;
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(cold::rows(&stage).await?);
    rows.extend(latency::rows(&stage).await?);
    rows.extend(mixed::rows(&stage).await?);
    rows.extend(process::rows(&stage).await?);
    rows.extend(worker::rows(&stage).await?);
    page::write("functions", &rows, BELOW)?;
    Ok(rows.iter().all(Row::is_kept))
}
