//! What our own commands left behind: what exits is taken back once, and what was interrupted is ended.

use crate::documents::Document;
use crate::host::reply::hex;
use crate::look::{ENDPOINT, Look, put_out};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleet::observed::CommandStatus;
use serde_json::json;

const BACK: &str =
    "give broker 1 on i-1 the file back that it had before, and restart it with that";
const START: &str = "start broker 1 on i-1";

/// The revision of the wish of [`Look::alone`].
fn revision() -> String {
    let order = Look::alone().inspected().plan().steps[0]
        .change
        .order
        .to_string();
    let line = order
        .lines()
        .find_map(|line| line.strip_prefix("revision "));
    line.expect("a revision").to_owned()
}

/// A command of ours was sent 200 s ago, and the host was inspected since.
fn touched(look: Look) -> Look {
    let answer = put_out(&json!({"outcome": "started"}));
    let look = look.commanded(Document::Apply, 200, CommandStatus::Success, &answer);
    look.inspected()
}

/// The file is the one that our last command wrote.
fn written(look: Look) -> Look {
    let sha256 = hex(look.file.as_bytes());
    look.host("/state/old-sha256", json!("a1".repeat(32)))
        .host("/state/new-sha256", json!(sha256))
}

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
fn a_file_that_others_wrote_since_our_command_stays_and_is_told() {
    let other = || json!("c3".repeat(32));
    let process = || json!({"pid": 12, "start": 34});
    let look = |phase: &str, outcome: &str| {
        let look = Look::alone().left(phase, outcome, &revision(), json!([]));
        let theirs = look.host("/state/old-sha256", other());
        theirs.host("/state/process", process())
    };
    for phase in ["prepared", "replaced"] {
        let same = look(phase, "").host("/broker/pid", json!(12));
        let same = touched(same.host("/broker/start", json!(34)));
        assert_eq!(
            (same.steps().len(), same.held()),
            (0, vec!["Theirs".to_owned()]),
            "{phase}"
        );
        let gone = touched(look(phase, "").silent().gone());
        assert_eq!(
            (gone.steps().len(), gone.held()),
            (0, vec!["Theirs".to_owned()]),
            "{phase}"
        );
        // Whoever restarted it has ended our command: the host takes note of it.
        for heading in ["forth", "back"] {
            let restarted = look(phase, "").host("/state/heading", json!(heading));
            assert_eq!(touched(restarted).steps(), [START], "{phase} {heading}");
        }
    }
    let exited = touched(look("done", "started").silent().gone());
    assert_eq!(
        (exited.steps().len(), exited.held()),
        (0, vec!["Theirs".to_owned()])
    );
}

#[test]
fn who_does_not_run_is_looked_at_again_each_hour_and_not_all_the_time() {
    // Whatever is to be done after our command is done after the first look.
    let answer = put_out(&json!({"outcome": "started"}));
    let look = Look::alone()
        .silent()
        .left("done", "started", "other", json!([]))
        .gone();
    let look = look.commanded(Document::Apply, 5 * 3600, CommandStatus::Success, &answer);
    let at = |age: i64| look.clone().inspected_ago(age);
    assert_eq!(
        (at(3600).steps().len(), at(3600).held()),
        (0, vec!["Silent".to_owned()])
    );
    assert_eq!(at(3601).steps(), ["inspect broker 1 on i-1"]);
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
fn a_command_that_was_interrupted_is_ended() {
    for (phase, step) in [
        ("prepared", BACK),
        ("replaced", BACK),
        ("stopping", START),
        ("stopped", START),
        ("starting", START),
        ("started", START),
    ] {
        let look = Look::alone()
            .silent()
            .left(phase, "", &revision(), json!([]))
            .gone();
        let look = touched(look).without("restarts");
        assert_eq!(look.steps(), [step], "{phase}");
        // The same while the process is there and shows what it did before.
        let (pid, start) = match step {
            BACK => (12, 3400),
            _ => (11, 2000),
        };
        let look = Look::alone()
            .left(phase, "", &revision(), json!([]))
            .host("/state/process", json!({"pid": pid, "start": start}));
        assert_eq!(touched(look).without("restarts").steps(), [step], "{phase}");
    }
}

#[test]
fn a_file_that_was_replaced_when_nobody_could_note_it_is_taken_for_replaced() {
    // The host was switched off at that moment, and started the broker with the new file.
    let look = Look::alone()
        .left("prepared", "", &revision(), json!([]))
        .host("/state/process", json!({"pid": 11, "start": 2000}));
    assert_eq!(touched(written(look)).without("restarts").steps(), [START]);
}

#[test]
fn a_process_that_runs_is_not_stopped_without_consent_to_end_a_way_back() {
    let interrupted = |phase: &str, process: serde_json::Value| {
        let look = Look::alone()
            .left(phase, "", &revision(), json!([]))
            .host("/state/heading", json!("back"))
            .host("/state/process", process);
        touched(look).without("restarts")
    };
    for phase in ["prepared", "replaced"] {
        // Nothing ran then, or another process, and somebody started the broker since: it stays.
        for process in [json!("none"), json!({"pid": 11, "start": 2000})] {
            assert_eq!(interrupted(phase, process).steps(), [START], "{phase}");
        }
        // It was to be stopped, by a consent that is withdrawn.
        let look = interrupted(phase, json!({"pid": 12, "start": 3400}));
        assert_eq!(look.held(), ["Stopping"], "{phase}");
    }
}

#[test]
fn a_restart_that_was_interrupted_puts_no_file_back() {
    let restart = |pid: u64| {
        let look = Look::alone()
            .left("replaced", "", &revision(), json!([]))
            .host("/state/mode", json!("restart"))
            .host("/state/process", json!({"pid": pid, "start": 3400}));
        touched(look).without("restarts")
    };
    // Its process goes on as if nothing had been said.
    assert_eq!(restart(12).held(), ["NoConsent"]);
    assert_eq!(restart(11).steps(), [START]);
}

#[test]
fn what_was_taken_back_is_not_tried_again_for_the_same_parameters() {
    let look = |generation_of: &str, revision: &str| {
        let look = Look::alone().left("back", "taken-back", revision, json!([]));
        let look = touched(look);
        match generation_of {
            "" => look,
            name => look.with(name, "<b>.<az>.abc.example.com:<p>"),
        }
    };
    assert_eq!(look("", &revision()).held(), ["Failed"]);
    // Another wish.
    assert_eq!(look("", "another").steps().len(), 1);
    // The same text again is enough.
    let mut again = look("", &revision());
    let parameters = again.observed.parameters.as_mut().expect("seen");
    parameters[0].last_modified = fleet::look::noon() - jiff::SignedDuration::from_secs(10);
    assert_eq!(again.steps().len(), 1, "{:?}", again.held());
}

#[test]
fn an_edit_for_which_no_process_stopped_is_not_told_as_one_whose_process_exited() {
    let back = |process: serde_json::Value| {
        let look = Look::alone().left("back", "back", &revision(), json!([]));
        let look = look
            .host("/state/mode", json!("back"))
            .host("/state/heading", json!("back"));
        let plan = touched(look.host("/state/process", process)).plan();
        assert_eq!(plan.steps.len(), 0);
        plan.held[0].sentence.clone()
    };
    let told = back(json!({"pid": 12, "start": 34}));
    assert!(
        told.starts_with("broker 1 did not stop for its new listeners"),
        "{told}"
    );
    // Without a process to stop, the new one had exited.
    let told = back(json!("none"));
    assert!(told.contains("its new process exited"), "{told}");
}

#[test]
fn a_file_that_is_written_anew_at_each_start_is_held_for_good() {
    let look = touched(Look::alone().left("done", "undone", &revision(), json!([])));
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["Undone".to_owned()])
    );
}

#[test]
fn an_order_that_was_sent_twice_is_not_refused_because_the_first_one_was_at_work() {
    let answer = |why: &str| put_out(&json!({"outcome": "refused", "why": why, "about": ""}));
    let started = put_out(&json!({"outcome": "started"}));
    let sent = |look: Look, why: &str| {
        let look = look.commanded(Document::Apply, 99, CommandStatus::Failed, &answer(why));
        look.inspected().held()
    };
    let alone = Look::alone();
    let done = CommandStatus::Success;
    let first = alone
        .clone()
        .commanded(Document::Apply, 100, done, &started);
    assert!(sent(first.clone(), "busy").is_empty());
    // Another command of ours, or another reason, is none of that.
    assert_eq!(sent(alone, "busy"), ["CommandFailed"]);
    assert_eq!(sent(first, "late"), ["CommandFailed"]);
}

#[test]
fn an_edit_that_the_host_refused_is_tried_again_after_ten_minutes() {
    let refused = |age: i64| {
        let answer = put_out(&json!({"outcome": "refused", "why": "late", "about": ""}));
        let look = Look::alone().commanded(Document::Apply, age, CommandStatus::Failed, &answer);
        look.inspected()
    };
    let look = refused(100);
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["CommandFailed".to_owned()])
    );
    assert!(
        look.plan().held[0]
            .sentence
            .contains("the host refused it: the order came too late")
    );
    assert_eq!(refused(601).steps().len(), 1);
}

#[test]
fn what_a_host_refuses_to_end_or_to_take_back_is_told_and_tried_again_after_ten_minutes() {
    let refused = |phase: &str, outcome: &str, said: &str, age: i64| {
        let answer = put_out(&json!({"outcome": said, "why": "changed", "about": ""}));
        let look = Look::alone()
            .silent()
            .left(phase, outcome, &revision(), json!([]));
        let look = look
            .gone()
            .commanded(Document::Apply, age, CommandStatus::Failed, &answer);
        match phase {
            "done" => written(look).inspected(),
            _ => look.inspected(),
        }
    };
    for (phase, outcome, step) in [
        ("done", "started", BACK),
        ("prepared", "", BACK),
        ("stopped", "", START),
    ] {
        let look = refused(phase, outcome, "refused", 100);
        assert_eq!(
            (look.steps().len(), look.held()),
            (0, vec!["CommandFailed".to_owned()]),
            "{phase}"
        );
        assert_eq!(
            refused(phase, outcome, "refused", 601).steps(),
            [step],
            "{phase}"
        );
        // What the script did not expect is told, and tried again, likewise.
        let look = refused(phase, outcome, "failed", 100);
        assert_eq!(look.held(), ["CommandFailed"], "{phase}");
    }
    let answer = put_out(&json!({"outcome": "refused", "why": "process", "about": ""}));
    let look = Look::alone().left("stopped", "", &revision(), json!([]));
    let look = look.commanded(Document::Apply, 100, CommandStatus::Failed, &answer);
    assert_eq!(look.inspected().held(), ["CommandFailed"]);
}

#[test]
fn an_edit_that_failed_without_a_word_is_told_and_tried_again_after_ten_minutes() {
    let failed = |age: i64| {
        let look =
            Look::alone().commanded(Document::Apply, age, CommandStatus::DeliveryTimedOut, "");
        look.inspected()
    };
    assert_eq!(
        (failed(100).steps().len(), failed(100).held()),
        (0, vec!["CommandFailed".to_owned()])
    );
    let said = failed(100).plan().held[0].sentence.clone();
    assert!(
        said.contains("the command put nothing out; it is DeliveryTimedOut"),
        "{said}"
    );
    assert_eq!(failed(601).steps().len(), 1);
}

#[test]
fn what_an_older_command_left_is_not_taken_back_because_a_newer_one_was_refused() {
    // The state is that of another order than the one of the last day, which changed nothing.
    let answer = put_out(&json!({"outcome": "refused", "why": "late", "about": ""}));
    let look = Look::alone()
        .silent()
        .left("done", "started", &revision(), json!([]))
        .gone()
        .host("/state/nonce", json!("fedcba9876543210"));
    let look = look.commanded(Document::Apply, 700, CommandStatus::Failed, &answer);
    let look = look.inspected();
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["Silent".to_owned()])
    );
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
fn a_broker_is_not_restarted_again_for_what_a_restart_did_not_change() {
    let done = |new_sha256: Option<&str>| {
        let mut look = Look::alone();
        look.file = look.file.replace(
            "0.0.0.0:29092\n",
            "0.0.0.0:29092,EXTERNAL://0.0.0.0:39092\n",
        );
        look.file = look.file.replace(
            "10.0.0.1:9092\n",
            &format!("10.0.0.1:9092,EXTERNAL://{ENDPOINT}\n"),
        );
        look.file = look.file.replace(
            "CONTROLLER:PLAINTEXT\n",
            "CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT\n",
        );
        let sha256 = new_sha256.map_or_else(|| hex(look.file.as_bytes()), str::to_owned);
        let look = look.left("done", "started", &revision(), json!([]));
        touched(look.host("/state/new-sha256", json!(sha256)))
    };
    // The file says it, the process was restarted for it, and still shows something else.
    let look = done(None);
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["NotShown".to_owned()])
    );
    // Somebody wrote the file anew after our edit, and the broker was started with that.
    let look = touched(Look::alone().left("done", "started", &revision(), json!([])));
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["Undone".to_owned()])
    );
    // For other parameters it is restarted.
    let look = touched(Look::alone().left("done", "started", "another", json!([])));
    assert_eq!(look.steps().len(), 1);
}

#[test]
fn a_listener_that_was_there_before_us_does_not_restart_its_broker_for_ever() {
    // EXTERNAL was among the listeners before, so it stays there when the group is retired.
    let mut look = Look::alone().showing_itself(|it| {
        let both = "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,EXTERNAL://0.0.0.0:39092";
        it.listeners.value = Some(both.to_owned());
    });
    look.file = look.file.replace(
        "0.0.0.0:29092\n",
        "0.0.0.0:29092,EXTERNAL://0.0.0.0:39092\n",
    );
    look.file = look.file.replace(
        "CONTROLLER:PLAINTEXT\n",
        "CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT\n",
    );
    let kept = json!([
        {"key": "listeners", "was": "has EXTERNAL"},
        {"key": "listener.security.protocol.map", "was": "has EXTERNAL"},
    ]);
    let look = look.with("listeners/EXTERNAL", r#"{"retired": true}"#);
    let first = look.clone().inspected();
    let order = first
        .plan()
        .steps
        .first()
        .map(|step| step.change.order.to_string());
    let revision = order
        .as_deref()
        .and_then(|order| order.lines().find_map(|it| it.strip_prefix("revision ")));
    let sha256 = hex(look.file.as_bytes());
    let look = look.left("done", "started", revision.expect("a revision"), kept);
    let look = touched(look.host("/state/new-sha256", json!(sha256)));
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["NotShown".to_owned()])
    );
}

#[test]
fn a_read_that_lags_does_not_try_again_what_was_taken_back() {
    // The parameters are as they were before the write for which it was taken back (P-44).
    let mut look = touched(Look::alone().left("back", "taken-back", &revision(), json!([])));
    let parameters = look.observed.parameters.as_mut().expect("seen");
    parameters[0].last_modified = fleet::look::noon() - jiff::SignedDuration::from_secs(7200);
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["Failed".to_owned()])
    );
}

#[test]
fn a_process_that_was_told_to_stop_and_still_answers_is_waited_for_and_then_taken_back_with_consent()
 {
    let stopping = |age: i64| {
        let look = Look::alone()
            .left("stopping", "", &revision(), json!([]))
            .host("/state/process", json!({"pid": 12, "start": 3400}));
        let answer = put_out(&json!({"outcome": "stopping"}));
        let look = look.commanded(Document::Apply, age, CommandStatus::Failed, &answer);
        look.inspected()
    };
    assert_eq!(
        (stopping(400).steps().len(), stopping(400).held()),
        (0, vec!["Stopping".to_owned()])
    );
    assert_eq!(stopping(700).steps(), [BACK]);
    let look = stopping(700).without("restarts");
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["NoConsent".to_owned()])
    );
}

#[test]
fn a_process_that_somebody_started_since_is_not_restarted_to_put_a_file_back() {
    // Before the file was replaced the command ended, and somebody restarted the broker: it is a new
    // process that runs with the old file, and nothing of ours is left to be ended without consent.
    let look = Look::alone()
        .left("prepared", "", &revision(), json!([]))
        .host("/state/process", json!({"pid": 11, "start": 2000}));
    let look = touched(look);
    assert_eq!(
        look.steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
    assert!(look.clone().without("restarts").steps().is_empty());
}

#[test]
fn an_edit_that_was_only_interrupted_before_its_broker_was_stopped_is_tried_again() {
    // The file was put back, and no process has exited: that says nothing against the parameters.
    let look = Look::alone()
        .left("back", "back", &revision(), json!([]))
        .host("/state/cause", json!("never-stopped"));
    let look = touched(look);
    assert_eq!(
        look.steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
}

#[test]
fn a_command_that_was_interrupted_is_ended_also_if_the_file_would_not_be_edited_any_more() {
    // The new file is in place already, and would be read at whatever start comes next.
    let mut look = Look::alone().left("replaced", "", &revision(), json!([]));
    look.file = look
        .file
        .replace("0.0.0.0:29092\n", "0.0.0.0:29092,EXTERNAL://:9094\n")
        .replace(
            "CONTROLLER:PLAINTEXT\n",
            "CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT\n",
        );
    let is_new = json!(hex(look.file.as_bytes()));
    let look = look.host("/state/new-sha256", is_new);
    assert_eq!(touched(look).steps(), [BACK]);
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
fn how_it_failed_is_told_with_what_kafka_said() {
    let long = "and so on ".repeat(140);
    let said = format!("ERROR {long}\nCaused by: Address already in use");
    let said = BASE64_STANDARD.encode(said);
    for (phase, mode, is_silent, told) in [
        ("back", "edit", false, "its old file and process are back"),
        (
            "held",
            "edit",
            true,
            "its old file is back, and its old process exited, too",
        ),
        (
            "held",
            "restart",
            true,
            "started it with its file as it was, and it exited",
        ),
        ("down", "stop", true, "our last command there stopped it"),
    ] {
        let look = Look::alone().left(phase, "exited", &revision(), json!([]));
        let look = look
            .host("/state/mode", json!(mode))
            .host("/state/said", json!(said));
        let look = match is_silent {
            true => look.silent().gone(),
            false => look,
        };
        let look = touched(look);
        let held = look.plan().held;
        assert_eq!(held.len(), 1, "{phase} {mode}: {held:?}");
        let sentence = &held[0].sentence;
        assert!(sentence.contains(told), "{phase} {mode}: {sentence}");
        assert!(
            sentence.contains("; Kafka said: ERROR and so on "),
            "{sentence}"
        );
        let end = " Caused by: Address already in use";
        assert!(sentence.ends_with(end), "{sentence}");
    }
    let mut look = Look::alone().silent().gone();
    look = look.left("held", "exited", &revision(), json!([]));
    let sum = crate::host::reply::hex(look.file.as_bytes());
    let look = touched(look.host("/state/new-sha256", json!(sum)));
    let sentence = &look.plan().held[0].sentence;
    assert!(sentence.contains("could not be put back"), "{sentence}");
    assert!(
        sentence.contains("/var/lib/kafka-privatelink/1/kept"),
        "{sentence}"
    );
}

#[test]
fn a_state_in_words_of_another_release_changes_nothing() {
    for (field, word) in [("phase", "resting"), ("heading", "aside"), ("mode", "roll")] {
        let look = Look::alone()
            .left("replaced", "", &revision(), json!([]))
            .host(&format!("/state/{field}"), json!(word));
        let look = touched(look);
        assert!(look.steps().is_empty(), "{field}");
        let plan = look.plan();
        let held = &plan.held[0].sentence;
        assert!(held.contains("one release"), "{held}");
    }
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
