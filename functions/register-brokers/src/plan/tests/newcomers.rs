//! Brokers that have no port yet: what they get, why not, and who must make room.

use crate::look::Look;
use crate::mapping::RowState;
use crate::observed::Doubt;
use fleet::look::{EXTERNAL, arn, node, owner, port, target};
use fleet::naming::{self, Owner};
use fleet::observed::{InstanceState, TargetState};
use fleet::tags;
use jiff::SignedDuration;

/// Broker 1 serves, and 2 has just been launched.
fn launched(state: InstanceState) -> Look {
    let mut look = Look::of(&[1]);
    look.instance(2, state);
    look
}

#[test]
fn a_new_broker_gets_group_target_and_listener_in_this_order() {
    let look = launched(InstanceState::Running).ports_agreed();
    assert_eq!(
        look.steps(),
        [
            "create target group of EXTERNAL broker 2 (port 9094, targets on 39092): broker 2 is new",
            "set 8 attributes of EXTERNAL broker 2: broker 2 is new",
            "register i-2 with EXTERNAL broker 2: broker 2 is new",
            "create listener 9094 for EXTERNAL broker 2: there is a target and no listener",
        ]
    );
    let row = look.plan().picture.mapping.pop().expect("a row");
    assert_eq!(
        row.endpoint.map(|e| e.to_string()).as_deref(),
        Some("b2.usw2-az1.abc.example.com:9094")
    );
    assert_eq!(row.state, RowState::Waiting);
}

#[test]
fn p44_a_port_is_given_only_when_two_looks_agree_on_it() {
    let look = launched(InstanceState::Running);
    let given = |number| Doubt::Port(EXTERNAL.into(), node(2), port(number));
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(look.plan().doubts, [given(9094)].into());
    let other = look.clone().doubted_before(&[given(9096)]);
    assert_eq!(other.steps(), [""; 0]);
    assert_eq!(
        other.held(),
        ["port 9094 seems to be free for EXTERNAL broker 2; a second read must agree"]
    );
    assert_eq!(look.doubted_before(&[given(9094)]).steps().len(), 4);
}

#[test]
fn a_new_broker_that_does_not_run_yet_gets_its_port_and_waits() {
    let look = launched(InstanceState::Pending).ports_agreed();
    assert_eq!(
        look.steps(),
        [
            "create target group of EXTERNAL broker 2 (port 9094, targets on 39092): broker 2 is new",
            "set 8 attributes of EXTERNAL broker 2: broker 2 is new",
        ]
    );
    assert_eq!(
        look.held(),
        ["broker 2 (i-2) is pending; it is registered with EXTERNAL when it runs"]
    );
}

#[test]
fn whoever_is_no_single_live_broker_gets_no_port() {
    let twins = launched(InstanceState::Running).and("i-9", 2, InstanceState::Running);
    assert_eq!(twins.steps(), [""; 0]);
    assert!(twins.held()[0].starts_with("instances i-2 and i-9 all say that they are broker 2"));
    let leaving = launched(InstanceState::Running).scaled(&[("i-2", "Terminating:Wait")], &[]);
    assert_eq!((leaving.steps(), leaving.held()), (Vec::new(), Vec::new()));
    let dead = launched(InstanceState::Terminated);
    assert_eq!((dead.steps(), dead.held()), (Vec::new(), Vec::new()));
    let elsewhere =
        launched(InstanceState::Running).with_instance(2, |i| i.vpc = Some("vpc-2".into()));
    assert_eq!(elsewhere.steps(), [""; 0]);
    assert!(elsewhere.held()[0].starts_with("broker 2 (i-2) stands in vpc-2"));
}

#[test]
fn p42_a_broker_whose_group_or_listener_is_doubtful_gets_no_second_one() {
    let edited = Look::of(&[1, 2]).with_group(owner(2), |group| group.tags.clear());
    assert_eq!(edited.steps(), [""; 0]);
    let mut orphan = Look::of(&[1, 2]);
    orphan.groups().retain(|group| group.arn != arn(owner(2)));
    let orphan = orphan.doubted_before(&[Doubt::Orphan(port(9094))]);
    assert_eq!(orphan.steps(), [""; 0]);
    assert_eq!(
        orphan.held(),
        [
            "listener 9094 is tagged as ours and no target group claims its port, in two reads; it forwards to arn:EXTERNAL:2, which may serve: put the tags of that group back",
            "the hand-over of EXTERNAL stays as it is until every broker is proven on its port and lists all of them; it waits for broker 2"
        ]
    );
    // An orphan of another broker, or of another group, is no reason to wait.
    for (key, value) in [(tags::NODE_ID, "7"), (tags::GROUP, "EXTERNAL7")] {
        let other = orphan.clone().with_listener(9094, |l| {
            l.tags.insert(key.to_owned(), value.to_owned());
        });
        assert_eq!(
            other.ports_agreed().steps()[0],
            "create target group of EXTERNAL broker 2 (port 9095, targets on 39092): broker 2 is new",
            "{key}: and not on the orphan's port"
        );
    }
    // A listener of its own that the ledger knows is no orphan.
    let known = Look::of(&[1, 2]).with_listener(9093, |l| {
        l.tags = naming::listener_tags(&"orders".into(), &EXTERNAL.into(), owner(2));
    });
    assert_eq!(known.steps(), [""; 0]);
}

#[test]
fn a_port_that_anybody_listens_on_is_not_given() {
    let look = launched(InstanceState::Running).foreign_listener(9094, "arn:other");
    assert_eq!(
        look.ports_agreed().steps()[0],
        "create target group of EXTERNAL broker 2 (port 9095, targets on 39092): broker 2 is new"
    );
}

/// A range for brokers 1 to 3 only. 2 and 3 are gone for this many hours; 7 and then 8 are new.
fn full(hours: [i64; 2], newcomers: &[u32]) -> Look {
    let value = r#"{"pattern": "<b>.<az>.abc.example.com:<p>", "broker_ports": "9093-9095"}"#;
    let mut look = Look::of(&[1, 2, 3])
        .parameter("listeners/EXTERNAL", value)
        .health(Owner::Bootstrap, vec![target(1, TargetState::Healthy)])
        .doubted_before(&[Doubt::Broker(node(2)), Doubt::Broker(node(3))]);
    for (gone, hours) in [2, 3].into_iter().zip(hours) {
        let since = fleet::look::noon() - SignedDuration::from_hours(hours);
        look = look
            .without_instance(gone)
            .without_listener(9092 + u16::try_from(gone).expect("small"))
            .health(owner(gone), Vec::new())
            .tagged(owner(gone), tags::VACANT_SINCE, &since.to_string());
    }
    for &node in newcomers {
        look.instance(node, InstanceState::Running);
    }
    look
}

#[test]
fn when_the_range_is_full_the_oldest_vacancy_is_given_up() {
    let given_up = |of, since| {
        format!(
            "delete target group of EXTERNAL broker {of}: no port is free, and broker {of}, gone since {since}, is the oldest vacancy"
        )
    };
    let (two, three) = (
        given_up(2, "2026-11-22T11:00:00Z"),
        given_up(3, "2026-11-22T10:00:00Z"),
    );
    assert_eq!(full([1, 2], &[7]).steps(), std::slice::from_ref(&three));
    assert_eq!(
        full([2, 1], &[7]).steps(),
        [given_up(2, "2026-11-22T10:00:00Z")]
    );
    assert_eq!(full([1, 2], &[7, 8]).steps(), [two, three]);
    assert_eq!(full([1, 2], &[7, 8]).held(), [""; 0]);
    assert_eq!(
        full([1, 2], &[7, 8, 9]).held(),
        [
            "broker 9 gets no port: all broker_ports of EXTERNAL are given; widen the range in its parameter"
        ]
    );
    assert_eq!(full([1, 2], &[]).steps(), [""; 0]);
}

#[test]
fn a_vacancy_is_not_given_up_on_one_look_nor_while_it_is_in_use() {
    let full_range = "broker 7 gets no port";
    let look = || full([2, 1], &[7]);
    let spared = |look: Look, case: &str| {
        let steps = look.steps();
        assert!(
            !steps.iter().any(|step| step.contains("EXTERNAL broker 2")),
            "{case}: {steps:?}"
        );
        look.held()
    };
    let mut once = look();
    once.1.clear();
    assert_eq!(
        spared(once, "p15"),
        ["broker 2 seems to be gone; a second read must agree"]
    );
    spared(
        look().health(owner(2), vec![target(9, TargetState::Healthy)]),
        "somebody stands in it",
    );
    spared(
        look().foreign_listener(9094, "arn:other"),
        "its port has a listener",
    );
    let held = spared(
        look().foreign_listener(7000, arn(owner(2)).as_str()),
        "still forwarded to",
    );
    assert!(held[0].contains("listener 7000 forwards to it"), "{held:?}");
    let mut gap = look();
    gap.0.health.remove(&arn(owner(2)));
    spared(gap, "its targets were not read");
    let mut back = look();
    back.instance(2, InstanceState::Running);
    let back = back.scaled(&[("i-2", "Terminating:Wait")], &[]);
    spared(back, "its broker is leaving, not gone");
    // Nobody is vacant: the newcomer waits.
    let mut nobody = Look::of(&[1]).parameter(
        "listeners/EXTERNAL",
        r#"{"pattern": "<b>.<az>.abc.example.com:<p>", "broker_ports": "9093"}"#,
    );
    nobody.instance(7, InstanceState::Running);
    assert_eq!(nobody.steps(), [""; 0]);
    assert!(nobody.held()[0].starts_with(full_range));
}

#[test]
fn a_broker_in_a_local_zone_is_told_to_move_and_not_to_add_a_subnet() {
    for (az_id, az_name) in [
        ("usw2-lax1-az1", "us-west-2-lax-1a"),
        ("use1-wl1-bos-wlz1", "us-east-1-wl1-bos-wlz-1"),
    ] {
        let mut look = Look::of(&[1]);
        look.instance(2, InstanceState::Running);
        let look = look.with_instance(2, |instance| {
            instance.az_id = Some(az_id.into());
            instance.az_name = Some(az_name.into());
        });
        assert_eq!(look.steps(), [""; 0]);
        let told = format!(
            "broker 2 (i-2) is in {az_name}, a Local Zone or Wavelength Zone, where no NLB can have a subnet; move the broker to one of the Region's Availability Zones"
        );
        assert_eq!(look.held(), [told]);
    }
}
