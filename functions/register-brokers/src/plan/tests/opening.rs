//! The bootstrap port itself: when it opens, who else may have it, and how it is set.

use crate::look::Look;
use crate::mapping::RowState;
use crate::observed::Doubt;
use fleet::look::{arn, owner, port};
use fleet::naming::Owner::Bootstrap;
use fleet::observed::Gap;
use fleet::tags;

#[test]
fn bootstrap_opens_with_the_first_broker_and_its_listener_with_the_first_target() {
    let look = Look::of(&[1]).unmapped(Bootstrap).never_handed_over();
    assert_eq!(
        look.steps(),
        [
            "create target group of EXTERNAL bootstrap (port 9092, targets on 39092): the listener group is new",
            "set 4 attributes of EXTERNAL bootstrap: the listener group is new",
        ]
    );
    let row = look.plan().picture.mapping.swap_remove(0);
    assert_eq!((row.owner, row.port.get()), (Bootstrap, 9092));
    assert_eq!(row.state, RowState::Waiting);
    let nobody = Look::of(&[]).unmapped(Bootstrap).never_handed_over();
    assert_eq!(nobody.steps(), [""; 0]);
    assert_eq!(nobody.plan().picture.mapping, []);
    let empty = Look::of(&[]).without_listener(9092);
    assert_eq!(
        empty.steps(),
        [""; 0],
        "f6: a listener with an empty group fails open"
    );
    let first = Look::of(&[1]).without_listener(9092);
    assert_eq!(
        first.steps(),
        ["create listener 9092 for EXTERNAL bootstrap: there is a target and no listener"]
    );
    let entering = first.health(Bootstrap, Vec::new());
    assert_eq!(
        entering.steps(),
        [
            "register i-1 with EXTERNAL bootstrap: healthy and proven behind its own port",
            "create listener 9092 for EXTERNAL bootstrap: there is a target and no listener",
        ]
    );
}

#[test]
fn a_bootstrap_port_that_others_have_is_said() {
    let taken = Look::of(&[1])
        .unmapped(Bootstrap)
        .never_handed_over()
        .foreign_listener(9092, "arn:other");
    assert_eq!(taken.steps(), [""; 0]);
    assert_eq!(
        taken.held(),
        [
            "port 9092 of the NLB, meant for EXTERNAL bootstrap, has a listener that is not tagged as ours; choose other ports in a new group, or free this one if nobody uses that listener"
        ]
    );
    // The target group is gone and its listener of ours is left (P-42).
    let mut orphan = Look::of(&[1]).never_handed_over();
    orphan.groups().retain(|group| group.arn != arn(Bootstrap));
    let orphan = orphan.doubted_before(&[Doubt::Orphan(port(9092))]);
    assert_eq!(orphan.steps(), [""; 0]);
    assert_eq!(
        orphan.held(),
        [
            "listener 9092 is tagged as ours and no target group claims its port, in two reads; it forwards to arn:EXTERNAL:bootstrap, which may serve: put the tags of that group back"
        ]
    );
    // The target group is there, and its tags were edited.
    let edited = Look::of(&[1]).with_group(Bootstrap, |group| {
        group.tags.remove(tags::NODE_ID);
    });
    assert_eq!(edited.steps(), [""; 0]);
    assert!(edited.held()[0].contains("no usable tag kafka-privatelink:node-id"));
    // Another group, whose tags were edited, holds the port.
    let mut held = Look::of(&[1, 2]).unmapped(Bootstrap);
    let tags = held.group_tags(owner(2));
    tags.insert(tags::PORT.to_owned(), "9092".to_owned());
    tags.remove(tags::NODE_ID);
    let steps = held.steps();
    assert!(
        !steps.iter().any(|step| step.contains("bootstrap")),
        "{steps:?}"
    );
}

#[test]
fn settings_retirement_and_attachment_count_for_bootstrap_too() {
    let edited =
        Look::of(&[1]).with_group(Bootstrap, |group| group.health_check.interval_seconds = 30);
    assert_eq!(
        edited.steps(),
        ["set the health check of EXTERNAL bootstrap: settings are not as they should be"]
    );
    let retired = edited.tagged(Bootstrap, tags::RETIRED_SINCE, "2026-11-22T11:00:00Z");
    assert_eq!(
        retired.steps()[0],
        "remove tag kafka-privatelink:retired-since of EXTERNAL bootstrap: the group is no longer retired"
    );
    let attached = retired.clone().scaled(&[], &[Bootstrap]);
    assert_eq!(attached.steps(), retired.steps()[..1]);
    assert!(attached.held()[0].contains("EXTERNAL bootstrap is attached to Auto Scaling group"));
    let mut blind = retired.clone();
    let gap = Gap {
        read: "a read".to_owned(),
        reason: "it failed".to_owned(),
    };
    blind.0.health.insert(arn(Bootstrap), Err(gap));
    assert_eq!(blind.steps(), retired.steps()[..1]);
}
