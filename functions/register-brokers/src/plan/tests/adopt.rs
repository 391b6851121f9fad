//! A set-up that was made by hand is taken over: no port moves that a broker advertises already.

use crate::look::{Look, shows};
use fleet::look::node;
use fleet::observed::{Gap, InstanceState};
use fleet::shown::Shown;

/// Brokers that run and have no port, and what each shows.
fn found(shown: &[(u32, Shown)]) -> Look {
    let mut look = Look::of(&[]);
    for (of, shown) in shown {
        look.instance(*of, InstanceState::Running);
        look = look.showing(*of, shown.clone());
    }
    look
}

/// The ports that are given: broker and port.
fn given(look: Look) -> Vec<String> {
    let steps = look.ports_agreed().steps().into_iter();
    let made = steps.filter_map(|step| {
        let of = step.strip_prefix("create target group of EXTERNAL broker ")?;
        let (of, _) = of.split_once(", targets")?;
        Some(of.replace(" (port", ""))
    });
    made.collect()
}

#[test]
fn a_broker_keeps_the_port_that_it_advertises_under_whatever_name() {
    let look = found(&[
        (
            1,
            shows("INTERNAL://a:9092,EXTERNAL://old.example.com:9095"),
        ),
        (
            2,
            shows("INTERNAL://b:9092,EXTERNAL://b2.abc.example.com:9093"),
        ),
        // Its number asks for 9095, which broker 1 keeps.
        (3, shows("INTERNAL://c:9092")),
    ]);
    assert_eq!(given(look), ["1 9095", "2 9093", "3 9094"]);
}

#[test]
fn what_is_no_port_of_the_range_or_is_not_shown_moves_nothing() {
    let why = || "no answer".to_owned();
    for shown in [
        shows("EXTERNAL://b1.abc.example.com:39092"),
        shows("EXTERNAL://b1.abc.example.com:9092"),
        shows("EXTERNAL2://b1.abc.example.com:9099"),
        Shown::Another { reached: node(7) },
        Shown::Silent {
            why: why(),
            accepts: false,
        },
        Shown::Untold { why: why() },
    ] {
        assert_eq!(given(found(&[(1, shown.clone())])), ["1 9093"], "{shown:?}");
    }
}

#[test]
fn nobody_gets_a_port_before_all_who_may_have_one_are_heard() {
    let silent = || Shown::Silent {
        why: "no answer".to_owned(),
        accepts: false,
    };
    let by_hand = || shows("EXTERNAL://kafka.example.com:9095");
    let complete = || found(&[(1, by_hand()), (2, silent()), (3, silent())]);
    let look = || complete().without_parameter("handover/EXTERNAL");
    assert!(
        look().held().contains(&"no broker gets a port of EXTERNAL yet: some advertise a port of it already, and what broker 2 and broker 3 advertises is not known; let it answer on the admin listener, or name it in \"without\" of listeners/EXTERNAL".to_owned()),
        "{:?}",
        look().held()
    );
    assert_eq!(given(look()), [""; 0]);
    // Its target groups were lost, and consumers wait: what was complete is not taken over.
    assert_eq!(given(complete()), ["1 9095", "2 9094", "3 9093"]);
    // Who has a port already is no set-up of others.
    let mut later = Look::of(&[1]);
    later.instance(2, InstanceState::Running);
    later.instance(3, InstanceState::Running);
    later.0.shown = found(&[(2, by_hand()), (3, silent())]).0.shown;
    assert_eq!(
        given(later.without_parameter("handover/EXTERNAL")),
        ["2 9095", "3 9094"]
    );
}

#[test]
fn of_two_that_advertise_one_port_neither_gets_it_nor_anybody_else() {
    let same = || shows("EXTERNAL://kafka.example.com:9094");
    let look = found(&[(1, same()), (2, shows("")), (5, same())]);
    assert!(
        look.held().contains(&"brokers 1 and 5 get no port: all of them advertise port 9094 for EXTERNAL already, and a port leads to one broker; let all but one of them advertise another port, or none".to_owned()),
        "{:?}",
        look.held()
    );
    // Its number asks for 9094.
    assert_eq!(given(look), ["2 9093"]);
}

#[test]
fn p11_somebody_elses_listener_on_an_advertised_port_is_not_touched() {
    let look = found(&[(1, shows("EXTERNAL://kafka.example.com:9094"))]);
    let look = look.foreign_listener(9094, "arn:by-hand");
    assert!(
        look.held().contains(&"broker 1 gets no port: it advertises port 9094 for EXTERNAL already, and the NLB has a listener there that the ledger does not know; delete that listener, and the broker keeps its port behind one of ours, or let it advertise another port".to_owned()),
        "{:?}",
        look.held()
    );
    assert_eq!(look.ports_agreed().steps(), [""; 0]);
}

#[test]
fn a_port_that_another_broker_has_was_copied_with_its_file() {
    let mut look = found(&[(2, shows("EXTERNAL://b1.abc.example.com:9093"))]);
    let mapped = Look::of(&[1]);
    let shown = std::mem::replace(&mut look.0.shown, Ok(Vec::new()));
    let mut look = mapped;
    look.instance(2, InstanceState::Running);
    look.0.shown = shown;
    assert_eq!(given(look), ["2 9094"]);
}

#[test]
fn a_probe_that_does_not_answer_holds_up_no_port() {
    let mut look = found(&[(1, shows(""))]);
    look.0.shown = Err(Gap {
        read: "what brokers show".to_owned(),
        reason: "denied".to_owned(),
    });
    assert_eq!(given(look), ["1 9093"]);
}

#[test]
fn only_who_runs_and_has_no_port_is_asked() {
    let asked = |look: &Look| {
        let all = crate::plan::asked_what_they_show(&look.0).into_iter();
        all.map(|broker| broker.node.get()).collect::<Vec<_>>()
    };
    assert_eq!(asked(&Look::of(&[1, 2])), [0; 0], "a quiet run");
    let mut look = Look::of(&[1]);
    look.instance(2, InstanceState::Running);
    look.instance(3, InstanceState::Pending);
    let look = look.and("i-9", 4, InstanceState::Running);
    let twins = look.and("i-10", 4, InstanceState::Running);
    assert_eq!(asked(&twins), [2]);
}
