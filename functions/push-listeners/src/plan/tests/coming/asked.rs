//! heal-brokers asks.

use super::{disk, down, says};
use crate::look::Look;
use fleet::healing::{Cause, Healed, Request, Rung};
use fleet::look::{id, noon};
use fleet::shown::Shown;
use fleet::tags;
use jiff::SignedDuration;
use serde_json::json;

/// A request for broker 3, so many seconds old.
fn request(cause: Cause, age: i64) -> String {
    let at = noon() - SignedDuration::from_secs(age);
    let instance = id(3);
    Request {
        at,
        cause,
        instance,
    }
    .to_string()
}

/// Brokers 1 and 2 are as they should be, and broker 3 is ill.
fn ill(healing: &str, request: &str) -> Look {
    let look = Look::three()
        .of(1)
        .serving()
        .of(2)
        .serving()
        .of(3)
        .serving();
    let look = look.without("restarts").with("healing", healing);
    // Each of them was seen while it was up.
    let look = look.all_inspected().of(3);
    look.tagged(tags::RESTART, request)
}

#[test]
fn what_is_gone_is_started_without_consent_or_gate() {
    for healing in ["start", "restart", "replace"] {
        let look = down(ill(healing, &request(Cause::Gone, 60))).inspected_ago(20);
        assert_eq!(
            look.steps(),
            ["start broker 3 on i-3"],
            "{:?}",
            look.plan().held
        );
        assert_eq!(crate::plan::gate(&look.observed), None);
    }
}

#[test]
fn without_a_word_or_a_request_that_counts_nothing_is_started() {
    let gone = |healing: &str, request: &str| down(ill(healing, request)).inspected_ago(20);
    let fresh = request(Cause::Gone, 60);
    says(
        &gone("off", &fresh),
        "the parameter healing is off, and start is needed",
    );
    says(
        &gone("often", &fresh),
        "the parameter healing cannot be used",
    );
    says(&gone("start", "now"), "take the tag away");
    says(
        &gone("start", &fresh.replace("i-3", "i-2")),
        "it names another instance, so it was copied",
    );
    says(
        &gone("start", &request(Cause::Gone, 900)),
        "that is not our doing",
    );
    says(
        &gone("start", &request(Cause::Gone, -60)),
        "that is not our doing",
    );
}

#[test]
fn who_was_stopped_on_purpose_stays_stopped() {
    let gone = || down(ill("replace", &request(Cause::Gone, 60)));
    says(
        &disk(gone(), "closed", json!(true)).inspected_ago(20),
        "it ended cleanly, and not by a command of ours",
    );
    let mut by_unit = gone();
    by_unit.host["unit"]["active"] = json!("inactive");
    by_unit.host["unit"]["result"] = json!("success");
    says(
        &by_unit.inspected_ago(20),
        "it ended cleanly, and not by a command of ours",
    );
    let kept = gone().tagged(tags::KEEP_STOPPED, "maintenance");
    says(
        &kept.inspected_ago(20),
        "take it away to have the broker started",
    );
}

#[test]
fn the_start_after_a_reboot_by_heal_brokers_is_made_and_no_later_one() {
    let rebooted = |age: i64| {
        let at = noon() - SignedDuration::from_secs(age);
        let healed = Healed::default().and(at, Rung::Reboot, at);
        let healed = healed.and(at, Rung::Start, noon()).to_string();
        let gone = down(ill("replace", &request(Cause::Gone, 20)));
        let gone = gone.tagged(tags::HEALED_AT, &healed);
        disk(gone, "closed", json!(true)).inspected_ago(20)
    };
    // It was seen up 30 s ago.
    assert_eq!(rebooted(25).steps(), ["start broker 3 on i-3"]);
    says(
        &rebooted(600),
        "it ended cleanly, and not by a command of ours",
    );
}

#[test]
fn what_hangs_is_restarted_by_the_gate_if_it_is_older_than_the_request() {
    let hangs = |age: i64, accepts: bool| {
        let mut look = ill("restart", &request(Cause::Hangs, 60));
        look.host["broker"]["age"] = json!(age);
        let why = "no answer".to_owned();
        look.showing(Shown::Silent { why, accepts })
            .inspected_ago(20)
    };
    let old = hangs(3600, true);
    assert_eq!(old.steps(), ["restart broker 3 on i-3, which hangs"]);
    let question = crate::plan::gate(&old.observed).expect("a question");
    assert!(question.hangs && question.next.get() == 3);
    says(&hangs(20, true), "starts, recovers or stops");
    // One that starts or recovers opens its listener last.
    says(&hangs(3600, false), "starts, recovers or stops");
    // It takes no more connections once its queue is full (K-25).
    let mut full = hangs(3600, false);
    full.host["broker"]["queued"] = json!(true);
    let full = full.inspected_ago(20);
    assert_eq!(full.steps(), ["restart broker 3 on i-3, which hangs"]);
    // Somebody wants to look at it as it is.
    let kept = old.clone().tagged(tags::KEEP_STOPPED, "heap dump");
    says(
        &kept,
        "instance i-3 has the tag kafka-privatelink:keep-stopped",
    );
    let shut = old.clone().of(2).silent();
    assert!(
        shut.steps().iter().all(|it| !it.contains("hangs")),
        "{:?}",
        shut.steps()
    );
    let mut only = old;
    only = only.with("healing", "start");
    says(
        &only,
        "the parameter healing is start, and restart is needed",
    );
}

#[test]
fn each_new_process_is_seen_once_it_is_up_if_somebody_may_heal() {
    let look = Look::three()
        .of(1)
        .serving()
        .of(2)
        .serving()
        .of(3)
        .serving();
    assert!(look.steps().is_empty());
    let look = look.with("healing", "off");
    assert_eq!(look.steps(), ["inspect broker 1 on i-1"]);
    let look = look.all_inspected();
    assert!(look.steps().is_empty());
    let restarted = look.of(2).restarted(10, Some(5));
    assert_eq!(restarted.steps(), ["inspect broker 2 on i-2"]);
}
