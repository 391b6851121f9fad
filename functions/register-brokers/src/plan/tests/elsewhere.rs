//! Target groups that the NLB cannot use: another load balancer routes to them, or they are of another
//! VPC.

use crate::look::Look;
use fleet::look::{arn, owner, target};
use fleet::naming::Owner;
use fleet::observed::TargetState::{Healthy, Unhealthy};
use fleet::tags;

/// Another load balancer routes to the target group of broker 1, and this NLB has no listener for it.
fn elsewhere() -> Look {
    let look = Look::of(&[1, 2]).without_listener(9093);
    look.with_group(owner(1), |group| {
        group.load_balancers = ["arn:old-nlb".into()].into();
    })
}

const ROUTED: &str = "EXTERNAL broker 1 gets no listener on this NLB: its target group serves behind arn:old-nlb, and AWS lets it serve behind one load balancer only; set LOAD_BALANCER_ARN back to that one, or, once no consumer uses it any more, delete its listeners";

#[test]
fn a_target_group_that_serves_behind_another_load_balancer_gets_no_listener_here() {
    assert_eq!(elsewhere().steps(), [""; 0]);
    assert_eq!(elsewhere().held(), [ROUTED]);
    // Nor is a listener of ours led to it.
    let crossed = Look::of(&[1, 2])
        .with_listener(9093, |l| l.forwards_to = vec![arn(owner(2))])
        .with_group(owner(1), |group| {
            group.load_balancers = ["arn:old-nlb".into()].into();
        });
    assert!(
        !crossed.steps().concat().contains("9093"),
        "{:?}",
        crossed.steps()
    );
    assert!(crossed.held().contains(&ROUTED.to_owned()));
}

#[test]
fn its_targets_are_kept_right_as_they_serve_there() {
    let look = elsewhere()
        .and("i-9", 1, fleet::observed::InstanceState::Running)
        .with_instance(1, |i| i.state = fleet::observed::InstanceState::Terminated)
        .health(owner(1), vec![target(1, Unhealthy)])
        .health(Owner::Bootstrap, vec![target(2, Healthy)]);
    let steps = look.steps().concat();
    assert!(
        steps.contains("register i-9 with EXTERNAL broker 1"),
        "{steps}"
    );
    assert!(
        steps.contains("deregister i-1 from EXTERNAL broker 1"),
        "{steps}"
    );
}

#[test]
fn it_is_not_deleted_while_it_serves_there() {
    let since = "2026-11-22T11:30:00Z";
    let mut look = elsewhere().parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    for owner in [owner(1), owner(2), Owner::Bootstrap] {
        look = look.tagged(owner, tags::RETIRED_SINCE, since);
    }
    let steps = look.steps().concat();
    assert!(
        !steps.contains("delete target group of EXTERNAL broker 1"),
        "{steps}"
    );
    assert!(
        steps.contains("delete target group of EXTERNAL broker 2"),
        "{steps}"
    );
    assert_eq!(look.held(), [ROUTED]);
}

#[test]
fn a_target_group_of_another_vpc_is_left_as_it_is_until_it_is_retired() {
    let look = Look::of(&[1, 2]).with_group(owner(1), |group| group.vpc = "vpc-old".into());
    let look = look.health(owner(1), Vec::new());
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "the target group of EXTERNAL broker 1 is of vpc-old and the NLB stands in vpc-1; set LOAD_BALANCER_ARN to an NLB in vpc-old, or write {\"retired\": true} into the group's parameter and, once it is gone, its pattern again"
        ]
    );
    let retired = look
        .parameter("listeners/EXTERNAL", r#"{"retired": true}"#)
        .tagged(owner(1), tags::RETIRED_SINCE, "2026-11-22T11:30:00Z");
    let steps = retired.steps().concat();
    assert!(
        steps.contains("delete target group of EXTERNAL broker 1"),
        "{steps}"
    );
}
