//! A broker that does not answer after our command: what exits is taken back once, and what is slow is waited for.

use super::{BACK, START, revision, touched, written};
use crate::look::{Look, put_out};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleet::documents::Document;
use fleet::observed::{CommandStatus, Gap};
use fleet::tags;
use serde_json::json;

#[test]
fn a_process_that_exits_after_our_command_is_taken_back_without_consent() {
    let look = Look::alone()
        .silent()
        .left("done", "started", &revision(), json!([]));
    let look = touched(written(look).gone()).without("restarts");
    assert_eq!(look.steps(), [BACK]);
    let plan = look.plan();
    assert_eq!(
        plan.steps[0].reason.sentence,
        "its process has exited since our last command there"
    );
    let order = plan.steps[0].change.order.to_string();
    assert!(order.contains("\nprocess none\n"), "{order}");
    // The way back is from what the host kept.
    assert!(
        order.contains(&format!("old-sha256 {}", "a1".repeat(32))),
        "{order}"
    );
}

#[test]
fn nobody_is_taken_back_while_it_is_not_known_what_another_command_said() {
    let look = Look::alone()
        .silent()
        .left("done", "started", &revision(), json!([]));
    let mut look = touched(written(look).gone());
    assert_eq!(look.steps(), [BACK]);
    let gap = Gap {
        read: "GetCommandInvocation of c9".to_owned(),
        reason: "denied".to_owned(),
    };
    look.observed.outputs.insert("c9".into(), Err(gap));
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["Blind".to_owned()])
    );
}

#[test]
fn who_stops_hours_after_our_command_was_stopped_by_others() {
    let at = |phase: &str, age: i64| {
        let answer = put_out(&json!({"outcome": "started"}));
        let look = Look::alone()
            .silent()
            .left(phase, "started", &revision(), json!([]))
            .gone();
        let look = look.commanded(Document::Apply, age, CommandStatus::Success, &answer);
        written(look).inspected()
    };
    assert_eq!(at("done", 3600).steps(), [BACK]);
    assert_eq!(at("started", 3600).steps(), [START]);
    // Whom our command stopped and nobody started is started, however late.
    assert_eq!(at("stopped", 29 * 24 * 3600).steps(), [START]);
    let later = at("started", 3601);
    assert_eq!(
        (later.steps().len(), later.held()),
        (0, vec!["Silent".to_owned()])
    );
    let later = at("done", 3601);
    assert_eq!(
        (later.steps().len(), later.held()),
        (0, vec!["Silent".to_owned()])
    );
}

#[test]
fn if_the_old_one_exits_too_nothing_more_is_done() {
    for phase in ["back", "held"] {
        let look = Look::alone()
            .silent()
            .left(phase, "taken-back", &revision(), json!([]))
            .gone();
        let look = touched(look);
        assert_eq!(
            (look.steps().len(), look.held()),
            (0, vec!["Failed".to_owned()]),
            "{phase}"
        );
    }
}

#[test]
fn slow_is_no_exit() {
    let look = Look::alone()
        .silent()
        .left("done", "started", &revision(), json!([]));
    let look = touched(look);
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["Starting".to_owned()])
    );
}

#[test]
fn who_is_silent_after_our_command_is_inspected_and_again_after_two_minutes() {
    let answer = put_out(&json!({"outcome": "started"}));
    let look = Look::alone().silent();
    let look = look.commanded(Document::Apply, 20, CommandStatus::Success, &answer);
    assert_eq!(look.steps(), ["inspect broker 1 on i-1"]);
    let look = Look::alone()
        .silent()
        .left("done", "started", "other", json!([]));
    let look = look.commanded(Document::Apply, 400, CommandStatus::Success, &answer);
    assert!(look.clone().inspected_ago(100).steps().is_empty());
    assert_eq!(look.inspected_ago(130).steps(), ["inspect broker 1 on i-1"]);
}

#[test]
fn who_does_not_run_is_looked_at_again_every_two_minutes_and_not_all_the_time() {
    // Whatever is to be done after our command is done after the first look.
    let answer = put_out(&json!({"outcome": "started"}));
    let look = Look::alone()
        .silent()
        .left("done", "started", "other", json!([]))
        .gone();
    let look = look.commanded(Document::Apply, 5 * 3600, CommandStatus::Success, &answer);
    let at = |age: i64| look.clone().inspected_ago(age);
    assert_eq!(
        (at(120).steps().len(), at(120).held()),
        (0, vec!["Silent".to_owned()])
    );
    assert_eq!(at(121).steps(), ["inspect broker 1 on i-1"]);
}

#[test]
fn a_look_at_a_silent_broker_that_failed_is_repeated_when_it_is_said() {
    let look = |age: i64| {
        let answer = put_out(&json!({"outcome": "started"}));
        let look = Look::alone().silent();
        let look = look.commanded(Document::Apply, 900, CommandStatus::Success, &answer);
        look.commanded(Document::Inspect, age, CommandStatus::DeliveryTimedOut, "")
    };
    let told = look(119).plan().held[0].sentence.clone();
    assert!(
        told.contains("tried again at 2026-11-22T12:00:01Z"),
        "{told}"
    );
    assert_eq!(look(120).steps().len(), 1);
}

#[test]
fn only_an_edit_is_taken_back() {
    for (mode, outcome) in [
        ("restart", "started"),
        ("start", "started"),
        ("edit", "refused"),
    ] {
        let look = Look::alone()
            .silent()
            .left("done", outcome, &revision(), json!([]))
            .gone()
            .host("/state/mode", json!(mode));
        let look = touched(look);
        assert_eq!(
            (look.steps().len(), look.held()),
            (0, vec!["Exited".to_owned()]),
            "{mode} {outcome}"
        );
        let told = &look.plan().held[0].sentence;
        assert!(
            told.contains("which did not change its file, so nothing is taken back"),
            "{told}"
        );
    }
}

#[test]
fn a_process_that_may_be_the_broker_is_never_started_beside() {
    let look = |change: fn(Look) -> Look| {
        let look = Look::alone()
            .silent()
            .left("done", "started", &revision(), json!([]));
        let look = touched(change(look));
        (look.steps().len(), look.held())
    };
    // It was there when it was counted, and could not be looked at.
    let counted = look(|it| it.host("/broker", json!(null)));
    assert_eq!(counted, (0, vec!["Starting".to_owned()]));
    // Its file cannot be read, so that nobody knows which broker it is.
    let nameless = look(|it| {
        it.host("/broker/node", json!(null))
            .host("/broker", json!(null))
            .host("/matches", json!(0))
    });
    assert_eq!(nameless, (0, vec!["Host".to_owned()]));
}

#[test]
fn a_unit_that_starts_again_and_again_what_we_edited_is_taken_back() {
    let looping = |now: u64, running: u64| {
        let look = Look::alone()
            .silent()
            .left("done", "started", &revision(), json!([]));
        let mut look = written(look);
        look.host["unit"] = json!({"name": BASE64_STANDARD.encode("kafka.service"), "restarts": now, "stop_seconds": 330, "ours": false});
        look.host["state"]["running"] = json!({"pid": running, "start": 3400});
        look.host["state"]["restarts"] = json!("1");
        touched(look).without("restarts")
    };
    let look = looping(3, 11);
    assert_eq!(look.steps(), [BACK]);
    let order = look.plan().steps[0].change.order.to_string();
    assert!(order.contains("\nprocess 12 3400\n"), "{order}");
    // The very process that we started is slow, one that a person started is theirs, and one that was started
    // again once may recover its log after whatever ended the one before it.
    for (now, running) in [(3, 12), (1, 11), (2, 11)] {
        assert_eq!(looping(now, running).held(), ["Starting"]);
    }
}

/// One that our last command left so: it may be taken back, or started.
fn left(phase: &str) -> Look {
    let look = Look::alone().silent();
    written(look.left(phase, "started", &revision(), json!([])).gone())
}

#[test]
fn who_is_kept_stopped_or_has_another_disk_is_not_put_right_either() {
    for phase in ["done", "stopped", "starting"] {
        assert_eq!(touched(left(phase)).steps().len(), 1, "{phase}");
        let kept = touched(left(phase).tagged(tags::KEEP_STOPPED, ""));
        assert!(kept.steps().is_empty(), "{phase}: {:?}", kept.steps());
        assert_eq!(kept.held(), ["KeptStopped"], "{phase}");
        let other = touched(left(phase).host("/disks/0/node", json!(7)));
        assert!(other.steps().is_empty(), "{phase}: {:?}", other.steps());
        assert_eq!(other.held(), ["Disk"], "{phase}");
    }
}

#[test]
fn whom_people_stop_by_its_unit_right_after_our_command_is_not_taken_back() {
    let by_unit = |phase: &str, active: &str, result: &str| {
        let mut look = left(phase);
        look.host["unit"] = json!({
            "name": "a2Fma2E=", "restarts": 0, "stop_seconds": 330, "ours": false, "active": active, "result": result,
        });
        look.host["disks"][0]["closed"] = json!(true);
        touched(look)
    };
    let stopped = by_unit("done", "inactive", "success");
    assert!(stopped.steps().is_empty(), "{:?}", stopped.steps());
    assert_eq!(stopped.held(), ["StoppedOnPurpose"]);
    // Kafka closes its folders also when it exits because of its file.
    assert_eq!(by_unit("done", "failed", "exit-code").steps(), [BACK]);
    // Our own command stopped it.
    assert_eq!(by_unit("stopped", "inactive", "success").steps(), [START]);
}

#[test]
fn however_our_command_ended_that_is_over_once_the_broker_was_up() {
    let look = |phase: &str| {
        let answer = put_out(&json!({"outcome": "started"}));
        let look = written(Look::alone().left(phase, "started", &revision(), json!([])));
        let look = look.commanded(Document::Apply, 200, CommandStatus::Success, &answer);
        look.inspected_ago(100).silent().gone().inspected()
    };
    assert_eq!(look("done").steps(), [BACK]);
    for phase in ["held", "down"] {
        assert_eq!(look(phase).held(), ["Silent"], "{phase}");
    }
}
