//! What came to a bad end is told, and not tried again for the same parameters.

use super::{revision, touched};
use crate::look::{ENDPOINT, Look};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleet::host::reply::hex;
use serde_json::json;

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
    let sum = fleet::host::reply::hex(look.file.as_bytes());
    let look = touched(look.host("/state/new-sha256", json!(sum)));
    let sentence = &look.plan().held[0].sentence;
    assert!(sentence.contains("could not be put back"), "{sentence}");
    assert!(
        sentence.contains("/var/lib/kafka-privatelink/1/kept"),
        "{sentence}"
    );
}
