//! Who answers decides; the tag only proposes: a port that was proven or healthy for an instance stays
//! with it against any tag, and what answers as another broker neither stays, enters nor returns.

use crate::look::{Look, shows};
use crate::mapping::RowState;
use crate::observed::Doubt;
use TargetState::{Healthy, Initial, Unhealthy};
use fleet::look::{arn, id, node, owner, target};
use fleet::naming::Owner;
use fleet::observed::{Gap, InstanceState, TargetState};
use fleet::proof::{Path, Verdict};
use fleet::shown::Shown;
use fleet::tags;

/// The tag of a broker's instance says something else from now on.
fn tagged(look: Look, of: u32, key: &str, value: &str) -> Look {
    look.with_instance(of, |instance| {
        instance.tags.insert(key.to_owned(), value.to_owned());
    })
}

/// Each of these brokers answers as itself, whatever its tag says.
fn answering(mut look: Look, brokers: &[u32]) -> Look {
    let asked = crate::inquiry(&look.0).inquiry.questions;
    let mut rows = crate::look::all_proven(&look.0);
    for row in &mut rows {
        let instance = row.question.instance.as_ref();
        let answers = brokers.iter().find(|&&of| instance == Some(&id(of)));
        let Some(&answers) = answers else { continue };
        let reached = node(answers);
        row.verdict = match row.question.path.broker() {
            Some(expected) if expected == reached => Verdict::Proven { reached },
            _ => Verdict::WrongBroker { reached },
        };
    }
    assert!(!asked.is_empty());
    look.0.proof = Ok(rows);
    look
}

/// Edits of tags by which no broker loses anything: shuffled, mistyped, emptied, another role.
fn mistakes() -> Vec<(&'static str, Look)> {
    let three = || Look::of(&[1, 2, 3]);
    let each = |key: &str, value: fn(u32) -> String| {
        (1..=3).fold(three(), |look, of| tagged(look, of, key, &value(of)))
    };
    let swapped = tagged(
        tagged(three(), 2, tags::NODE_ID, "3"),
        3,
        tags::NODE_ID,
        "2",
    );
    let cleared = (1..=3).fold(three(), |look, of| {
        look.with_instance(of, |instance| {
            instance.tags.remove(tags::NODE_ID);
        })
    });
    vec![
        ("off by one", each(tags::NODE_ID, |of| (of + 1).to_string())),
        ("all the same", each(tags::NODE_ID, |_| "2".to_owned())),
        ("one typo", tagged(three(), 1, tags::NODE_ID, "5")),
        ("two swapped", swapped),
        ("a twin by tag", tagged(three(), 3, tags::NODE_ID, "2")),
        ("no numbers", each(tags::NODE_ID, |_| "kafka".to_owned())),
        ("cleared", cleared),
        ("controllers", each(tags::ROLE, |_| "controller".to_owned())),
        (
            "another cluster",
            each(tags::CLUSTER, |_| "sales".to_owned()),
        ),
    ]
}

#[test]
fn no_tag_takes_a_port_or_a_place_in_bootstrap_away() {
    for (case, look) in mistakes() {
        let silent = {
            let mut look = look.clone();
            look.0.proof = Err(Gap {
                read: "InvokeFunction of probe".to_owned(),
                reason: "denied".to_owned(),
            });
            look
        };
        for (probe, look) in [("alive", answering(look, &[1, 2, 3])), ("dead", silent)] {
            // However often the run looks.
            let again = look
                .clone()
                .doubted_before(&Vec::from_iter(look.plan().doubts));
            for look in [look, again] {
                assert_eq!(look.steps(), [""; 0], "{case}, probe {probe}");
                let kept = look
                    .held()
                    .into_iter()
                    .filter(|held| held.contains("stays with instance"));
                let brokers = if case.contains("typo") || case.contains("twin") {
                    1
                } else if case.contains("swapped") || case.contains("the same") {
                    2
                } else {
                    3
                };
                assert_eq!(
                    kept.count(),
                    brokers,
                    "{case}, probe {probe}: {:?}",
                    look.held()
                );
                let rows = look.plan().picture.mapping;
                assert!(
                    rows.iter().all(|row| row.state == RowState::Serving),
                    "{case}: {rows:?}"
                );
            }
        }
    }
}

#[test]
fn what_is_kept_says_what_answers_what_the_tags_say_and_which_to_correct() {
    let look = tagged(Look::of(&[1, 2]), 1, tags::NODE_ID, "5");
    assert_eq!(
        answering(look.clone(), &[1, 2]).held()[0],
        "port 9093 of EXTERNAL stays with instance i-1, which has served there as broker 1: it answers as broker 1, and its tags say broker 5; put its tags right, or take it out by its tag kafka-privatelink:release=i-1"
    );
    let silent = look.without_proof().held();
    assert!(
        silent[0].contains("nobody answers on it now, and its tags say broker 5"),
        "{silent:?}"
    );
}

#[test]
fn an_ill_broker_that_has_served_is_kept_too_and_one_that_never_did_follows_its_tag() {
    for state in [Healthy, Unhealthy, Initial, TargetState::Unused] {
        let ill = tagged(Look::of(&[1, 2]), 1, tags::NODE_ID, "5")
            .health(owner(1), vec![target(1, state)])
            .without_proof();
        assert_eq!(ill.steps(), [""; 0]);
    }
    let mut never = tagged(Look::of(&[1, 2]), 1, tags::NODE_ID, "5")
        .health(owner(1), vec![target(1, Initial)])
        .health(Owner::Bootstrap, vec![target(2, Healthy)])
        .without_proof();
    never.group_tags(owner(1)).remove(tags::SERVED_BY);
    assert_eq!(never.steps(), [""; 0], "one read may not show the note");
    let never = never.doubted_before(&[Doubt::Stranger(id(1))]);
    assert_eq!(
        never.steps(),
        [
            "deregister i-1 from EXTERNAL broker 1: the instance is another broker, or another cluster's"
        ]
    );
}

#[test]
fn an_instance_that_serves_unnoted_is_protected_and_noted_once_it_is_right() {
    let unnoted = || {
        let mut look = Look::of(&[1, 2]);
        look.group_tags(owner(1)).remove(tags::SERVED_BY);
        look
    };
    const NOTE: &str = "tag EXTERNAL broker 1 with kafka-privatelink:served-by=i-1: broker 1 serves on this instance, whatever tags say from now on";
    assert_eq!(unnoted().steps(), [NOTE]);
    let ill = unnoted().health(owner(1), vec![target(1, Unhealthy)]);
    assert_eq!(ill.steps(), [""; 0]);
    let mistagged = tagged(unnoted(), 1, tags::NODE_ID, "5");
    assert_eq!(mistagged.clone().without_proof().steps(), [""; 0]);
    assert_eq!(answering(mistagged, &[1, 2]).steps(), [NOTE]);
    let other = unnoted().verdict(
        Path::Direct(node(1)),
        Verdict::WrongBroker { reached: node(7) },
    );
    assert_eq!(
        other.steps(),
        [""; 0],
        "not somebody who answers as another"
    );
}

/// Broker 2 of a complete group answers as broker 7, on its own address.
fn impostor() -> Look {
    Look::of(&[1, 2]).verdict(
        Path::Direct(node(2)),
        Verdict::WrongBroker { reached: node(7) },
    )
}

fn twice(look: Look) -> Look {
    look.doubted_before(&[Doubt::Another(id(2), node(7))])
}

#[test]
fn whoever_answers_as_another_twice_is_noted_and_leaves_port_and_bootstrap() {
    assert_eq!(impostor().steps(), [""; 0]);
    assert!(
        impostor()
            .plan()
            .doubts
            .contains(&Doubt::Another(id(2), node(7)))
    );
    let other = impostor().doubted_before(&[Doubt::Another(id(2), node(8))]);
    assert_eq!(other.steps(), [""; 0], "two askings that disagree");
    assert_eq!(
        twice(impostor()).steps(),
        [
            "tag EXTERNAL broker 2 with kafka-privatelink:another=i-2:2: it answered as another broker, twice",
            "deregister i-2 from EXTERNAL bootstrap: another than broker 2 answers on the instance",
            "deregister i-2 from EXTERNAL broker 2: another than broker 2 answers on the instance",
            "delete listener 9094 of EXTERNAL broker 2: nobody stands behind the port of broker 2, and a listener with an empty target group fails open",
        ]
    );
}

/// What is there once it has left.
fn left() -> Look {
    impostor()
        .tagged(owner(2), tags::ANOTHER, "i-2:2")
        .health(owner(2), Vec::new())
        .health(Owner::Bootstrap, vec![target(1, Healthy)])
        .without_listener(9094)
}

#[test]
fn who_has_no_port_to_answer_on_returns_by_its_admin_listener() {
    let noted = || {
        let mut look = Look::of(&[1]).tagged(Owner::Bootstrap, tags::ANOTHER, "i-2:2");
        look.instance(2, InstanceState::Running);
        let why = "no answer".to_owned();
        look.verdict(Path::Direct(node(2)), Verdict::Unreachable { why })
    };
    assert_eq!(noted().steps(), [""; 0]);
    assert!(noted().held().concat().contains("is silent now"));
    let another = Shown::Another { reached: node(7) };
    assert_eq!(noted().showing(2, another).steps(), [""; 0]);
    let steps = noted().showing(2, shows("")).ports_agreed().steps();
    assert!(
        steps
            .iter()
            .any(|step| step.starts_with("create target group of EXTERNAL broker 2")),
        "{steps:?}"
    );
    assert!(
        steps
            .iter()
            .any(|step| step.contains("kafka-privatelink:another")),
        "{steps:?}"
    );
}

#[test]
fn it_stays_away_without_an_answer_and_returns_when_it_answers_right() {
    assert_eq!(left().steps(), [""; 0]);
    assert_eq!(left().plan().doubts.len(), 0, "a quiet run");
    let why = || "no answer".to_owned();
    for silent in [
        left().verdict(Path::Direct(node(2)), Verdict::Unreachable { why: why() }),
        left().verdict(Path::Direct(node(2)), Verdict::NotProvable { why: why() }),
        left().without_proof(),
    ] {
        assert_eq!(silent.steps(), [""; 0]);
        assert!(
            silent.held().concat().contains("is silent now"),
            "{:?}",
            silent.held()
        );
    }
    // Identity is enough: what it advertises needs a port first.
    let right = [
        Verdict::Proven { reached: node(2) },
        Verdict::Advertises {
            found: why(),
            wanted: why(),
        },
        Verdict::WrongListener { reached: why() },
    ];
    for verdict in right {
        assert_eq!(
            left().verdict(Path::Direct(node(2)), verdict).steps(),
            [
                "remove tag kafka-privatelink:another of EXTERNAL broker 2: nobody answers as another broker any more",
                "register i-2 with EXTERNAL broker 2: broker 2 runs and is not registered",
                "create listener 9094 for EXTERNAL broker 2: there is a target and no listener",
            ]
        );
    }
    let starting = left().row(Path::Direct(node(2)), |row| {
        row.verdict = Verdict::NotProvable { why: why() };
        row.answered = Some(node(2));
    });
    assert!(
        starting
            .steps()
            .concat()
            .contains("register i-2 with EXTERNAL broker 2")
    );
}

#[test]
fn brokers_that_answer_as_others_leave_their_ports_one_in_a_run() {
    let look = Look::of(&[1, 2, 3]);
    let wrong = |of| Verdict::WrongBroker { reached: node(of) };
    let look = look
        .verdict(Path::Direct(node(2)), wrong(7))
        .verdict(Path::Direct(node(3)), wrong(8))
        .doubted_before(&[
            Doubt::Another(id(2), node(7)),
            Doubt::Another(id(3), node(8)),
        ]);
    let steps = look.steps();
    assert!(
        steps
            .concat()
            .contains("deregister i-2 from EXTERNAL broker 2"),
        "{steps:?}"
    );
    assert!(
        !steps.concat().contains("from EXTERNAL broker 3"),
        "{steps:?}"
    );
}

#[test]
fn a_row_through_the_nlb_alone_takes_nobody_out() {
    let doubts = [Doubt::Another(id(2), node(1))];
    let look = Look::of(&[1, 2])
        .verdict(
            Path::Port(node(2)),
            Verdict::WrongBroker { reached: node(1) },
        )
        .doubted_before(&doubts);
    assert_eq!(look.steps(), [""; 0]);
}

#[test]
fn a_wrong_cluster_is_a_tags_word_and_only_holds() {
    let text = || "x".to_owned();
    let wrong = || Verdict::WrongCluster {
        reached: text(),
        wanted: text(),
    };
    let look = Look::of(&[1, 2])
        .verdict(Path::Direct(node(2)), wrong())
        .verdict(Path::Port(node(2)), wrong());
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()[0].contains("it keeps what it has and gets nothing new"),
        "{:?}",
        look.held()
    );
    let new = look.health(owner(2), Vec::new());
    assert!(
        !new.steps()
            .concat()
            .contains("register i-2 with EXTERNAL broker 2")
    );
}

#[test]
fn an_answer_assigns_no_port_and_is_not_forgotten() {
    let new = || {
        Look::of(&[1])
            .and("i-2", 2, InstanceState::Running)
            .verdict(
                Path::Direct(node(2)),
                Verdict::WrongBroker { reached: node(7) },
            )
    };
    let noted = "tag EXTERNAL bootstrap with kafka-privatelink:another=i-2:2: it answered as another broker, twice";
    assert_eq!(twice(new()).steps(), [noted]);
    // In the next run nobody can be asked: it gets no port for that.
    let next = new()
        .tagged(Owner::Bootstrap, tags::ANOTHER, "i-2:2")
        .without_proof();
    assert_eq!(next.ports_agreed().steps(), [""; 0]);
    // Whoever never answered gets the port that its tag proposes.
    let never = Look::of(&[1])
        .and("i-2", 2, InstanceState::Running)
        .without_proof();
    assert_eq!(never.ports_agreed().steps().len(), 4);
}

#[test]
fn whoever_has_served_gets_no_second_port_by_a_tag_and_moves_when_it_answers_as_that_broker() {
    let moved = || tagged(Look::of(&[1, 2]), 2, tags::NODE_ID, "7");
    assert_eq!(moved().without_proof().ports_agreed().steps(), [""; 0]);
    let answers =
        |look: Look| look.verdict(Path::Direct(node(7)), Verdict::Proven { reached: node(7) });
    let doubt = Doubt::Another(id(2), node(7));
    assert!(answers(moved()).plan().doubts.contains(&doubt));
    let steps = answers(moved()).doubted_before(&[doubt]).steps();
    assert!(
        steps
            .concat()
            .contains("deregister i-2 from EXTERNAL broker 2: another"),
        "{steps:?}"
    );
}

#[test]
fn a_newcomer_that_is_tagged_as_a_broker_whose_instance_lives_changes_nothing() {
    let look = tagged(Look::of(&[1, 2]), 2, tags::ROLE, "controller").and(
        "i-9",
        2,
        InstanceState::Running,
    );
    for look in [look.clone().without_proof(), look] {
        assert_eq!(look.steps(), [""; 0]);
        assert!(
            look.held().concat().contains("instance i-9 is tagged as broker 2, and instance i-2 has served as it in EXTERNAL and lives"),
            "{:?}",
            look.held()
        );
    }
}

#[test]
fn an_impostor_is_nobody_for_whom_another_may_leave() {
    // 2 answers as another and is the last of its zone; 1 leaves.
    let look = twice(impostor()).scaled(&[("i-1", "Terminating:Wait")], &[]);
    let leaves = look.steps().concat();
    assert!(!leaves.contains("from EXTERNAL bootstrap"), "{leaves}");
    assert!(
        look.held()
            .concat()
            .contains("is leaving and is the last healthy target")
    );
}

#[test]
fn wires_are_put_right_where_a_broker_leaves_or_cannot_be_mapped() {
    let crossed = || {
        Look::of(&[1, 2]).with_listener(9093, |listener| {
            listener.forwards_to = vec![arn(owner(2))];
        })
    };
    let leaving = crossed().scaled(&[("i-1", "Terminating:Retained")], &[]);
    let unfit = crossed().with_instance(1, |i| i.az_name = Some("us-west-2b".into()));
    for look in [leaving, unfit] {
        let steps = look.steps().concat();
        assert!(
            steps.contains("point listener 9093 at EXTERNAL broker 1"),
            "{steps}"
        );
    }
}

#[test]
fn on_a_gap_of_the_auto_scaling_groups_nobody_new_enters_anything() {
    let gap = || {
        Err(Gap {
            read: "DescribeAutoScalingGroups".to_owned(),
            reason: "throttled".to_owned(),
        })
    };
    let mut look = Look::of(&[1, 2])
        .health(Owner::Bootstrap, vec![target(2, Healthy)])
        .and("i-3", 3, InstanceState::Running);
    look.0.auto_scaling_groups = gap();
    let look = look.ports_agreed();
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()
            .concat()
            .contains("no new broker enters EXTERNAL")
    );
}
