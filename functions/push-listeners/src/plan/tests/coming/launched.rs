//! An instance that waits to enter its group.

use super::{down, nothing, says};
use crate::look::Look;
use fleet::gate::Holdings;
use fleet::look::{id, node};
use fleet::observed::LifecycleTransition::Launching;
use fleet::observed::{Instance, InstanceState};
use fleet::tags;

const HOOK: &str = "kafka-privatelink-launch";

/// Brokers 1 and 2 are as they should be, and broker 3 enters.
fn entering() -> Look {
    let look = Look::three().of(1).serving().of(2).serving().of(3);
    look.waiting(Launching, HOOK, 60)
}

#[test]
fn it_has_its_listener_before_its_first_start_without_consent_or_gate() {
    let look = down(entering()).without("restarts");
    assert_eq!(look.steps(), ["inspect broker 3 on i-3"]);
    let look = look.inspected();
    assert_eq!(
        look.steps(),
        ["edit the file of broker 3 on i-3 and start it"],
        "{:?}",
        look.plan().held
    );
    assert_eq!(crate::plan::gate(&look.observed), None);
    let plan = look.plan();
    let reason = &plan.steps[0].reason;
    assert_eq!(reason.kind, "Launches");
}

#[test]
fn without_a_hook_of_ours_it_is_not_started() {
    let look = Look::three().of(1).serving().of(2).serving().of(3);
    let look = down(look.waiting(Launching, "somebody-elses", 60)).inspected();
    says(&look, "that is not our doing");
}

#[test]
fn it_waits_for_its_port() {
    let mut look = down(entering()).inspected();
    let groups = look.observed.target_groups.as_mut().expect("seen");
    groups.retain(|it| it.tags.get(fleet::tags::NODE_ID).map(String::as_str) != Some("3"));
    says(
        &look,
        "gets EXTERNAL when register-brokers has given it a port",
    );
}

/// It comes, and instance i-9 is the same broker; something else of that is otherwise.
fn beside(change: impl FnOnce(&mut Instance)) -> Look {
    let mut look = down(entering());
    let instances = look.observed.instances.as_mut().expect("seen");
    let mut old = instances[2].clone();
    old.id = id(9);
    change(&mut old);
    instances.push(old);
    look
}

#[test]
fn it_waits_for_the_instance_that_it_replaces() {
    let mut look = beside(|_| {});
    let groups = look.observed.auto_scaling_groups.as_mut().expect("seen");
    groups[0]
        .instances
        .insert(id(9), "Terminating:Wait".to_owned());
    says(
        &look.inspected(),
        "instance i-9 is the same broker and is not terminated yet",
    );
}

#[test]
fn it_waits_for_the_instance_that_a_person_took_out_and_that_runs_still() {
    let released = |old: &mut Instance| {
        old.tags.insert(tags::RELEASE.to_owned(), id(9).to_string());
    };
    let mut look = beside(released).inspected();
    says(
        &look,
        "instance i-9 is the same broker and is not terminated yet",
    );
    let instances = look.observed.instances.as_mut().expect("seen");
    instances[3].state = InstanceState::Stopped;
    assert_eq!(look.steps().len(), 1, "{:?}", look.plan().held);
}

#[test]
fn it_waits_until_the_instance_that_it_replaces_has_shut_down() {
    let mut look = beside(|old| old.state = InstanceState::ShuttingDown).inspected();
    says(
        &look,
        "instance i-9 is the same broker and is not terminated yet",
    );
    let instances = look.observed.instances.as_mut().expect("seen");
    let mut another = instances.clone();
    let tags = &mut another[3].tags;
    tags.insert(tags::NODE_ID.to_owned(), "4".to_owned());
    instances[3].state = InstanceState::Terminated;
    assert_eq!(look.steps().len(), 1, "{:?}", look.plan().held);
    look.observed.instances = Ok(another);
    assert_eq!(look.steps().len(), 1, "{:?}", look.plan().held);
}

#[test]
fn what_runs_already_is_restarted_without_a_gate_only_if_it_has_nothing() {
    let look = entering().without("restarts").inspected();
    assert_eq!(crate::plan::about(&look.observed), [node(3)].into());
    let idle = look.clone().having(nothing());
    assert_eq!(
        idle.steps(),
        ["edit the file of broker 3 on i-3 and restart it"]
    );
    assert_eq!(crate::plan::gate(&idle.seen()), None);
    let votes = Holdings {
        voters: [3].map(node).into(),
        ..nothing()
    };
    let unheard = Holdings {
        unheard: [(node(2), "it hangs".to_owned())].into(),
        ..nothing()
    };
    for holdings in [votes, unheard] {
        let seen = look.clone().having(holdings).seen();
        let asked = crate::plan::gate(&seen).map(|it| it.next.get());
        assert_eq!(
            asked,
            Some(3),
            "it is restarted by the gate, without consent"
        );
    }
}
