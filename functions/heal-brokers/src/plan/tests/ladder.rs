//! Each rung, and when it is taken.

use crate::look::{Look, PROCESS, ago};
use crate::notes::IllSince;
use crate::observed::Observed;
use fleet::healing::Healed;
use fleet::healing::Rung;
use fleet::healing::{Cause, Request};
use fleet::host::ProcessId;
use fleet::look::{id, noon};
use fleet::observed::TargetState;
use fleet::tags;
use serde_json::json;

const START: &str = "ask push-listeners to start broker 2 on i-2";
const RESTART: &str = "ask push-listeners to restart broker 2 on i-2";
const REBOOT: [&str; 2] = [
    "note that i-2 of broker 2 has its reboot",
    "reboot i-2 of broker 2",
];
const REPLACE: [&str; 2] = [
    "note that i-2 of broker 2 has its replacement",
    "have i-2 of broker 2 replaced by its Auto Scaling group",
];

fn two() -> Look {
    Look::three().of(2)
}

#[test]
fn a_process_that_is_gone_is_started_and_that_is_written_down() {
    let plan = two().gone().plan();
    assert_eq!(plan.steps.len(), 1);
    let crate::change::Action::Tag { tags, .. } = &plan.steps[0].change.action else {
        panic!("tags");
    };
    let request = Request::read(&tags[tags::RESTART], &id(2)).expect("a request");
    assert_eq!((request.at, request.cause), (noon(), Cause::Gone));
    let healed = Healed::read(&tags[tags::HEALED_AT]).expect("ours");
    assert_eq!(healed.0, [(noon(), Rung::Start)]);
    assert!(plan.held.is_empty(), "{:?}", plan.held);
}

#[test]
fn a_process_that_hangs_is_noted_and_restarted_five_minutes_later() {
    let plan = two().hangs().plan();
    let crate::change::Action::Tag { tags, begins: None } = &plan.steps[0].change.action else {
        panic!("a note");
    };
    let since = IllSince {
        at: noon(),
        process: PROCESS,
    };
    assert_eq!(IllSince::read(&tags[tags::ILL_SINCE]), Some(since));
    assert!(two().hangs_since(299).steps().is_empty());
    let waits = two().hangs_since(299).says();
    assert!(
        waits.contains("gets its restart at 2026-11-22T12:00:01Z"),
        "{waits}"
    );
    assert_eq!(two().hangs_since(300).steps(), [RESTART]);
}

#[test]
fn without_the_parameter_the_sentence_says_that_no_hang_is_known() {
    let says = |healing| two().starting().healing(healing).says();
    let told = "looks like one that starts; write the word off into it, so that a hang is known: aws ssm put-parameter --type String --name '/kafka-privatelink/orders/healing' --value off";
    assert!(says(None).ends_with(told), "{}", says(None));
    assert!(!says(Some("off")).contains("put-parameter"));
}

/// Its listener takes no more connections once its queue is full (K-25).
#[test]
fn a_process_that_hangs_is_known_by_its_queues_too() {
    let since = IllSince {
        at: ago(300),
        process: PROCESS,
    };
    let full = two().full().tag(tags::ILL_SINCE, &since.to_string());
    assert_eq!(full.steps(), [RESTART]);
    // One of two looks is not enough.
    let queued = |host: &mut serde_json::Value| host["broker"]["queued"] = json!(true);
    let look = two().silent(false).inspected(86_400, true, |_| {});
    let once = look
        .inspected(150, false, |_| {})
        .inspected(30, false, queued);
    assert_eq!(once.held(), ["Starting"]);
}

#[test]
fn a_process_that_was_never_seen_up_or_that_others_list_is_left_alone() {
    assert_eq!(two().starting().held(), ["Starting"]);
    let never = two()
        .silent(true)
        .inspected(150, false, |_| {})
        .inspected(30, false, |_| {});
    assert_eq!(
        (never.held(), never.steps().len()),
        (vec!["Starting".to_owned()], 0)
    );
    let mut listed = two().hangs_since(600);
    let mut answers = listed.ward().shown.clone().expect("seen");
    for answer in &mut answers {
        if let fleet::shown::Shown::Itself(itself) = &mut answer.shown {
            itself.listed.insert(fleet::look::node(2));
        }
    }
    listed.ward().shown = Ok(answers);
    assert_eq!(listed.held(), ["Starting"]);
    // Another process than the one that was seen up.
    let another = |host: &mut serde_json::Value| host["broker"]["pid"] = json!(13);
    let look = two().silent(true).inspected(86_400, true, |_| {});
    let look = look
        .inspected(150, false, another)
        .inspected(30, false, another);
    assert_eq!(look.held(), ["Starting"]);
}

/// The looks that were made while it was up go by, and the note stays.
#[test]
fn a_process_that_hangs_for_hours_needs_no_look_from_before() {
    let since = |process| IllSince {
        at: ago(5 * 3600),
        process,
    };
    let look = two().silent(true).inspected(150, false, |_| {});
    let look = look.inspected(30, false, |_| {});
    assert_eq!(look.held(), ["Starting"]);
    let noted = look
        .clone()
        .tag(tags::ILL_SINCE, &since(PROCESS).to_string());
    assert_eq!(noted.steps(), [RESTART]);
    let another = ProcessId { pid: 13, ..PROCESS };
    let another = look.tag(tags::ILL_SINCE, &since(another).to_string());
    assert_eq!(another.held(), ["Starting"]);
}

/// Whatever holds a healing: what is ill now is ill later, when it may be healed (P-74).
#[test]
fn since_when_a_process_hangs_is_noted_although_it_may_not_be_healed() {
    let note = |node| format!("note since when broker {node} on i-{node} hangs");
    let off = two().hangs().healing(None);
    assert_eq!(off.steps(), [note(2)]);
    assert_eq!(off.held(), ["NoConsent"]);
    assert!(off.once().steps.is_empty());
    let several = two().hangs().of(3).hangs();
    assert_eq!(several.steps(), [note(2), note(3)]);
    assert_eq!(several.held(), ["Several"]);
}

#[test]
fn an_instance_that_fails_its_own_check_is_rebooted_once_and_replaced_an_hour_later() {
    let failing = |age| two().silent(false).checked(None, Some(age));
    assert!(failing(299).steps().is_empty());
    assert_eq!(failing(300).steps(), REBOOT);
    let rebooted = |age| failing(age + 300).healed(age, Rung::Reboot).replaceable();
    assert!(rebooted(3599).steps().is_empty());
    assert_eq!(rebooted(3600).steps(), REPLACE);
}

/// A replacement that was noted and came to nothing is tried again: an illness has one reboot.
#[test]
fn an_instance_is_rebooted_once_in_one_illness_whatever_was_tried_since() {
    let look = two().silent(false).checked(None, Some(7500)).replaceable();
    let look = look.healed(7200, Rung::Reboot);
    assert_eq!(look.clone().healed(3600, Rung::Replace).steps(), REPLACE);
    let held = look.healed(3600, Rung::Replace).group(|it| it.tags.clear());
    assert_eq!(held.held(), ["NotReplaced"]);
    let days = two()
        .silent(false)
        .checked(None, Some(200_000))
        .replaceable();
    let days = days.healed(199_000, Rung::Reboot);
    assert_eq!(days.steps(), REPLACE);
    // The reboot of the instance that was there before is none of this one.
    let other = two().silent(false).checked(None, Some(600)).replaced(3700);
    assert_eq!(other.steps(), REBOOT);
}

/// AWS may say that a check fails since the reboot, of one that failed before.
#[test]
fn what_begins_to_fail_once_a_reboot_is_over_is_another_illness() {
    let failing = |age| {
        let look = two().silent(false).checked(None, Some(age)).replaceable();
        look.healed(3600, Rung::Reboot)
    };
    assert_eq!(failing(3001).steps(), REPLACE);
    assert_eq!(failing(3000).steps(), REBOOT);
    assert_eq!(failing(300).steps(), REBOOT);
    assert_eq!(failing(120).held(), ["Waits"]);
    assert!(failing(120).says().contains("gets its reboot"));
    let later = two().silent(false).checked(None, Some(300));
    assert_eq!(later.healed(5 * 3600, Rung::Reboot).steps(), REBOOT);
}

#[test]
fn what_an_instance_stands_on_is_left_to_aws_for_half_an_hour() {
    let cut = |age| {
        two()
            .silent(false)
            .checked(Some(age), Some(age))
            .replaceable()
    };
    assert!(cut(1799).steps().is_empty());
    assert_eq!(cut(1800).steps(), REPLACE);
}

#[test]
fn the_start_after_our_own_reboot_belongs_to_the_reboot() {
    let told = |host: &mut serde_json::Value| {
        host["unit"] = json!({"name": "", "active": "inactive", "result": "success", "stop_seconds": 90, "ours": false});
    };
    let stopped = two().gone_so(told).inspected(300, true, |_| {});
    let stopped = stopped.healed(600, Rung::Reboot);
    assert!(stopped.steps().is_empty(), "it was up since");
    let long_ago = two().gone_so(told).healed(7300, Rung::Reboot);
    assert_eq!(long_ago.held(), ["OnPurpose"], "it may have been up since");
    let look = two().gone_so(told).healed(600, Rung::Reboot);
    let again = look.clone().healed(600, Rung::Start);
    assert!(again.steps().is_empty(), "one start counts with it");
    assert_eq!(look.steps(), [START]);
    let plan = look.plan();
    let crate::change::Action::Tag { tags, .. } = &plan.steps[0].change.action else {
        panic!("tags");
    };
    let healed = Healed::read(&tags[tags::HEALED_AT]).expect("ours");
    assert_eq!(
        healed.0,
        [(ago(600), Rung::Start), (ago(600), Rung::Reboot)]
    );
}

#[test]
fn several_that_only_need_a_start_are_started_one_after_another_as_one_healing() {
    let look = Look::three().of(1).gone().of(3).gone();
    let starts = [1, 3].map(|it| format!("ask push-listeners to start broker {it} on i-{it}"));
    assert_eq!(look.steps(), starts);
    // The one before need not be up, and the budget counts one.
    let look = Look::three()
        .of(1)
        .starting()
        .healed(300, Rung::Start)
        .of(3)
        .gone();
    let look = look
        .of(2)
        .healed(7200, Rung::Restart)
        .healed(9000, Rung::Restart);
    assert_eq!(look.of(3).steps(), [starts[1].clone()]);
}

#[test]
fn what_is_asked_is_not_asked_again_and_goes_when_it_is_done() {
    let request = |age| {
        let (at, cause, instance) = (ago(age), Cause::Gone, id(2));
        Request {
            at,
            cause,
            instance,
        }
        .to_string()
    };
    let asked = |age| {
        two()
            .gone()
            .healed(age, Rung::Start)
            .tag(tags::RESTART, &request(age))
    };
    assert!(asked(60).steps().is_empty());
    let off = ["take kafka-privatelink:restart off i-2 of broker 2"];
    assert_eq!(asked(900).steps(), off);
    // Whoever has stopped it on purpose, or wants to look at it as it is, takes the request back.
    assert_eq!(asked(60).tag(tags::KEEP_STOPPED, "").steps(), off);
    assert_eq!(two().tag(tags::RESTART, &request(60)).steps(), off);
    let since = IllSince {
        at: ago(60),
        process: PROCESS,
    }
    .to_string();
    let both = two().tag(tags::RESTART, "?").tag(tags::ILL_SINCE, &since);
    let off = "take kafka-privatelink:restart and kafka-privatelink:ill-since off i-2 of broker 2";
    assert_eq!(both.steps(), [off]);
    // What is not known is not over.
    let unclear = two().silent(true).tag(tags::ILL_SINCE, &since);
    assert!(unclear.steps().is_empty());
}

#[test]
fn an_observation_is_the_same_after_a_journey_as_json() {
    let look = two()
        .gone()
        .target(TargetState::Unhealthy)
        .replaceable()
        .replaced(60);
    let text = serde_json::to_string(&look.observed).expect("JSON");
    let read: Observed = serde_json::from_str(&text).expect("an observation");
    assert_eq!(read, look.observed);
}
