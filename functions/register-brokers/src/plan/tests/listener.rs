//! Listeners: derived from the ledger, put right when they lead elsewhere, and never more than fit.

use crate::look::Look;
use crate::settings;
use fleet::look::{arn, owner, target};
use fleet::observed::{Attributes, InstanceState, TargetState};

const CREATE: &str =
    "create listener 9093 for EXTERNAL broker 1: there is a target and no listener";

#[test]
fn f6_a_listener_is_made_when_its_group_has_a_target_or_gets_one() {
    let look = Look::of(&[1]).without_listener(9093);
    assert_eq!(look.steps(), [CREATE]);
    let registers = look.health(owner(1), Vec::new());
    assert_eq!(
        registers.steps(),
        [
            "register i-1 with EXTERNAL broker 1: broker 1 runs and is not registered",
            CREATE,
        ]
    );
    let empty = registers.with_instance(1, |i| i.state = InstanceState::Stopped);
    assert_eq!(empty.steps(), [""; 0]);
}

#[test]
fn crossed_wires_are_put_right_and_said() {
    let look = Look::of(&[1, 2]).with_listener(9093, |l| l.forwards_to = vec![arn(owner(2))]);
    assert_eq!(
        look.steps(),
        [
            "point listener 9093 at EXTERNAL broker 1: it forwards to arn:EXTERNAL:2 instead; connections made until now may remain there"
        ]
    );
    let both = look.clone().with_listener(9093, |l| {
        l.forwards_to = vec![arn(owner(1)), arn(owner(2))];
    });
    assert_eq!(both.steps().len(), 1, "one group of two is not enough");
    let empty = look
        .health(owner(1), Vec::new())
        .with_instance(1, |i| i.state = InstanceState::Stopped);
    assert_eq!(empty.steps(), [""; 0], "not before it has a target");
}

#[test]
fn p11_somebody_elses_listener_on_our_port_is_said_and_left() {
    let look = Look::of(&[1]).with_listener(9093, |l| {
        l.tags.clear();
        l.protocol = "TLS".to_owned();
        l.forwards_to = vec!["arn:other".into()];
    });
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "port 9093 of the NLB, meant for EXTERNAL broker 1, has a listener that is not tagged as ours; choose other ports in a new group, or free this one if nobody uses that listener"
        ]
    );
}

#[test]
fn p37_an_idle_timeout_that_was_edited_is_put_right_where_it_was_read() {
    let mut look = Look::of(&[1]);
    let mut read = |attributes: Attributes| {
        let listener = "arn:listener:9093".into();
        look.0.listener_attributes.insert(listener, Ok(attributes));
        look.steps()
    };
    assert_eq!(read(settings::listener_attributes()), [""; 0]);
    assert_eq!(
        read(Attributes::new()),
        ["set attributes of listener 9093: settings are not as they should be"]
    );
}

/// The NLB has this many listeners more, which are not ours; broker 1's is missing.
fn crowded(foreign: u16) -> Look {
    let look = Look::of(&[1]).without_listener(9093);
    (0..foreign).fold(look, |look, n| {
        look.foreign_listener(20_000 + n, "arn:other")
    })
}

#[test]
fn f1_the_fiftieth_listener_fits_and_the_next_one_is_held() {
    // Bootstrap's listener is one more.
    assert_eq!(crowded(48).steps(), [CREATE]);
    assert_eq!(crowded(48).held(), [""; 0]);
    assert_eq!(crowded(49).steps(), [""; 0]);
    assert_eq!(
        crowded(49).held(),
        [
            "EXTERNAL broker 1 gets no listener: the NLB has all of its 50 (49 of them not ours), and that limit cannot be raised; retire a listener group, or take listeners that are not ours off this NLB"
        ]
    );
}

#[test]
fn f1_the_last_place_is_given_once() {
    let two = |foreign| {
        let look = (0..foreign).fold(Look::of(&[1, 2]), |look, n| {
            look.foreign_listener(20_000 + n, "arn:other")
        });
        look.without_listener(9093).without_listener(9094)
    };
    assert_eq!(two(47).steps().len(), 2);
    assert_eq!(two(48).steps(), [CREATE]);
    assert_eq!(two(48).held().len(), 1, "{:?}", two(48).held());
}

#[test]
fn f1_the_place_of_a_bootstrap_is_kept_for_it() {
    let bootstrap = fleet::naming::Owner::Bootstrap;
    let look = crowded(49).unmapped(bootstrap);
    let steps = look.steps();
    assert!(!steps.contains(&CREATE.to_owned()), "{steps:?}");
    // And no place for a group that is not to be served.
    let retired = crowded(48).parameter("listeners/EXTERNAL2", r#"{"retired": true}"#);
    assert_eq!(retired.steps(), [CREATE]);
}

#[test]
fn a_broker_that_waits_for_its_target_keeps_its_place() {
    // It has a group and no listener yet: the place is its own, whoever comes after it.
    let look = crowded(48)
        .health(owner(1), Vec::new())
        .with_instance(1, |i| i.state = InstanceState::Pending);
    assert!(
        !look
            .held()
            .iter()
            .any(|held| held.contains("gets no listener"))
    );
    let mut look = look;
    look.instance(2, InstanceState::Running);
    let look = look.health(
        fleet::naming::Owner::Bootstrap,
        vec![target(1, TargetState::Healthy)],
    );
    assert!(
        look.held()
            .iter()
            .any(|held| held.starts_with("EXTERNAL broker 2 gets no listener")),
        "{:?}",
        look.held()
    );
}

#[test]
fn f2_a_further_group_counts_the_listeners_that_others_took() {
    let second = r#"{"pattern": "<b>.b.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;
    let beside = |foreign: u16| {
        let look = Look::of(&[1, 2]).parameter("listeners/EXTERNAL2", second);
        let look = (0..foreign).fold(look, |look, n| {
            look.foreign_listener(20_000 + n, "arn:other")
        });
        look.ports_agreed().held()
    };
    // Two groups of two brokers need six of fifty.
    assert_eq!(beside(44), [""; 0]);
    let held = beside(45);
    assert!(
        held[0].contains("need 6 listeners and the NLB has 50, 45 of them taken by others"),
        "{held:?}"
    );
}

#[test]
fn f1_a_bootstrap_for_which_others_left_no_place_is_held_too() {
    let bootstrap = fleet::naming::Owner::Bootstrap;
    let look = crowded(50).without_listener(9092);
    assert_eq!(look.steps(), [""; 0]);
    let held = look.held();
    for who in ["EXTERNAL broker 1", "EXTERNAL bootstrap"] {
        let told =
            format!("{who} gets no listener: the NLB has all of its 50 (50 of them not ours)");
        assert!(held.iter().any(|held| held.starts_with(&told)), "{held:?}");
    }
    let one = crowded(49)
        .without_listener(9092)
        .health(bootstrap, vec![target(1, TargetState::Healthy)]);
    assert_eq!(
        one.steps(),
        ["create listener 9092 for EXTERNAL bootstrap: there is a target and no listener"],
        "the last place is bootstrap's"
    );
}
