//! A function that dies each time: its wakes go to the dead letters after the template's receives.

use std::collections::BTreeMap;
use tests::handler::{Handler, SCALE, doctored, with_one_sweep};
use world::deployment::REGISTER_BROKERS;
use world::model::Settings;

/// The template's `maxReceiveCount`.
fn most(handler: &Handler) -> u32 {
    let queue = handler.stack().queues.last().expect("a queue");
    queue.settings.max_receive_count.expect("a redrive policy")
}

/// How often each message was received, by its body.
fn receives(handler: &Handler) -> BTreeMap<String, u32> {
    let mut receives = BTreeMap::new();
    for message in handler.batches().into_iter().flat_map(|batch| batch.batch) {
        let count: &mut u32 = receives.entry(message.body).or_default();
        *count += 1;
        assert_eq!(*count, message.receive_count);
    }
    receives
}

/// A call that each run of register-brokers makes once.
const ONCE_A_RUN: &str = "DescribeListeners";

#[tokio::test]
async fn a_wake_whose_run_always_dies_is_a_dead_letter_and_the_queue_goes_on() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.drained().await;
    let bad = ["bad 1", "bad 2", "bad 3"];
    handler.put(bad.map(str::to_owned));
    let hold = handler.aws.hold(REGISTER_BROKERS, Some(ONCE_A_RUN));
    for times in 1..=most(&handler) as usize {
        handler.reached(&hold, times).await;
        handler.kill();
    }
    handler
        .until(
            |aws| match aws.journal().runs(REGISTER_BROKERS).failures.len() {
                failed if failed == most(&handler) as usize => Ok(()),
                failed => Err(format!("{failed} invocations failed")),
            },
        )
        .await;
    drop(hold);
    handler.put(["good".to_owned()]);
    let counts = handler.drained().await;

    let receives = receives(&handler);
    for bad in bad {
        assert_eq!(receives[bad], most(&handler));
    }
    assert_eq!(receives["good"], 1, "the message group is not blocked");
    assert_eq!((counts.sent, counts.deleted, counts.buried), (5, 2, 3));
    let dead = handler
        .until(|_| match handler.dead_letters() {
            counts if counts.visible == 3 => Ok(counts),
            counts => Err(format!("{counts:?}")),
        })
        .await;
    assert_eq!(dead.sent, 3);
    handler.settled(&tests::handler::THREE).await;
}

#[tokio::test]
async fn a_wake_whose_last_receive_is_answered_is_no_dead_letter() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    let hold = handler.aws.hold(REGISTER_BROKERS, Some(ONCE_A_RUN));
    let last = most(&handler);
    for times in 1..last as usize {
        handler.reached(&hold, times).await;
        handler.kill();
    }
    handler.reached(&hold, last as usize).await;
    drop(hold);
    let counts = handler.drained().await;
    assert_eq!((counts.deleted, counts.buried), (1, 0));
    let receives: Vec<u32> = receives(&handler).into_values().collect();
    assert_eq!(receives, [last]);
}

#[tokio::test]
async fn a_function_that_cannot_start_leaves_its_wakes_in_the_dead_letters_and_says_why() {
    let broken = doctored(
        "          CLUSTER: !Ref ClusterName",
        "          CLUSTER: a/b",
    );
    let broken = broken.replace("rate(1 minute)", "rate(1 day)");
    let handler = Handler::deploy(Settings::default(), &broken, SCALE).await;
    let counts = handler.drained().await;
    assert_eq!((counts.sent, counts.buried), (1, 1));
    let receives: Vec<u32> = receives(&handler).into_values().collect();
    assert_eq!(receives, [most(&handler)]);
    let journal = handler.aws.journal();
    assert_eq!(journal.runs(REGISTER_BROKERS).reports.len(), 0);
    let said = |line: &world::lambda::process::LogLine| {
        line.text.contains("environment variable CLUSTER \"a/b\"")
            || line
                .text
                .contains(r#"environment variable CLUSTER \"a/b\""#)
    };
    assert!(journal.log.iter().any(said), "{:?}", journal.log);
}
