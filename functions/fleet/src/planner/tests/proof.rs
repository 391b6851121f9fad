//! Proof: needed to enter bootstrap and to open it, never to stay in it.

use crate::look::{Look, node, owner, stranger, target};
use crate::naming::Owner;
use crate::observed::{Gap, InstanceState, TargetState};
use crate::proof::{Path, Verdict};

fn healthy(nodes: &[u32]) -> Vec<crate::observed::TargetHealth> {
    let healthy = |&node: &u32| target(node, TargetState::Healthy);
    nodes.iter().map(healthy).collect()
}

fn unreachable() -> Verdict {
    let why = "no answer in time".to_owned();
    Verdict::Unreachable { why }
}

/// Every kind of row but a proven one.
fn unproven() -> Vec<Verdict> {
    let text = || "x".to_owned();
    vec![
        unreachable(),
        Verdict::NotKafka { why: text() },
        Verdict::NotProvable { why: text() },
        Verdict::WrongBroker { reached: node(9) },
        Verdict::WrongListener { reached: text() },
        Verdict::Advertises {
            found: text(),
            wanted: text(),
        },
        Verdict::WrongCluster {
            reached: text(),
            wanted: text(),
        },
    ]
}

#[test]
fn a_healthy_broker_enters_bootstrap_only_when_its_port_is_proven() {
    let look = || Look::of(&[1, 2]).health(Owner::Bootstrap, healthy(&[1]));
    assert_eq!(
        look().steps(),
        ["register i-2 with EXTERNAL bootstrap: healthy and proven behind its own port"]
    );
    for verdict in unproven() {
        let look = look().verdict(Path::Port(node(2)), verdict.clone());
        assert_eq!(look.steps(), [""; 0], "{verdict:?}");
        let held = look.held().concat();
        assert!(
            held.contains("EXTERNAL broker 2 has a healthy target, and on port 9094"),
            "{held}"
        );
    }
    let look = look().without_proof();
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "nothing could be proven about EXTERNAL, see gaps; no broker enters its bootstrap until it is, and everything else goes on by target health"
        ]
    );
    assert_eq!(look.plan().gaps.len(), 1);
}

#[test]
fn a_proof_that_fails_removes_nothing() {
    for verdict in unproven() {
        let mut look = Look::of(&[1, 2]);
        for path in [Path::Port(node(2)), Path::Bootstrap] {
            look = look.verdict(path, verdict.clone());
        }
        assert_eq!(look.steps(), [""; 0], "{verdict:?}");
    }
    assert_eq!(Look::of(&[1, 2]).without_proof().steps(), [""; 0]);
    let look = Look::of(&[1, 2]).verdict(Path::Direct(node(2)), unreachable());
    assert_eq!(look.steps(), [""; 0]);
}

#[test]
fn a_hung_broker_is_named_though_its_target_is_healthy() {
    let look = Look::of(&[1, 2]).verdict(Path::Port(node(2)), unreachable());
    assert_eq!(
        look.held(),
        [
            "EXTERNAL broker 2 has a healthy target, and on port 9094 it is unreachable: no answer in time; a broker enters bootstrap when its port is proven, and stays in it when it no longer is"
        ]
    );
}

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
fn the_bootstrap_of_a_new_group_waits_for_who_gets_a_port_and_for_nobody_else() {
    let new = |ports: &str| {
        let pattern = "<b>.<az>.abc.example.com:<p>";
        let json = format!(r#"{{"pattern":"{pattern}","broker_ports":"{ports}"}}"#);
        Look::of(&[1, 2])
            .health(Owner::Bootstrap, Vec::new())
            .never_complete()
            .parameter("listeners/EXTERNAL", &json)
            .and("i-3", 3, InstanceState::Running)
            .and("i-4", 4, InstanceState::Running)
            .with_group(owner(1), |group| group.health_check.interval_seconds = 30)
            .ports_agreed()
    };
    let opens = "register i-1, i-2 with EXTERNAL bootstrap: healthy and proven behind its own port";
    let full = new("9093-9094");
    assert!(
        full.steps().contains(&opens.to_owned()),
        "{:?}",
        full.steps()
    );
    // The third gets the last port.
    let one = new("9093-9095");
    assert!(!one.steps().contains(&opens.to_owned()));
    assert!(
        one.held().concat().contains("it waits for broker 3"),
        "{:?}",
        one.held()
    );
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
fn nothing_new_is_mapped_for_an_instance_that_somebody_else_answers_on() {
    let wrong = || Verdict::WrongBroker { reached: node(5) };
    let look = Look::of(&[1, 2])
        .health(owner(2), Vec::new())
        .health(Owner::Bootstrap, healthy(&[1]))
        .verdict(Path::Direct(node(2)), wrong());
    assert_eq!(look.steps(), [""; 0]);
    let held = look.held();
    assert_eq!(
        held[0],
        "instance i-2 is tagged as broker 2, and on its own address: wrong broker: reached 5, expected 2; nothing new is mapped for it until tag kafka-privatelink:node-id says who it is, and kafka-privatelink:cluster-id, if it is set, of which Kafka cluster"
    );

    let look = Look::of(&[1])
        .and("i-2", 2, InstanceState::Running)
        .verdict(Path::Direct(node(2)), wrong());
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()
            .concat()
            .contains("instance i-2 is tagged as broker 2")
    );
    assert_eq!(look.plan().doubts.len(), 0, "it gets no port");
}

#[test]
fn somebody_else_leaves_bootstrap_down_to_one_broker_of_each_zone() {
    let wrong = || Verdict::WrongBroker { reached: node(5) };
    let look = Look::of(&[1, 2]).verdict(Path::Direct(node(2)), wrong());
    assert_eq!(
        look.steps(),
        ["deregister i-2 from EXTERNAL bootstrap: another than broker 2 answers on the instance"]
    );
    let both = look.verdict(Path::Direct(node(1)), wrong());
    assert_eq!(both.steps(), [""; 0]);
    assert!(
        both.held()
            .concat()
            .contains("stays in the bootstrap of EXTERNAL")
    );

    let elsewhere = Look::of(&[1, 2])
        .with_instance(1, |instance| instance.az_id = Some("usw2-az2".into()))
        .verdict(Path::Direct(node(2)), wrong());
    assert_eq!(elsewhere.steps(), [""; 0]);
    assert!(
        elsewhere
            .held()
            .concat()
            .contains("no other healthy one of its zone")
    );
}

#[test]
fn crossed_wires_are_put_right_and_the_table_names_them() {
    let look = Look::of(&[1, 2])
        .with_listener(9093, |listener| {
            listener.forwards_to = vec![crate::look::arn(owner(2))];
        })
        .verdict(
            Path::Port(node(1)),
            Verdict::WrongBroker { reached: node(2) },
        );
    let plan = look.plan();
    let rows: Vec<String> = plan.proof.iter().map(ToString::to_string).collect();
    assert_eq!(
        rows[0],
        "EXTERNAL broker 1 through the NLB, 10.0.0.200:9093: wrong broker: reached 2, expected 1"
    );
    assert_eq!(look.steps().len(), 1);
    assert!(look.steps()[0].starts_with("point listener 9093 at EXTERNAL broker 1"));
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

#[test]
fn a_replacement_enters_by_its_own_proof_and_not_by_that_of_the_one_it_replaces() {
    // The old one leaves, and still answers on the port.
    let replaced = |path, verdict| {
        let both = || {
            ["i-1", "i-new"]
                .map(|id| stranger(id, 39092, TargetState::Healthy))
                .into()
        };
        Look::of(&[1, 2])
            .and("i-new", 1, InstanceState::Running)
            .scaled(&[("i-1", "Terminating:Wait")], &[])
            .health(owner(1), both())
            .verdict(path, verdict)
    };
    let enters = "register i-new with EXTERNAL bootstrap: healthy and proven behind its own port";
    let proven = Verdict::Proven { reached: node(1) };
    let direct = Path::Direct(node(1));
    assert!(
        replaced(direct, proven)
            .steps()
            .contains(&enters.to_owned())
    );
    for verdict in unproven() {
        let look = replaced(direct, verdict.clone());
        assert!(!look.steps().contains(&enters.to_owned()), "{verdict:?}");
    }
    // Alone behind its port it needs no more than that.
    let alone = Look::of(&[1, 2]).health(Owner::Bootstrap, healthy(&[2]));
    let enters = "register i-1 with EXTERNAL bootstrap: healthy and proven behind its own port";
    assert_eq!(
        alone.clone().verdict(direct, unreachable()).steps(),
        [enters]
    );
    let other = Verdict::WrongBroker { reached: node(9) };
    assert_eq!(alone.verdict(direct, other).steps(), [""; 0]);
}
