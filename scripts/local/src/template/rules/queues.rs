//! What every queue and every schedule has.

use std::collections::{BTreeMap, BTreeSet};

use super::{FUNCTION, Resource, events, nothing, of_kind};

const QUEUE: &str = "AWS::SQS::Queue";
/// Fourteen days, the longest that SQS keeps a message.
const KEPT: u64 = 1_209_600;

fn is_dead_letters(queue: &Resource) -> bool {
    queue.text("QueueName").ends_with("-dlq")
}

#[test]
fn each_has_a_dead_letter_queue_and_alarms() {
    let queues = of_kind("production", QUEUE);
    let watched: Vec<String> = of_kind("production", "AWS::Serverless::Application")
        .iter()
        .filter(|stack| stack.properties["Location"] == "queue.yaml")
        .map(|stack| stack.parameter("Queue"))
        .collect();
    let mut wrong = Vec::new();
    for queue in &queues {
        let name = queue.text("QueueName");
        let dead_letters = is_dead_letters(queue);
        let own = name.strip_suffix("-dlq").unwrap_or(&name);
        if !watched.iter().any(|watched| watched == own) {
            wrong.push(format!("{} has no alarms: copy a neighbour's", queue.place()));
        }
        if dead_letters {
            if queue.number("MessageRetentionPeriod") != KEPT {
                wrong.push(format!("{} keeps its messages less than fourteen days", queue.place()));
            }
            continue;
        }
        let target = &queue.properties["RedrivePolicy"]["deadLetterTargetArn"];
        let target = queue.document.text(&queue.id, target).unwrap_or_default();
        if !target.ends_with(&format!(":{name}-dlq")) {
            wrong.push(format!("{} has no dead-letter queue {name}-dlq", queue.place()));
        }
        if queue.document.number(&queue.id, &queue.properties["RedrivePolicy"]["maxReceiveCount"], 0).unwrap() < 5 {
            wrong.push(format!("{} gives up after less than five attempts", queue.place()));
        }
    }
    nothing(&wrong);
}

#[test]
fn a_message_comes_back_after_six_time_outs_of_its_worker() {
    let queues: BTreeMap<String, Resource> =
        of_kind("production", QUEUE).into_iter().map(|queue| (queue.text("QueueName"), queue)).collect();
    let mut wrong = Vec::new();
    let mut served = Vec::new();
    for function in of_kind("production", FUNCTION) {
        for mapping in events(&function, "SQS") {
            let arn = function.document.text(&function.id, &mapping["Queue"]).unwrap();
            let queue = &queues[arn.rsplit(':').next().unwrap()];
            served.push(queue.text("QueueName"));
            if queue.number("VisibilityTimeout") < 6 * function.number("Timeout") {
                wrong.push(format!("{} shows a message again before six time-outs of {}", queue.place(), function.id));
            }
            let types = mapping["FunctionResponseTypes"].as_array();
            if !types.is_some_and(|types| types.iter().any(|kind| kind == "ReportBatchItemFailures")) {
                wrong.push(format!("{} does not name the messages that failed", function.place()));
            }
            if mapping["ScalingConfig"]["MaximumConcurrency"].is_null() {
                wrong.push(format!("{} has a mapping without MaximumConcurrency", function.place()));
            }
        }
    }
    for (name, queue) in &queues {
        if !is_dead_letters(queue) && !served.contains(name) {
            wrong.push(format!("{} starts nothing", queue.place()));
        }
    }
    nothing(&wrong);
}

#[test]
fn a_schedule_keeps_what_could_not_be_done() {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for function in of_kind("production", FUNCTION) {
        for schedule in events(&function, "ScheduleV2") {
            let mut expect = |well: bool, what: &str| {
                if !well {
                    wrong.push(format!("{} {what}", function.place()));
                }
            };
            // SAM names it after the event otherwise, in every installation of the account alike.
            let name = schedule["Name"]["Fn::Sub"].as_str();
            expect(
                name.is_some_and(|name| name.starts_with("${Prefix}") && names.insert(name.to_owned())),
                "has a schedule without a name of its own that begins with the prefix",
            );
            expect(schedule["ScheduleExpressionTimezone"] == "Europe/Istanbul", "is not planned in Istanbul");
            expect(
                schedule["Input"].as_str().is_some_and(|input| input.contains("<aws.scheduler.scheduled-time>")),
                "does not get its planned time",
            );
            expect(
                !schedule["RetryPolicy"]["MaximumRetryAttempts"].is_null(),
                "does not say how often it is tried again",
            );
            expect(!schedule["DeadLetterConfig"].is_null(), "loses what could not be started");
            expect(
                !function.properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"].is_null(),
                "loses what failed",
            );
        }
    }
    nothing(&wrong);
}
