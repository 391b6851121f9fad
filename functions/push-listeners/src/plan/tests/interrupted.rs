//! A broker whose Spot Instance AWS takes back.

use crate::look::Look;
use fleet::documents::Document;
use fleet::gate::{Holdings, Obstacle, Verdict};
use fleet::look::{id, node};
use fleet::observed::LifecycleTransition::Terminating;
use fleet::observed::{CommandStatus, Gap};
use fleet::shown::Shown;
use fleet::tags;

const MARKED: &str = "marked-for-termination";
const STOPS: &str = "stop broker 3 on i-3";

/// Brokers 1 and 2 are as they should be, nobody may be restarted, and AWS takes broker 3 back: it said so as many
/// seconds ago.
fn interrupted(age: i64) -> Look {
    let look = Look::three()
        .of(1)
        .serving()
        .of(2)
        .serving()
        .of(3)
        .serving();
    look.without("restarts").spot(MARKED, age)
}

fn shut() -> Verdict {
    Verdict {
        obstacles: vec![Obstacle::NoController],
        ..Verdict::default()
    }
}

fn sentences(look: &Look) -> String {
    let held = look.plan().held.into_iter();
    let held: Vec<String> = held.map(|it| it.sentence).collect();
    held.join("\n")
}

#[test]
fn it_is_stopped_at_once_without_consent_and_whatever_it_has() {
    let look = interrupted(10);
    assert_eq!(look.steps(), ["inspect broker 3 on i-3"]);
    let look = look.inspected();
    assert_eq!(crate::plan::about(&look.observed), [].into());
    assert_eq!(look.steps(), [STOPS]);
    let reason = look.plan().steps[0].reason.clone();
    assert_eq!(reason.kind, "Interrupted");
    let told = "AWS takes its Spot Instance back at 2026-11-22T12:01:50Z";
    assert_eq!(reason.sentence, told);
    assert!(look.held().is_empty(), "{:?}", look.held());
}

#[test]
fn every_code_that_tells_the_end_counts_and_no_other_one() {
    for (code, ends) in [
        (MARKED, true),
        ("marked-for-stop", true),
        ("instance-terminated-no-capacity", true),
        ("fulfilled", false),
        ("request-canceled-and-instance-running", false),
    ] {
        let look = Look::three()
            .of(1)
            .serving()
            .of(2)
            .serving()
            .of(3)
            .serving();
        let steps = look.spot(code, 10).inspected().steps();
        assert_eq!(!steps.is_empty(), ends, "{code}: {steps:?}");
    }
}

#[test]
fn the_gate_is_asked_for_its_reason_and_does_not_keep_it() {
    let look = interrupted(10).inspected();
    let question = crate::plan::gate(&look.seen()).expect("a question");
    assert_eq!(question.next, node(3));
    assert_eq!(question.expected, [1, 2].map(node).into());
    let look = look.gated(shut());
    assert_eq!(look.steps(), [STOPS]);
    let told = "broker 3 is stopped although it should not be, since AWS takes its Spot Instance back, and a clean stop loses less than a pulled plug: no controller is active";
    assert!(sentences(&look).contains(told), "{}", sentences(&look));
    let mut unheard = interrupted(10).inspected();
    unheard.gate = None;
    unheard.observed.gate = Err(Gap {
        read: "Call".to_owned(),
        reason: "throttled".to_owned(),
    });
    assert_eq!(unheard.steps(), [STOPS]);
}

#[test]
fn the_gate_is_not_asked_when_time_is_short() {
    for (age, asks) in [(29, true), (30, false), (119, false), (180, false)] {
        let look = interrupted(age).inspected();
        assert_eq!(crate::plan::gate(&look.seen()).is_some(), asks, "{age}");
        assert_eq!(look.steps(), [STOPS], "{age}");
    }
}

#[test]
fn one_that_runs_though_its_time_has_passed_was_given_back() {
    let look = interrupted(181).inspected();
    assert!(look.steps().is_empty(), "{:?}", look.steps());
}

#[test]
fn it_waits_for_no_command_but_one_on_its_own_host() {
    let applies = |who: u32| {
        let look = interrupted(10).inspected().of(who);
        look.commanded(Document::Apply, 5, CommandStatus::InProgress, "")
    };
    assert_eq!(applies(2).steps(), [STOPS]);
    assert!(applies(3).steps().is_empty());
    assert_eq!(applies(3).held(), ["InFlight"]);
    // The cluster has not settled.
    let restarted = interrupted(10).of(2).restarted(40, Some(20)).of(3);
    assert_eq!(restarted.inspected().steps(), [STOPS]);
}

#[test]
fn nobody_is_restarted_beside_it_also_when_nothing_can_be_done_for_it() {
    let look = Look::three().of(1).of(2).of(3).serving().spot(MARKED, 10);
    let look = look.all_inspected();
    assert_eq!(look.of(3).steps(), [STOPS]);
    let mut unmanaged = Look::three().of(1).of(2).of(3).serving().spot(MARKED, 10);
    let managed = unmanaged.observed.managed.as_mut().expect("seen");
    managed.retain(|it| it.id != id(3));
    let unmanaged = unmanaged.all_inspected();
    assert!(unmanaged.steps().is_empty(), "{:?}", unmanaged.steps());
    let told = "broker 3 leaves with i-3, and is not stopped yet: stop it by hand, since its host is not touched: broker 3 on i-3 takes no command";
    assert!(sentences(&unmanaged).contains(told));
    assert!(sentences(&unmanaged).contains("AWS takes its Spot Instance back at"));
    let stopped = Look::three().of(1).of(2).of(3).silent().spot(MARKED, 10);
    let stopped = stopped.all_inspected();
    assert!(stopped.steps().is_empty(), "{:?}", stopped.steps());
    assert!(stopped.held().contains(&"NotUp".to_owned()));
}

#[test]
fn two_are_stopped_one_after_the_other_and_the_one_with_less_time_first() {
    let look = interrupted(10)
        .inspected()
        .of(2)
        .spot(MARKED, 20)
        .inspected();
    assert_eq!(look.steps(), ["stop broker 2 on i-2"]);
    let second = look.commanded(Document::Stop, 2, CommandStatus::InProgress, "");
    assert_eq!(second.steps(), [STOPS]);
}

#[test]
fn a_hook_of_its_group_holds_nothing() {
    let look = interrupted(10).waiting(Terminating, "kafka-privatelink-terminate", 5);
    let look = look.inspected().having(Holdings::default());
    assert_eq!(look.steps(), [STOPS]);
    assert_eq!(look.plan().steps[0].reason.kind, "Interrupted");
}

#[test]
fn it_is_not_started_for_anybody() {
    let asked = format!("2026-11-22T11:59:00Z gone {}", id(3));
    let look = interrupted(10).silent().inspected().gone();
    let look = look.with("healing", "start").tagged(tags::RESTART, &asked);
    let touches = look.steps().into_iter().any(|it| it.contains("i-3"));
    assert!(!touches, "{:?}", look.steps());
    let hangs = interrupted(10).showing(Shown::Silent {
        why: "it hangs".to_owned(),
        accepts: true,
    });
    assert!(hangs.steps().is_empty());
    assert!(sentences(&hangs).contains("stop it by hand"));
}

#[test]
fn without_the_requests_nothing_is_sent() {
    let mut look = interrupted(10).inspected();
    look.observed.spot_requests = Err(Gap {
        read: "DescribeSpotInstanceRequests".to_owned(),
        reason: "denied".to_owned(),
    });
    assert!(look.steps().is_empty());
    assert_eq!(look.held(), ["Blind"]);
    assert_eq!(look.plan().gaps.len(), 1);
}
