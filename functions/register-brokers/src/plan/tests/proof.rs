//! Proof: needed to enter bootstrap, never to stay in it.

use crate::look::Look;
use crate::observed::Doubt;
use fleet::look::{node, owner, stranger, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};
use fleet::proof::{Path, Verdict};

pub(super) fn healthy(nodes: &[u32]) -> Vec<fleet::observed::TargetHealth> {
    let healthy = |&node: &u32| target(node, TargetState::Healthy);
    nodes.iter().map(healthy).collect()
}

pub(super) fn unreachable() -> Verdict {
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
            held.contains("EXTERNAL broker 2: the target is healthy, but port 9094"),
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
            "EXTERNAL broker 2: the target is healthy, but port 9094 is not proven (unreachable: no answer in time); a broker enters bootstrap when its port is proven, and one that is there stays"
        ]
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
        "instance i-2 is tagged as broker 2, and on its own address: wrong broker: reached 5, expected 2; it is kept away from that broker's port until it answers as broker 2: put its tag kafka-privatelink:node-id right, or the node.id in its Kafka configuration"
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
    let doubts = Vec::from_iter(look.plan().doubts);
    assert_eq!(
        doubts,
        [Doubt::Another("i-2".into(), node(5))],
        "it gets no port"
    );
}

#[test]
fn somebody_else_leaves_bootstrap_down_to_one_broker_of_each_zone() {
    let wrong = || Verdict::WrongBroker { reached: node(5) };
    let twice = |nodes: &[u32], look: Look| {
        let doubt = |&id: &u32| Doubt::Another(fleet::look::id(id), node(5));
        look.doubted_before(&Vec::from_iter(nodes.iter().map(doubt)))
    };
    let leaves = |look: &Look| {
        let steps = look.steps().into_iter();
        Vec::from_iter(steps.filter(|step| step.contains("from EXTERNAL bootstrap")))
    };
    let once = Look::of(&[1, 2]).verdict(Path::Direct(node(2)), wrong());
    assert_eq!(once.steps(), [""; 0], "one asking is no evidence");
    let look = twice(&[2], once);
    assert_eq!(
        leaves(&look),
        ["deregister i-2 from EXTERNAL bootstrap: another than broker 2 answers on the instance"]
    );
    let both = twice(&[1, 2], look.verdict(Path::Direct(node(1)), wrong()));
    assert_eq!(leaves(&both), [""; 0]);
    assert!(
        both.held()
            .concat()
            .contains("stays in the bootstrap of EXTERNAL")
    );

    let elsewhere = Look::of(&[1, 2])
        .with_instance(1, |instance| instance.az_name = Some("us-west-2b".into()))
        .verdict(Path::Direct(node(2)), wrong());
    let elsewhere = twice(&[2], elsewhere);
    assert_eq!(leaves(&elsewhere), [""; 0]);
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
            listener.forwards_to = vec![fleet::look::arn(owner(2))];
        })
        .verdict(
            Path::Port(node(1)),
            Verdict::WrongBroker { reached: node(2) },
        );
    let plan = look.plan();
    let rows: Vec<String> = plan.picture.proof.iter().map(ToString::to_string).collect();
    assert_eq!(
        rows[0],
        "EXTERNAL broker 1 through the NLB, 10.0.0.200:9093: wrong broker: reached 2, expected 1"
    );
    assert_eq!(look.steps().len(), 1);
    assert!(look.steps()[0].starts_with("point listener 9093 at EXTERNAL broker 1"));
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
