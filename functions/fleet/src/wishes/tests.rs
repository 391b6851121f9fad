//! What parameters ask for together, and what is refused since it does not go with the rest.

mod laws;
mod room;

use super::*;
use crate::look::{EXTERNAL, owner, port};
use crate::naming::Owner;
use crate::observed::ParameterKind;
use crate::records::Look;
use crate::words::Port;

/// A parameter that says everything itself.
fn json(bootstrap: u16, broker_ports: &str, bind: u16) -> String {
    format!(
        r#"{{"pattern": "<b>.a.com:<p>", "bootstrap_port": {bootstrap}, "broker_ports": "{broker_ports}", "bind_port": {bind}}}"#
    )
}

fn read(look: &mut Look, brokers: usize, foreign: usize) -> Wishes {
    let ledger = Ledger::read(&"orders".into(), look.groups());
    let parameters = look.0.parameters.as_ref().expect("parameters");
    let ours = look.0.listeners.as_ref().expect("listeners").iter();
    let brokers = (1..=brokers).filter_map(|n| u32::try_from(n).ok());
    let brokers = brokers.map(|n| (crate::look::node(n), BTreeSet::from([crate::look::id(n)])));
    let room = Room {
        brokers: brokers.collect(),
        ours: ours.map(|listener| listener.port).collect(),
        others: (1..=foreign)
            .filter_map(|n| u16::try_from(20_000 + n).ok().and_then(Port::new))
            .collect(),
    };
    Wishes::read(&"orders".into(), parameters, &ledger, &room)
}

/// What is wanted for a group, in a word or in the refusal.
fn wanted(wishes: &Wishes, group: &str) -> String {
    match &wishes.groups[&GroupName::from(group)] {
        Wanted::Serve(group) => format!("serve {}", group.broker_ports),
        Wanted::Retire { .. } => "retire".to_owned(),
        Wanted::Refused { refusals, .. } => refusals.to_string(),
        Wanted::Deleted { parameter } => format!("{parameter} is gone"),
    }
}

/// What becomes of the group EXTERNAL2 beside the document's EXTERNAL.
fn second(value: &str) -> String {
    let mut look = Look::of(&[1]).parameter("listeners/EXTERNAL2", value);
    wanted(&read(&mut look, 1, 0), "EXTERNAL2")
}

/// What becomes of EXTERNAL, which has broker 1 on 9093, when its parameter says this.
fn changed(value: &str) -> String {
    let mut look = Look::of(&[1]).parameter("listeners/EXTERNAL", value);
    wanted(&read(&mut look, 1, 0), EXTERNAL)
}

#[test]
fn a_parameter_of_a_group_asks_for_it_and_others_ask_for_nothing() {
    let mut look = Look::of(&[])
        .parameter("principals", "*")
        .parameter("handover/EXTERNAL9", "written by us")
        .parameter("listeners/EXTERNAL2", r#"{"retired": true}"#)
        .parameter("listeners/EXTERNAL3", "nonsense");
    let parameters = look.0.parameters.as_mut().expect("parameters");
    let mut other = parameters[0].clone();
    other.name = "/kafka-privatelink/sales/listeners/EXTERNAL4".to_owned();
    parameters.push(other);
    let wishes = read(&mut look, 0, 0);
    assert_eq!(wanted(&wishes, EXTERNAL), "serve 9093-9140");
    assert_eq!(wanted(&wishes, "EXTERNAL2"), "retire");
    assert!(wanted(&wishes, "EXTERNAL3").contains("line 1 \"nonsense\""));
    assert_eq!(wishes.groups.len(), 3);
    let Wanted::Refused { parameter, .. } = &wishes.groups[&"EXTERNAL3".into()] else {
        panic!("refused");
    };
    assert_eq!(parameter, "/kafka-privatelink/orders/listeners/EXTERNAL3");
}

#[test]
fn p45_a_mapped_group_without_its_parameter_is_not_taken_for_empty() {
    let mut look = Look::of(&[1]);
    look.0.parameters = Ok(Vec::new());
    assert_eq!(
        wanted(&read(&mut look, 1, 0), EXTERNAL),
        "/kafka-privatelink/orders/listeners/EXTERNAL is gone"
    );
}

#[test]
fn the_switch_that_pauses_is_not_lost_to_a_typo() {
    let paused = |value| read(&mut Look::of(&[]).parameter("paused", value), 0, 0).paused;
    assert_eq!(read(&mut Look::of(&[]), 0, 0).paused, None);
    assert_eq!(paused("false"), None);
    assert_eq!(paused(" false\n"), None);
    let name = "/kafka-privatelink/orders/paused";
    assert_eq!(paused("true"), Some(format!("{name} is true")));
    assert_eq!(
        paused("False"),
        Some(format!(
            "{name} is \"False\", taken as true; write true or false"
        ))
    );
    for text in ["FALSE", "0", "\"false\"", "no", "paused"] {
        let told = paused(text).expect("it pauses");
        assert!(
            told.contains(&format!("is \"{text}\", taken as true")),
            "{told}"
        );
    }
    // What a file with a byte order mark says.
    assert_eq!(paused("\u{FEFF}false\r\n"), None);
    let told = paused(&format!("\u{1B}[8m{}", "x".repeat(4000))).expect("it pauses");
    assert_eq!(
        told,
        format!(
            "{name} is \"�[8m{}…\", taken as true; write true or false",
            "x".repeat(36)
        )
    );
}

#[test]
fn a_parameter_of_another_type_is_not_read_and_told_by_its_name() {
    let mut look = Look::of(&[1]).parameter("paused", "false");
    for parameter in look.0.parameters.as_mut().expect("parameters") {
        parameter.kind = ParameterKind::SecureString;
        parameter.value = "AQICAHhunter2".to_owned();
    }
    let wishes = read(&mut look, 1, 0);
    assert_eq!(
        wanted(&wishes, EXTERNAL),
        "it is a SecureString, which is not read here; write it as a String: aws ssm delete-parameter --name /kafka-privatelink/orders/listeners/EXTERNAL && aws ssm put-parameter --type String --name /kafka-privatelink/orders/listeners/EXTERNAL --value '…'"
    );
    assert_eq!(
        wishes.paused.as_deref(),
        Some(
            "/kafka-privatelink/orders/paused is a SecureString, which is not read here, and taken as true; to go on, write it as a String: aws ssm delete-parameter --name /kafka-privatelink/orders/paused && aws ssm put-parameter --type String --name /kafka-privatelink/orders/paused --value false"
        )
    );
    for (kind, is_read) in [("StringList", true), ("FutureString", false)] {
        let mut look = Look::of(&[1]).parameter("paused", "false");
        for parameter in look.0.parameters.as_mut().expect("parameters") {
            parameter.kind = ParameterKind::parse(kind);
        }
        let wishes = read(&mut look, 1, 0);
        assert_eq!(
            wanted(&wishes, EXTERNAL).starts_with("serve"),
            is_read,
            "{kind}"
        );
        assert_eq!(wishes.paused.is_none(), is_read, "{kind}");
    }
}

#[test]
fn r13_two_groups_share_no_port() {
    // EXTERNAL has 9092, 9093-9140 and bind port 39092.
    for (value, clash) in [
        (json(9192, "9193-9240", 39093), None),
        (json(9091, "9141-9150", 39093), None),
        (
            json(9192, "9140-9150", 39093),
            Some("\"broker_ports\" overlap those of EXTERNAL, 9093-9140"),
        ),
        (
            json(9192, "9080-9093", 39093),
            Some("\"broker_ports\" overlap those of EXTERNAL, 9093-9140"),
        ),
        (
            json(9192, "9085-9092", 39093),
            Some("\"broker_ports\" contain the bootstrap port of EXTERNAL, 9092"),
        ),
        (
            json(9140, "9193-9240", 39093),
            Some("\"bootstrap_port\" lies in the broker ports of EXTERNAL, 9093-9140"),
        ),
        (
            json(9092, "9193-9240", 39093),
            Some("\"bootstrap_port\" is that of EXTERNAL too"),
        ),
        (
            json(9192, "9193-9240", 39092),
            Some("\"bind_port\" is that of EXTERNAL too; each Kafka listener needs its own"),
        ),
    ] {
        let told = second(&value);
        match clash {
            None => assert!(told.starts_with("serve "), "{value}: {told}"),
            Some(clash) => assert_eq!(told, format!("{clash}; choose others")),
        }
    }
}

#[test]
fn whoever_was_there_first_keeps_its_ports() {
    // By age, not by name: A is younger than B.
    let mut look = Look::of(&[])
        .parameter("listeners/B", &json(9192, "9193-9240", 39093))
        .parameter("listeners/A", &json(9292, "9193-9240", 39094));
    look.groups().clear();
    let wishes = read(&mut look, 0, 0);
    assert_eq!(wanted(&wishes, "B"), "serve 9193-9240");
    assert!(wanted(&wishes, "A").contains("overlap those of B"));
    // And before age, by having brokers.
    let mut look = look.mapped("A", owner(1), 9193, &[1]);
    look.groups()[0].port = port(39094);
    let wishes = read(&mut look, 1, 0);
    assert_eq!(wanted(&wishes, "A"), "serve 9193-9240");
    assert!(wanted(&wishes, "B").contains("overlap those of A"));
}

#[test]
fn what_a_mapped_group_has_does_not_change_and_its_range_may_only_grow() {
    for (value, why) in [
        (json(9092, "9093-9140", 39092), None),
        (json(9092, "9093-9200", 39092), None),
        (json(9092, "9093-9093", 39092), None),
        (
            json(9092, "9093-9140", 39093),
            Some("\"bind_port\" was 39092 and is now 39093"),
        ),
        (
            json(9091, "9093-9140", 39092),
            Some("\"bootstrap_port\" was 9092 and is now 9091"),
        ),
        (
            json(9092, "9094-9140", 39092),
            Some("\"broker_ports\" 9094-9140 leave out port 9093, which broker 1 has"),
        ),
        (
            r#"{"pattern": "<b>.a.com:<p>", "protocol": "SSL"}"#.to_owned(),
            Some("\"protocol\" was PLAINTEXT and is now SSL"),
        ),
    ] {
        let told = changed(&value);
        match why {
            None => assert!(told.starts_with("serve "), "{value}: {told}"),
            Some(why) => assert_eq!(
                told,
                format!(
                    "{why}; that cannot change while brokers are mapped: make a new group and retire this one"
                )
            ),
        }
    }
}

#[test]
fn a_bootstrap_port_that_another_group_still_holds_is_not_given_twice() {
    // EXTERNAL is frozen: its parameter is refused, and says nothing of its ports.
    let mut look = Look::of(&[1])
        .parameter("listeners/EXTERNAL", "nonsense")
        .parameter("listeners/EXTERNAL2", &json(9093, "9193-9240", 39093));
    assert_eq!(
        wanted(&read(&mut look, 1, 0), "EXTERNAL2"),
        "\"bootstrap_port\" 9093 is given to EXTERNAL broker 1; choose another, or wait until it is free"
    );
    // A port that it holds itself is its own.
    let mut look = Look::of(&[]).mapped("EXTERNAL2", Owner::Bootstrap, 9192, &[]);
    let groups = look.groups();
    groups.last_mut().expect("a group").port = port(39093);
    let mut look = look.parameter("listeners/EXTERNAL2", &json(9192, "9193-9240", 39093));
    assert_eq!(
        wanted(&read(&mut look, 0, 0), "EXTERNAL2"),
        "serve 9193-9240"
    );
}
