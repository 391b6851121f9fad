//! What the gate is asked, and what its answer makes of a restart.

use super::{does, edit, ready, waits};
use crate::look::{Look, put_out};
use crate::observed::GateAnswer;
use crate::plan::gate;
use fleet::documents::Document;
use fleet::gate::{Few, Obstacle, Restarted, Verdict};
use fleet::look::{id, node, noon, port};
use fleet::observed::{CommandStatus, Gap};
use serde_json::json;

#[test]
fn the_gate_is_told_whether_others_come_before_the_controller() {
    let question = |look: &Look| gate(&look.observed).expect("a question");
    assert!(question(&ready()).others_wait);
    let last = ready().of(1).serving().of(2).serving();
    let question = question(&last);
    assert_eq!(
        (question.next, question.others_wait, question.restarted),
        (node(3), false, None)
    );
    assert_eq!(question.expected, [node(1), node(2), node(3)].into());
}

#[test]
fn the_gate_is_asked_only_when_its_answer_decides() {
    assert_eq!(gate(&Look::three().observed), None);
    assert_eq!(gate(&ready().without("restarts").observed), None);
    let in_flight = ready().commanded(Document::Inspect, 1, CommandStatus::InProgress, "");
    assert_eq!(gate(&in_flight.observed), None);
    assert_eq!(gate(&ready().of(3).silent().observed), None);
    let settling = Look::three().of(1).serving().restarted(30, Some(20));
    assert_eq!(gate(&settling.all_inspected().observed), None);
    assert!(gate(&ready().observed).is_some());
}

#[test]
fn who_was_restarted_last_has_to_be_back_with_the_listeners_of_its_groups() {
    let look = Look::three().of(1).serving().restarted(200, Some(40));
    let look = look.of(2).inspected().of(3).inspected();
    does(&look, &edit(2));
    let restarted = |look: &Look| gate(&look.observed).expect("a question").restarted;
    let first = Restarted {
        node: node(1),
        ports: [port(39092)].into(),
    };
    assert_eq!(restarted(&look), Some(first.clone()));
    // A newer order that its host refused restarted nobody.
    let refused = put_out(&json!({"outcome": "refused", "why": "busy"}));
    let after = look
        .clone()
        .of(2)
        .commanded(Document::Apply, 180, CommandStatus::Failed, &refused);
    let after = after.inspected();
    let question = gate(&after.observed);
    assert_eq!(
        question.map(|it| it.restarted),
        None,
        "it is held for ten minutes"
    );
    let other = look.clone().of(3).serving();
    let other = other.commanded(Document::Apply, 180, CommandStatus::Failed, &refused);
    assert_eq!(restarted(&other), Some(first.clone()));
    // One that answers nothing may have restarted its broker.
    let other = look.clone().of(3).serving();
    let other = other.commanded(Document::Apply, 180, CommandStatus::Success, "");
    assert_eq!(restarted(&other).map(|it| it.node), Some(node(3)));
    // It hides no older one, which has to be in sync, too.
    let question = gate(&other.observed).expect("a question");
    assert_eq!(question.touched, [node(1), node(3)].into());
    // Nor does a start of the broker itself.
    let itself = look.clone().of(2).restarted(180, Some(20)).inspected();
    let question = gate(&itself.of(3).serving().observed).expect("a question");
    assert_eq!(question.next, node(2));
    assert_eq!(question.restarted.as_ref(), Some(&first));
    assert_eq!(question.touched, [node(1)].into());
    // Nobody waits for the broker itself, or for an instance that is gone.
    let again = Look::three().of(1).restarted(900, Some(40)).inspected();
    let again = again.of(2).serving().of(3).serving();
    assert_eq!(restarted(&again), None);
    let mut gone = look;
    let commands = gone.observed.commands.as_mut().expect("seen");
    for it in commands
        .iter_mut()
        .filter(|it| it.instances.contains(&id(1)))
    {
        it.instances = [id(9)].into();
    }
    assert_eq!(restarted(&gone), None);
}

#[test]
fn each_obstacle_holds_with_its_sentence() {
    let shut = |obstacles: Vec<Obstacle>| {
        ready().gated(Verdict {
            obstacles,
            ..Verdict::default()
        })
    };
    let partitions = Few::of(&["orders-0".to_owned()].into());
    let in_sync = Obstacle::NotInSync {
        node: node(3),
        partitions: partitions.clone(),
    };
    waits(
        &shut(vec![in_sync.clone()]),
        &[
            "broker 1 is not stopped now: broker 3 was restarted, and is not back in sync: orders-0",
            "broker 2 waits for broker 1, which is restarted first",
        ],
    );
    waits(
        &shut(vec![in_sync, Obstacle::NoController]),
        &["with kafka-reassign-partitions.sh; no controller is active; see that"],
    );
    let many = (1..=23).map(|it| Obstacle::Controller { node: node(it) });
    waits(
        &shut(many.collect()),
        &["broker 20 is the active controller, and is restarted last; and 3 more"],
    );
    let picture = shut(vec![Obstacle::NoController])
        .plan()
        .picture
        .to_string();
    assert!(picture.contains("it is next, and waits"), "{picture}");
}

#[test]
fn what_no_gate_can_save_needs_a_word() {
    let partitions = Few::of(&["orders-0".to_owned()].into());
    let lost = |look: Look| {
        look.gated(Verdict {
            unavailable: partitions.clone(),
            ..Verdict::default()
        })
    };
    waits(
        &lost(ready()),
        &[
            r#"could not be written or read, since they have no replicas to spare: orders-0; give them more replicas, or write {"when": "any-time", "allow_unavailable": true} into /kafka-privatelink/orders/restarts"#,
        ],
    );
    let alone = |look: Look| {
        look.gated(Verdict {
            without_quorum: Some(1),
            ..Verdict::default()
        })
    };
    waits(
        &alone(ready()),
        &[
            r#"the metadata quorum would be lost, since it has no more than 1 voter; add voters until it has three or more, or write {"when": "any-time", "allow_unavailable": true} into"#,
        ],
    );
    let word = r#"{"when": "any-time", "allow_unavailable": true}"#;
    does(&lost(ready().with("restarts", word)), &edit(1));
    does(&alone(ready().with("restarts", word)), &edit(1));
    // It is no word for what is in the way.
    let shut = Verdict {
        obstacles: vec![Obstacle::NoController],
        ..Verdict::default()
    };
    waits(
        &ready().with("restarts", word).gated(shut),
        &["no controller is active"],
    );
    let no_word = r#"{"when": "any-time", "allow_unavailable": false}"#;
    assert_eq!(lost(ready().with("restarts", no_word)).steps().len(), 0);
}

#[test]
fn an_answer_about_another_broker_is_none() {
    let look = Look {
        gate: None,
        ..ready()
    };
    waits(
        &look,
        &["broker 1 is not restarted: it was not asked whether it may be stopped now"],
    );
    let question = gate(&look.observed).expect("a question");
    let answered = |change: fn(&mut GateAnswer)| {
        let mut look = look.clone();
        let mut answer = GateAnswer {
            question: question.clone(),
            answered_at: noon(),
            verdict: Verdict::default(),
        };
        change(&mut answer);
        look.observed.gate = Ok(Some(answer));
        look
    };
    does(&answered(|_| ()), &edit(1));
    for other in [
        answered(|it| it.question.next = node(2)),
        answered(|it| it.question.others_wait = false),
        answered(|it| _ = it.question.expected.pop_last()),
        answered(|it| {
            let ports = [port(9092)].into();
            it.question.restarted = Some(Restarted {
                node: node(2),
                ports,
            });
        }),
    ] {
        assert_eq!(other.steps().len(), 0);
        assert!(other.held().contains(&"GateUnasked".to_owned()));
    }
    let mut blind = look;
    let gap = Gap {
        read: "Invoke".to_owned(),
        reason: "it took too long".to_owned(),
    };
    blind.observed.gate = Err(gap.clone());
    waits(&blind, &["what the gate says could not be read"]);
    assert_eq!(blind.plan().gaps, [gap]);
}
