//! An order that its host refused, or of which nobody knows what it came to.

use super::{BACK, START, revision, written};
use crate::look::{Look, put_out};
use fleet::documents::Document;
use fleet::observed::CommandStatus;
use serde_json::json;

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
