//! What our own commands left behind: what exits is taken back once, and what was interrupted is ended.

use crate::documents::Document;
use crate::look::{Look, put_out};
use fleet::observed::CommandStatus;
use serde_json::json;

const BACK: &str = "give broker 1 on i-1 the file back that it had before, and start it";
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

#[test]
fn a_process_that_exits_after_our_command_is_taken_back_without_consent() {
    let look = Look::alone()
        .silent()
        .left("done", "started", &revision(), json!([]));
    let look = touched(look.gone()).without("restarts");
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
fn if_the_old_one_exits_too_nothing_more_is_done() {
    for phase in ["back", "held"] {
        let look = Look::alone()
            .silent()
            .left(phase, "taken-back", &revision(), json!([]))
            .gone();
        let look = touched(look);
        assert_eq!(
            (look.steps().len(), look.held()),
            (0, vec!["ExitedToo".to_owned()]),
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
        let look = touched(Look::alone().left(phase, "", &revision(), json!([])));
        assert_eq!(look.without("restarts").steps(), [step], "{phase}");
    }
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
    assert_eq!(look("", &revision()).held(), ["TakenBack"]);
    // Another wish.
    assert_eq!(look("", "another").steps().len(), 1);
    // The same text again is enough.
    let mut again = look("", &revision());
    let parameters = again.observed.parameters.as_mut().expect("seen");
    parameters[0].last_modified = fleet::look::noon() - jiff::SignedDuration::from_secs(10);
    assert_eq!(again.steps().len(), 1, "{:?}", again.held());
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
            .contains("the host refused it: late")
    );
    assert_eq!(refused(601).steps().len(), 1);
}
