//! What push-listeners has in hand, or has left unfinished, is its own.

use super::{held, two};
use crate::look::Look;
use fleet::documents::Document;
use fleet::observed::{Alarm, CommandStatus};
use serde_json::json;

#[test]
fn while_push_listeners_has_a_broker_in_hand_nobody_is_healed() {
    let edits = |age, status: CommandStatus| {
        let look = two().gone().of(3);
        let started = json!({"outcome": "started"});
        look.commanded(
            Document::Apply,
            age,
            status,
            "apply broker 3, order 1",
            &started,
        )
    };
    held(
        &edits(5, CommandStatus::InProgress),
        "InHand",
        "apply broker 3, order 1",
    );
    held(
        &edits(59, CommandStatus::Success),
        "InHand",
        "until that has settled",
    );
    assert_eq!(edits(60, CommandStatus::Success).steps().len(), 1);
    // What ails it is not known yet, and whose it is.
    let started = json!({"outcome": "started"});
    let comment = "apply broker 3, order 1";
    let unclear = Look::three().of(3).silent(false);
    let unclear = unclear.commanded(
        Document::Apply,
        90,
        CommandStatus::Success,
        comment,
        &started,
    );
    held(&unclear, "InHand", comment);
    // It was restarted, and is not up yet.
    let away = edits(300, CommandStatus::Success).of(3).starting();
    held(
        &away,
        "InHand",
        "see the report of push-listeners if it lasts",
    );
    let back = away.of(3).inspected(200, true, |_| {});
    assert_eq!(back.steps().len(), 1);
    // Its host refused.
    let refused = two().gone().of(3).starting();
    let no = json!({"outcome": "refused"});
    let refused = refused.commanded(
        Document::Apply,
        20,
        CommandStatus::Success,
        "apply broker 3",
        &no,
    );
    assert_eq!(refused.steps().len(), 1);
}

#[test]
fn what_push_listeners_left_unfinished_is_its_own() {
    for phase in ["stopping", "stopped", "held", "down"] {
        let state = json!({
            "phase": phase, "heading": "forth", "mode": "edit", "nonce": "0", "generation": "", "revision": "",
            "old-sha256": "", "new-sha256": "", "outcome": "", "said": null, "kept": [],
        });
        let look = two().gone_so(move |it| it["state"] = state.clone());
        held(&look, "Unclear", "did not come to a good end");
        // Others have started it since, and it was up.
        let recovered = look.inspected(1200, true, |_| {});
        assert_eq!(recovered.steps().len(), 1, "{phase}: {}", recovered.says());
    }
}

#[test]
fn since_when_it_hangs_is_noted_whatever_the_alarm_is_good_for() {
    for alarm in [
        (|it| it.suppressed_by = Some("Alarm".to_owned())) as fn(&mut Alarm),
        |it| it.actions_enabled = false,
    ] {
        let steps = two().hangs().alarm(alarm).steps();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(steps[0].contains("since when broker 2"), "{steps:?}");
    }
}
