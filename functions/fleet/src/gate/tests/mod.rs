//! Scenarios of each gate, and what holds for all of them.

mod laws;
mod of_controllers;
mod of_holdings;
mod of_partitions;
mod of_those_restarted;
mod of_who_is_up;

use super::scenes::{healthy, question};
use super::{GateQuestion, Hearing, Verdict, verdict};

/// What two hearings come to, both of them like this one.
fn judged(question: &GateQuestion, hearing: &Hearing) -> Verdict {
    verdict(question, &[hearing.clone(), hearing.clone()], 10)
}

/// What is in the way, as sentences.
fn says(verdict: &Verdict) -> Vec<String> {
    verdict.obstacles.iter().map(ToString::to_string).collect()
}

/// What is in the way of stopping broker 3 of three that are well but for this.
fn with(change: impl FnOnce(&mut Hearing)) -> Vec<String> {
    let mut hearing = healthy();
    change(&mut hearing);
    says(&judged(&question(3), &hearing))
}

#[test]
fn three_that_are_well_can_do_without_one() {
    for next in 1..=3 {
        let verdict = judged(&question(next), &healthy());
        assert!(verdict.is_open(), "{verdict:?}");
        assert!(verdict.unavailable.is_empty());
        assert_eq!(verdict.without_quorum, None);
        let counts = verdict.counts;
        assert_eq!(
            (counts.brokers, counts.partitions, counts.of_next),
            (3, 3, 3)
        );
        assert_eq!(counts.seconds_apart, 10);
    }
}

#[test]
fn two_looks_that_are_too_near_are_one() {
    let verdict = verdict(&question(3), &[healthy(), healthy()], 9);
    assert_eq!(
        says(&verdict),
        [
            "the brokers were not looked at twice: the second look was 9 s after the first one, and 10 s are needed; they are asked again"
        ]
    );
}

#[test]
fn what_the_first_look_shows_is_enough_to_wait_no_longer() {
    assert_eq!(super::at_once(&question(3), &healthy()), None);
    let mut asked = question(1);
    asked.others_wait = true;
    let shut = super::at_once(&asked, &healthy()).expect("an obstacle");
    assert_eq!(
        says(&shut),
        ["broker 1 is the active controller, and is restarted last"]
    );
}
