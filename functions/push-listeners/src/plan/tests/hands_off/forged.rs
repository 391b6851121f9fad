//! What a host or a person says forges nothing.

use crate::look::{Look, put_out};
use fleet::documents::Document;
use fleet::observed::CommandStatus;
use serde_json::json;

#[test]
fn what_a_host_or_a_person_says_forges_no_line_of_a_sentence() {
    let is_clean = |look: &Look| {
        let plan = look.plan();
        let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
        assert!(!held.is_empty());
        for said in held {
            assert!(!said.contains(['\n', '\u{1b}']), "{said:?}");
            assert!(said.chars().count() < 1500, "{}", said.chars().count());
        }
    };
    let odd = format!("late\n\u{1b}[8m{}", "x".repeat(5000));
    // An inspection that is refused, and one that is none.
    let refused = Look::alone().host("/outcome", json!("refused"));
    is_clean(&refused.host("/why", json!(odd)).inspected());
    is_clean(&Look::alone().host("/broker/kind", json!(odd)).inspected());
    is_clean(&Look::alone().host("/broker/pid", json!(odd)).inspected());
    // A refused edit, and the comment of a command that a person sent by our document.
    let answer = put_out(&json!({"outcome": "refused", "why": odd, "about": ""}));
    let look = Look::alone().commanded(Document::Apply, 100, CommandStatus::Failed, &answer);
    is_clean(&look.inspected());
    let mut look = Look::alone().commanded(Document::Apply, 1, CommandStatus::InProgress, "");
    look.observed.commands.as_mut().expect("seen")[0].comment = odd.clone();
    is_clean(&look);
}

#[test]
fn what_a_host_says_forges_no_line_of_an_order() {
    let forged = format!("{}\nmode start", "a1".repeat(32));
    let look = Look::alone()
        .host("/file/sha256", json!(forged))
        .inspected();
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["CommandFailed".to_owned()])
    );
    let look = Look::alone().silent();
    let look = look.left("done", "started", "any", json!([])).gone();
    let look = look.host("/state/old-sha256", json!(forged));
    let answer = put_out(&json!({"outcome": "started"}));
    let look = look.commanded(Document::Apply, 200, CommandStatus::Success, &answer);
    assert_eq!(look.inspected().held(), ["CommandFailed"]);
}
