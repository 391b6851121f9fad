//! AWS does something else than the model, in one thing at a time.

use crate::account::{Account, Ended};
use crate::listed::{Question, questions};
use serde_json::{Value, json};
use std::num::NonZero;
use std::thread;

/// An account of which all is known, to be asked one thing again.
fn known() -> Account {
    let account = Account::faithful();
    let ended = account.run("orders --yes");
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    account
}

/// One line of blanks, wherever the program broke it.
fn flat(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check_told(account: &Account, question: &Question, ended: &Ended) {
    let Question {
        name,
        sentence,
        places,
        ..
    } = question;
    let said = flat(&ended.said);
    assert_eq!(ended.code, Some(1), "{name}: {said}");
    assert!(
        said.contains(&format!("{name} differs (")),
        "{name}: {said}"
    );
    assert!(
        said.contains(&flat(&format!("we assume: {sentence} AWS says: "))),
        "{name}: {said}"
    );
    assert!(
        said.contains(&format!("to change: {places}")),
        "{name}: {said}"
    );
    let outcomes = account.outcomes();
    let differing: Vec<_> = outcomes
        .iter()
        .filter(|(_, outcome)| outcome != "confirmed")
        .collect();
    assert_eq!(differing, [&(name.clone(), "differs".to_owned())], "{said}");
}

#[test]
fn each_difference_is_told_with_its_place_and_nothing_is_left() {
    // A process of Python for each call takes a core: one account for each core.
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let questions = questions();
    thread::scope(|scope| {
        for part in questions.chunks(questions.len().div_ceil(cores)) {
            scope.spawn(|| each_differs(part));
        }
    });
}

fn each_differs(questions: &[Question]) {
    let account = known();
    let before = account.others();
    for question in questions {
        let name = &question.name;
        account.goes_wrong(json!({"differ": name}));
        let ended = account.run(&format!("orders --yes --again {name}"));
        check_told(&account, question, &ended);
        account.goes_wrong(json!({}));
        // Whatever AWS took although it should not have, is taken away.
        assert_eq!(account.others(), before, "{name}: {}", ended.said);
        let again = account.run(&format!("orders --yes --again {name}"));
        assert_eq!(again.code, Some(0), "{name}: {}", again.said);
    }
}

#[test]
fn a_listener_is_only_made_for_a_target_group_that_takes_no_zone_out_of_dns() {
    let failovers = |account: &Account| account.read()["failovers"].clone();
    let account = known();
    assert_eq!(failovers(&account), json!(["off", "off"]));
    // A question alone needs what others have set before.
    account.edit(|value| value["failovers"] = Value::Null);
    let again = account.run("orders --yes --again idle-timeout");
    assert_eq!(again.code, Some(0), "{}", again.said);
    assert_eq!(failovers(&account), json!(["off", "off"]));
    let account = Account::wrong(json!({"forgets attributes": true}));
    let before = account.others();
    let Ended { code, said } = account.run("orders --yes");
    assert_eq!(code, Some(1), "{said}");
    assert!(
        flat(&said).contains("no listener was made, since"),
        "{said}"
    );
    assert_eq!(failovers(&account), Value::Null, "{said}");
    assert_eq!(account.others(), before);
}

#[test]
fn tags_that_iam_sees_late_are_a_difference_also_when_the_repeat_was_let_through() {
    let denied = |resource| json!(["AccessDenied", resource]);
    let taken = |resource| json!([null, resource]);
    let unknown = json!(["Client.UnauthorizedOperation", ""]);
    for (newest_first, outcome) in [
        (
            json!([taken("a"), denied("a"), taken("b"), denied("b")]),
            "differs",
        ),
        (
            json!([taken("c"), taken("a"), taken("b"), denied("a")]),
            "differs",
        ),
        (json!([taken("a"), unknown]), "differs"),
        (json!([denied("a"), taken("a")]), "differs"),
        (json!([taken("b"), denied("a"), taken("a")]), "confirmed"),
        // A permission was missing, and was given later.
        (
            json!([taken("a"), ["AccessDenied", "a", "2025-12-31T23:50:00Z"]]),
            "confirmed",
        ),
        (
            json!([taken("a"), ["AccessDenied", "a", "2025-12-31T23:59:00Z"]]),
            "differs",
        ),
        (
            json!([taken("a"), ["TargetGroupNotFound", "a"]]),
            "confirmed",
        ),
    ] {
        let history = json!({ "ModifyListenerAttributes": newest_first });
        let account = Account::wrong(json!({ "history": history }));
        let said = account.run("orders --read-only").said;
        let found = ("did-see-new-tags".to_owned(), outcome.to_owned());
        assert!(
            account.outcomes().contains(&found),
            "{newest_first}: {said}"
        );
    }
}

#[test]
fn a_role_that_may_do_it_to_another_clusters_too_is_a_difference() {
    let account = known();
    let mut fenced = 0;
    for question in questions() {
        let name = &question.name;
        if !name.starts_with("may-") {
            continue;
        }
        account.goes_wrong(json!({"open": name}));
        let ended = account.run(&format!("orders --yes --again {name}"));
        if ended.said.contains("with the tag of another cluster") {
            check_told(&account, &question, &ended);
            fenced += 1;
        }
        account.goes_wrong(json!({}));
        account.run(&format!("orders --yes --again {name}"));
    }
    assert_eq!(fenced, 13);
}

#[test]
fn a_call_that_is_denied_leaves_its_questions_open_and_names_the_permission() {
    for (call, name, allow) in [
        (
            "describe-account-limits",
            "limits",
            "Allow DescribeAccountLimits to who runs this",
        ),
        (
            "simulate-principal-policy",
            "may-create-groups",
            "Allow SimulatePrincipalPolicy to who runs this",
        ),
        (
            "lookup-events",
            "did-register",
            "Allow LookupEvents to who runs this",
        ),
        (
            "create-target-group",
            "group-tags",
            "Allow CreateTargetGroup to who runs this",
        ),
        (
            "create-listener",
            "idle-timeout",
            "Allow CreateListener to who runs this",
        ),
        (
            "modify-listener-attributes",
            "listener-attributes",
            "Allow ModifyListenerAttributes to who runs this",
        ),
    ] {
        let account = Account::wrong(json!({"deny": call}));
        let before = account.others();
        let Ended { code, said } = account.run("orders --yes");
        assert_eq!(code, Some(0), "{call}: {said}");
        assert!(flat(&said).contains(allow), "{call}: {said}");
        let outcomes = account.outcomes();
        assert!(
            outcomes.contains(&(name.to_owned(), "not asked".to_owned())),
            "{call}: {said}"
        );
        assert!(
            !outcomes.iter().any(|(_, outcome)| outcome == "differs"),
            "{call}: {said}"
        );
        assert_eq!(account.others(), before, "{call}");
    }
}

#[test]
fn what_was_answered_stays_when_it_cannot_be_asked_again() {
    let account = known();
    account.goes_wrong(json!({"deny": "describe-account-limits"}));
    let ended = account.run("orders --read-only");
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(
        account
            .outcomes()
            .contains(&("limits".to_owned(), "confirmed".to_owned()))
    );
}
