//! Whole files, one for each rule: what we say of them, and what Kafka itself says. Data for tests, also
//! for one that asks Kafka's `StorageTool info`.

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

/// A broker that is a controller, with all keys. Kafka starts with it.
const COMBINED: [(&str, &str); 9] = [
    ("process.roles", "broker,controller"),
    ("node.id", "1"),
    ("controller.quorum.voters", "1@localhost:29092"),
    ("controller.listener.names", "CONTROLLER"),
    (
        "listeners",
        "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092",
    ),
    ("advertised.listeners", "INTERNAL://10.0.0.11:9092"),
    (
        "listener.security.protocol.map",
        "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    ),
    ("inter.broker.listener.name", "INTERNAL"),
    ("log.dirs", "./data"),
];

/// A broker that is no controller, with all keys. Kafka starts with it.
const BROKER: [(&str, &str); 4] = [
    ("process.roles", "broker"),
    ("node.id", "4"),
    ("listeners", "INTERNAL://0.0.0.0:9092"),
    ("advertised.listeners", "INTERNAL://10.0.0.14:9092"),
];

type Changes = &'static [(&'static str, &'static str)];

/// A value that takes the key out.
const ABSENT: &str = "(absent)";

fn file(changes: &[&[(&str, &str)]]) -> String {
    let mut lines: Vec<(&str, &str)> = COMBINED.to_vec();
    for &(key, value) in changes.iter().copied().flatten() {
        lines.retain(|(other, _)| *other != key);
        lines.push((key, value));
    }
    lines.retain(|(_, value)| *value != ABSENT);
    let lines = lines
        .into_iter()
        .map(|(key, value)| format!("{key}={value}\n"));
    lines.collect()
}

/// All cases.
pub fn all() -> Vec<Case> {
    let both = |rule| [Some(rule), Some(rule)];
    let old = |rule| [Some(rule), None];
    let new = |rule| [None, Some(rule)];
    let fine = [None, None];
    let combined: [(&str, Changes, [Option<Rule>; 2], [bool; 2]); 54] = [
        ("a combined node", &[], fine, [true; 2]),
        (
            "no value but the roles",
            &[
                ("listeners", "PLAINTEXT://:9092,CONTROLLER://:29092"),
                ("advertised.listeners", ABSENT),
                ("listener.security.protocol.map", ABSENT),
                ("inter.broker.listener.name", ABSENT),
            ],
            fine,
            [true; 2],
        ),
        (
            "small letters",
            &[
                (
                    "listeners",
                    "internal://0.0.0.0:9092,Controller://0.0.0.0:29092",
                ),
                (
                    "listener.security.protocol.map",
                    "Internal:plaintext,CONTROLLER:PLAINTEXT",
                ),
                ("inter.broker.listener.name", "internal"),
            ],
            fine,
            [true; 2],
        ),
        (
            "blanks around commas",
            &[
                (
                    "listeners",
                    "INTERNAL://0.0.0.0:9092 , CONTROLLER://0.0.0.0:29092",
                ),
                (
                    "listener.security.protocol.map",
                    "INTERNAL : PLAINTEXT , CONTROLLER:PLAINTEXT",
                ),
            ],
            fine,
            [true; 2],
        ),
        (
            "an IPv6 address",
            &[("listeners", "INTERNAL://[::1]:9092,CONTROLLER://::1:29092")],
            fine,
            [true; 2],
        ),
        (
            "a name twice",
            &[(
                "listeners",
                "INTERNAL://0.0.0.0:9092,internal://0.0.0.0:9093,CONTROLLER://0.0.0.0:29092",
            )],
            both(Rule::SameName),
            [false; 2],
        ),
        (
            "a name advertised twice",
            &[(
                "advertised.listeners",
                "INTERNAL://10.0.0.11:9092,INTERNAL://10.0.0.12:9092",
            )],
            both(Rule::SameName),
            [false; 2],
        ),
        (
            "a port twice",
            &[(
                "listeners",
                "INTERNAL://0.0.0.0:9092,CONTROLLER://10.0.0.11:9092",
            )],
            both(Rule::SamePort),
            [false; 2],
        ),
        (
            "a port for an IPv4 and an IPv6 address",
            &[(
                "listeners",
                "INTERNAL://127.0.0.1:9092,CONTROLLER://[::1]:9092",
            )],
            fine,
            [true; 2],
        ),
        (
            "a port for an address and a name",
            &[(
                "listeners",
                "INTERNAL://localhost:9092,CONTROLLER://[::1]:9092",
            )],
            both(Rule::SamePort),
            [false; 2],
        ),
        (
            "port 0 twice",
            &[
                (
                    "listeners",
                    "INTERNAL://0.0.0.0:0,CONTROLLER://0.0.0.0:29092,X://0.0.0.0:0",
                ),
                (
                    "listener.security.protocol.map",
                    "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:SSL",
                ),
            ],
            fine,
            [true; 2],
        ),
        (
            "an advertised port twice",
            &[
                (
                    "listeners",
                    "INTERNAL://0.0.0.0:9092,X://0.0.0.0:9093,CONTROLLER://0.0.0.0:29092",
                ),
                (
                    "advertised.listeners",
                    "INTERNAL://10.0.0.11:9092,X://10.0.0.11:9092",
                ),
                (
                    "listener.security.protocol.map",
                    "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:SSL",
                ),
            ],
            fine,
            [true; 2],
        ),
        (
            "port 70000",
            &[(
                "listeners",
                "INTERNAL://0.0.0.0:70000,CONTROLLER://0.0.0.0:29092",
            )],
            both(Rule::PortNumber),
            [true; 2],
        ),
        (
            "port -1",
            &[("advertised.listeners", "INTERNAL://10.0.0.11:-1")],
            both(Rule::PortNumber),
            [true; 2],
        ),
        (
            "advertised without listening",
            &[
                (
                    "advertised.listeners",
                    "INTERNAL://10.0.0.11:9092,EXTERNAL://h:1",
                ),
                (
                    "listener.security.protocol.map",
                    "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT",
                ),
            ],
            both(Rule::AdvertisedOnly),
            [false; 2],
        ),
        (
            "the inter-broker listener is not advertised",
            &[
                (
                    "listeners",
                    "INTERNAL://0.0.0.0:9092,X://0.0.0.0:9093,CONTROLLER://0.0.0.0:29092",
                ),
                ("advertised.listeners", "X://10.0.0.11:9093"),
                (
                    "listener.security.protocol.map",
                    "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:PLAINTEXT",
                ),
            ],
            both(Rule::InterBroker),
            [false; 2],
        ),
        (
            "nothing is advertised",
            &[("advertised.listeners", "")],
            both(Rule::Nothing),
            [false; 2],
        ),
        (
            "no listener",
            &[("listeners", "")],
            both(Rule::Nothing),
            [false; 2],
        ),
        (
            "0.0.0.0 advertised",
            &[("advertised.listeners", "INTERNAL://0.0.0.0:9092")],
            both(Rule::MetaAddress),
            [false; 2],
        ),
        (
            "0.0.0.0 advertised for want of the key",
            &[("advertised.listeners", ABSENT)],
            both(Rule::MetaAddress),
            [false; 2],
        ),
        (
            "an empty host advertised",
            &[("advertised.listeners", "INTERNAL://:9092")],
            fine,
            [true; 2],
        ),
        (
            "a listener without a protocol",
            &[("listener.security.protocol.map", "CONTROLLER:PLAINTEXT")],
            both(Rule::NoProtocol),
            [false; 2],
        ),
        (
            "a controller without a protocol",
            &[("listener.security.protocol.map", "INTERNAL:PLAINTEXT")],
            both(Rule::NoProtocol),
            [false; 2],
        ),
        (
            "an empty map",
            &[("listener.security.protocol.map", "")],
            both(Rule::NoProtocol),
            [false; 2],
        ),
        (
            "no map",
            &[("listener.security.protocol.map", ABSENT)],
            both(Rule::NoProtocol),
            [false; 2],
        ),
        (
            "a comma is missing",
            &[(
                "listeners",
                "INTERNAL://0.0.0.0:9092CONTROLLER://0.0.0.0:29092",
            )],
            both(Rule::ControllerSilent),
            [false; 2],
        ),
        (
            "a protocol that is none",
            &[(
                "listener.security.protocol.map",
                "INTERNAL:TLS,CONTROLLER:PLAINTEXT",
            )],
            both(Rule::Mapping),
            [false; 2],
        ),
        (
            "a mapping without a colon",
            &[(
                "listener.security.protocol.map",
                "INTERNAL,CONTROLLER:PLAINTEXT",
            )],
            both(Rule::Mapping),
            [false; 2],
        ),
        (
            "two commas in the map",
            &[(
                "listener.security.protocol.map",
                "INTERNAL:PLAINTEXT,,CONTROLLER:PLAINTEXT",
            )],
            both(Rule::Mapping),
            [false; 2],
        ),
        (
            "a comma before the map",
            &[(
                "listener.security.protocol.map",
                ",INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            )],
            both(Rule::Mapping),
            [false; 2],
        ),
        (
            "commas behind the map",
            &[(
                "listener.security.protocol.map",
                "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,,",
            )],
            fine,
            [true; 2],
        ),
        (
            "a name with two protocols",
            &[(
                "listener.security.protocol.map",
                "INTERNAL:SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            )],
            both(Rule::TwoProtocols),
            [true; 2],
        ),
        (
            "a placeholder of a guide",
            &[("advertised.listeners", "INTERNAL://<broker>:9092")],
            both(Rule::Endpoint),
            [false; 2],
        ),
        (
            "a placeholder of a program",
            &[("advertised.listeners", "INTERNAL://${env:HOST}:9092")],
            both(Rule::Placeholder),
            [false; 2],
        ),
        (
            "a letter outside ASCII",
            &[("advertised.listeners", "INTERNAL://b\\u00e4r:9092")],
            both(Rule::NotAscii),
            [false; 2],
        ),
        (
            "a comma behind listeners",
            &[(
                "listeners",
                "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,",
            )],
            new(Rule::EmptyElement),
            [true, false],
        ),
        (
            "two commas in listeners",
            &[(
                "listeners",
                "INTERNAL://0.0.0.0:9092,,CONTROLLER://0.0.0.0:29092",
            )],
            new(Rule::EmptyElement),
            [true, false],
        ),
        (
            "a comma before advertised.listeners",
            &[("advertised.listeners", ",INTERNAL://10.0.0.11:9092")],
            new(Rule::EmptyElement),
            [true, false],
        ),
        (
            "both ways to name the inter-broker listener",
            &[("security.inter.broker.protocol", "PLAINTEXT")],
            both(Rule::InterBrokerTwice),
            [false; 2],
        ),
        (
            "neither way to name the inter-broker listener",
            &[("inter.broker.listener.name", ABSENT)],
            both(Rule::InterBroker),
            [false; 2],
        ),
        (
            "the inter-broker listener is the controllers'",
            &[("inter.broker.listener.name", "CONTROLLER")],
            both(Rule::InterBroker),
            [false; 2],
        ),
        (
            "the controllers' listener is not there",
            &[("listeners", "INTERNAL://0.0.0.0:9092")],
            both(Rule::ControllerSilent),
            [false; 2],
        ),
        (
            "the controllers' name in small letters",
            &[("controller.listener.names", "controller")],
            both(Rule::ControllerSilent),
            [false; 2],
        ),
        (
            "a blank in the controllers' names",
            &[
                ("controller.listener.names", "CONTROLLER, X"),
                (
                    "listeners",
                    "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,X://0.0.0.0:9",
                ),
                (
                    "listener.security.protocol.map",
                    "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:SSL",
                ),
            ],
            old(Rule::EmptyElement),
            [false, true],
        ),
        (
            "no name for the controllers' listener",
            &[("controller.listener.names", ABSENT)],
            both(Rule::NoControllerName),
            [false; 2],
        ),
        (
            "the controllers' listener advertised",
            &[(
                "advertised.listeners",
                "INTERNAL://10.0.0.11:9092,CONTROLLER://10.0.0.11:29092",
            )],
            old(Rule::ControllerAdvertised),
            [false, true],
        ),
        (
            "a controller alone",
            &[
                ("process.roles", "controller"),
                ("listeners", "CONTROLLER://0.0.0.0:29092"),
                ("advertised.listeners", ABSENT),
                ("inter.broker.listener.name", ABSENT),
            ],
            both(Rule::ControllerOnly),
            [true; 2],
        ),
        (
            "a role that is none",
            &[("process.roles", "broker,observer")],
            both(Rule::Roles),
            [false; 2],
        ),
        (
            "ZooKeeper",
            &[
                ("process.roles", ABSENT),
                ("controller.listener.names", ABSENT),
                ("zookeeper.connect", "localhost:2181"),
            ],
            both(Rule::ZooKeeper),
            [true, false],
        ),
        (
            "node.id differs from broker.id",
            &[("broker.id", "2")],
            both(Rule::NodeIdentity),
            [false; 2],
        ),
        (
            "only broker.id",
            &[("node.id", ABSENT), ("broker.id", "1")],
            fine,
            [true; 2],
        ),
        (
            "a controller that is no voter",
            &[("controller.quorum.voters", "2@localhost:29092")],
            both(Rule::Voters),
            [false; 2],
        ),
        (
            "no voter, and servers to ask",
            &[
                ("controller.quorum.voters", ABSENT),
                ("controller.quorum.bootstrap.servers", "localhost:29092"),
            ],
            old(Rule::Voters),
            [false, true],
        ),
        (
            "a listener of ZooKeeper's control plane",
            &[("control.plane.listener.name", "CONTROLLER")],
            old(Rule::ControlPlane),
            [false, true],
        ),
    ];
    let broker: [(&str, Changes, [Option<Rule>; 2], [bool; 2]); 6] = [
        ("a broker alone", &[], fine, [true; 2]),
        (
            "a broker without a map",
            &[
                ("listeners", "PLAINTEXT://10.0.0.14:9092"),
                ("advertised.listeners", ABSENT),
                ("listener.security.protocol.map", ABSENT),
                ("inter.broker.listener.name", ABSENT),
            ],
            fine,
            [true; 2],
        ),
        (
            "a secure broker without a map",
            &[
                ("listeners", "SSL://10.0.0.14:9092"),
                ("advertised.listeners", ABSENT),
                ("listener.security.protocol.map", ABSENT),
                ("inter.broker.listener.name", "SSL"),
            ],
            both(Rule::NoProtocol),
            [false; 2],
        ),
        (
            "a broker that listens for controllers",
            &[(
                "listeners",
                "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092",
            )],
            both(Rule::ControllerListens),
            [false; 2],
        ),
        (
            "a broker without the controllers' protocol",
            &[("listener.security.protocol.map", "INTERNAL:PLAINTEXT")],
            both(Rule::NoProtocol),
            [false; 2],
        ),
        (
            "a broker that is a voter",
            &[("node.id", "1")],
            both(Rule::Voters),
            [false; 2],
        ),
    ];
    let case = |base: Changes| {
        move |(name, changes, refused, starts): (_, Changes, _, _)| Case {
            name,
            file: file(&[base, changes]),
            refused,
            starts,
        }
    };
    let combined = combined.into_iter().map(case(&[]));
    combined
        .chain(broker.into_iter().map(case(&BROKER)))
        .collect()
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
                "ZooKeeper",
                "the file has no process.roles, so this broker runs with ZooKeeper, and such brokers are held for now; write its listeners by hand",
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
