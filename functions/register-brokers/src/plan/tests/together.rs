//! Two things at once: a slip beside a release, a note beside a retirement, silence after an answer.

use crate::action::Action;
use crate::look::Look;
use crate::observed::Doubt;
use TargetState::{Healthy, Unhealthy};
use fleet::look::{id, node, owner, stranger, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};
use fleet::proof::{Path, Verdict};
use fleet::tags;

fn tagged(look: Look, of: u32, key: &str, value: &str) -> Look {
    look.with_instance(of, |instance| {
        instance.tags.insert(key.to_owned(), value.to_owned());
    })
}

/// A broker's instance has answered as broker 7, in two askings.
fn answers_as_another(look: Look, of: u32) -> Look {
    let wrong = Verdict::WrongBroker { reached: node(7) };
    let doubt = Doubt::Another(id(of), node(7));
    look.verdict(Path::Direct(node(of)), wrong)
        .doubted_before(&[doubt])
}

fn has_step(look: &Look, told: &str) -> bool {
    look.steps().iter().any(|step| step.contains(told))
}

#[test]
fn notes_that_do_not_fit_into_one_tag_stand_in_several_and_are_written_once() {
    let mut look = Look::of(&[1, 2]);
    for of in 10..26 {
        let id = format!("i-0123456789abcde{of:02x}");
        look = look.and(&id, of, InstanceState::Running);
    }
    let (mut rows, mut doubts) = (crate::look::all_proven(&look.0), Vec::new());
    for row in &mut rows {
        let (Path::Direct(of), Some(instance)) = (row.question.path, &row.question.instance) else {
            continue;
        };
        if of.get() >= 10 {
            let reached = node(of.get() + 100);
            row.verdict = Verdict::WrongBroker { reached };
            doubts.push(Doubt::Another(instance.clone(), reached));
        }
    }
    look.0.proof = Ok(rows);
    let mut look = look.doubted_before(&doubts);
    let mut written = 0;
    for step in look.plan().steps {
        if let Action::AddTag { key, value } = step.change.action {
            assert!(value.len() <= 256, "{value}");
            written += value.split(' ').count();
            let place = step.change.place.expect("a port");
            look = look.tagged(place.owner, key, &value);
        }
    }
    assert_eq!(written, 16);
    assert_eq!(look.steps(), [""; 0]);
    look.1.clear();
    assert_eq!(look.plan().doubts.len(), 0, "no second look is needed");
}

#[test]
fn a_silence_right_after_an_answer_is_no_answer_either() {
    let look = Look::of(&[1, 2])
        .without_instance(2)
        .health(owner(2), Vec::new())
        .health(Owner::Bootstrap, vec![target(1, Healthy)])
        .without_listener(9094)
        .tagged(owner(2), tags::VACANT_SINCE, "2026-11-22T11:00:00Z")
        .and("i-22", 2, InstanceState::Running);
    let wrong = Verdict::WrongBroker { reached: node(7) };
    let first = look.clone().verdict(Path::Direct(node(2)), wrong);
    let doubts = Vec::from_iter(first.plan().doubts);
    let silent = Verdict::Unreachable {
        why: "no answer".to_owned(),
    };
    let second = look
        .doubted_before(&doubts)
        .verdict(Path::Direct(node(2)), silent);
    assert!(!has_step(&second, "register i-22"), "{:?}", second.steps());
    let held = second.held().concat();
    assert!(held.contains("a moment ago, and is silent now"), "{held}");
}

#[test]
fn whoever_is_left_out_by_a_number_that_its_tag_says_by_a_slip_is_waited_for() {
    let pattern = r#"{"pattern": "<b>.<az>.abc.example.com:<p>", "without": [4]}"#;
    let slip = || {
        let look = tagged(Look::of(&[1, 2, 3]), 3, tags::NODE_ID, "4");
        look.parameter("listeners/EXTERNAL", pattern)
    };
    let advertises = Verdict::Advertises {
        found: "localhost:9092".to_owned(),
        wanted: "b3.example.com:9095".to_owned(),
    };
    let noted = slip()
        .never_handed_over()
        .tagged(owner(3), tags::SERVED_BY, "i-3")
        .verdict(
            Path::Direct(node(4)),
            Verdict::WrongBroker { reached: node(3) },
        )
        .verdict(Path::Port(node(3)), advertises);
    assert!(
        !has_step(&noted, "write the hand-over"),
        "{:?}",
        noted.steps()
    );

    // Two bear the number: which of them is meant, a person must say, by an instance ID for example.
    let twins = |without: &str| {
        Look::of(&[1, 2, 4])
            .and("i-3", 4, InstanceState::Running)
            .parameter("listeners/EXTERNAL", &pattern.replace("[4]", without))
            .never_complete()
            .unmapped(owner(4))
            .health(Owner::Bootstrap, Vec::new())
    };
    let held = twins("[4]").held().concat();
    assert!(held.contains("i-3") && held.contains("i-4"), "{held}");
    assert_eq!(twins("[4]").steps(), [""; 0]);
    // The right one is left out, and nobody waits.
    let right = Look::of(&[1, 2, 3, 4])
        .parameter("listeners/EXTERNAL", pattern)
        .never_complete()
        .unmapped(owner(4))
        .health(Owner::Bootstrap, Vec::new());
    assert!(
        has_step(&right, "with EXTERNAL bootstrap"),
        "{:?}",
        right.held()
    );
}

#[test]
fn a_released_broker_is_none_that_stays_in_its_zone() {
    let look = Look::of(&[1, 2, 3])
        .with_instance(3, |instance| instance.az_name = Some("us-west-2b".into()));
    let look = answers_as_another(tagged(look, 1, tags::RELEASE, "i-1"), 2);
    let steps = look.steps();
    let leave = steps
        .iter()
        .filter(|step| step.contains("from EXTERNAL bootstrap"));
    assert_eq!(leave.count(), 1, "{steps:?}");
}

#[test]
fn one_who_is_released_and_cannot_leave_holds_up_nobody() {
    let look = tagged(Look::of(&[1, 2, 3]), 1, tags::RELEASE, "i-1");
    let look = answers_as_another(look.scaled(&[], &[Owner::Bootstrap]), 2);
    let leaves = "deregister i-2 from EXTERNAL broker 2";
    assert!(has_step(&look, leaves), "{:?}", look.steps());
}

#[test]
fn a_leaving_broker_that_has_served_stays_on_its_port_whatever_its_tag_says() {
    let look = Look::of(&[1, 2])
        .scaled(&[("i-1", "Terminating:Wait")], &[])
        .tagged(owner(1), tags::SERVED_BY, "i-1");
    let look = tagged(look, 1, tags::NODE_ID, "5");
    assert!(
        !has_step(&look, "from EXTERNAL broker 1"),
        "{:?}",
        look.steps()
    );
}

#[test]
fn notes_outlive_the_target_group_that_has_them() {
    let look = Look::of(&[2])
        .mapped("EXTERNAL", owner(1), 9093, &[])
        .health(owner(1), Vec::new())
        .without_listener(9093)
        .tagged(owner(1), tags::VACANT_SINCE, "2026-11-20T12:00:00Z")
        .tagged(owner(1), tags::ANOTHER, "i-2:1")
        .doubted_before(&[Doubt::Broker(node(1))]);
    assert!(
        has_step(&look, "delete target group of EXTERNAL broker 1"),
        "{:?}",
        look.steps()
    );
    let note = "tag EXTERNAL bootstrap with kafka-privatelink:another=i-2:1";
    assert!(has_step(&look, note), "{:?}", look.steps());
}

#[test]
fn of_two_ports_that_an_instance_has_served_on_its_tag_says_which_is_its_own() {
    let look = Look::of(&[1, 2])
        .mapped("EXTERNAL", owner(5), 9097, &[5])
        .health(owner(5), vec![target(1, Healthy)])
        .tagged(owner(5), tags::SERVED_BY, "i-1")
        .tagged(owner(1), tags::SERVED_BY, "i-1");
    let look = tagged(look, 1, tags::NODE_ID, "5")
        .and("i-11", 1, InstanceState::Running)
        .health(owner(1), vec![stranger("i-11", 39092, Unhealthy)])
        .tagged(owner(1), tags::ANOTHER, "i-1:1")
        .health(Owner::Bootstrap, vec![target(2, Healthy)]);
    let asked = crate::inquiry(&look.0).inquiry;
    let endpoints = &asked.groups[&"EXTERNAL".into()].endpoints;
    assert!(endpoints.contains_key(&node(5)), "{endpoints:?}");
}

#[test]
fn who_leaves_or_is_released_is_proven_as_long_as_it_serves_and_need_not_be_listed() {
    let leaving = Look::of(&[1, 2]).scaled(&[("i-1", "Terminating:Wait")], &[]);
    let released = tagged(Look::of(&[1, 2]), 1, tags::RELEASE, "i-1");
    for look in [leaving, released] {
        let asked = crate::inquiry(&look.0).inquiry;
        let way = &asked.groups[&"EXTERNAL".into()];
        assert!(way.endpoints.contains_key(&node(1)), "{way:?}");
        assert_eq!(Vec::from_iter(&way.leaving), [&node(1)]);
    }
}

#[test]
fn a_further_group_counts_without_those_that_it_leaves_out() {
    let thirty = Vec::from_iter(1..=30);
    let without = |of: u32| {
        let out = Vec::from_iter(1..=of);
        let pattern = format!(
            r#"{{"pattern": "<b>.<az>.x.example.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093, "without": {out:?}}}"#
        );
        let look = Look::of(&thirty).parameter("listeners/EXTERNAL2", &pattern);
        look.held().concat()
    };
    assert!(!without(27).contains("is refused"), "{}", without(27));
    let refused = "2 groups of 30 brokers, without 10 that are left out, need 52 listeners";
    assert!(without(10).contains(refused), "{}", without(10));
}

#[test]
fn a_port_that_is_closed_as_another_broker_answered_is_handed_over_to_nobody() {
    let look = Look::of(&[1, 2, 3])
        .never_handed_over()
        .health(owner(2), Vec::new())
        .without_listener(9094)
        .tagged(owner(2), tags::SERVED_BY, "i-2")
        .tagged(owner(2), tags::ANOTHER, "i-2:2")
        .with_instance(2, |instance| instance.state = InstanceState::Stopped)
        .health(
            Owner::Bootstrap,
            vec![target(1, Healthy), target(3, Healthy)],
        );
    let written = look
        .plan()
        .steps
        .into_iter()
        .find_map(|step| match step.change.action {
            Action::PutParameter { value, .. } => Some(value),
            _ => None,
        });
    assert!(written.is_some_and(|text| !text.contains("9094")));
}

#[test]
fn foreign_names_are_cleaned_wherever_they_are_shown() {
    let mut look = Look::of(&[1]).tagged(owner(1), tags::VACANT_SINCE, "x\u{2028}To do: 0");
    let groups = look.0.auto_scaling_groups.as_mut().expect("groups");
    groups.push(fleet::observed::AutoScalingGroup {
        target_groups: [fleet::look::arn(Owner::Bootstrap)].into(),
        ..fleet::look::scaling_group("a\n\nTo do: 0\u{1b}[8m", &[])
    });
    for held in look.held() {
        assert!(!held.contains(['\n', '\u{1b}', '\u{2028}']), "{held:?}");
    }
}

#[test]
fn a_listener_that_was_taken_by_hand_from_who_keeps_its_port_comes_back_and_its_target_does_not() {
    let kept = || {
        let look = tagged(Look::of(&[1, 2]), 1, tags::NODE_ID, "5").without_proof();
        look.tagged(owner(1), tags::SERVED_BY, "i-1")
    };
    let listener = kept().without_listener(9093);
    let steps = listener.steps();
    assert!(has_step(&listener, "create listener 9093"), "{steps:?}");
    let target = kept().health(owner(1), Vec::new());
    assert!(!has_step(&target, "register i-1"), "{:?}", target.steps());
    let held = target.held().concat();
    assert!(
        held.contains("nothing registers it against its tags"),
        "{held}"
    );
}

#[test]
fn a_note_moves_to_a_target_group_that_stays_when_bootstrap_has_no_room_for_it() {
    let full: Vec<String> = (0..11)
        .map(|n| format!("i-0123456789abcde{n:02x}:77"))
        .collect();
    let mut look = Look::of(&[2])
        .mapped("EXTERNAL", owner(1), 9093, &[])
        .health(owner(1), Vec::new())
        .without_listener(9093)
        .tagged(owner(1), tags::VACANT_SINCE, "2026-11-20T12:00:00Z")
        .tagged(owner(1), tags::ANOTHER, "i-2:1")
        .tagged(Owner::Bootstrap, tags::ANOTHER, &full.join(" "))
        .doubted_before(&[Doubt::Broker(node(1))]);
    for n in 0..11u32 {
        let id = format!("i-0123456789abcde{n:02x}");
        look = look.and(&id, 100 + n, InstanceState::Stopped);
    }
    let steps = look.steps();
    assert!(
        has_step(&look, "delete target group of EXTERNAL broker 1"),
        "{steps:?}"
    );
    let note = "tag EXTERNAL broker 2 with kafka-privatelink:another=i-2:1";
    assert!(has_step(&look, note), "{steps:?}");
}

#[test]
fn a_port_of_another_listener_group_gives_no_second_one_in_this_group() {
    let pattern = r#"{"pattern": "<b>.<az>.x.example.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;
    let mut look = Look::of(&[1])
        .mapped("EXTERNAL2", owner(5), 9197, &[1])
        .parameter("listeners/EXTERNAL2", pattern)
        .tagged(owner(1), tags::SERVED_BY, "i-1");
    let second = look.groups().last_mut().expect("a group");
    second.port = fleet::look::port(39093);
    second
        .tags
        .insert(tags::SERVED_BY.to_owned(), "i-1".to_owned());
    let look = tagged(look, 1, tags::NODE_ID, "5")
        .without_proof()
        .ports_agreed();
    let steps = look.steps();
    assert!(
        !steps.iter().any(|step| step.contains("EXTERNAL broker 5")),
        "{steps:?}"
    );
}
