//! Who leaves, and cannot be asked whether Kafka runs on it: a controller, and an instance whose tags make no
//! broker. A person lets it go.

use super::hooks::{leaving, step, waits_for};
use crate::look::Look;
use fleet::look::{owner, target};
use fleet::naming::Owner;
use fleet::observed::InstanceState;
use fleet::observed::TargetState::{self, Draining, Healthy, Unhealthy, Unused};
use fleet::tags;

/// Its tag has this value, or is missing.
fn tagged(look: Look, key: &str, value: Option<&str>) -> Look {
    look.with_instance(2, |it| {
        it.tags.remove(key);
        it.tags
            .extend(value.map(|value| (key.to_owned(), value.to_owned())));
    })
}

/// Its user data did not set the tag, and Kafka may run.
fn misfit() -> Look {
    tagged(leaving().unmapped(owner(2)), tags::NODE_ID, None)
}

/// Its tag was damaged after it had served.
fn damaged(states: &[TargetState]) -> Look {
    let targets = states.iter().map(|state| target(2, state.clone()));
    tagged(leaving(), tags::NODE_ID, Some("b2"))
        .health(owner(2), targets.collect())
        .tagged(owner(2), tags::SERVED_BY, "i-2")
}

#[test]
fn a_controller_that_leaves_is_kept_until_its_own_id_lets_it_go() {
    let controller = |release| {
        let look = tagged(leaving(), tags::ROLE, Some("controller"));
        tagged(look, tags::RELEASE, release)
    };
    for kept in [controller(None), controller(Some("i-1"))] {
        waits_for(&kept, "it is a controller");
        let held = kept.held().concat();
        assert!(
            held.contains("stop it, and then write its own ID"),
            "{held}"
        );
    }
    assert!(step(&controller(Some("i-2"))).contains("CONTINUE: a person lets the instance go"));
}

#[test]
fn an_instance_whose_tags_make_no_broker_is_kept_until_its_own_id_lets_it_go() {
    for (key, value) in [
        (tags::NODE_ID, None),
        (tags::NODE_ID, Some("b4")),
        (tags::ROLE, Some("brokers")),
    ] {
        let kept = tagged(misfit(), key, value);
        waits_for(&kept, "its tags make no broker");
        let held = kept.held().concat();
        assert!(
            held.contains("Put its tags right") && held.contains("kafka-privatelink:release=i-2"),
            "{held}"
        );
        waits_for(
            &tagged(kept, tags::RELEASE, Some("i-1")),
            "its tags make no broker",
        );
    }
    let released = tagged(misfit(), tags::RELEASE, Some("i-2"));
    assert_eq!(
        step(&released),
        "complete kafka-privatelink-x of i-2 in brokers: CONTINUE: a person lets the instance go"
    );
    let stopped = misfit().with_instance(2, |it| it.state = InstanceState::Stopped);
    assert_eq!(
        step(&stopped),
        "complete kafka-privatelink-x of i-2 in brokers: CONTINUE: the instance is stopped"
    );
}

#[test]
fn whoever_is_let_go_leaves_its_port_first() {
    for state in [Healthy, Unhealthy] {
        let kept = damaged(&[state]);
        waits_for(&kept, "its tags make no broker");
        let steps = kept.steps();
        assert!(!steps.concat().contains("deregister"), "{steps:?}");
        let let_go = tagged(kept, tags::RELEASE, Some("i-2"));
        let steps = let_go.steps();
        let leaves = "deregister i-2 from EXTERNAL broker 2: a person lets the instance go";
        assert!(steps.iter().any(|it| it == leaves), "{steps:?}");
    }
    let let_go = |states: &[_]| tagged(damaged(states), tags::RELEASE, Some("i-2"));
    waits_for(&let_go(&[Draining]), "it is draining in EXTERNAL 2");
    assert!(step(&let_go(&[])).starts_with("complete "));
    let stopped = damaged(&[Unused]).with_instance(2, |it| it.state = InstanceState::Stopped);
    let steps = stopped.steps();
    let leaves = "deregister i-2 from EXTERNAL broker 2: the instance is stopped";
    assert!(steps.iter().any(|it| it == leaves), "{steps:?}");
    let last = tagged(leaving(), tags::NODE_ID, None)
        .health(Owner::Bootstrap, vec![target(2, Healthy)])
        .health(owner(2), Vec::new());
    let last = tagged(last, tags::RELEASE, Some("i-2"));
    let leaves = "deregister i-2 from EXTERNAL bootstrap";
    let steps = last.steps();
    assert!(steps.iter().any(|it| it.starts_with(leaves)), "{steps:?}");
}
