//! Whether the database can serve all functions at their most.

use super::{ENVIRONMENTS, FUNCTION, Resource, events, nothing, of_kind};

/// The variables that each open connections of their own to the primary.
const POOLS: [&str; 2] = ["DATABASE_URL", "SYSTEM_DATABASE_URL"];

/// Connections that one execution of a function may hold.
fn connections(function: &Resource) -> u64 {
    let given = function.document.variables(&function.properties);
    let each = &function.document.global("Environment")["Variables"]["DATABASE_MAX_CONNECTIONS"];
    let each = function.document.number(&function.id, each, 2).unwrap();
    let pools = POOLS.iter().filter(|name| given.contains(**name)).count() as u64;
    pools * each + u64::from(given.contains("MIGRATOR_DATABASE_URL"))
}

#[test]
fn all_functions_together_leave_the_database_a_fifth_of_its_connections() {
    for environment in ENVIRONMENTS {
        let database = of_kind(environment, "AWS::RDS::DBParameterGroup").remove(0);
        let limit = &database.properties["Parameters"]["max_connections"];
        let limit = database.document.number(&database.id, limit, 0).unwrap();
        let functions = of_kind(environment, FUNCTION);
        let most: u64 = functions.iter().map(|f| f.number("ReservedConcurrentExecutions") * connections(f)).sum();
        assert!(most * 100 <= limit * 80, "{environment}: {most} connections at the most, of {limit}");
        assert!(most > 0);
    }
}

#[test]
fn a_queue_starts_no_more_of_its_worker_than_may_run() {
    let mut wrong = Vec::new();
    for environment in ENVIRONMENTS {
        for function in of_kind(environment, FUNCTION) {
            let asked = events(&function, "SQS").map(|mapping| &mapping["ScalingConfig"]["MaximumConcurrency"]);
            let asked: u64 = asked.map(|most| function.document.number(&function.id, most, 0).unwrap()).sum();
            if asked > function.number("ReservedConcurrentExecutions") {
                wrong.push(format!("{environment}: {} is started {asked} times at once", function.place()));
            }
        }
    }
    nothing(&wrong);
}
