//! Registering and deregistering many targets, and one bad one among them (P-30).

use super::{port, register, step, take};
use crate::action::Action;
use cloud::call::Call;
use cloud::fake::{Fake, ids, owner};
use fleet::report::Outcome;

/// How many targets each call was about.
fn counts(aws: &Fake, call: Call) -> Vec<usize> {
    let asked = aws.asked_of(call).into_iter();
    asked.map(|of| of.split(' ').count() - 1).collect()
}

#[tokio::test(start_paused = true)]
async fn p30_one_bad_target_does_not_keep_the_others_out() {
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "i-1 i-2 i-3", "InvalidTarget");
    aws.fails(Call::RegisterTargets, "i-2", "InvalidTarget");
    let outcomes = take(&aws, vec![step(owner(1), register(["i-1", "i-2", "i-3"]))]).await;
    let why = "RegisterTargets answered InvalidTarget: as told".to_owned();
    assert_eq!(outcomes, [Outcome::Partly(why)]);
    assert_eq!(
        aws.asked_of(Call::RegisterTargets),
        ["i-1 i-2 i-3", "i-1", "i-2", "i-3"].map(|ids| format!("arn:group:1: {ids}"))
    );
}

#[tokio::test(start_paused = true)]
async fn p30_a_single_bad_target_is_not_asked_for_twice() {
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "", "InvalidTarget");
    let outcomes = take(&aws, vec![step(owner(1), register(["i-1"]))]).await;
    let why = "RegisterTargets answered InvalidTarget: as told".to_owned();
    assert_eq!(outcomes, [Outcome::Failed(why)]);
    assert_eq!(counts(&aws, Call::RegisterTargets), [1]);
}

#[tokio::test(start_paused = true)]
async fn only_an_invalid_target_is_a_reason_to_ask_one_by_one() {
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "", "TooManyTargets");
    let outcomes = take(&aws, vec![step(owner(1), register(["i-1", "i-2"]))]).await;
    let why = "RegisterTargets answered TooManyTargets: as told".to_owned();
    assert_eq!(outcomes, [Outcome::Failed(why)]);
    assert_eq!(counts(&aws, Call::RegisterTargets), [2]);
}

#[tokio::test(start_paused = true)]
async fn p30_a_second_good_call_after_a_split_one_is_part_of_it() {
    let aws = Fake::of(2);
    for bad in ["i-1 i-2", "i-1", "i-2"] {
        aws.fails(Call::RegisterTargets, bad, "InvalidTarget");
    }
    let why = "RegisterTargets answered InvalidTarget: as told";
    let all_bad = take(&aws, vec![step(owner(1), register(["i-1", "i-2"]))]).await;
    assert_eq!(all_bad, [Outcome::Failed(format!("{why}; {why}"))]);
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "i-1 i-2", "InvalidTarget");
    let all_good = take(&aws, vec![step(owner(1), register(["i-1", "i-2"]))]).await;
    assert_eq!(
        all_good,
        [Outcome::Done],
        "what was refused together went one by one"
    );
}

#[tokio::test(start_paused = true)]
async fn two_hundred_targets_go_into_one_call() {
    let aws = Fake::of(2);
    let instances = ids(1..=401).collect();
    let all = step(owner(1), Action::RegisterTargets { instances });
    assert_eq!(take(&aws, vec![all.clone()]).await, [Outcome::Done]);
    assert_eq!(counts(&aws, Call::RegisterTargets), [200, 200, 1]);
    // The first chunk is in, the second is not.
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "i-201", "InternalFailure");
    let why = "RegisterTargets answered InternalFailure: as told".to_owned();
    assert_eq!(take(&aws, vec![all]).await, [Outcome::Partly(why)]);
    assert_eq!(counts(&aws, Call::RegisterTargets), [200, 200, 1]);
}

#[tokio::test(start_paused = true)]
async fn deregistering_stops_at_the_first_call_that_fails() {
    let targets = || ids(1..=401).map(|id| (id, port(39092))).collect();
    let all = || {
        vec![step(
            owner(1),
            Action::DeregisterTargets { targets: targets() },
        )]
    };
    let aws = Fake::of(2);
    assert_eq!(take(&aws, all()).await, [Outcome::Done]);
    assert_eq!(counts(&aws, Call::DeregisterTargets), [200, 200, 1]);
    let aws = Fake::of(2);
    aws.fails(Call::DeregisterTargets, "i-201", "InternalFailure");
    let why = "DeregisterTargets answered InternalFailure: as told".to_owned();
    assert_eq!(take(&aws, all()).await, [Outcome::Failed(why)]);
    assert_eq!(counts(&aws, Call::DeregisterTargets), [200, 200]);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_registered_is_not_deregistered_on_its_other_port() {
    let deregister = |ids: &[&str]| {
        let targets = ids.iter().map(|id| ((*id).into(), port(9999))).collect();
        step(owner(1), Action::DeregisterTargets { targets })
    };
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "i-1 i-2", "InvalidTarget");
    aws.fails(Call::RegisterTargets, "i-2", "InvalidTarget");
    let steps = vec![
        step(owner(1), register(["i-1", "i-2"])),
        deregister(&["i-1", "i-2"]),
        deregister(&["i-2"]),
    ];
    let outcomes = take(&aws, steps).await;
    assert!(matches!(outcomes[0], Outcome::Partly(_)), "{outcomes:?}");
    assert_eq!(outcomes[1..], [Outcome::Done, Outcome::Skipped]);
    assert_eq!(
        aws.asked_of(Call::DeregisterTargets),
        ["arn:group:1: i-1:9999"]
    );
}
