//! The function's process is killed in the middle of a run.

use std::collections::BTreeSet;
use tests::handler::Handler;
use world::deployment::REGISTER_BROKERS;
use world::lambda::function_error::FunctionError;
use world::model::Settings;

/// Calls whose answer the process does not live to see: AWS has done what was asked.
const POINTS: [&str; 8] = [
    "GetParametersByPath",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
    "DescribeInstances",
    "CreateTargetGroup",
    "ModifyTargetGroupAttributes",
    "RegisterTargets",
    "CreateListener",
];

#[tokio::test]
async fn a_run_that_is_killed_is_finished_by_a_new_process_and_no_message_is_lost_p80() {
    let points = POINTS.map(|point| tokio::spawn(killed_at(point)));
    for (point, killed) in POINTS.into_iter().zip(points) {
        killed
            .await
            .unwrap_or_else(|error| panic!("{point}: {error}"));
    }
}

async fn killed_at(point: &str) {
    let handler = Handler::start(Settings::default()).await;
    let hold = handler.aws.hold(REGISTER_BROKERS, Some(point));
    handler.broker("4", "usw2-az1");
    handler.reached(&hold, 1).await;
    handler.kill();
    drop(hold);
    let wanted = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
    handler.settled(&wanted).await;
    let counts = handler.drained().await;
    assert_eq!((counts.buried, counts.expired), (0, 0), "{point}");
    assert_eq!(handler.dead_letters().sent, 0, "{point}");

    let batches = handler.batches();
    let failed: Vec<_> = batches.iter().filter(|b| b.answer.is_err()).collect();
    let [failed] = failed[..] else {
        panic!("{point}: {} invocations failed", failed.len());
    };
    let killed = FunctionError::Exited("signal: 9 (SIGKILL)".to_owned());
    assert_eq!(failed.answer, Err(killed), "{point}");
    let starts = handler
        .aws
        .function(REGISTER_BROKERS)
        .map(|function| function.starts());
    assert_eq!(starts, Some(2), "{point}");

    let interrupted: BTreeSet<&str> = failed.batch.iter().map(|m| m.id.as_str()).collect();
    let answered = batches.iter().filter(|batch| batch.answer.is_ok());
    let mut came_back = BTreeSet::new();
    for message in answered.flat_map(|batch| &batch.batch) {
        let again = interrupted.contains(message.id.as_str());
        assert_eq!(message.receive_count, 1 + u32::from(again), "{point}");
        came_back.extend(again.then_some(message.id.as_str()));
    }
    assert_eq!(came_back, interrupted, "{point}");
}

#[tokio::test]
async fn a_process_that_is_killed_between_two_runs_is_replaced_and_nothing_comes_back() {
    let handler = Handler::start(Settings::default()).await;
    handler.drained().await;
    handler.kill();
    handler.broker("4", "usw2-az1");
    handler
        .settled(&[("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)])
        .await;
    assert_eq!(handler.dead_letters().sent, 0);
}
