//! A broker that is stopped at once: AWS takes its Spot Instance back, or its group ends the wait in the next minutes.

use crate::look::{Look, put_out};
use fleet::documents::Document;
use fleet::observed::LifecycleTransition::Terminating;
use fleet::observed::{CommandStatus, Gap};
use serde_json::json;

const HOOK: &str = "kafka-privatelink-terminate";
const LOOKS: &str = "inspect broker 3 on i-3";
const STOPS: &str = "stop broker 3 on i-3";

fn three() -> Look {
    let look = Look::three().of(1).serving().of(2).serving().of(3);
    look.without("restarts")
}

/// Brokers 1 and 2 are as they should be, and broker 3 has this many seconds until its group ends the wait.
fn waits(left: i64) -> Look {
    three().waiting(Terminating, HOOK, 90_000 - left)
}

/// The same, and AWS takes its Spot Instance back.
fn interrupted() -> Look {
    three().spot("marked-for-termination", 10)
}

fn both() -> [Look; 2] {
    [waits(299), interrupted()]
}

/// Its host could not be inspected a moment ago.
fn failed(look: Look) -> Look {
    look.commanded(Document::Inspect, 20, CommandStatus::Failed, "")
}

#[test]
fn it_waits_for_no_command_but_one_on_its_own_host() {
    for look in both() {
        let applies = |who: u32| {
            let look = look.clone().inspected().of(who);
            look.commanded(Document::Apply, 5, CommandStatus::InProgress, "")
        };
        assert_eq!(applies(2).steps(), [STOPS]);
        assert!(applies(3).steps().is_empty());
        assert_eq!(applies(3).held(), ["InFlight"]);
    }
    // Before that there is time.
    let look = waits(301).inspected().of(2);
    let look = look.commanded(Document::Apply, 5, CommandStatus::InProgress, "");
    assert!(look.steps().is_empty());
}

#[test]
fn it_waits_for_no_answer_of_another_host() {
    for look in both() {
        let mut look = look.of(2).restarted(100, None).of(3).inspected();
        let applied = look.observed.outputs.iter_mut();
        for (_, output) in applied.filter(|(id, _)| id.as_str().starts_with("c2")) {
            *output = Err(Gap {
                read: "GetCommandInvocation".to_owned(),
                reason: "throttled".to_owned(),
            });
        }
        assert_eq!(look.steps(), [STOPS]);
    }
}

#[test]
fn two_with_the_same_end_are_stopped_beside_each_other() {
    let look = waits(299).inspected().of(2);
    let look = look.waiting(Terminating, HOOK, 90_000 - 299).inspected();
    assert_eq!(look.steps(), ["stop broker 2 on i-2"]);
    let second = look.commanded(Document::Stop, 60, CommandStatus::InProgress, "");
    assert_eq!(second.steps(), [STOPS]);
}

#[test]
fn whose_stop_was_refused_is_stopped_after_the_others_and_says_why() {
    let refused = put_out(&json!({"outcome": "refused", "why": "state", "about": ""}));
    let both = waits(299).of(2).waiting(Terminating, HOOK, 90_000 - 299);
    let both = both.inspected_ago(10).of(3);
    let look = both.commanded(Document::Stop, 20, CommandStatus::Failed, &refused);
    for look in [look.clone(), look.inspected_ago(10)] {
        assert_eq!(look.steps(), ["stop broker 2 on i-2"]);
    }
    let alone = waits(299).commanded(Document::Stop, 20, CommandStatus::Failed, &refused);
    assert_eq!(alone.steps(), [LOOKS]);
    let alone = alone.inspected_ago(10);
    assert_eq!(alone.steps(), [STOPS]);
    assert_eq!(alone.held()[0], "CommandFailed", "{:?}", alone.held());
}

#[test]
fn an_edit_that_was_refused_or_failed_does_not_keep_it() {
    for outcome in ["refused", "failed"] {
        let answer = put_out(&json!({"outcome": outcome, "why": "changed", "about": ""}));
        for look in both() {
            let look = look.commanded(Document::Apply, 100, CommandStatus::Failed, &answer);
            let look = look.inspected();
            assert_eq!(look.steps(), [STOPS], "{:?}", look.plan().held);
        }
    }
}

#[test]
fn after_a_look_that_failed_it_is_looked_at_again_and_why_is_told() {
    for look in both().map(failed) {
        assert_eq!(look.steps(), [LOOKS]);
        let held = look.plan().held;
        let told = held.iter().find(|it| it.kind == "CommandFailed");
        let told = &told.expect("told").sentence;
        let again = "is tried again at 2026-11-22T12:00:00Z: inspect broker 3";
        assert!(told.contains(again), "{told}");
    }
    let has_time = failed(waits(301));
    assert!(has_time.steps().is_empty());
    assert_eq!(has_time.held(), ["CommandFailed"]);
}

#[test]
fn one_that_cannot_be_looked_at_keeps_no_other_one_from_being_stopped() {
    let look = failed(interrupted()).of(2);
    let look = look.spot("marked-for-termination", 5);
    assert_eq!(look.steps(), ["inspect broker 2 on i-2"]);
    assert_eq!(look.inspected().steps(), ["stop broker 2 on i-2"]);
}
