//! Decisions on single looks, drawn by hand: what a whole world does not easily show.

mod adopt;
mod bootstrap;
mod broker;
mod claims;
mod complete;
mod elsewhere;
mod handed_over;
mod hooks;
mod identity;
mod inquiry;
mod let_go;
mod listener;
mod newcomers;
mod opening;
mod order;
mod orphans;
mod places;
mod proof;
mod release;
mod retire;
mod shown;
mod strangers;
mod together;
mod vacancy;
mod warm;
mod whole;

use crate::action::Action;
use crate::look::Look;
use crate::mapping::RowState;
use crate::observed::{Doubt, Observed};
use crate::plan::Plan;
use fleet::look::{id, node, owner, port, target};
use fleet::naming::Owner;
use fleet::observed::{Gap, InstanceState, TargetState};
use fleet::tags;
use jiff::SignedDuration;
use std::collections::BTreeSet;

fn actions(plan: &Plan) -> Vec<&Action> {
    plan.steps.iter().map(|step| &step.change.action).collect()
}

#[test]
fn the_documents_cluster_at_rest_needs_nothing() {
    let plan = Look::of(&[1, 2, 3]).plan();
    assert_eq!(plan.steps, []);
    assert_eq!(plan.held, []);
    assert_eq!(plan.doubts, BTreeSet::new());
    assert!(
        plan.picture
            .mapping
            .iter()
            .all(|row| row.state == RowState::Serving)
    );
}

#[test]
fn p40_a_state_that_says_nothing_neither_removes_nor_admits() {
    for state in [
        TargetState::Unavailable,
        TargetState::Unknown("resting".to_owned()),
        TargetState::Unhealthy,
        TargetState::UnhealthyDraining,
        TargetState::Unused,
        TargetState::Initial,
    ] {
        let look = Look::of(&[1, 2]).health(owner(1), vec![target(1, state.clone())]);
        assert_eq!(look.plan().steps, [], "{state:?}");
        let look = look.health(Owner::Bootstrap, vec![target(2, TargetState::Healthy)]);
        assert_eq!(look.plan().steps, [], "{state:?} must not enter bootstrap");
    }
}

#[test]
fn an_instance_state_that_aws_added_later_is_live_and_not_registered() {
    let mut look = Look::of(&[1])
        .health(owner(1), Vec::new())
        .without_instance(1);
    look.instance(1, InstanceState::Unknown("hibernating".to_owned()));
    let plan = look.plan();
    assert_eq!(plan.steps, []);
    assert!(
        plan.held.iter().any(|held| held.kind == "NotRunning"),
        "{:?}",
        plan.held
    );
}

#[test]
fn p15_one_look_is_a_doubt_and_two_are_evidence() {
    let look = || {
        let sick = || target(2, TargetState::Unhealthy);
        Look::of(&[1, 2])
            .without_instance(2)
            .health(owner(2), vec![sick()])
            .health(
                Owner::Bootstrap,
                vec![target(1, TargetState::Healthy), sick()],
            )
    };
    let plan = look().plan();
    assert_eq!(plan.steps, []);
    let doubts = BTreeSet::from([Doubt::Broker(node(2)), Doubt::Instance(id(2))]);
    assert_eq!(plan.doubts, doubts);
    let all: Vec<Doubt> = doubts.into_iter().collect();
    let sure = look().doubted_before(&all).plan();
    assert!(
        matches!(
            actions(&sure)[..],
            [
                Action::AddTag { .. },
                Action::DeregisterTargets { .. },
                Action::DeregisterTargets { .. },
                Action::DeleteListener { .. }
            ]
        ),
        "{:?}",
        sure.steps
    );
    assert_eq!(sure.doubts, BTreeSet::new());
}

#[test]
fn a_terminal_state_is_evidence_at_once_for_its_target_but_not_for_its_broker() {
    let mut look = Look::of(&[1, 2]).without_instance(2);
    look.instance(2, InstanceState::Terminated);
    let plan = look.plan();
    assert!(
        matches!(
            actions(&plan)[..],
            [
                Action::DeregisterTargets { .. },
                Action::DeregisterTargets { .. }
            ]
        ),
        "{:?}",
        plan.steps
    );
    assert_eq!(plan.doubts, BTreeSet::from([Doubt::Broker(node(2))]));
}

#[test]
fn a_reservation_ends_after_twenty_four_hours_and_not_a_second_before() {
    for (seconds, over) in [(24 * 3600 - 1, false), (24 * 3600, true)] {
        let mut look = Look::of(&[1, 2])
            .without_instance(2)
            .health(owner(2), Vec::new())
            .health(Owner::Bootstrap, vec![target(1, TargetState::Healthy)])
            .doubted_before(&[Doubt::Broker(node(2))]);
        let since = fleet::look::noon() - SignedDuration::from_secs(seconds);
        look.group_tags(owner(2))
            .insert(tags::VACANT_SINCE.to_owned(), since.to_string());
        let port = port(9094);
        look.0
            .listeners
            .as_mut()
            .expect("listeners")
            .retain(|listener| listener.port != port);
        let plan = look.plan();
        assert_eq!(
            actions(&plan) == [&Action::DeleteTargetGroup],
            over,
            "{:?}",
            plan.steps
        );
        assert_eq!(plan.steps.is_empty(), !over);
    }
}

#[test]
fn the_last_healthy_broker_does_not_leave_bootstrap_while_it_lives() {
    let look = Look::of(&[1]).scaled(&[("i-1", "Terminating:Wait")], &[]);
    let plan = look.plan();
    assert_eq!(plan.steps, []);
    assert!(
        plan.held.iter().any(|held| held.kind == "LastHealthy"),
        "{:?}",
        plan.held
    );
}

#[test]
fn p23_an_instance_in_a_warm_pool_is_no_broker_yet() {
    let mut look = Look::of(&[1]);
    look.instance(2, InstanceState::Running);
    let look = look.scaled(&[("i-2", "Warmed:Running")], &[]);
    let plan = look.plan();
    assert_eq!(plan.steps, []);
    assert_eq!(plan.held, []);
}

#[test]
fn every_gap_is_told_and_nothing_is_planned_on_one_that_everything_needs() {
    let gap = || Gap {
        read: "a read".to_owned(),
        reason: "it failed".to_owned(),
    };
    let blind: [fn(&mut Observed, Gap); 6] = [
        |observed, gap| observed.now = Err(gap),
        |observed, gap| observed.parameters = Err(gap),
        |observed, gap| observed.load_balancer = Err(gap),
        |observed, gap| observed.listeners = Err(gap),
        |observed, gap| observed.target_groups = Err(gap),
        |observed, gap| observed.instances = Err(gap),
    ];
    for (number, blind) in blind.into_iter().enumerate() {
        let mut look = Look::of(&[1, 2])
            .without_instance(2)
            .health(owner(1), Vec::new());
        assert_ne!(look.plan().steps, []);
        blind(&mut look.0, gap());
        let plan = look.plan();
        assert_eq!(plan.steps, [], "gap {number}");
        assert_eq!(plan.gaps, [gap()], "gap {number}");
        assert!(
            plan.held.len() == 1 && plan.held[0].kind == "Blind",
            "gap {number}: {:?}",
            plan.held
        );
    }
}

#[test]
fn a_listener_of_ours_changed_to_another_protocol_is_said() {
    let mut look = Look::of(&[1]);
    for listener in look.0.listeners.as_mut().expect("listeners") {
        if listener.port.get() == 9093 {
            listener.protocol = "TLS".to_owned();
        }
    }
    let plan = look.plan();
    assert_eq!(plan.steps, []);
    assert!(plan.held.iter().any(|held| {
        held.to_string()
            .contains("listener 9093 was changed to TLS")
    }));
}

#[test]
fn a_plan_is_the_same_whatever_the_order_of_what_was_seen() {
    let mut look = Look::of(&[1, 2, 3]).health(owner(2), Vec::new());
    look.instance(4, InstanceState::Running);
    let plan = look.plan();
    look.0.instances.as_mut().expect("instances").reverse();
    look.0.target_groups.as_mut().expect("groups").reverse();
    look.0.listeners.as_mut().expect("listeners").reverse();
    assert_eq!(look.plan(), plan);
}
