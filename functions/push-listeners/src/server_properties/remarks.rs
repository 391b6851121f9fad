//! What an edit cannot answer for by the file alone, and what a person may want to know.

use super::config::Config;
use super::key::Key;
use fleet::words::GroupName;
use serde::Serialize;
use std::fmt;

/// `max.connections.per.ip` by default.
const UNLIMITED: &str = "2147483647";

/// One remark about a file that is edited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remark {
    /// The group speaks SASL, and the file has no JAAS of its own for it: it must come from the process's JAAS
    /// file, or the broker does not start (K-19).
    NoJaas(GroupName),
    /// The group speaks SASL, and the file names no mechanisms, so it is GSSAPI (K-19).
    NoMechanisms(GroupName),
    /// The number of connections from one address is limited, and the NLB comes from few addresses.
    ConnectionsPerAddress {
        /// The line.
        line: usize,
        /// The key.
        key: &'static str,
        /// The limit.
        limit: String,
    },
    /// A key stands in a line before the one that counts; that line means nothing.
    Overridden {
        /// The key.
        key: Key,
        /// The line that means nothing.
        line: usize,
        /// The line that counts.
        by: usize,
    },
}

/// All remarks about a file and what it is to have.
pub(super) fn of(config: &Config) -> Vec<Remark> {
    let file = &config.properties;
    let mut remarks = Vec::new();
    for key in ["max.connections.per.ip", "max.connections.per.ip.overrides"] {
        let limit = file.value(key).unwrap_or_default();
        let is_one = !limit.is_empty() && limit != UNLIMITED;
        if let Some(entry) = file.entry(key).filter(|_| is_one) {
            let line = entry.line;
            remarks.push(Remark::ConnectionsPerAddress { line, key, limit });
        }
    }
    for key in Key::ALL {
        let mut lines: Vec<usize> = file.entries_of(key.as_str()).map(|it| it.line).collect();
        if let Some(by) = lines.pop() {
            let overridden = |line| Remark::Overridden { key, line, by };
            remarks.extend(lines.into_iter().map(overridden));
        }
    }
    remarks
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoJaas(group) => write!(
                f,
                "{group} speaks SASL, and the file has no listener.name.{0}.<mechanism>.sasl.jaas.config for each of its mechanisms; see that the process's JAAS file has {0}.KafkaServer or KafkaServer, without which the broker does not start",
                group.as_str().to_ascii_lowercase()
            ),
            Self::NoMechanisms(group) => write!(
                f,
                "{group} speaks SASL, and the file has no sasl.enabled.mechanisms, so only GSSAPI is taken"
            ),
            Self::ConnectionsPerAddress { line, key, limit } => write!(
                f,
                "line {line}: {key} is {limit}, and all consumers and health checks come from the few addresses of the NLB; raise it"
            ),
            Self::Overridden { key, line, by } => {
                write!(
                    f,
                    "line {line} says {key}, which line {by} says again; the last one counts"
                )
            }
        }
    }
}
