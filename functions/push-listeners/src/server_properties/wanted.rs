//! What one broker should have for one listener group, and whether it can be written.

use super::refusal::{Refusal, Rule};
use fleet::listener::Listener;
use fleet::listener::{Endpoint, Protocol};
use fleet::words::{GroupName, Port};

/// One listener group on one broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The name of the Kafka listener.
    pub name: GroupName,
    /// The port that the broker listens on, on every address.
    pub bind_port: Port,
    /// How it speaks.
    pub protocol: Protocol,
    /// What the broker tells this group's clients.
    pub advertised: Endpoint,
    /// Whether a listener of this name that the file has with another port or protocol is written over.
    pub adopts: bool,
}

impl Wanted {
    /// The name in capital letters, as Kafka compares it.
    pub(super) fn kafka_name(&self) -> String {
        self.name.as_str().to_ascii_uppercase()
    }

    /// Where it listens.
    pub(super) fn listener(&self) -> Listener {
        Listener {
            name: self.kafka_name(),
            host: "0.0.0.0".to_owned(),
            port: self.bind_port.get().into(),
        }
    }

    /// What it tells clients.
    pub(super) fn advertised(&self) -> Listener {
        Listener {
            name: self.kafka_name(),
            host: self.advertised.host.clone(),
            port: self.advertised.port.get().into(),
        }
    }
}

/// Refuses wishes that cannot be written, or that contradict each other.
pub(super) fn check(wanted: &[Wanted]) -> Result<(), Refusal> {
    for (i, it) in wanted.iter().enumerate() {
        check_name(it.name.as_str())?;
        check_host(it)?;
        for other in &wanted[..i] {
            check_pair(it, other)?;
        }
    }
    Ok(())
}

fn refuse(reason: String) -> Result<(), Refusal> {
    Err(Refusal::because(Rule::Wish, reason))
}

/// Whether a name of a listener can be written into a file and into an order.
pub(super) fn is_listener_name(name: &str) -> bool {
    let is_one = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    !name.is_empty() && name.bytes().all(is_one)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    match is_listener_name(name) {
        true => Ok(()),
        false => refuse(format!(
            "{name:?} is no name for a listener; use letters, digits and _"
        )),
    }
}

fn check_host(wanted: &Wanted) -> Result<(), Refusal> {
    let (name, host) = (&wanted.name, wanted.advertised.host.as_str());
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let bare = host.strip_suffix('.').unwrap_or(host);
    match host {
        "0.0.0.0" => refuse(format!(
            "{name} would tell clients to connect to 0.0.0.0; give it a name"
        )),
        _ if bare.len() > 253 || !bare.split('.').all(is_label) => refuse(format!(
            "{host:?} is no host name for {name}; it has labels of 1 to 63 letters, digits and -, and 253 characters at most"
        )),
        _ => Ok(()),
    }
}

fn check_pair(one: &Wanted, other: &Wanted) -> Result<(), Refusal> {
    if one.kafka_name() == other.kafka_name() {
        return refuse(format!("{} is wanted twice", one.name));
    }
    if one.bind_port == other.bind_port {
        return refuse(format!(
            "{} and {} both want to listen on port {}; give one of them another bind port",
            other.name, one.name, one.bind_port
        ));
    }
    Ok(())
}
