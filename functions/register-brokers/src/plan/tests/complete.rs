//! When a listener group is complete: its bootstrap opens, it is noted, and the hand-over is written.

use super::proof::{healthy, unreachable};
use crate::look::Look;
use fleet::look::node;
use fleet::naming::Owner;
use fleet::observed::{Gap, InstanceState};
use fleet::proof::Path;

#[test]
fn the_bootstrap_of_a_new_group_waits_until_every_broker_is_proven_and_lists_all() {
    let new = || {
        Look::of(&[1, 2])
            .health(Owner::Bootstrap, Vec::new())
            .never_complete()
    };
    let opened = new().steps();
    assert_eq!(
        opened[0],
        "register i-1, i-2 with EXTERNAL bootstrap: healthy and proven behind its own port"
    );

    let look = new().verdict(Path::Port(node(2)), unreachable());
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held().concat().contains("the bootstrap of EXTERNAL opens when every broker is proven on its port and lists all of them, so that no client finds a part of the cluster; it waits for broker 2"),
        "{:?}",
        look.held()
    );

    let look = new().row(Path::Port(node(1)), |row| {
        row.unlisted.insert(node(2));
    });
    assert_eq!(look.steps(), [""; 0]);
    assert!(look.held().concat().contains("waits for broker 2"));

    let look = new().and("i-3", 3, InstanceState::Running);
    assert!(
        look.held().concat().contains("waits for broker 3"),
        "{:?}",
        look.held()
    );
    let stopped = new().and("i-3", 3, InstanceState::Stopped);
    assert!(
        !stopped.held().concat().contains("waits for"),
        "{:?}",
        stopped.held()
    );
    let twins = new().and("i-x", 2, InstanceState::Running);
    assert!(twins.held().concat().contains("waits for broker 2"));
}

#[test]
fn the_bootstrap_of_a_new_group_waits_for_who_gets_no_port_too() {
    let new = |ports: &str| {
        let pattern = "<b>.<az>.abc.example.com:<p>";
        let json = format!(r#"{{"pattern":"{pattern}","broker_ports":"{ports}"}}"#);
        Look::of(&[1, 2])
            .health(Owner::Bootstrap, Vec::new())
            .never_complete()
            .parameter("listeners/EXTERNAL", &json)
            .and("i-3", 3, InstanceState::Running)
            .and("i-4", 4, InstanceState::Running)
            .ports_agreed()
    };
    for (ports, told) in [
        ("9093-9094", "it waits for brokers 3, 4"),
        // The third gets the last port.
        ("9093-9095", "it waits for brokers 3, 4"),
    ] {
        let held = new(ports).held().concat();
        assert!(held.contains(told), "{held}");
        assert!(!new(ports).steps().concat().contains("EXTERNAL bootstrap"));
    }
}

#[test]
fn a_bootstrap_that_is_open_waits_for_nobody() {
    let look = Look::of(&[1, 2, 3])
        .health(Owner::Bootstrap, healthy(&[1]))
        .never_complete()
        .verdict(Path::Port(node(2)), unreachable());
    assert_eq!(
        look.steps(),
        ["register i-3 with EXTERNAL bootstrap: healthy and proven behind its own port"]
    );
}

#[test]
fn a_group_that_was_complete_once_opens_for_the_first_that_is_proven() {
    let look = Look::of(&[1, 2])
        .health(Owner::Bootstrap, Vec::new())
        .verdict(Path::Port(node(2)), unreachable());
    assert_eq!(
        look.steps(),
        ["register i-1 with EXTERNAL bootstrap: healthy and proven behind its own port"]
    );
}

#[test]
fn the_handover_is_written_when_everything_in_it_is_proven() {
    let without = || Look::of(&[1, 2]).never_complete();
    let write = "write the hand-over of EXTERNAL, /kafka-privatelink/orders/handover/EXTERNAL: every broker is proven on its port";
    let note = "tag EXTERNAL bootstrap with kafka-privatelink:complete-since=2026-11-22T12:00:00Z: every broker is proven on its port";
    assert_eq!(without().steps(), [note, write]);
    for path in [Path::Port(node(1)), Path::Bootstrap] {
        let look = without().verdict(path, unreachable());
        assert_eq!(look.steps(), [""; 0], "{path:?}");
    }
    assert_eq!(without().without_proof().steps(), [""; 0]);

    // What somebody edited is written again.
    let edited = Look::of(&[1, 2]).parameter("handover/EXTERNAL", "{}");
    assert_eq!(edited.steps(), [write]);

    let mut alone = Look::of(&[1, 2]);
    let parameters = alone.0.parameters.as_mut().expect("parameters");
    parameters.retain(|parameter| !parameter.name.contains("handover"));
    alone.0.endpoint_services = Ok(Vec::new());
    assert_eq!(alone.steps(), [""; 0]);
    assert!(alone.held()[0].contains("no endpoint service of this account and Region has arn:nlb"));
    alone.0.endpoint_services = Err(Gap {
        read: "DescribeVpcEndpointServiceConfigurations".to_owned(),
        reason: "denied".to_owned(),
    });
    assert_eq!(alone.steps(), [""; 0]);
    assert_eq!(alone.held(), [""; 0], "the gap says it");
}

#[test]
fn what_is_told_comes_last_so_that_nobody_waits_for_it() {
    let look = Look::of(&[1, 2, 3])
        .parameter("handover/EXTERNAL", "{}")
        .with_instance(3, |instance| instance.state = InstanceState::Terminated);
    let steps = look.steps();
    let at = |what: &str| steps.iter().position(|step| step.starts_with(what));
    let (left, told) = (
        at("deregister i-3 from EXTERNAL bootstrap"),
        at("write the hand-over"),
    );
    assert!(left.is_some() && left < told, "{steps:?}");
}
