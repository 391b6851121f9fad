//! Attributes of listeners: a few in each run, others in each minute, all of them in time.

use crate::call::Call;
use crate::fake::{Fake, noon, scope};
use crate::observe::observe;
use crate::pacing::Pace;
use fleet::tags::{self, Tags};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// The ports whose listeners are asked about, so many minutes after noon.
async fn asked(mut aws: Fake, minutes: i64) -> Vec<String> {
    aws.date = Some(noon() + SignedDuration::from_mins(minutes));
    observe(&aws, &Pace::default(), &scope(), None).await;
    let asked = aws.asked_of(Call::DescribeListenerAttributes).into_iter();
    asked.map(|of| of.replace("arn:listener:", "")).collect()
}

#[tokio::test(start_paused = true)]
async fn few_listeners_are_all_asked_about_each_time() {
    for minutes in 0..4 {
        let ports: BTreeSet<String> = asked(Fake::of(2), minutes).await.into_iter().collect();
        assert_eq!(
            ports,
            BTreeSet::from(["9092", "9093", "9094"].map(str::to_owned))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn many_take_turns_by_the_minute_and_each_has_its_turn() {
    // 21 groups and 21 listeners: 3 calls for tags, so 3 listeners in a run, 7 runs for all.
    let noons = noon().as_second() / 60 % 21;
    let mut seen = BTreeSet::new();
    for minute in 0..7 {
        let ports = asked(Fake::of(20), minute).await;
        let first = (noons + minute) * 3 % 21;
        let turn: Vec<String> = (first..first + 3)
            .map(|n| (9092 + n % 21).to_string())
            .collect();
        assert_eq!(ports, turn, "minute {minute}");
        seen.extend(ports);
    }
    assert_eq!(seen.len(), 21);
    let again = asked(Fake::of(20), 7).await;
    assert_eq!(again, asked(Fake::of(20), 0).await);
}

#[tokio::test(start_paused = true)]
async fn what_tags_cost_is_saved_here_and_one_is_always_asked_about() {
    // Calls for tags: 1, 2, 5, 10.
    for (brokers, listeners) in [(8, 5), (10, 4), (48, 1)] {
        assert_eq!(
            asked(Fake::of(brokers), 0).await.len(),
            listeners,
            "{brokers} brokers"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn p11_listeners_that_are_not_ours_are_not_asked_about() {
    let mut aws = Fake::of(1);
    let cluster = (tags::CLUSTER.to_owned(), "sales".to_owned());
    aws.tags
        .insert("arn:listener:9092".to_owned(), Tags::from([cluster]));
    assert_eq!(asked(aws, 0).await, ["9093"]);
    let mut aws = Fake::of(1);
    aws.tags.clear();
    assert_eq!(asked(aws, 0).await, [""; 0]);
}
