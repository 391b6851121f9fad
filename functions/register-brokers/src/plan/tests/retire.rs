//! A listener group that the user retires: a quarter of an hour, then bootstrap first.

use crate::look::{Look, shows};
use crate::mapping::RowState;
use TargetState::{Healthy, Unhealthy};
use fleet::look::{arn, node, owner, target};
use fleet::naming::Owner;
use fleet::observed::{Gap, InstanceState, TargetState};
use fleet::shown::Shown;
use fleet::tags;
use jiff::SignedDuration;

/// Broker 1 and bootstrap, retired since so many seconds; `None` where it is not noted.
fn retired(broker: Option<i64>, bootstrap: Option<i64>) -> Look {
    let mut look = Look::of(&[1]).parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    for (owner, seconds) in [(owner(1), broker), (Owner::Bootstrap, bootstrap)] {
        if let Some(seconds) = seconds {
            let since = fleet::look::noon() - SignedDuration::from_secs(seconds);
            look = look.tagged(owner, tags::RETIRED_SINCE, &since.to_string());
        }
    }
    look
}

#[test]
fn a_retirement_is_noted_first() {
    let look = retired(None, None);
    let tag = |who, since| {
        format!(
            "tag EXTERNAL {who} with kafka-privatelink:retired-since={since}: the group is retired"
        )
    };
    let now = "2026-11-22T12:00:00Z";
    assert_eq!(look.steps(), [tag("broker 1", now), tag("bootstrap", now)]);
    // What was noted before counts for what was missed then.
    let since = "2026-11-22T11:59:00Z";
    assert_eq!(retired(Some(60), None).steps(), [tag("bootstrap", since)]);
    assert_eq!(retired(None, Some(60)).steps(), [tag("broker 1", since)]);
}

#[test]
fn it_waits_a_quarter_of_an_hour_and_not_a_second_more() {
    let waits = retired(Some(899), Some(899));
    assert_eq!(waits.steps(), [""; 0]);
    assert_eq!(
        waits.held(),
        [
            "group EXTERNAL is retired, and no broker advertises it since 2026-11-22T11:45:01Z; its listeners are removed 15 minutes later. Until then the retirement can be taken back"
        ]
    );
    assert!(
        waits
            .plan()
            .picture
            .mapping
            .iter()
            .all(|row| row.state == RowState::Serving)
    );
    let over = retired(Some(900), Some(900));
    assert_eq!(
        over.steps(),
        [
            "delete listener 9092 of EXTERNAL bootstrap: the group is retired",
            "delete target group of EXTERNAL bootstrap: the group is retired",
            "delete listener 9093 of EXTERNAL broker 1: the group is retired",
            "delete target group of EXTERNAL broker 1: the group is retired",
        ]
    );
    assert_eq!(over.held(), [""; 0]);
}

#[test]
fn it_waits_for_the_last_broker_that_advertises_the_group() {
    let shown = |seconds, advertised: &str| retired(seconds, seconds).showing(1, shows(advertised));
    let external = "INTERNAL://a:9092,EXTERNAL://b1.abc.example.com:9093";
    let waits = shown(None, external);
    assert_eq!(waits.steps(), [""; 0]);
    assert_eq!(
        waits.held(),
        [
            "group EXTERNAL is retired, and still advertised by broker 1; its listeners are removed 15 minutes after the last broker has stopped that. push-listeners takes it off the brokers when they may restart; or take the retirement back"
        ]
    );
    // Who is back with it begins the quarter of an hour anew.
    let unmark = |who| {
        format!(
            "remove tag kafka-privatelink:retired-since of EXTERNAL {who}: a broker still advertises the group"
        )
    };
    let mut steps = shown(Some(900), external).steps();
    steps.sort();
    assert_eq!(steps, [unmark("bootstrap"), unmark("broker 1")]);
    let stopped = shown(Some(900), "INTERNAL://a:9092");
    assert_eq!(stopped.steps().len(), 4);
}

#[test]
fn nothing_ends_as_long_as_nobody_could_be_asked_who_advertises_the_group() {
    let mut over = retired(Some(900), Some(900));
    over.0.shown = Err(Gap {
        read: "what brokers show".to_owned(),
        reason: "denied".to_owned(),
    });
    assert_eq!(over.steps(), [""; 0]);
    assert_eq!(
        over.held(),
        [
            "group EXTERNAL is retired, and stays, since no broker could be asked whether it still advertises the group; see gaps, and the parameter admin, which says how brokers are asked"
        ]
    );
}

#[test]
fn who_does_not_tell_may_advertise_the_group_and_so_may_all_if_nobody_answers() {
    let why = || "denied".to_owned();
    let over = |shown: &[Shown]| {
        let both = (1..).zip(shown.iter().cloned());
        both.fold(retired(Some(900), Some(900)), |look, (of, shown)| {
            look.showing(of, shown)
        })
    };
    let stopped = || shows("INTERNAL://a:9092");
    let silent = || Shown::Silent {
        why: why(),
        accepts: false,
    };
    for (shown, unknown) in [
        ([Shown::Untold { why: why() }, stopped()], "1"),
        ([stopped(), Shown::Another { reached: node(7) }], "2"),
        ([silent(), silent()], "1, 2"),
    ] {
        let look = over(&shown);
        assert_eq!(look.steps(), [""; 0], "{unknown}");
        let told = format!(
            "group EXTERNAL is retired, and stays, since it is not known whether broker {unknown} still advertises it; see the parameter admin, which says how brokers are asked; the plan of push-listeners says what each of them answers"
        );
        assert_eq!(look.held(), [told]);
    }
    // One that is gone holds nothing up beside others that answer, and one that is healthy behind its port does.
    let beside = |health: TargetState| {
        let owners = [owner(1), Owner::Bootstrap].into_iter();
        owners.fold(over(&[silent(), stopped()]), |look, owner| {
            look.health(owner, vec![target(1, health.clone())])
        })
    };
    assert_eq!(beside(Unhealthy).steps().len(), 4);
    let serves = beside(Healthy);
    assert_eq!(serves.steps(), [""; 0]);
    assert!(serves.held()[0].contains("whether broker 1 still advertises it"));
    let mut blind = beside(Unhealthy);
    blind.0.health.insert(
        arn(owner(1)),
        Err(Gap {
            read: "DescribeTargetHealth".to_owned(),
            reason: "no answer".to_owned(),
        }),
    );
    assert_eq!(blind.steps(), [""; 0]);
}

#[test]
fn what_others_use_is_left_and_said() {
    let over = || retired(Some(900), Some(900));
    let used = over().foreign_listener(7000, arn(owner(1)).as_str());
    assert_eq!(
        used.steps().last().map(String::as_str),
        Some("delete listener 9093 of EXTERNAL broker 1: the group is retired")
    );
    assert!(used.held()[0].contains("listener 7000 forwards to it"));
    let foreign = over().with_listener(9093, |l| l.tags.clear());
    let steps = foreign.steps();
    assert!(
        !steps.iter().any(|step| step.contains("broker 1")),
        "p11: {steps:?}"
    );
    let attached = over().scaled(&[], &[owner(1)]);
    assert!(
        !attached
            .steps()
            .iter()
            .any(|step| step.contains("broker 1"))
    );
    assert_eq!(attached.steps().len(), 2);
}

#[test]
fn a_reservation_of_a_retired_group_is_shown_as_one() {
    let look =
        retired(Some(1), Some(1)).tagged(owner(1), tags::VACANT_SINCE, "2026-11-22T11:00:00Z");
    let states: Vec<RowState> = look
        .plan()
        .picture
        .mapping
        .iter()
        .map(|row| row.state)
        .collect();
    assert_eq!(states, [RowState::Serving, RowState::Reserved]);
}

#[test]
fn a_group_that_is_served_carries_no_note_whoever_is_behind_its_ports() {
    let noted = |look: Look| look.tagged(owner(2), tags::RETIRED_SINCE, "2026-11-22T11:59:00Z");
    let two = || noted(Look::of(&[1, 2]));
    let vacant = two()
        .without_instance(2)
        .without_listener(9094)
        .health(owner(2), Vec::new())
        .health(Owner::Bootstrap, vec![target(1, Healthy)])
        .tagged(owner(2), tags::VACANT_SINCE, "2026-11-22T11:00:00Z");
    let mut gap = two();
    let blind = Gap {
        read: "DescribeTargetHealth".to_owned(),
        reason: "no answer".to_owned(),
    };
    gap.0.health.insert(arn(owner(2)), Err(blind));
    for (nth, look) in [
        two(),
        vacant,
        gap,
        two().and("i-9", 2, InstanceState::Running),
        two().scaled(&[("i-2", "Terminating:Wait")], &[]),
        two().scaled(&[], &[owner(2)]),
        two().with_instance(2, |i| i.vpc = Some("vpc-2".into())),
        two().with_instance(2, |i| i.az_name = Some("us-west-2z".into())),
        two().with_instance(2, |i| i.tags.clear()),
        two().with_instance(2, |i| {
            drop(i.tags.insert(tags::RELEASE.into(), "i-2".into()))
        }),
    ]
    .into_iter()
    .enumerate()
    {
        let steps = look.steps();
        let unmark = "remove tag kafka-privatelink:retired-since of EXTERNAL broker 2: the group is no longer retired";
        assert!(steps.iter().any(|step| step == unmark), "{nth}: {steps:?}");
    }
}

#[test]
fn a_note_that_is_older_than_the_wish_is_one_of_an_earlier_retirement() {
    // The parameter of the look is written an hour ago, and a second or two.
    for (seconds, counts) in [(3500, true), (3700, false)] {
        let steps = retired(Some(seconds), Some(seconds)).steps().concat();
        assert_eq!(steps.contains("delete listener 9093"), counts, "{steps}");
        let now = "retired-since=2026-11-22T12:00:00Z";
        assert_eq!(steps.contains(now), !counts, "{steps}");
    }
    // One note of today counts for the ports that still have the old one.
    let steps = retired(Some(3700), Some(60)).steps();
    assert_eq!(
        steps,
        [
            "tag EXTERNAL broker 1 with kafka-privatelink:retired-since=2026-11-22T11:59:00Z: the group is retired"
        ]
    );
}
