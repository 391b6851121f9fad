//! Who must not stand behind a broker's port, and when it leaves: another broker, a stranger, the
//! instance that was replaced.

use crate::look::Look;
use crate::observed::Doubt;
use TargetState::{Healthy, Initial, Unhealthy};
use fleet::look::{id, owner, target};
use fleet::observed::{InstanceState, TargetState};
use fleet::tags;

#[test]
fn whoever_does_not_belong_behind_a_brokers_port_leaves_it_and_is_told_why() {
    let two = |state| Look::of(&[1, 2]).with_instance(2, move |i| i.state = state);
    let terminated = two(InstanceState::Terminated);
    let other = two(InstanceState::Running);
    let foreign = other.clone().with_instance(2, |i| {
        i.tags.insert(tags::CLUSTER.to_owned(), "sales".to_owned());
    });
    let controller = other.clone().with_instance(2, |i| {
        i.tags
            .insert(tags::ROLE.to_owned(), "controller".to_owned());
    });
    let leaving = other.clone().scaled(&[("i-2", "Terminating:Wait")], &[]);
    for (look, reason) in [
        (terminated, "the instance is terminated"),
        (
            other,
            "the instance is another broker, or another cluster's",
        ),
        (
            foreign,
            "the instance is another broker, or another cluster's",
        ),
        (
            controller,
            "the instance is another broker, or another cluster's",
        ),
        (
            leaving,
            "the instance is another broker, or another cluster's",
        ),
    ] {
        let wanted = format!("deregister i-2 from EXTERNAL broker 1: {reason}");
        // Whether the right one serves or not: a client must not reach the wrong broker.
        for state in [Healthy, Unhealthy] {
            let targets = vec![target(1, state), target(2, Healthy)];
            let look = look.clone().health(owner(1), targets);
            assert!(
                look.steps().contains(&wanted),
                "{wanted}: {:?}",
                look.steps()
            );
        }
    }
}

#[test]
fn an_untagged_target_leaves_only_when_the_right_one_serves() {
    let look = Look::of(&[1, 2]).with_instance(2, |i| i.tags.clear());
    let served = look
        .clone()
        .health(owner(1), vec![target(1, Healthy), target(2, Healthy)]);
    let wanted =
        "deregister i-2 from EXTERNAL broker 1: the instance carries no tags of this cluster";
    assert!(
        served.steps().iter().any(|step| step == wanted),
        "{:?}",
        served.steps()
    );
    let alone = look.health(owner(1), vec![target(1, Unhealthy), target(2, Healthy)]);
    assert!(!alone.steps().iter().any(|step| step == wanted));
    assert!(alone.held().iter().any(|held| held
        == "instance i-2 stands in the target group of EXTERNAL broker 1 without tags of this cluster and no other target serves; tag it, or deregister it"));
}

#[test]
fn p15_a_target_that_ec2_does_not_know_leaves_on_the_second_read() {
    let targets = vec![target(1, Healthy), target(7, Unhealthy)];
    let look = Look::of(&[1]).health(owner(1), targets);
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        ["instance i-7 seems to be gone; a second read must agree"]
    );
    let doubt = Doubt::Instance(id(7));
    let other = look.clone().doubted_before(&[Doubt::Instance(id(8))]);
    assert_eq!(other.steps(), [""; 0], "the first read doubted another");
    let sure = look.doubted_before(&[doubt]);
    assert_eq!(
        sure.steps(),
        ["deregister i-7 from EXTERNAL broker 1: EC2 does not know the instance, in two reads"]
    );
    assert_eq!(sure.held(), [""; 0]);
}

/// Broker 1 on i-1, which is leaving, and on i-5, its replacement; these targets behind its port.
fn replaced(old: TargetState, new: Option<TargetState>, runs: bool) -> Look {
    let mut targets = vec![target(1, old)];
    targets.extend(new.map(|state| target(5, state)));
    let state = if runs {
        InstanceState::Running
    } else {
        InstanceState::Pending
    };
    Look::of(&[1])
        .and("i-5", 1, state)
        .scaled(&[("i-1", "Terminating:Wait"), ("i-5", "InService")], &[])
        .health(owner(1), targets)
        .tagged(owner(1), tags::SERVED_BY, "i-5")
        .health(fleet::naming::Owner::Bootstrap, vec![target(5, Healthy)])
}

#[test]
fn p32_a_replaced_instance_leaves_when_its_successor_serves_or_nothing_is_lost() {
    const REGISTER: &str =
        "register i-5 with EXTERNAL broker 1: broker 1 runs and is not registered";
    const LEAVE: &str =
        "deregister i-1 from EXTERNAL broker 1: its Auto Scaling group is terminating it";
    for (old, new, runs, steps) in [
        (Healthy, Some(Healthy), true, &[LEAVE][..]),
        (Unhealthy, Some(Healthy), true, &[LEAVE]),
        (Healthy, Some(Initial), true, &[]),
        (Unhealthy, Some(Initial), true, &[LEAVE]),
        (Healthy, None, true, &[REGISTER]),
        (Unhealthy, None, true, &[REGISTER, LEAVE]),
        (Healthy, None, false, &[]),
        (Unhealthy, None, false, &[]),
    ] {
        let case = format!("{old:?}, {new:?}, runs: {runs}");
        let look = replaced(old, new, runs);
        assert_eq!(look.steps(), steps, "{case}");
        let last = "instance i-1 is leaving and is the last healthy target of EXTERNAL broker 1; it is deregistered when another one is healthy, or when it is gone";
        let kept = look.held().iter().any(|held| held == last);
        assert_eq!(kept, !steps.contains(&LEAVE), "{case}: {:?}", look.held());
    }
}
