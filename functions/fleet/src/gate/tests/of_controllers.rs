use super::super::scenes::{healthy, hearing, node, nodes, quorum, told};
use super::super::{Heard, Mode, Obstacle, Session, Verdict, spokesman};
use super::{judged, question, says};

const NO_CONTROLLER: &str = "no controller is active; see that most of the controllers run and reach each other, or with ZooKeeper that its servers answer the brokers";

/// Of brokers that have no partition, which the first voter leads; `next` would be stopped.
fn of(brokers: &[u32], next: u32, voters: &[(u32, i64)]) -> Verdict {
    let mut asked = question(next);
    asked.expected = nodes(brokers);
    judged(&asked, &hearing(brokers, &[], Some(quorum(voters))))
}

#[test]
fn a_majority_that_has_caught_up_is_left() {
    for (voters, is_open) in [
        (&[(1, 0), (2, 1999), (3, 0)][..], true),
        (&[(1, 0), (2, 2000), (3, 0)], false),
        (&[(1, 0), (2, 0), (3, 5000)], true),
        (&[(1, 0), (2, 0), (3, 0), (4, 0)], true),
        (&[(1, 0), (2, 0), (3, 0), (4, 9000)], false),
        (&[(1, 0), (2, 0), (3, 0), (4, 0), (5, 9000)], true),
        (&[(1, 0), (2, 0), (3, 0), (4, 9000), (5, 9000)], false),
    ] {
        let brokers: Vec<u32> = voters.iter().map(|(id, _)| *id).collect();
        assert_eq!(of(&brokers, 3, voters).is_open(), is_open, "{voters:?}");
    }
    let says = says(&of(&[1, 2, 3], 3, &[(1, 0), (2, 3000), (3, 0)]));
    assert_eq!(
        says,
        [
            "1 of 3 voters of the metadata quorum have caught up besides it, and 2 are needed; see which ones are behind (kafka-metadata-quorum.sh describe --replication), and whether these controllers run"
        ]
    );
}

#[test]
fn one_or_two_voters_are_no_quorum_without_one() {
    let alone = of(&[1], 1, &[(1, 0)]);
    assert_eq!((alone.is_open(), alone.without_quorum), (true, Some(1)));
    let both = of(&[1, 2], 1, &[(1, 0), (2, 0)]);
    assert_eq!((both.is_open(), both.without_quorum), (true, Some(2)));
    let behind = of(&[1, 2], 1, &[(1, 0), (2, 2000)]);
    assert_eq!(
        behind.obstacles,
        [Obstacle::Quorum {
            voters: nodes(&[1, 2]),
            caught_up: nodes(&[]),
            needed: 1
        }]
    );
}

#[test]
fn a_controller_that_is_no_broker_is_up_if_it_has_caught_up() {
    let voters = [(7, 0), (8, 0), (9, 0)];
    let verdict = of(&[1, 2, 3], 3, &voters);
    assert!(verdict.is_open(), "{verdict:?}");
    assert_eq!(verdict.without_quorum, None);
    assert_eq!(
        says(&of(&[1, 2, 3], 3, &[(7, 0), (8, 0), (9, 2000)])),
        [
            "broker 9 is not up: it votes in the metadata quorum, and is behind its leader; see whether this controller runs"
        ]
    );
}

#[test]
fn kafka_that_tells_no_times_is_judged_by_what_a_majority_has() {
    let with = |offset, mark| {
        let mut hearing = healthy();
        let quorum = hearing
            .quorum
            .answer
            .as_mut()
            .expect("an answer")
            .as_mut()
            .expect("one");
        quorum.high_watermark = mark;
        for voter in quorum.voters.values_mut() {
            voter.last_caught_up = None;
        }
        quorum
            .voters
            .get_mut(&node(2))
            .expect("a voter")
            .log_end_offset = offset;
        judged(&question(3), &hearing).is_open()
    };
    assert!(with(100, 100) && with(101, 100));
    assert!(!with(99, 100) && !with(100, -1));
    let mut never = healthy();
    let quorum = never
        .quorum
        .answer
        .as_mut()
        .expect("an answer")
        .as_mut()
        .expect("one");
    quorum
        .voters
        .get_mut(&node(2))
        .expect("a voter")
        .last_caught_up = None;
    assert!(!judged(&question(3), &never).is_open());
}

#[test]
fn the_active_controller_comes_last_and_has_to_be_there() {
    let mut asked = question(1);
    assert!(judged(&asked, &healthy()).is_open());
    asked.others_wait = true;
    assert_eq!(
        says(&judged(&asked, &healthy())),
        ["broker 1 is the active controller, and is restarted last"]
    );
    asked.next = node(2);
    assert!(judged(&asked, &healthy()).is_open());
    let mut without = healthy();
    without
        .quorum
        .answer
        .as_mut()
        .expect("an answer")
        .as_mut()
        .expect("one")
        .leader = None;
    assert_eq!(says(&judged(&asked, &without)), [NO_CONTROLLER]);
}

#[test]
fn with_zookeeper_the_controller_is_that_of_metadata() {
    let mut hearing = healthy();
    hearing.quorum.answer = Ok(None);
    let untold = says(&judged(&question(3), &hearing));
    assert_eq!(
        untold,
        [
            "broker 1 does not tell the metadata quorum: it has process.roles, and does not offer DescribeQuorum"
        ]
    );
    for id in 1..=3 {
        let milliseconds = 9000;
        let mode = Mode::ZooKeeper;
        told(&mut hearing, id).session = Ok(Session { mode, milliseconds });
    }
    let mut asked = question(1);
    assert!(judged(&asked, &hearing).is_open());
    asked.others_wait = true;
    assert_eq!(
        says(&judged(&asked, &hearing)),
        ["broker 1 is the active controller, and is restarted last"]
    );
    told(&mut hearing, 2).controller = None;
    asked.next = node(3);
    assert_eq!(says(&judged(&asked, &hearing)), [NO_CONTROLLER]);
}

#[test]
fn with_zookeeper_the_active_controller_is_asked_and_else_anybody_but_the_one_that_stops() {
    let asked = |next, mode, controller| {
        let mut hearing = healthy();
        for id in 1..=3 {
            let milliseconds = 9000;
            let told = told(&mut hearing, id);
            told.controller = Some(node(controller));
            told.session = Ok(Session { mode, milliseconds });
        }
        spokesman(node(next), &hearing.brokers)
    };
    assert_eq!(asked(1, Mode::ZooKeeper, 3), node(3));
    assert_eq!(asked(3, Mode::ZooKeeper, 3), node(3));
    // With KRaft a broker names any other one as the controller.
    assert_eq!(asked(1, Mode::KRaft, 3), node(2));
    assert_eq!(asked(2, Mode::KRaft, 3), node(1));
    // Of a controller that nobody can ask, somebody says so.
    assert_eq!(asked(1, Mode::ZooKeeper, 7), node(2));
    let mut alone = healthy().brokers;
    for id in [2, 3] {
        alone.insert(node(id), Heard::Silent("refused".to_owned()));
    }
    assert_eq!(spokesman(node(1), &alone), node(1));
}
