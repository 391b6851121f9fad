//! Attributes: some in each run, others in each minute, all of them in time.

use super::look;
use cloud::call::Call;
use cloud::fake::{Fake, arn, noon, owner};
use fleet::tags::{self, Tags};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// The listeners and groups whose attributes are asked for, so many minutes after noon.
async fn asked(mut aws: Fake, minutes: i64) -> Vec<String> {
    aws.date = Some(noon() + SignedDuration::from_mins(minutes));
    look(&aws).await;
    let asked = aws.asked().into_iter();
    let attributes = asked.filter(|asked| {
        matches!(
            asked.call,
            Call::DescribeListenerAttributes | Call::DescribeTargetGroupAttributes
        )
    });
    attributes.map(|asked| asked.of).collect()
}

#[tokio::test(start_paused = true)]
async fn everything_has_its_turn_and_a_run_never_costs_more_than_it_may() {
    for (brokers, minutes) in [(1, 1), (3, 2), (20, 2), (48, 3)] {
        let all = 2 * Fake::of(brokers).groups.len();
        let mut seen = BTreeSet::new();
        for minute in 0..minutes {
            seen.extend(asked(Fake::of(brokers), minute).await);
        }
        assert_eq!(seen.len(), all, "{brokers} brokers in {minutes} minutes");
    }
}

#[tokio::test(start_paused = true)]
async fn in_one_minute_the_same_ones_and_others_in_the_next() {
    let first = asked(Fake::of(20), 0).await;
    assert_eq!(asked(Fake::of(20), 0).await, first);
    assert_ne!(asked(Fake::of(20), 1).await, first);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_no_listener_leads_to_yet_is_looked_at_each_time() {
    for minute in 0..5 {
        let mut aws = Fake::of(20);
        aws.listeners.retain(|l| l.forwards_to != [arn(owner(7))]);
        let asked = asked(aws, minute).await;
        assert!(asked.contains(&arn(owner(7)).to_string()), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn p11_listeners_that_are_not_ours_are_not_asked_about() {
    let mut aws = Fake::of(1);
    let cluster = (tags::CLUSTER.to_owned(), "sales".to_owned());
    aws.tags
        .insert("arn:listener:9092".to_owned(), Tags::from([cluster]));
    let asked = asked(aws, 0).await;
    assert!(
        !asked.contains(&"arn:listener:9092".to_owned()),
        "{asked:?}"
    );
    assert!(asked.contains(&"arn:listener:9093".to_owned()), "{asked:?}");
}
