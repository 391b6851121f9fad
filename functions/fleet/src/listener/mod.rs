//! A listener group: one consumer's set of listeners, read from the parameter
//! `/kafka-privatelink/<cluster>/listeners/<GROUP>` ("The parameter" in `register-brokers/README.md`).

mod endpoint;
mod json;
mod kafka_listener;
mod line;
mod paste;
mod pattern;
mod placeholder;
mod secret_name;
mod without;
mod zone;

pub use endpoint::{Endpoint, is_same_endpoint};
pub use kafka_listener::Listener;
pub use pattern::Pattern;
pub use secret_name::secret_name;
pub use without::Without;
pub use zone::is_zone_or_region;

use crate::foreign::clean;
use crate::observed::Parameter;
use crate::refusal::Refusals;
use crate::words::{AzId, GroupName, NodeId, ParameterName, Port};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

/// What one listener parameter asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Map the cluster's brokers for this consumer.
    Serve(ListenerGroup),
    /// `{"retired": true}`: take the group out of service and give its ports back.
    Retire,
}

/// One consumer's set of listeners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerGroup {
    /// Named like the Kafka listener.
    pub name: GroupName,
    /// What each broker advertises to this consumer.
    pub pattern: Pattern,
    /// The NLB port that leads to any broker.
    pub bootstrap_port: Port,
    /// The NLB ports that lead to one broker each.
    pub broker_ports: PortRange,
    /// The port that every broker listens on for this group (R8).
    pub bind_port: Port,
    /// Kafka's security protocol on it.
    pub protocol: Protocol,
    /// Where the probe's user and certificates stand, for protocols that need them.
    pub secret: Option<ParameterName>,
    /// Who is not exposed to this consumer.
    pub without: Without,
    /// Whether a listener of this name that a broker's file has already is written over where it listens on
    /// another port, on a loopback address, or speaks another protocol (`"adopt": true`).
    pub adopts: bool,
}

impl ListenerGroup {
    /// Reads a parameter. One that is no text is refused by its type.
    pub fn of(name: &GroupName, parameter: &Parameter) -> Result<Wish, Refusals> {
        match parameter.text() {
            Some(text) => Self::read(name, text),
            None => Err(Refusals::because(format!(
                "it is a {}, which is not read here; write it as a String: {}",
                clean(parameter.kind.as_str(), 40),
                parameter.as_string("'…'")
            ))),
        }
    }

    /// Reads a parameter's value in any of its forms: the bare pattern on one line, one line per
    /// AZ as the console shows it, or JSON. A refusal names each wrong line and why, and never shows a
    /// text that mentions a password.
    pub fn read(name: &GroupName, text: &str) -> Result<Wish, Refusals> {
        if !is_listener_name(name.as_str()) {
            return Err(Refusals::of(
                name.as_str(),
                "the parameter's last part must be a Kafka listener name of capital letters, digits and '_', a letter first, such as EXTERNAL2; Kafka takes other names, too, and here they are not taken: give this consumer a listener of its own with such a name",
            ));
        }
        json::read(name, text).map_err(|refused| match mentions_a_secret(text) {
            true => Refusals::because(
                "its text cannot be used, and is not shown, because it mentions a password or a private key; a secret stands in a SecureString below /kafka-privatelink/<cluster>/secrets/, and this parameter is a String with the pattern",
            ),
            false => refused.found_in(text),
        })
    }

    /// The name and port that broker `node` in zone `az` advertises when its port is `port`;
    /// `None` if no pattern covers the zone, or if it needs a zone and `az` is not known.
    pub fn endpoint(&self, node: NodeId, az: Option<&AzId>, port: Port) -> Option<Endpoint> {
        Some(Endpoint {
            host: self.pattern.host(node, az)?,
            port,
        })
    }
}

/// Kafka's security protocols.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Protocol {
    /// Neither encryption nor authentication.
    #[default]
    Plaintext,
    /// TLS.
    Ssl,
    /// SASL without encryption.
    SaslPlaintext,
    /// SASL over TLS.
    SaslSsl,
}

impl Protocol {
    /// Whether a user must say who it is.
    pub fn is_sasl(self) -> bool {
        match self {
            Self::SaslPlaintext | Self::SaslSsl => true,
            Self::Plaintext | Self::Ssl => false,
        }
    }

    /// Kafka's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        }
    }
}

/// A range of ports, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortRange {
    first: Port,
    last: Port,
}

impl PortRange {
    /// A range; `None` if it runs backwards.
    pub fn new(first: Port, last: Port) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// Reads `9093-9140` or a single port.
    pub fn parse(text: &str) -> Option<Self> {
        let port = |text: &str| text.trim().parse().ok().and_then(Port::new);
        match text.split_once('-') {
            Some((first, last)) => Self::new(port(first)?, port(last)?),
            None => port(text).and_then(|only| Self::new(only, only)),
        }
    }

    /// Whether a port is in it.
    pub fn contains(&self, port: Port) -> bool {
        (self.first..=self.last).contains(&port)
    }

    /// Whether two ranges share a port.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Its ports, lowest first.
    pub fn ports(&self) -> impl Iterator<Item = Port> + use<> {
        self.numbers().filter_map(Port::new)
    }

    fn numbers(&self) -> RangeInclusive<u16> {
        self.first.get()..=self.last.get()
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

fn mentions_a_secret(text: &str) -> bool {
    let text = text.to_lowercase();
    let words = ["passw", "private key", "jaas"];
    words.iter().any(|word| text.contains(word))
}

fn is_listener_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests;
