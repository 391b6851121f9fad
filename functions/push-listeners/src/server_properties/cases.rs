//! Whole files, one for each rule: what we say of them, and what Kafka itself says. Data for tests, also
//! for one that asks Kafka's `StorageTool info`.

mod broker;
mod listeners;
mod protocols;
mod roles;
mod zookeeper;

use super::refusal::Rule;
use super::versions::Version;

/// The versions of Kafka that the cases are about.
pub const VERSIONS: [Version; 2] = [
    Version { major: 3, minor: 7 },
    Version { major: 4, minor: 2 },
];

/// A file, and what becomes of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is special about it.
    pub name: &'static str,
    /// The file.
    pub file: String,
    /// What we refuse in it, for each of [`VERSIONS`].
    pub refused: [Option<Rule>; 2],
    /// Whether Kafka starts with it, for each of [`VERSIONS`]. We refuse more than Kafka, never less.
    pub starts: [bool; 2],
}

/// All cases.
pub fn all() -> Vec<Case> {
    let combined = [listeners::all(), protocols::all(), roles::all()].concat();
    let combined = combined.into_iter().map(|row| row.on(&[]));
    let brokers = broker::all().into_iter().map(|row| row.on(&BROKER));
    let zookeeper = zookeeper::all().into_iter().map(|row| row.on(&ZOOKEEPER));
    combined.chain(brokers).chain(zookeeper).collect()
}

/// Cases of brokers with ZooKeeper. What 3.7 says of them, 3.9 says, too.
pub fn of_zookeeper() -> Vec<Case> {
    let rows = zookeeper::all().into_iter();
    rows.map(|row| row.on(&ZOOKEEPER)).collect()
}

/// Cases about how the three keys are written, each with the same values in ZooKeeper mode, where a listener
/// for controllers is one like any other.
pub fn in_zookeeper_mode() -> Vec<(Case, String)> {
    let rows = [listeners::all(), protocols::all()].concat();
    let rows = rows.into_iter();
    rows.map(|row| (row.on(&[]), row.on(&ZOOKEEPER).file))
        .collect()
}

const LISTENERS: &str = "listeners";
const ADVERTISED: &str = "advertised.listeners";
const MAP: &str = "listener.security.protocol.map";
const INTER_BROKER: &str = "inter.broker.listener.name";
const CONTROLLERS: &str = "controller.listener.names";
const VOTERS: &str = "controller.quorum.voters";
const ROLES: &str = "process.roles";
const NODE: &str = "node.id";

/// A broker that is a controller, with all keys. Kafka starts with it.
const COMBINED: [(&str, &str); 9] = [
    (ROLES, "broker,controller"),
    (NODE, "1"),
    (VOTERS, "1@localhost:29092"),
    (CONTROLLERS, "CONTROLLER"),
    (
        LISTENERS,
        "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092",
    ),
    (ADVERTISED, "INTERNAL://10.0.0.11:9092"),
    (MAP, "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"),
    (INTER_BROKER, "INTERNAL"),
    ("log.dirs", "./data"),
];

/// What makes it a broker that is no controller. Kafka starts with it.
const BROKER: [(&str, &str); 4] = [
    (ROLES, "broker"),
    (NODE, "4"),
    (LISTENERS, "INTERNAL://0.0.0.0:9092"),
    (ADVERTISED, "INTERNAL://10.0.0.14:9092"),
];

/// What makes it a broker in ZooKeeper mode.
const ZOOKEEPER: [(&str, &str); 6] = [
    (ROLES, ABSENT),
    (NODE, ABSENT),
    (VOTERS, ABSENT),
    (CONTROLLERS, ABSENT),
    ("broker.id", "1"),
    ("zookeeper.connect", "localhost:2181"),
];

type Changes = &'static [(&'static str, &'static str)];

/// A value that takes the key out.
const ABSENT: &str = "(absent)";

/// A case by what differs from the file that Kafka starts with.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    changes: Changes,
    refused: [Option<Rule>; 2],
    starts: [bool; 2],
}

impl Row {
    fn on(self, base: Changes) -> Case {
        let mut lines: Vec<(&str, &str)> = COMBINED.to_vec();
        for &(key, value) in base.iter().chain(self.changes) {
            lines.retain(|(other, _)| *other != key);
            lines.push((key, value));
        }
        lines.retain(|(_, value)| *value != ABSENT);
        let lines = lines
            .into_iter()
            .map(|(key, value)| format!("{key}={value}\n"));
        Case {
            name: self.name,
            file: lines.collect(),
            refused: self.refused,
            starts: self.starts,
        }
    }
}

const fn row(
    name: &'static str,
    changes: Changes,
    refused: [Option<Rule>; 2],
    starts: [bool; 2],
) -> Row {
    Row {
        name,
        changes,
        refused,
        starts,
    }
}

/// Kafka starts.
fn takes(name: &'static str, changes: Changes) -> Row {
    row(name, changes, [None; 2], [true; 2])
}

/// Kafka does not start.
fn refuses(rule: Rule, name: &'static str, changes: Changes) -> Row {
    row(name, changes, [Some(rule); 2], [false; 2])
}

/// Kafka starts as long as it knows ZooKeeper.
fn took(name: &'static str, changes: Changes) -> Row {
    row(name, changes, [None, Some(Rule::ZooKeeper)], [true, false])
}

/// No Kafka starts; from 4.0 on for want of ZooKeeper.
fn refused(rule: Rule, name: &'static str, changes: Changes) -> Row {
    let rules = [Some(rule), Some(Rule::ZooKeeper)];
    row(name, changes, rules, [false; 2])
}

/// Only we refuse it, as long as Kafka knows ZooKeeper.
fn we_refused(rule: Rule, name: &'static str, changes: Changes) -> Row {
    let rules = [Some(rule), Some(Rule::ZooKeeper)];
    row(name, changes, rules, [true, false])
}

/// Kafka does not start before 4.2.
fn once(rule: Rule, name: &'static str, changes: Changes) -> Row {
    row(name, changes, [Some(rule), None], [false, true])
}

/// Kafka does not start from 4.2 on.
fn now(rule: Rule, name: &'static str, changes: Changes) -> Row {
    row(name, changes, [None, Some(rule)], [true, false])
}

/// Only we refuse it.
fn ours(rule: Rule, name: &'static str, changes: Changes) -> Row {
    row(name, changes, [Some(rule); 2], [true; 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server_properties::config::Config;

    #[test]
    fn each_rule_is_kept_as_kafka_keeps_it_or_more_strictly() {
        for case in all() {
            for (i, version) in VERSIONS.into_iter().enumerate() {
                let read = Config::read(case.file.as_bytes(), Some(version));
                let found = read.as_ref().err().map(|refusal| refusal.rule);
                assert_eq!(
                    found, case.refused[i],
                    "{} in {version}: {read:?}",
                    case.name
                );
                assert!(
                    case.starts[i] || found.is_some(),
                    "{} in {version}",
                    case.name
                );
            }
        }
    }

    #[test]
    fn a_version_that_is_not_known_takes_only_what_all_take() {
        for case in all() {
            let is_refused = case.refused.iter().any(Option::is_some);
            if is_refused {
                assert!(
                    Config::read(case.file.as_bytes(), None).is_err(),
                    "{}",
                    case.name
                );
            }
        }
    }

    #[test]
    fn a_refusal_says_the_line_what_stands_there_and_the_way_out() {
        for (name, sentence) in [
            (
                "a port twice",
                "line 9 \"listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://10.0.0.11:9092\": INTERNAL and CONTROLLER both listen on port 9092; give one of them another port",
            ),
            (
                "with ZooKeeper",
                "the file has no process.roles, so this broker runs with ZooKeeper, which Kafka does up to 3.9; write process.roles, or see that its version is known by its jars",
            ),
            (
                "a placeholder of a guide",
                "line 9 \"INTERNAL://<broker>:9092\": Kafka cannot read it; an endpoint is NAME://host:port, with nothing between < and >",
            ),
        ] {
            let case = all()
                .into_iter()
                .find(|it| it.name == name)
                .expect("a case");
            let refusal = Config::read(case.file.as_bytes(), None).expect_err("refused");
            assert_eq!(refusal.to_string(), sentence);
        }
    }
}
