//! The tests of faults: a stack whose services end and start again while it works.

use crate::cargo::{cargo, run};
use crate::check::{BUILD, target};
use crate::environment::Environment;
use crate::family::Family;
use crate::place::Place;
use crate::template::Stack;
use crate::trouble::Result;
use crate::up::{read, serve};
use crate::{control, services};

/// How long a message that failed stays hidden, in seconds. In the cloud it is minutes, for which no test waits.
const HIDDEN: &str = "6";

/// Runs them on a stack that is made for them.
pub(crate) async fn all(place: &Place, family: &Family) -> Result<()> {
    let stack = impatient(read(place)?);
    let environment = Environment::prepare(place, &stack)?;
    let (services, ()) =
        tokio::try_join!(services::start(place, family, &environment, &stack), cargo(place, family, "build", &BUILD),)?;
    run(place, family, &environment, "migrate").await?;
    let _served = serve(place, family, &environment, stack).await?;
    family.ready();
    tokio::select! {
        obeyed = control::serve(&services) => obeyed,
        // One after another: each of them breaks what the others stand on.
        done = target(place, family, &environment, "faults", &["--test-threads", "1"]) => done,
    }
}

fn impatient(mut stack: Stack) -> Stack {
    for timeout in stack.queues.iter_mut().filter_map(|queue| queue.attributes.get_mut("VisibilityTimeout")) {
        HIDDEN.clone_into(timeout);
    }
    stack
}
