//! A group is whole, or it is not handed over: who is waited for.

use crate::look::Look;
use fleet::look::{node, owner};
use fleet::naming::Owner;
use fleet::observed::InstanceState;
use fleet::proof::{Path, Verdict};
use fleet::tags;

/// Two brokers of a group that was never complete.
fn new() -> Look {
    Look::of(&[1, 2])
        .health(Owner::Bootstrap, Vec::new())
        .never_complete()
}

fn waits_for(look: &Look) -> String {
    let shut = look.held().into_iter().find_map(|held| {
        let (_, who) = held.split_once("it waits for ")?;
        Some(who.to_owned())
    });
    let opens = look.steps().concat().contains("with EXTERNAL bootstrap");
    assert_ne!(
        shut.is_some(),
        opens,
        "{:?} {:?}",
        look.steps(),
        look.held()
    );
    shut.unwrap_or_default()
}

fn third(change: impl FnOnce(&mut fleet::observed::Instance)) -> Look {
    new()
        .and("i-3", 3, InstanceState::Running)
        .with_instance(3, change)
}

#[test]
fn every_running_instance_of_the_cluster_is_waited_for_unless_it_is_a_controller() {
    assert_eq!(waits_for(&new()), "");
    let untagged = third(|i| {
        i.tags.remove(tags::NODE_ID);
    });
    assert_eq!(waits_for(&untagged), "instance i-3 (see held)");
    let mistyped = third(|i| {
        i.tags.insert(tags::NODE_ID.to_owned(), "three".to_owned());
    });
    assert_eq!(waits_for(&mistyped), "instance i-3 (see held)");
    let elsewhere = third(|i| i.vpc = Some("vpc-2".into()));
    assert_eq!(waits_for(&elsewhere), "broker 3");
    let twin = third(|i| {
        i.tags.insert(tags::NODE_ID.to_owned(), "1".to_owned());
    });
    assert!(waits_for(&twin).starts_with("broker 1") || waits_for(&twin).contains("i-3"));
    for (key, value) in [(tags::ROLE, "controller"), (tags::CLUSTER, "sales")] {
        let other = third(|i| {
            i.tags.insert(key.to_owned(), value.to_owned());
        });
        assert_eq!(waits_for(&other), "", "{key}");
    }
    for state in [
        InstanceState::Stopped,
        InstanceState::Terminated,
        InstanceState::Pending,
    ] {
        assert_eq!(waits_for(&third(|i| i.state = state)), "");
    }
    let leaving = third(|_| {}).scaled(&[("i-3", "Terminating:Wait")], &[]);
    assert_eq!(waits_for(&leaving), "");
    let warm = third(|_| {}).scaled(&[("i-3", "Warmed:Running")], &[]);
    assert_eq!(waits_for(&warm), "");
}

#[test]
fn whoever_is_listed_and_known_by_no_tag_is_waited_for() {
    let stranger = new().row(Path::Port(node(1)), |row| {
        row.strangers.insert(node(7));
    });
    let who = "broker 7, listed by the brokers and known by no tag: tag the instance, or name it in \"without\"";
    assert_eq!(waits_for(&stranger), who);
    let of_another_group = new().row(Path::Direct(node(1)), |row| {
        row.strangers.insert(node(7));
    });
    assert_eq!(
        waits_for(&of_another_group),
        "",
        "directly nobody sees what a client sees"
    );
}

#[test]
fn a_new_text_waits_and_an_open_bootstrap_stays_open() {
    let look = || {
        Look::of(&[1, 2])
            .and("i-3", 3, InstanceState::Running)
            .with_instance(3, |i| {
                i.tags.remove(tags::NODE_ID);
            })
    };
    assert_eq!(look().steps(), [""; 0]);
    let changed = look().parameter("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>");
    assert!(
        !changed.steps().concat().contains("hand-over"),
        "{:?}",
        changed.steps()
    );
    let wrong = Verdict::WrongBroker { reached: node(7) };
    let lost = look().verdict(Path::Port(node(2)), wrong);
    assert_eq!(lost.steps(), [""; 0]);
    assert_eq!(owner(1), Owner::Broker(node(1)));
}

#[test]
fn a_group_whose_brokers_do_not_answer_yet_says_whom_it_waits_for() {
    let why = || Verdict::Unreachable {
        why: "connection refused".to_owned(),
    };
    let look = [1, 2].into_iter().fold(new(), |look, of| {
        look.health(
            owner(of),
            vec![fleet::look::target(
                of,
                fleet::observed::TargetState::Unhealthy,
            )],
        )
        .verdict(Path::Port(node(of)), why())
    });
    assert_eq!(waits_for(&look), "brokers 1, 2");
}
