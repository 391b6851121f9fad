//! A broker that is gone: its listener goes, its port stays reserved for a day, then goes too.

use crate::look::Look;
use crate::mapping::RowState;
use crate::observed::Doubt;
use TargetState::{Draining, Healthy, Unhealthy};
use fleet::look::{arn, id, node, owner, stranger, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};
use fleet::tags;

/// Brokers 1 and 2; 2 is gone, and was so in an earlier read. Its targets are these.
fn gone(targets: Vec<fleet::observed::TargetHealth>) -> Look {
    Look::of(&[1, 2])
        .without_instance(2)
        .health(owner(2), targets)
        .health(Owner::Bootstrap, vec![target(1, Healthy)])
        .doubted_before(&[Doubt::Broker(node(2)), Doubt::Instance(id(2))])
}

/// The same, for this many hours already, without its listener.
fn vacant(hours: i64) -> Look {
    let look = gone(Vec::new()).without_listener(9094);
    let since = fleet::look::noon() - jiff::SignedDuration::from_hours(hours);
    look.tagged(owner(2), tags::VACANT_SINCE, &since.to_string())
}

#[test]
fn the_listener_goes_and_the_time_is_noted() {
    let look = gone(vec![target(2, Unhealthy)]);
    assert_eq!(
        look.steps(),
        [
            "tag EXTERNAL broker 2 with kafka-privatelink:vacant-since=2026-11-22T12:00:00Z: broker 2 is gone; its port stays reserved for 24 h",
            "deregister i-2 from EXTERNAL broker 2: EC2 does not know the instance, in two reads",
            "delete listener 9094 of EXTERNAL broker 2: broker 2 is gone; its port stays reserved for 24 h",
        ]
    );
    assert_eq!(look.held(), [""; 0]);
    let row = look.plan().picture.mapping.pop().expect("a row");
    assert_eq!(row.owner, owner(2));
    assert_eq!(row.state, RowState::Reserved);
}

#[test]
fn p31_a_target_that_drains_already_is_not_deregistered_again() {
    let look = gone(vec![target(2, Draining)]);
    let steps = look.steps();
    assert!(
        !steps.iter().any(|step| step.starts_with("deregister")),
        "{steps:?}"
    );
    assert_eq!(steps.len(), 2);
}

#[test]
fn a_reservation_that_is_not_over_needs_no_second_look() {
    let mut look = vacant(1);
    look.1.clear();
    let plan = look.plan();
    assert_eq!(plan.steps, []);
    assert_eq!(plan.held, []);
    assert!(plan.doubts.is_empty(), "{:?}", plan.doubts);
}

#[test]
fn a_listener_that_outlived_its_broker_goes_on_the_second_look() {
    let since = "2026-11-22T11:00:00Z";
    let mut look = gone(Vec::new()).tagged(owner(2), tags::VACANT_SINCE, since);
    assert_eq!(
        look.steps(),
        [
            "delete listener 9094 of EXTERNAL broker 2: broker 2 is gone; its port stays reserved for 24 h"
        ]
    );
    look.1.clear();
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        ["broker 2 seems to be gone; a second read must agree"]
    );
}

#[test]
fn what_is_over_is_deleted_and_not_while_somebody_forwards_to_it() {
    let look = vacant(24);
    assert_eq!(
        look.steps(),
        ["delete target group of EXTERNAL broker 2: broker 2 has been gone for 24 h"]
    );
    let used = look.foreign_listener(7000, arn(owner(2)).as_str());
    assert_eq!(used.steps(), [""; 0]);
    assert_eq!(
        used.held(),
        [
            "the target group of EXTERNAL broker 2 is to be deleted, and listener 7000 forwards to it; point that listener elsewhere, or delete it"
        ]
    );
}

#[test]
fn an_untagged_instance_that_stands_in_its_group_may_be_the_broker() {
    let look = gone(vec![target(2, Unhealthy), target(7, Healthy)]);
    let mut look = look.and("i-7", 7, InstanceState::Running);
    let instances = look.0.instances.as_mut().expect("instances");
    instances.last_mut().expect("an instance").tags.clear();
    assert_eq!(
        look.steps(),
        ["deregister i-2 from EXTERNAL broker 2: EC2 does not know the instance, in two reads"]
    );
    assert!(
        look.held().iter().any(|held| held.starts_with(
            "instance i-7 stands in the target group of EXTERNAL broker 2 without tags"
        )),
        "{:?}",
        look.held()
    );
}

#[test]
fn whoever_else_stood_in_its_group_leaves_it() {
    let look = gone(vec![target(1, Healthy), stranger("i-2", 9999, Unhealthy)]);
    let steps = look.steps();
    for wanted in [
        "deregister i-1 from EXTERNAL broker 2: the instance is another broker, or another cluster's",
        "deregister i-2 from EXTERNAL broker 2: EC2 does not know the instance, in two reads",
    ] {
        assert!(steps.iter().any(|step| step == wanted), "{steps:?}");
    }
}

#[test]
fn p15_a_healthy_target_is_evidence_against_any_number_of_reads_that_do_not_show_its_instance() {
    let look = gone(vec![target(2, Healthy)]);
    let steps = look.steps();
    assert_eq!(steps, [""; 0], "its listener stays, too");
    assert_eq!(
        look.held(),
        [
            "EC2 does not show instance i-2, and its target in EXTERNAL broker 2 is healthy, so it is there; it stays until EC2 and its health agree"
        ]
    );
}
