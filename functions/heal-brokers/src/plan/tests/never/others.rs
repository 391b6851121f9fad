//! What the other brokers keep from being done.

use super::{held, two};
use crate::look::Look;
use fleet::healing::Rung;
use fleet::observed::{InstanceState, SpotRequest, SpotStatus};
use fleet::tags;
use serde_json::{Value, json};

#[test]
fn several_that_are_ill_are_healed_by_nobody() {
    let one = two().silent(false).checked(None, Some(600));
    held(
        &one.clone().of(3).gone(),
        "Several",
        "brokers 2, 3 are ill or may be",
    );
    held(
        &one.clone().of(3).silent(false),
        "Several",
        "one cause may be behind it",
    );
    // Who may be ill otherwise needs more than a start, perhaps.
    held(&two().gone().of(3).silent(false), "Several", "brokers 2, 3");
    // Who was stopped on purpose is not ill.
    let stopped = one.of(3).instance(|it| it.state = InstanceState::Stopped);
    assert_eq!(stopped.steps().len(), 2);
}

#[test]
fn a_restart_and_a_replacement_need_every_other_broker() {
    for down in [
        Look::three().of(3).starting(),
        Look::three()
            .of(3)
            .instance(|it| it.state = InstanceState::Stopped),
        Look::three()
            .of(3)
            .showing(fleet::shown::Shown::Untold { why: String::new() }),
    ] {
        let hangs = down.clone().of(2).hangs_since(600);
        held(&hangs, "OthersDown", "broker 3 is not");
        let cut = down
            .of(2)
            .silent(false)
            .checked(Some(3600), None)
            .replaceable();
        held(
            &cut,
            "OthersDown",
            "needs a replacement, for which every other broker must be up",
        );
    }
}

#[test]
fn beside_a_spot_instance_that_aws_takes_back_nobody_is_healed() {
    let spot = |code: &str| {
        let mut look = two()
            .gone()
            .of(3)
            .instance(|it| it.spot_request = Some("sir-3".into()));
        look.ward().spot_requests = Ok(vec![SpotRequest {
            id: "sir-3".into(),
            instance: Some("i-3".into()),
            status: SpotStatus::parse(code),
            updated_at: None,
        }]);
        look
    };
    held(
        &spot("marked-for-termination"),
        "Interrupted",
        "AWS takes the Spot Instances of brokers 3 back within two minutes",
    );
    assert_eq!(spot("fulfilled").steps().len(), 1);
    let itself = spot("marked-for-termination").of(3).gone();
    held(&itself, "Interrupted", "nobody is healed meanwhile");
    assert!(!itself.held().contains(&"NobodyIll".to_owned()));
}

#[test]
fn beside_one_whose_healing_has_not_ended_another_one_is_not_started() {
    // The start of broker 3 belongs to its reboot.
    let look = two().gone().of(3).gone().healed(300, Rung::Reboot);
    assert_eq!(
        look.steps(),
        ["ask push-listeners to start broker 3 on i-3"]
    );
    assert_eq!(look.held(), ["Busy"]);
    // Starts are sent one after another.
    let starts = two().gone().of(3).gone().healed(1200, Rung::Start);
    assert_eq!(
        starts.steps(),
        ["ask push-listeners to start broker 2 on i-2"]
    );
}

#[test]
fn a_broker_without_an_instance_counts_as_down() {
    let gone = |mut look: Look| {
        let ward = look.ward();
        let instances = ward.instances.as_mut().expect("seen");
        instances.retain(|it| it.id.as_str() != "i-3");
        let shown = ward.shown.as_mut().expect("seen");
        shown.retain(|it| it.question.instance.as_str() != "i-3");
        look
    };
    let portless = |mut look: Look| {
        look.ward().target_groups.as_mut().expect("seen").pop();
        look
    };
    let hangs = two().hangs_since(600);
    // The others list it still, or it has its port still.
    for look in [gone(hangs.clone()), portless(gone(hangs.clone()))] {
        held(&look, "OthersDown", "and broker 3 is not; see to 3 first");
        held(&look, "Away", "nobody can tell how broker 3 is");
    }
    let mut forgotten = gone(hangs);
    for answer in forgotten.ward().shown.as_mut().expect("seen") {
        if let fleet::shown::Shown::Itself(itself) = &mut answer.shown {
            itself.listed.remove(&fleet::look::node(3));
        }
    }
    held(&forgotten, "OthersDown", "and broker 3 is not");
    let without = portless(forgotten);
    assert_eq!(without.steps().len(), 1, "nobody knows of broker 3");
    let cut = two().silent(false).checked(Some(3600), None).replaceable();
    held(&gone(cut), "OthersDown", "see to 3 first");
    // Its instance is just being replaced.
    let replaced = two().gone().of(3).replaced(300);
    let replaced = replaced.instance(|it| it.state = InstanceState::ShuttingDown);
    held(
        &replaced,
        "Busy",
        "broker 3 was healed within the last hour",
    );
    // Nobody says that every broker is up.
    let quiet = gone(two());
    assert_eq!(quiet.held(), ["Away"]);
    // Who went because its group shrank is not waited for, though its port is kept for a day.
    let mut left = gone(two().hangs_since(600));
    let ward = left.ward();
    for answer in ward.shown.as_mut().expect("seen") {
        if let fleet::shown::Shown::Itself(itself) = &mut answer.shown {
            itself.listed.remove(&fleet::look::node(3));
        }
    }
    let ports = ward.target_groups.as_mut().expect("seen");
    ports[2]
        .tags
        .insert(tags::SERVED_BY.to_owned(), "i-9".to_owned());
    let shrinks =
        "a difference between desired and actual capacity, shrinking the capacity from 3 to 2.";
    assert_eq!(left.taken_out(60, Some(shrinks)).steps().len(), 1);
}

/// Its group makes it wait for a hook: push-listeners starts its broker, once it has its port, its disk and an agent.
#[test]
fn who_enters_its_group_is_neither_ill_nor_stopped_and_keeps_nobody_from_a_start() {
    let unit = json!({"name": "", "active": "inactive", "result": "success", "stop_seconds": 90, "ours": false});
    let never_ran = move |it: &mut Value| it["unit"] = unit.clone();
    for state in ["Pending", "Pending:Wait", "Pending:Proceed"] {
        for enters in [
            two().gone_so(&never_ran),
            two().gone(),
            two().hangs_since(600),
            two().silent(false),
            two().silent(false).checked(None, Some(600)),
            two().showing(fleet::shown::Shown::Untold { why: String::new() }),
        ] {
            let enters = enters.lifecycle(state);
            held(
                &enters,
                "Entering",
                "broker 2 enters its Auto Scaling group",
            );
            assert_eq!(enters.held(), ["Entering"], "{}", enters.says());
            assert_eq!(enters.plan().picture.waits_for_you, 0);
            let other = enters.clone().of(3).gone();
            assert_eq!(
                other.steps().last().map(String::as_str),
                Some("ask push-listeners to start broker 3 on i-3")
            );
            let hangs = enters.of(3).hangs_since(600);
            held(&hangs, "OthersDown", "and broker 2 is not");
        }
        assert_eq!(two().lifecycle(state).held(), ["NobodyIll"]);
    }
    let stopped = two().instance(|it| it.state = InstanceState::Stopped);
    held(&stopped.lifecycle("Pending:Wait"), "OnPurpose", "stopped");
}
