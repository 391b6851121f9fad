//! Who stands in bootstrap, who enters it, who leaves it.

use crate::look::Look;
use crate::observed::Doubt;
use Owner::Bootstrap;
use TargetState::{Draining, Healthy, Initial, Unhealthy};
use fleet::look::{arn, id, owner, stranger, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};
use fleet::tags;

const ENTERS: &str = "register i-2 with EXTERNAL bootstrap: healthy and proven behind its own port";

/// Brokers 1 and 2 serve; only 1 is in bootstrap.
fn two() -> Look {
    Look::of(&[1, 2]).health(Bootstrap, vec![target(1, Healthy)])
}

/// What leaves bootstrap when these stand in it.
fn leaves(look: Look, targets: Vec<fleet::observed::TargetHealth>) -> Vec<String> {
    let steps = look.health(Bootstrap, targets).steps().into_iter();
    let leaves = steps.filter(|step| step.contains("from EXTERNAL bootstrap"));
    leaves.collect()
}

#[test]
fn a_broker_enters_when_it_serves_through_its_own_port() {
    assert_eq!(two().steps(), [ENTERS]);
    let draining = two().health(Bootstrap, vec![target(1, Healthy), target(2, Draining)]);
    assert_eq!(draining.steps(), [ENTERS]);
}

#[test]
fn a_broker_that_does_not_serve_through_its_own_port_does_not_enter() {
    for (case, look) in [
        (
            "unhealthy",
            two().health(owner(2), vec![target(2, Unhealthy)]),
        ),
        (
            "on another port",
            two().health(owner(2), vec![stranger("i-2", 9999, Healthy)]),
        ),
        (
            "somebody else is healthy there",
            two().health(owner(2), vec![target(2, Initial), target(1, Healthy)]),
        ),
        (
            "stopped",
            two().with_instance(2, |i| i.state = InstanceState::Stopping),
        ),
        ("no listener", two().without_listener(9094)),
        (
            "crossed wires",
            two().with_listener(9094, |l| l.forwards_to = vec![arn(owner(1))]),
        ),
        (
            "somebody else's listener",
            two().with_listener(9094, |l| l.tags.clear()),
        ),
        ("twins", two().and("i-9", 2, InstanceState::Running)),
        ("leaving", two().scaled(&[("i-2", "Terminating:Wait")], &[])),
    ] {
        let steps = look.steps();
        assert!(
            !steps.iter().any(|step| step == ENTERS),
            "{case}: {steps:?}"
        );
    }
}

#[test]
fn bootstrap_takes_targets_on_the_bind_port_only() {
    let look = two().health(
        Bootstrap,
        vec![target(1, Healthy), stranger("i-2", 9999, Healthy)],
    );
    assert_eq!(
        look.steps(),
        [
            ENTERS,
            "deregister i-2 from EXTERNAL bootstrap: it was registered with another port than the bind port",
        ]
    );
}

#[test]
fn whoever_cannot_serve_leaves_bootstrap() {
    let both = || vec![target(1, Healthy), target(2, Healthy)];
    let with = |state| Look::of(&[1, 2]).with_instance(2, move |i| i.state = state);
    let tagged = |key: &'static str, value: &'static str| {
        Look::of(&[1, 2]).with_instance(2, move |i| {
            i.tags.insert(key.to_owned(), value.to_owned());
        })
    };
    let told = |why| [format!("deregister i-2 from EXTERNAL bootstrap: {why}")];
    assert_eq!(
        leaves(with(InstanceState::Terminated), both()),
        told("the instance is terminated")
    );
    let other = "the instance is another broker, or another cluster's";
    // A person put it there, and it never was a broker of this group.
    // That it has served nowhere is seen twice.
    let stranger = |look: Look| {
        let look = look.unmapped(owner(2));
        look.doubted_before(&[Doubt::Stranger(id(2))])
    };
    assert_eq!(
        leaves(stranger(tagged(tags::CLUSTER, "sales")), both()),
        told(other)
    );
    assert_eq!(
        leaves(stranger(tagged(tags::ROLE, "controller")), both()),
        told(other)
    );
    // But whoever has served stays, whatever its tags say.
    assert_eq!(leaves(tagged(tags::CLUSTER, "sales"), both()), [""; 0]);
    assert_eq!(leaves(tagged(tags::ROLE, "controller"), both()), [""; 0]);
    for state in [InstanceState::Stopped, InstanceState::Pending] {
        assert_eq!(
            leaves(with(state), both()),
            [""; 0],
            "p29: not for a restart"
        );
    }
    assert_eq!(
        leaves(
            Look::of(&[1, 2]),
            vec![target(1, Healthy), target(2, Unhealthy)]
        ),
        [""; 0],
        "not for ill health"
    );
}

#[test]
fn p15_an_unknown_target_leaves_bootstrap_on_the_second_read() {
    let targets = || vec![target(1, Healthy), target(7, Unhealthy)];
    assert_eq!(leaves(Look::of(&[1]), targets()), [""; 0]);
    let sure = Look::of(&[1]).doubted_before(&[Doubt::Instance(id(7))]);
    assert_eq!(
        leaves(sure, targets()),
        ["deregister i-7 from EXTERNAL bootstrap: EC2 does not know the instance, in two reads"]
    );
    // A healthy one is there, whatever EC2 shows.
    let sure = Look::of(&[1]).doubted_before(&[Doubt::Instance(id(7))]);
    let healthy = vec![target(1, Healthy), target(7, Healthy)];
    assert_eq!(leaves(sure, healthy), [""; 0]);
}

#[test]
fn p32_the_last_that_serves_stays_unless_it_is_dead() {
    let leaving = || Look::of(&[1, 2]).scaled(&[("i-2", "Terminating:Wait")], &[]);
    let untagged = || {
        let look = Look::of(&[1, 2]).with_instance(2, |i| i.tags.clear());
        let look = look.unmapped(owner(2));
        look.doubted_before(&[Doubt::Stranger(id(2))])
    };
    let left = |why| [format!("deregister i-2 from EXTERNAL bootstrap: {why}")];
    for (state, of_another, stays) in [
        (Healthy, "i-1", false),
        (Unhealthy, "i-1", true),
        (Initial, "i-1", true),
    ] {
        let targets = || {
            vec![
                stranger(of_another, 39092, state.clone()),
                target(2, Healthy),
            ]
        };
        let (last, stray) = (leaves(leaving(), targets()), leaves(untagged(), targets()));
        if stays {
            assert_eq!((last.len(), stray.len()), (0, 0), "{state:?}");
            let held = leaving().health(Bootstrap, targets()).held();
            assert_eq!(
                held,
                [
                    "instance i-2 is leaving and is the last healthy target of EXTERNAL bootstrap; it is deregistered when another one is healthy, or when it is gone"
                ]
            );
            let held = untagged().health(Bootstrap, targets()).held();
            let stray = "instance i-2 stands in the target group of EXTERNAL bootstrap without tags of this cluster and no other target serves; tag it, or deregister it";
            assert!(held.iter().any(|held| held == stray), "{held:?}");
        } else {
            assert_eq!(last, left("its Auto Scaling group is terminating it"));
            assert_eq!(stray, left("the instance carries no tags of this cluster"));
        }
    }
    // One that is healthy on another port, or leaves as well, or is no broker, serves nobody.
    let elsewhere = vec![stranger("i-1", 9999, Healthy), target(2, Healthy)];
    let steps = leaves(leaving(), elsewhere);
    assert!(
        !steps.contains(&left("its Auto Scaling group is terminating it")[0]),
        "{steps:?}"
    );
    let both = [("i-1", "Terminating"), ("i-2", "Terminating")];
    let steps = leaves(
        Look::of(&[1, 2]).scaled(&both, &[]),
        vec![target(1, Healthy), target(2, Healthy)],
    );
    assert_eq!(steps, [""; 0]);
}

#[test]
fn p27_a_twin_on_another_port_is_left_alone() {
    let look = two().and("i-9", 2, InstanceState::Running);
    let targets = vec![target(1, Healthy), stranger("i-2", 9999, Healthy)];
    assert_eq!(leaves(look, targets), [""; 0]);
}
