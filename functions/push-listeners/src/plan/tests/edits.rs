//! What is changed, and when.

use crate::look::{ENDPOINT, FILE, Look, put_out};
use crate::plan::asked;
use crate::server_properties::{Span, apply};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fleet::documents::Document;
use fleet::observed::CommandStatus;
use serde_json::json;

const INSPECT: &str = "inspect broker 1 on i-1";
const EDIT: &str = "edit the file of broker 1 on i-1 and restart it";

/// The spans of an order's lines.
fn spans(order: &str) -> Vec<Span> {
    let bytes = |text: &str| match text {
        "-" => Vec::new(),
        text => BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64"),
    };
    let lines = order.lines().filter_map(|line| line.strip_prefix("span "));
    lines
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            Span {
                offset: words[0].parse().expect("an offset"),
                old: bytes(words[1]),
                new: bytes(words[2]),
            }
        })
        .collect()
}

/// The file as the only step of a look leaves it.
fn edited(look: &Look) -> String {
    assert_eq!(look.steps(), [EDIT], "{:?}", look.plan().held);
    let order = look.plan().steps[0].change.order.to_string();
    let file = apply(look.file.as_bytes(), &spans(&order)).expect("an edit");
    String::from_utf8(file).expect("text")
}

#[test]
fn a_broker_that_shows_what_it_should_is_left_alone_and_nobody_looks_at_its_host() {
    let look = Look::alone().serving();
    assert!(look.steps().is_empty());
    assert!(look.held().is_empty(), "{:?}", look.plan().held);
    assert!(asked(&look.observed).is_empty());
}

#[test]
fn a_broker_that_differs_is_inspected_first_and_that_needs_no_consent() {
    let look = Look::alone().without("restarts");
    assert_eq!(look.steps(), [INSPECT]);
    let plan = look.plan();
    let reason = &plan.steps[0].reason.sentence;
    assert_eq!(*reason, format!("EXTERNAL is missing; wanted {ENDPOINT}"));
    assert!(
        plan.picture
            .to_string()
            .contains("its file is inspected first")
    );
}

#[test]
fn an_inspected_broker_is_edited_and_the_plan_shows_the_lines() {
    let look = Look::alone().inspected();
    let text = edited(&look);
    let plus = |line: &str, more: &str| (format!("{line}\n"), format!("{line}{more}\n"));
    let mut expected = FILE.to_owned();
    for (old, new) in [
        plus("CONTROLLER://0.0.0.0:29092", ",EXTERNAL://0.0.0.0:39092"),
        plus(
            "INTERNAL://10.0.0.1:9092",
            &format!(",EXTERNAL://{ENDPOINT}"),
        ),
        plus("CONTROLLER:PLAINTEXT", ",EXTERNAL:PLAINTEXT"),
    ] {
        expected = expected.replace(&old, &new);
    }
    assert_eq!(text, expected);
    let picture = look.plan().picture.to_string();
    assert!(
        picture.contains("should advertise EXTERNAL://"),
        "{picture}"
    );
    let line = format!("+ 6: advertised.listeners=INTERNAL://10.0.0.1:9092,EXTERNAL://{ENDPOINT}");
    assert!(picture.contains(&line), "{picture}");
    assert!(!picture.contains("hunter2"), "{picture}");
}

#[test]
fn one_decision_is_one_order_however_often_it_is_made() {
    let nonce = |look: &Look| look.plan().steps[0].change.order.nonce.clone();
    let look = Look::alone().inspected();
    let later = look
        .clone()
        .at(fleet::look::noon() + jiff::SignedDuration::from_secs(5));
    assert_eq!(nonce(&look), nonce(&later));
    let other = Look::alone()
        .host("/nonce", json!("ffeeddccbbaa99887"))
        .inspected();
    assert_ne!(nonce(&look), nonce(&other));
}

#[test]
fn a_changed_pattern_changes_what_is_told_and_nothing_else() {
    let mut look = Look::alone().serving();
    look.file = edited(&Look::alone().inspected());
    let look = look
        .with("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>")
        .inspected();
    let text = edited(&look);
    assert_eq!(
        text,
        look.file.replace("b1.usw2-az1.abc.", "b1.usw2-az1.new.")
    );
}

#[test]
fn a_retired_group_leaves_the_file_as_it_was() {
    let mut look = Look::alone().serving();
    look.file = edited(&Look::alone().inspected());
    let look = look
        .with("listeners/EXTERNAL", r#"{"retired": true}"#)
        .inspected();
    assert_eq!(edited(&look), FILE);
}

#[test]
fn what_was_not_there_before_is_kept_and_is_not_there_afterwards() {
    let lines = FILE.lines().filter(|line| !line.starts_with("advertised."));
    let first: String = lines.map(|line| format!("{line}\n")).collect();
    let mut first = first.replace("INTERNAL://0.0.0.0", "INTERNAL://10.0.0.1");
    first.truncate(first.len() - 1);
    let mut look = Look::alone();
    look.file = first.clone();
    let look = look.inspected();
    let order = look.plan().steps[0].change.order.to_string();
    let kept: Vec<&str> = order
        .lines()
        .filter_map(|it| it.strip_prefix("kept "))
        .collect();
    assert_eq!(kept, ["advertised.listeners absent", "line-ends 1"]);
    let mut after = Look::alone().serving();
    after.file = edited(&look);
    let was = |line: &str| {
        let (key, was) = line.split_once(' ').expect("two words");
        json!({"key": key, "was": was})
    };
    let kept = kept.into_iter().map(was).collect();
    let after = after
        .with("listeners/EXTERNAL", r#"{"retired": true}"#)
        .left("done", "started", "another", kept)
        .inspected();
    assert_eq!(edited(&after), first);
}

#[test]
fn a_file_that_says_it_already_is_not_edited_and_its_broker_is_restarted() {
    let mut look = Look::alone();
    look.file = edited(&Look::alone().inspected());
    assert_eq!(look.inspected().steps(), ["restart broker 1 on i-1"]);
}

#[test]
fn an_inspection_is_good_for_an_hour_and_not_after_a_command_that_changed_something() {
    assert_eq!(Look::alone().inspected_ago(3599).steps(), [EDIT]);
    assert_eq!(Look::alone().inspected_ago(3601).steps(), [INSPECT]);
    let answer = put_out(&json!({"outcome": "started"}));
    let since = Look::alone().inspected_ago(300);
    let since = since.commanded(Document::Apply, 200, CommandStatus::Success, &answer);
    assert_eq!(since.steps(), [INSPECT]);
    // It must have looked at every port that is wanted now.
    let other = Look::alone().host("/ports", json!([])).inspected();
    assert_eq!(other.steps(), [INSPECT]);
}

#[test]
fn the_plan_asks_for_what_our_newest_commands_said_and_for_no_older_ones() {
    let look = Look::alone().inspected_ago(500).inspected_ago(40);
    let asked: Vec<String> = asked(&look.observed)
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(asked, ["c1-inspect-40"]);
}

#[test]
fn what_is_kept_of_lines_that_left_the_file_takes_nothing_of_what_stands_there_later() {
    // A first edit added a line end and the key; both are gone again, and a person ended the last line.
    let lines = FILE.lines().filter(|line| !line.starts_with("advertised."));
    let file: String = lines.map(|line| format!("{line}\n")).collect();
    let mut look = Look::alone();
    look.file = file.replace("INTERNAL://0.0.0.0", "INTERNAL://10.0.0.1");
    let older = json!([
        {"key": "advertised.listeners", "was": "absent"},
        {"key": "line-ends", "was": "1"},
        {"key": "listeners", "was": "has EXTERNAL"},
    ]);
    let look = look.left("done", "started", "another", older).inspected();
    let kept = |look: &Look| -> Vec<String> {
        let order = look.plan().steps[0].change.order.to_string();
        let lines = order.lines().filter_map(|it| it.strip_prefix("kept "));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(kept(&look), ["advertised.listeners absent"]);
    // A removal keeps nothing of the lines that it takes away.
    let mut after = Look::alone().serving();
    after.file = edited(&look);
    let was = json!([{"key": "advertised.listeners", "was": "absent"}]);
    let after = after
        .with("listeners/EXTERNAL", r#"{"retired": true}"#)
        .left("done", "started", "another", was)
        .inspected();
    assert_eq!(edited(&after), look.file);
    assert!(kept(&after).is_empty(), "{:?}", kept(&after));
}

#[test]
fn a_listener_that_does_not_fit_its_group_is_told_and_never_guessed() {
    let change = |old: &str, new: &str| {
        let mut look = Look::alone().serving();
        look.file = edited(&Look::alone().inspected()).replace(old, new);
        let (old, new) = (old.to_owned(), new.to_owned());
        let look = look.showing_itself(|it| {
            it.protocols.value = Some("EXTERNAL:PLAINTEXT".to_owned());
            for setting in [&mut it.listeners, &mut it.protocols] {
                setting.value = setting.value.as_deref().map(|it| it.replace(&old, &new));
            }
        });
        look.inspected()
    };
    for (old, new) in [
        ("EXTERNAL:PLAINTEXT", "EXTERNAL:SSL"),
        ("EXTERNAL://0.0.0.0:39092", "EXTERNAL://0.0.0.0:9094"),
    ] {
        let look = change(old, new);
        assert_eq!(
            (look.steps().len(), look.held()),
            (0, vec!["File".to_owned()]),
            "{new}"
        );
    }
}

#[test]
fn a_retired_group_makes_room_for_another_on_its_port() {
    let mut look = Look::alone().serving();
    look.file = edited(&Look::alone().inspected());
    let mut look = look
        .with("listeners/EXTERNAL", r#"{"retired": true}"#)
        .with(
            "listeners/EXTERNAL2",
            r#"{"pattern": "<b>.<az>.new.example.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39092}"#,
        );
    let owner = fleet::look::owner(1);
    let entry = fleet::look::target_group("EXTERNAL2", owner, 9193, Some(1));
    look.observed
        .target_groups
        .as_mut()
        .expect("seen")
        .push(entry);
    assert!(look.held().is_empty(), "{:?}", look.plan().held);
    let alone = edited(&Look::alone().inspected());
    let other = alone
        .replace(ENDPOINT, "b1.usw2-az1.new.example.com:9193")
        .replace("EXTERNAL:", "EXTERNAL2:");
    assert_eq!(edited(&look.inspected()), other, "and it is one restart");
}

#[test]
fn what_is_retired_and_what_changes_is_one_restart() {
    let second = r#"{"pattern": "<b>.<az>.xyz.example.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;
    let owner = fleet::look::owner(1);
    let entry = fleet::look::target_group("EXTERNAL2", owner, 9193, Some(1));
    let mut both = Look::alone().with("listeners/EXTERNAL2", second);
    let groups = both.observed.target_groups.as_mut().expect("seen");
    groups.push(entry);
    let free = |port: u16| json!({"port": port, "sockets": 0, "listeners": []});
    let both = both.host("/ports", json!([free(39092), free(39093)]));
    let both = both.inspected();
    let mut look = both
        .clone()
        .with("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>")
        .with("listeners/EXTERNAL2", r#"{"retired": true}"#);
    look.file = edited(&both);
    let alone = edited(&Look::alone().inspected());
    let renamed = alone.replace("b1.usw2-az1.abc.", "b1.usw2-az1.new.");
    assert_eq!(edited(&look.inspected()), renamed);
}

#[test]
fn nobody_asks_what_a_command_said_that_is_too_old_to_count() {
    let at = |age: i64| {
        let look = Look::alone().commanded(Document::Apply, age, CommandStatus::Success, "");
        asked(&look.inspected().observed).len()
    };
    // AWS gives it up after 660 s, and then the cluster settles.
    assert_eq!((at(719), at(720)), (2, 1));
}
