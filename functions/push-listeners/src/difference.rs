//! What a broker's process shows against what it should: the reason to touch its file, or not to.

use crate::server_properties::Wanted;
use crate::server_properties::protocols::Mapping;
use fleet::foreign::clean;
use fleet::listener::Listener;
use fleet::listener::{Protocol, is_same_endpoint};
use fleet::shown::Itself;
use fleet::words::{GroupName, Port};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Longest endpoint that is shown of a broker.
const SHOWN: usize = 300;

/// One thing that a process should show and does not, or should not and does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "difference")]
pub enum Difference {
    /// It has no such listener.
    Missing {
        /// The group.
        group: GroupName,
        /// What it should advertise.
        wanted: String,
    },
    /// It advertises something else.
    Advertises {
        /// The group.
        group: GroupName,
        /// What it advertises; none if it tells nobody of its listener.
        found: Option<String>,
        /// What it should.
        wanted: String,
    },
    /// It listens on another port than brokers are reached at.
    Listens {
        /// The group.
        group: GroupName,
        /// Its port.
        found: i32,
        /// The group's bind port.
        wanted: Port,
    },
    /// It speaks in another way.
    Speaks {
        /// The group.
        group: GroupName,
        /// How it speaks.
        found: Protocol,
        /// How it should.
        wanted: Protocol,
    },
    /// It still has the listener of a group that is retired.
    Retired {
        /// The group.
        group: GroupName,
    },
}

/// All differences; none if the process shows what it should.
pub fn differences(
    shows: &Itself,
    wanted: &[Wanted],
    retired: &BTreeSet<GroupName>,
) -> Vec<Difference> {
    let (listens, advertised) = (shows.listeners.listed(), shows.advertises());
    let find = |all: &[Listener], group: &GroupName| {
        let mut all = all.iter();
        all.find(|it| it.name.eq_ignore_ascii_case(group.as_str()))
            .cloned()
    };
    let speaks = mapped(shows.protocols.value.as_deref());
    let others = wanted.iter().flat_map(|it| {
        let port = find(&listens, &it.name).map(|found| found.port);
        let port = port.filter(|found| *found != i32::from(it.bind_port.get()));
        let named = |mapping: &&Mapping| mapping.name.eq_ignore_ascii_case(it.name.as_str());
        let protocol = speaks.iter().rfind(named).map(|found| found.protocol);
        // Without a listener it does not speak at all.
        let protocol =
            protocol.filter(|found| *found != it.protocol && find(&listens, &it.name).is_some());
        let port = port.map(|found| Difference::Listens {
            group: it.name.clone(),
            found,
            wanted: it.bind_port,
        });
        let protocol = protocol.map(|found| Difference::Speaks {
            group: it.name.clone(),
            found,
            wanted: it.protocol,
        });
        [port, protocol].into_iter().flatten()
    });
    let missing = wanted.iter().filter_map(|it| {
        let (group, wanted) = (it.name.clone(), it.advertised.to_string());
        if find(&listens, &group).is_none() {
            return Some(Difference::Missing { group, wanted });
        }
        let found = find(&advertised, &group).map(|it| format!("{}:{}", it.host, it.port));
        let is_it = found
            .as_deref()
            .is_some_and(|found| is_same_endpoint(found, &wanted));
        (!is_it).then_some(Difference::Advertises {
            group,
            found: found.map(|found| clean(&found, SHOWN)),
            wanted,
        })
    });
    let retired = retired
        .iter()
        .filter(|group| find(&listens, group).is_some() || find(&advertised, group).is_some());
    let retired = retired.map(|group| Difference::Retired {
        group: group.clone(),
    });
    missing.chain(others).chain(retired).collect()
}

/// The mappings of a value, in the way of [`Listener::list`].
fn mapped(value: Option<&str>) -> Vec<Mapping> {
    let items = value.unwrap_or_default().split(',');
    items
        .filter_map(|item| Mapping::parse(item.trim()))
        .collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { group, wanted } => {
                write!(f, "{group} is missing; wanted {wanted}")
            }
            Self::Advertises {
                group,
                found: Some(found),
                wanted,
            } => write!(f, "{group} advertises {found}, wanted {wanted}"),
            Self::Advertises {
                group,
                found: None,
                wanted,
            } => write!(
                f,
                "{group} is open and advertised to nobody, wanted {wanted}"
            ),
            Self::Listens {
                group,
                found,
                wanted,
            } => write!(f, "{group} listens on port {found}, wanted {wanted}"),
            Self::Speaks {
                group,
                found,
                wanted,
            } => write!(
                f,
                "{group} speaks {}, wanted {}",
                found.as_str(),
                wanted.as_str()
            ),
            Self::Retired { group } => write!(f, "{group} is retired and still there"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::listener::Endpoint;
    use fleet::look::port;
    use fleet::shown::{Setting, Voters};

    fn setting(value: &str) -> Setting {
        Setting {
            value: (!value.is_empty()).then(|| value.to_owned()),
            is_overridden: false,
        }
    }

    fn shows(listeners: &str, advertised: &str) -> Itself {
        Itself {
            cluster_id: None,
            listeners: setting(listeners),
            advertised: setting(advertised),
            protocols: setting(""),
            listed: BTreeSet::new(),
            replicas: BTreeSet::new(),
            followers: Default::default(),
            voters: Voters::None,
            controller: None,
        }
    }

    fn wanted() -> Vec<Wanted> {
        vec![Wanted {
            name: "EXTERNAL".into(),
            bind_port: port(39092),
            protocol: Protocol::Plaintext,
            adopts: false,
            advertised: Endpoint {
                host: "b1.usw2-az1.abc.example.com".to_owned(),
                port: port(9093),
            },
        }]
    }

    fn told(listeners: &str, advertised: &str, retired: &[&str]) -> Vec<String> {
        let retired = retired.iter().map(|it| GroupName::from(*it)).collect();
        let wanted = match retired {
            ref none if BTreeSet::is_empty(none) => wanted(),
            _ => Vec::new(),
        };
        let all = differences(&shows(listeners, advertised), &wanted, &retired);
        all.iter().map(ToString::to_string).collect()
    }

    const INTERNAL: &str = "INTERNAL://0.0.0.0:9092";

    #[test]
    fn a_process_that_shows_what_it_should_differs_in_nothing() {
        let both = format!("{INTERNAL},EXTERNAL://0.0.0.0:39092");
        let right = "INTERNAL://b1:9092,EXTERNAL://b1.usw2-az1.abc.example.com:9093";
        assert!(told(&both, right, &[]).is_empty());
        // Names of listeners and of hosts count without case.
        assert!(told(&both.to_lowercase(), &right.to_lowercase(), &[]).is_empty());
    }

    #[test]
    fn what_is_missing_or_says_something_else_is_told() {
        let both = format!("{INTERNAL},EXTERNAL://0.0.0.0:39092");
        let wanted = "b1.usw2-az1.abc.example.com:9093";
        for (listeners, advertised, expected) in [
            (
                INTERNAL,
                "INTERNAL://b1:9092",
                format!("EXTERNAL is missing; wanted {wanted}"),
            ),
            (
                INTERNAL,
                "",
                format!("EXTERNAL is missing; wanted {wanted}"),
            ),
            (
                both.as_str(),
                "INTERNAL://b1:9092",
                format!("EXTERNAL is open and advertised to nobody, wanted {wanted}"),
            ),
            (
                both.as_str(),
                "INTERNAL://b1:9092,EXTERNAL://b1.old:9093",
                format!("EXTERNAL advertises b1.old:9093, wanted {wanted}"),
            ),
        ] {
            assert_eq!(told(listeners, advertised, &[]), [expected]);
        }
    }

    #[test]
    fn a_listener_on_another_port_or_with_another_protocol_is_told() {
        let right = "INTERNAL://b1:9092,EXTERNAL://b1.usw2-az1.abc.example.com:9093";
        let mut shows = shows(&format!("{INTERNAL},EXTERNAL://0.0.0.0:9094"), right);
        shows.protocols = setting("INTERNAL:PLAINTEXT, external:SASL_SSL");
        let all = differences(&shows, &wanted(), &BTreeSet::new());
        let told: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "EXTERNAL listens on port 9094, wanted 39092",
                "EXTERNAL speaks SASL_SSL, wanted PLAINTEXT"
            ]
        );
    }

    #[test]
    fn a_retired_group_is_told_as_long_as_it_is_there() {
        let both = format!("{INTERNAL},EXTERNAL://0.0.0.0:39092");
        assert_eq!(
            told(&both, "", &["EXTERNAL"]),
            ["EXTERNAL is retired and still there"]
        );
        assert!(told(INTERNAL, "", &["EXTERNAL"]).is_empty());
    }
}
