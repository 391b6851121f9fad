//! A command that did not come to its end is ended.

use super::{BACK, START, revision, touched, written};
use crate::look::{Look, put_out};
use fleet::documents::Document;
use fleet::host::reply::hex;
use fleet::observed::CommandStatus;
use serde_json::json;

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
