//! An NLB that is full: whoever has a port keeps its place, and for how long it does so while its
//! broker is gone.

use crate::look::Look;
use crate::observed::Doubt;
use fleet::look::{node, owner, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState::Healthy};
use fleet::tags;
use jiff::SignedDuration;

fn crowd(look: Look, foreign: u16) -> Look {
    (0..foreign).fold(look, |look, n| {
        look.foreign_listener(20_000 + n, "arn:other")
    })
}

/// 46 foreign listeners and those of bootstrap, 1 and 2; broker 3 is gone for so long, and 4 waits.
fn waiting(minutes: i64) -> Look {
    let mut look = Look::of(&[1, 2, 3])
        .without_instance(3)
        .without_listener(9095);
    let since = fleet::look::noon() - SignedDuration::from_mins(minutes);
    look.instance(4, InstanceState::Running);
    let look = crowd(look, 46)
        .tagged(owner(3), tags::VACANT_SINCE, &since.to_string())
        .health(owner(3), Vec::new())
        .health(
            Owner::Bootstrap,
            vec![target(1, Healthy), target(2, Healthy)],
        );
    look.ports_agreed()
}

fn sure(look: Look) -> Look {
    let mut doubts = vec![Doubt::Broker(node(3))];
    doubts.extend(look.plan().doubts);
    look.doubted_before(&doubts)
}

#[test]
fn the_place_of_a_broker_that_is_replaced_is_not_given_to_one_that_waits() {
    let look = waiting(29);
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "EXTERNAL broker 4 gets no listener yet: the NLB has all of its 50, and a place is kept until 2026-11-22T12:01:00Z for whoever replaces EXTERNAL broker 3; retire a listener group, or take listeners that are not ours off this NLB"
        ]
    );
    let mut back = waiting(29);
    back.instance(3, InstanceState::Running);
    let steps = back.steps().concat();
    assert!(steps.contains("create listener 9095"), "{steps}");
    assert!(!steps.contains("listener 9096"), "{steps}");
    let held = back.held().concat();
    assert!(
        held.contains("EXTERNAL broker 4 gets no listener: the NLB has all of its 50"),
        "{held}"
    );
}

#[test]
fn after_half_an_hour_the_oldest_vacancy_is_given_up_and_said() {
    let look = sure(waiting(30));
    assert_eq!(
        look.steps(),
        [
            "delete target group of EXTERNAL broker 3: the NLB has no place for a further listener, and broker 3, gone since 2026-11-22T11:30:00Z, is the oldest vacancy"
        ]
    );
    assert_eq!(look.held(), [""; 0]);
    // One read is not enough (P-15).
    let once = waiting(30);
    assert_eq!(once.steps(), [""; 0]);
    assert!(once.plan().doubts.contains(&Doubt::Broker(node(3))));
}

#[test]
fn a_vacancy_gives_way_to_one_that_waits_and_to_no_second_one() {
    let mut look = sure(waiting(30));
    look.instance(5, InstanceState::Running);
    let look = sure(look.ports_agreed());
    assert_eq!(look.steps().len(), 1, "{:?}", look.steps());
    assert_eq!(look.held().len(), 1, "{:?}", look.held());
    assert!(
        look.held()[0].starts_with("EXTERNAL broker 5 gets no listener: the NLB has all of its 50")
    );
}

#[test]
fn a_vacancy_that_nobody_waits_for_keeps_its_place_for_its_day() {
    let mut look = waiting(23 * 60);
    look.0.instances.as_mut().expect("instances").pop();
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(look.held(), [""; 0]);
    // And with a free place nobody has to give way.
    let mut roomy = waiting(60);
    roomy.listeners().pop();
    let steps = roomy.ports_agreed().steps().concat();
    assert!(steps.contains("create listener 9096"), "{steps}");
    assert!(!steps.contains("delete"), "{steps}");
}

#[test]
fn the_place_of_a_broker_that_a_person_takes_out_is_free_after_that_time_too() {
    let mut look = waiting(31);
    look.instance(3, InstanceState::Running);
    let released = look.with_instance(3, |i| {
        i.tags.insert(tags::RELEASE.to_owned(), "i-3".to_owned());
    });
    let steps = released.steps().concat();
    assert!(
        steps.contains("delete target group of EXTERNAL broker 3"),
        "{steps}"
    );
}

#[test]
fn a_frozen_groups_ports_keep_their_places_and_nobody_takes_its_vacancies() {
    let mut look = sure(waiting(60)).parameter("listeners/EXTERNAL", "a typo");
    let second = r#"{"pattern": "<b>.b.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;
    look = look.parameter("listeners/EXTERNAL2", second);
    let steps = look.steps().concat();
    assert_eq!(steps, "", "{steps}");
}

#[test]
fn f1_of_two_groups_that_grow_the_older_one_goes_first_and_each_broker_is_named() {
    // By name the younger group comes first.
    let second = r#"{"pattern": "<b>.b.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;
    let mut look = Look::of(&[1]).parameter("listeners/AAA", second);
    for (owner, port) in [(Owner::Bootstrap, 9192), (owner(1), 9193)] {
        look = look.mapped("AAA", owner, port, &[1]);
        look.groups().last_mut().expect("a group").port = fleet::look::port(39093);
    }
    look.instance(2, InstanceState::Running);
    look.instance(3, InstanceState::Running);
    let look = crowd(look, 43).ports_agreed();
    let steps = look.steps().concat();
    for listener in [
        "create listener 9094 for EXTERNAL broker 2",
        "create listener 9095 for EXTERNAL broker 3",
        "create listener 9194 for AAA broker 2",
    ] {
        assert!(steps.contains(listener), "{listener}: {steps}");
    }
    let held = look.held();
    assert!(
        held.iter()
            .any(|it| it.starts_with("AAA broker 3 gets no listener: the NLB has all of its 50")),
        "{held:?}"
    );
}
