//! A broker whose Auto Scaling group terminates its instance.

use crate::look::{Look, put_out};
use fleet::documents::Document;
use fleet::gate::{Few, Holdings, Obstacle, Verdict};
use fleet::look::{id, node};
use fleet::observed::LifecycleTransition::Terminating;
use fleet::observed::{CommandStatus, Instance};
use fleet::tags;
use serde_json::json;

const HOOK: &str = "kafka-privatelink-terminate";
const STOPS: &str = "stop broker 3 on i-3";
/// The longest time of the hook.
const LONGEST: i64 = 90_000;

/// Brokers 1 and 2 are as they should be, and broker 3 leaves, since so many seconds.
fn leaving(age: i64) -> Look {
    let look = Look::three().of(1).serving().of(2).serving().of(3);
    look.without("restarts").waiting(Terminating, HOOK, age)
}

fn nothing() -> Holdings {
    Holdings {
        heard: [1, 2, 3].map(node).into(),
        ..Holdings::default()
    }
}

fn few() -> Few {
    Few::of(&["orders-0".to_owned()].into())
}

fn replicas() -> Holdings {
    Holdings {
        replicas: few(),
        in_sync: few(),
        ..nothing()
    }
}

fn says(look: &Look, said: &str) {
    let plan = look.plan();
    assert!(plan.steps.is_empty(), "{said}: {:?}", plan.steps);
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert!(
        held.iter().any(|it| it.contains(said)),
        "{said:?} is not in {held:?}"
    );
}

#[test]
fn who_has_nothing_left_is_stopped_by_the_gate_without_consent() {
    let look = leaving(60);
    assert_eq!(look.steps(), ["inspect broker 3 on i-3"]);
    let look = look.inspected();
    assert_eq!(crate::plan::about(&look.observed), [node(3)].into());
    let look = look.having(nothing());
    assert_eq!(look.steps(), [STOPS], "{:?}", look.plan().held);
    let question = crate::plan::gate(&look.seen()).expect("a question");
    assert_eq!((question.next, question.hangs), (node(3), false));
    assert_eq!(question.expected, [1, 2].map(node).into());
    let shut = Verdict {
        obstacles: vec![Obstacle::NoController],
        ..Verdict::default()
    };
    let shut = look.gated(shut);
    assert!(shut.steps().is_empty());
    assert_eq!(shut.held(), ["Gate"]);
}

#[test]
fn nobody_is_stopped_for_a_hook_that_is_not_ours() {
    let look = Look::three().of(1).serving().of(2).serving().of(3);
    let look = look.waiting(Terminating, "backup", 60).inspected();
    assert!(look.having(nothing()).steps().is_empty());
}

#[test]
fn who_has_replicas_keeps_serving_until_they_are_gone_or_given_up() {
    let look = leaving(60).inspected().having(replicas());
    says(
        &look,
        "it has replicas of these partitions: orders-0; reassign them",
    );
    let copied = look.clone().tagged(tags::RELEASE, "i-2");
    says(&copied, "it has replicas of these partitions");
    let released = look.tagged(tags::RELEASE, id(3).as_str());
    assert_eq!(released.steps(), [STOPS]);
}

#[test]
fn the_only_copy_goes_by_no_tag_and_by_no_parameter() {
    let alone = Holdings {
        alone: few(),
        ..replicas()
    };
    let look = leaving(60).inspected().having(alone);
    let look = look.tagged(tags::RELEASE, id(3).as_str());
    let look = look.with(
        "restarts",
        r#"{"when": "any-time", "allow_unavailable": true}"#,
    );
    says(
        &look,
        "nobody else is in sync of these partitions, which would be lost: orders-0",
    );
}

#[test]
fn a_voter_that_leaves_for_good_is_held_and_one_that_comes_back_is_not() {
    let votes = Holdings {
        voters: [1, 2, 3].map(node).into(),
        ..replicas()
    };
    let look = leaving(60).inspected().having(votes);
    says(
        &look,
        "take it out of the quorum first (kafka-metadata-quorum.sh remove-controller",
    );
    // A tag alone brings nothing back: its volume must be attached, and stay.
    let tagged = look.tagged(tags::KEEPS_DISK, "vol-1");
    for (volume, goes) in [("vol-2", false), ("vol-1", true)] {
        let gone = tagged.clone().attached(volume, goes);
        says(&gone, "take it out of the quorum first");
    }
    assert_eq!(tagged.attached("vol-1", false).steps(), [STOPS]);
}

#[test]
fn nobody_comes_back_to_a_group_that_wants_nobody_or_has_other_brokers_or_of_which_that_is_not_known()
 {
    let kept = |holdings: Holdings| {
        let look = leaving(60).inspected().having(holdings);
        look.tagged(tags::KEEPS_DISK, "vol-1")
            .attached("vol-1", false)
    };
    let votes = Holdings {
        voters: [1, 2, 3].map(node).into(),
        ..replicas()
    };
    let alone = Holdings {
        alone: few(),
        ..replicas()
    };
    for (holdings, said) in [
        (votes, "take it out of the quorum first"),
        (alone, "nobody else is in sync of these partitions"),
        (replicas(), "it has replicas of these partitions"),
    ] {
        let look = kept(holdings);
        assert_eq!(look.steps(), [STOPS], "{said}");
        let wants = |look: &Look, desired| {
            let mut look = look.clone();
            let groups = look.observed.auto_scaling_groups.as_mut();
            groups.expect("seen")[0].desired = desired;
            look
        };
        says(&wants(&look, Some(0)), said);
        let mut suspended = look.clone();
        let groups = suspended.observed.auto_scaling_groups.as_mut();
        let suspended_of = &mut groups.expect("seen")[0].suspended;
        suspended_of.insert("Launch".to_owned());
        says(&suspended, said);
        // It counts something else than instances; when the next one is there, it has been made.
        let mut unknown = wants(&look, None);
        says(&unknown, said);
        let observed = &mut unknown.observed;
        let instances = observed.instances.as_mut().expect("seen");
        let leaves = instances.iter().find(|it| it.id == id(3));
        let next = Instance {
            id: id(9),
            ..leaves.expect("who leaves").clone()
        };
        instances.push(next);
        let groups = observed.auto_scaling_groups.as_mut().expect("seen");
        groups[0].instances.insert(id(9), "Pending".to_owned());
        assert_eq!(unknown.steps(), [STOPS], "{said}");
        let mut shared = look;
        let groups = shared.observed.auto_scaling_groups.as_mut();
        let group = &mut groups.expect("seen")[0];
        group.instances.insert(id(2), "InService".to_owned());
        says(&shared, said);
    }
}

#[test]
fn whose_stop_was_refused_waits_a_while_and_keeps_nobody_behind_it() {
    let refused = put_out(&json!({"outcome": "refused", "why": "late", "about": ""}));
    let both = |age: i64| {
        let look = leaving(60).of(2).waiting(Terminating, HOOK, 60).inspected();
        let look = look.commanded(Document::Stop, age, CommandStatus::Failed, &refused);
        look.inspected_ago(age - 10)
            .of(3)
            .inspected()
            .having(nothing())
    };
    assert_eq!(both(60).steps(), [STOPS]);
    let held = both(60).plan().held;
    let told = held
        .iter()
        .any(|it| it.sentence.contains("the host refused it: "));
    assert!(told, "{held:?}");
    assert_eq!(both(600).steps(), ["stop broker 2 on i-2"]);
}

#[test]
fn who_is_started_again_by_others_is_stopped_once() {
    let stopped = |age: i64, phase: &str| {
        let look = leaving(age).left(phase, "came-back", "1", json!([]));
        look.host("/state/mode", json!("stop"))
            .inspected()
            .having(nothing())
    };
    says(
        &stopped(60, "held"),
        "started it again after it was stopped",
    );
    assert_eq!(
        stopped(LONGEST - 299, "held").steps(),
        [STOPS],
        "it ends all the same"
    );
    assert_eq!(
        stopped(60, "stopping").steps(),
        [STOPS],
        "it was interrupted"
    );
}

#[test]
fn what_is_not_known_keeps_it_until_its_time_is_over() {
    let unheard = Holdings {
        unheard: [(node(2), "it hangs".to_owned())].into(),
        ..nothing()
    };
    let look = |age: i64| leaving(age).inspected().having(unheard.clone());
    says(
        &look(60),
        "what the cluster has of it is not known: broker 2: it hangs",
    );
    says(
        &look(LONGEST - 301),
        "five minutes before that it is stopped all the same",
    );
    let last = look(LONGEST - 300);
    assert_eq!(last.steps(), [STOPS]);
    assert_eq!(last.plan().steps[0].reason.kind, "LeavesNow");
    assert_eq!(crate::plan::gate(&last.seen()), None);
}

#[test]
fn who_does_not_answer_is_not_stopped() {
    assert!(leaving(60).silent().steps().is_empty());
    assert!(leaving(LONGEST).silent().steps().is_empty());
}

#[test]
fn where_no_agent_is_a_person_stops_it() {
    let mut look = leaving(60);
    let managed = look.observed.managed.as_mut().expect("seen");
    managed.retain(|it| it.id != id(3));
    says(
        &look,
        "stop it by hand, since its host is not touched: broker 3 on i-3 takes no command",
    );
}

#[test]
fn nobody_is_restarted_beside_one_that_leaves() {
    let look = Look::three().of(1).of(2).of(3).serving();
    let look = look.waiting(Terminating, HOOK, 60).all_inspected();
    let look = look.having(nothing());
    assert_eq!(look.steps(), [STOPS]);
    assert!(
        look.held().contains(&"RollWaits".to_owned()),
        "{:?}",
        look.held()
    );
}

#[test]
fn of_two_that_leave_the_one_with_less_time_is_first() {
    let look = Look::three()
        .of(1)
        .serving()
        .of(2)
        .waiting(Terminating, HOOK, 60);
    let look = look.of(3).waiting(Terminating, HOOK, 600);
    let look = look.of(2).inspected().of(3).inspected().having(nothing());
    assert_eq!(crate::plan::about(&look.observed), [2, 3].map(node).into());
    assert_eq!(look.steps(), [STOPS]);
}
