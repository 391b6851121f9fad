//! Instances in a warm pool are no brokers as long as they wait there, and nobody has to act on it.

use crate::look::Look;
use crate::mapping::RowState;
use crate::observed::Doubt;
use TargetState::{Healthy, Unused};
use fleet::look::{owner, stranger, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};

const STATES: [&str; 6] = [
    "Warmed:Pending",
    "Warmed:Running",
    "Warmed:Stopped",
    "Warmed:Hibernated",
    "Warmed:Terminating:Wait",
    "Warmed:Terminating:Proceed",
];

/// Brokers 1 and 2; scale-in has put 2 back into the warm pool, and its targets are in this state.
fn pooled(lifecycle: &str, state: TargetState) -> Look {
    Look::of(&[1, 2])
        .scaled(&[("i-1", "InService"), ("i-2", lifecycle)], &[])
        .health(owner(2), vec![target(2, state.clone())])
        .health(Owner::Bootstrap, vec![target(1, Healthy), target(2, state)])
        .doubted_before(&[Doubt::Broker(fleet::look::node(2))])
}

#[test]
fn a_stopped_one_leaves_and_its_port_is_kept_as_that_of_one_that_is_gone() {
    for lifecycle in STATES {
        let look = pooled(lifecycle, Unused);
        let steps = look.steps();
        for step in [
            "deregister i-2 from EXTERNAL bootstrap: the instance stands in a warm pool",
            "deregister i-2 from EXTERNAL broker 2: the instance stands in a warm pool",
            "delete listener 9094 of EXTERNAL broker 2: broker 2 is gone; its port stays reserved for 24 h",
        ] {
            assert!(steps.iter().any(|it| it == step), "{lifecycle}: {steps:?}");
        }
        assert_eq!(look.held(), [""; 0], "{lifecycle}");
        let row = look.plan().picture.mapping.pop().expect("a row");
        assert_eq!((row.owner, row.state), (owner(2), RowState::Warm));
    }
}

#[test]
fn p32_one_that_still_serves_keeps_its_own_port_and_leaves_bootstrap() {
    let look = pooled("Warmed:Running", Healthy);
    assert_eq!(
        look.steps(),
        ["deregister i-2 from EXTERNAL bootstrap: the instance stands in a warm pool"]
    );
    assert_eq!(look.held(), [""; 0]);
    let alone = look.health(Owner::Bootstrap, vec![target(2, Healthy)]);
    let steps = alone.steps();
    assert!(!steps.concat().contains("deregister i-2"), "{steps:?}");
}

#[test]
fn one_beside_the_live_broker_leaves_its_port_and_is_no_twin() {
    for state in [Healthy, Unused] {
        let look = Look::of(&[1])
            .and("i-9", 1, InstanceState::Stopped)
            .scaled(&[("i-1", "InService"), ("i-9", "Warmed:Stopped")], &[])
            .health(
                owner(1),
                vec![target(1, Healthy), stranger("i-9", 39092, state)],
            );
        assert_eq!(
            look.steps(),
            ["deregister i-9 from EXTERNAL broker 1: the instance stands in a warm pool"]
        );
        assert_eq!(look.held(), [""; 0]);
        assert!(
            look.plan()
                .picture
                .mapping
                .iter()
                .all(|row| row.state == RowState::Serving)
        );
    }
}

#[test]
fn nobody_hears_of_one_that_waits_tagged_or_not() {
    for lifecycle in STATES {
        let warm = Look::of(&[1])
            .and("i-9", 9, InstanceState::Stopped)
            .scaled(&[("i-9", lifecycle)], &[]);
        for tags in [true, false] {
            let mut look = warm.clone();
            if !tags {
                let last = look.0.instances.as_mut().expect("instances").last_mut();
                last.expect("i-9").tags.remove(fleet::tags::NODE_ID);
            }
            assert_eq!(look.steps(), [""; 0], "{lifecycle}");
            assert_eq!(look.held(), [""; 0], "{lifecycle}");
        }
    }
}

#[test]
fn p23_a_group_that_puts_brokers_back_into_its_warm_pool_is_named_before_it_does() {
    let reuses = |reuses: bool, members: &[(&str, &str)]| {
        let mut look = Look::of(&[1, 2]).scaled(members, &[]);
        for group in look.0.auto_scaling_groups.iter_mut().flatten() {
            group.reuses = reuses;
        }
        look
    };
    let named = |look: &Look| {
        let held = look.held();
        held.iter()
            .any(|it| it.contains("Set ReuseOnScaleIn to false"))
    };
    for state in ["InService", "Warmed:Pending:Wait", "Warmed:Stopped"] {
        assert!(named(&reuses(true, &[("i-2", state)])), "{state}");
        assert!(!named(&reuses(false, &[("i-2", state)])), "{state}");
    }
    let others = reuses(true, &[("i-9", "InService")]);
    assert!(!named(&others), "{:?}", others.held());
    // It has no instance yet, and its tags make brokers.
    let mut empty = others;
    for group in empty.0.auto_scaling_groups.iter_mut().flatten() {
        group.tags = [("kafka-privatelink:cluster".to_owned(), "orders".to_owned())].into();
    }
    assert!(named(&empty));
}
