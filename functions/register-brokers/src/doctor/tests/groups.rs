//! Several consumers: a walk for each.

use super::{Finding, Patient, Station, allowed, connection, found};
use crate::look::Look;
use crate::observed::Doubt;
use fleet::look::{EXTERNAL, PATTERN, node, owner};
use fleet::naming::Owner;
use fleet::observed::{ConnectionState, InstanceState};
use fleet::proof::{Path, Verdict};
use fleet::tags;
use fleet::words::GroupName;

const SECOND: &str = r#"{"pattern": "<b>.<az>.xyz.example.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;

fn names(look: Look) -> Vec<Option<GroupName>> {
    let examined = Patient::with(look).examined();
    examined.walks.into_iter().map(|walk| walk.group).collect()
}

#[test]
fn what_is_wrong_with_one_consumers_ports_is_not_wrong_with_anothers() {
    let look = Look::of(&[1])
        .parameter("listeners/EXTERNAL2", SECOND)
        .ports_agreed();
    let examined = Patient::with(look).examined();
    let [first, second] = &examined.walks[..] else {
        panic!("{examined}");
    };
    assert!(found(first, Station::Listeners).is_well(), "{examined}");
    assert!(found(first, Station::Names).is_well(), "{examined}");
    let next = found(second, Station::Listeners);
    assert!(
        next.next()
            .is_some_and(|next| next.contains("EXTERNAL2 broker 1")),
        "{examined}"
    );
    let text = examined.to_string();
    assert!(
        text.contains("\nEXTERNAL\n") && text.contains("\nEXTERNAL2\n"),
        "{text}"
    );
}

#[test]
fn a_group_that_is_refused_has_a_walk_and_one_that_is_being_retired_has_none() {
    let refused = Look::of(&[1]).parameter("listeners/EXTERNAL2", "nonsense");
    let both = ["EXTERNAL", "EXTERNAL2"].map(|name| Some(name.into()));
    assert_eq!(names(refused), both);
    let retired = Look::of(&[1])
        .parameter("listeners/EXTERNAL2", SECOND)
        .parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    assert_eq!(names(retired), [Some("EXTERNAL2".into())]);
    let all_retired = Look::of(&[1]).parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    assert_eq!(names(all_retired), [None]);
    let gone = Look::of(&[])
        .unmapped(Owner::Bootstrap)
        .without_parameter("listeners/EXTERNAL")
        .parameter("listeners/EXTERNAL3", PATTERN);
    assert_eq!(names(gone), [Some("EXTERNAL3".into())]);
}

#[test]
fn of_two_groups_it_is_not_known_which_one_a_connection_is_for_however_many_are_connected() {
    let look = Look::of(&[1])
        .parameter("listeners/EXTERNAL2", SECOND)
        .ports_agreed();
    let one = Patient::with(look);
    let both = one.clone().access(|access| {
        let accounts = ["111111111111", "222222222222"];
        access.permissions = Ok(accounts.map(allowed).into());
        access.connections = Ok(accounts
            .map(|it| connection(it, ConnectionState::Available))
            .into());
    });
    let first = |patient: &Patient| found(&patient.examined().walks[0], Station::Connection);
    for (patient, stands) in [
        (&one, "vpce-1 of account 111111111111 is available; which"),
        (
            &both,
            "is available, and so is that of 1 more account; which",
        ),
    ] {
        let Finding::Unknown { says, next } = first(patient) else {
            panic!("{}", patient.examined());
        };
        assert!(says.contains(stands), "{says}");
        let why = "which group an account's connection is for, AWS does not tell";
        assert!(says.ends_with(why), "{says}");
        assert_eq!(next, "ask the consumer of EXTERNAL whether it is connected");
    }
    // What is wrong for any of them is told.
    let waits = one.access(|access| {
        let state = ConnectionState::PendingAcceptance;
        access.connections = Ok(vec![connection("111111111111", state)]);
    });
    let told = first(&waits);
    assert!(
        matches!(told, Finding::Wrong { .. } | Finding::Waits { .. }),
        "{told:?}"
    );
}

#[test]
fn what_stands_in_another_groups_way_or_in_nobodys_does_not_stand_in_this_ones() {
    let two = |without: &str| {
        let first = format!(r#"{{"pattern": "{PATTERN}", "without": [{without}]}}"#);
        Look::of(&[1, 2])
            .parameter("listeners/EXTERNAL", &first)
            .parameter("listeners/EXTERNAL2", SECOND)
    };
    let finds = |look: Look, station| {
        let examined = Patient::with(look).examined();
        let [first, second] = &examined.walks[..] else {
            panic!("{examined}");
        };
        (found(first, station), found(second, station))
    };
    // A listener of the other group.
    let mut look = two("")
        .mapped("EXTERNAL2", Owner::Bootstrap, 9192, &[1])
        .with_listener(9192, |it| it.protocol = "TLS".to_owned());
    let bootstrap = look.groups().last_mut().expect("the group");
    bootstrap.port = fleet::look::port(39093);
    let (first, second) = finds(look.ports_agreed(), Station::Listeners);
    assert!(first.is_well(), "{first:?}");
    let next = second.next().expect("something to do");
    assert!(next.contains("9192 was changed to TLS"), "{next}");
    // A broker that the group is to do without.
    let look = two("2").with_instance(2, |it| it.vpc = Some("vpc-2".into()));
    let (first, second) = finds(look, Station::LoadBalancer);
    assert!(first.is_well(), "{first:?}");
    let next = second.next().expect("something to do");
    assert!(next.contains("launch it in the NLB's VPC"), "{next}");
    // The same, who answered as another one in one look.
    let reached = node(7);
    let without = SECOND.replacen('{', r#"{"without": [2], "#, 1);
    let look = Look::of(&[1, 2])
        .parameter("listeners/EXTERNAL2", &without)
        .ports_agreed()
        .verdict(Path::Direct(node(2)), Verdict::WrongBroker { reached });
    let (first, second) = finds(look, Station::Tags);
    let next = first.next().expect("something to do");
    assert!(next.contains("reached 7, expected 2"), "{next}");
    assert!(second.is_well(), "{second:?}");
    // A listener that leads to nobody.
    let port = fleet::look::port(9101);
    let mut orphan = Look::of(&[1]).health(owner(9), Vec::new());
    let nobody = fleet::look::listener(EXTERNAL, owner(9), 9101);
    orphan.listeners().push(nobody);
    let orphan = orphan.doubted_before(&[Doubt::Orphan(port)]);
    assert_eq!(orphan.held().len(), 1, "{:?}", orphan.held());
    Patient::with(orphan).is_well(Station::Listeners);
    // An instance that is stopped is nobody yet.
    let stopped = Look::of(&[1, 2])
        .and("i-9", 9, InstanceState::Stopped)
        .with_instance(9, |it| {
            it.tags.insert(tags::NODE_ID.to_owned(), "b9".to_owned());
        });
    Patient::with(stopped).is_well(Station::Tags);
}
