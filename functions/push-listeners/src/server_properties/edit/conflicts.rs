//! Wishes that contradict the file: each is named, and none is guessed.

use crate::server_properties::config::Config;
use crate::server_properties::key::Key;
use crate::server_properties::refusal::{Refusal, Rule};
use crate::server_properties::wanted::Wanted;

pub(super) fn check(config: &Config, wanted: &Wanted) -> Result<(), Refusal> {
    check_name(config, wanted)?;
    check_bind(config, wanted)?;
    check_protocol(config, wanted)
}

fn refuse(config: &Config, key: Key, rule: Rule, reason: String) -> Result<(), Refusal> {
    Err(config.properties.refuse(rule, key.as_str(), reason))
}

/// The listeners of the cluster itself are nobody's listener group.
fn check_name(config: &Config, wanted: &Wanted) -> Result<(), Refusal> {
    let name = wanted.kafka_name();
    let controllers = config.controllers.iter().map(|it| it.to_ascii_uppercase());
    let whose = match () {
        () if config.inter_broker == name => "brokers speak to each other",
        () if controllers.into_iter().any(|it| it == name) => "controllers speak",
        () if config.control_plane.as_ref() == Some(&name) => "the controller speaks",
        () => return Ok(()),
    };
    let reason = format!(
        "{whose} on the listener {name}; give the consumer a listener of its own with another name"
    );
    refuse(config, Key::Listeners, Rule::Reserved, reason)
}

fn check_bind(config: &Config, wanted: &Wanted) -> Result<(), Refusal> {
    let (name, port) = (wanted.kafka_name(), i32::from(wanted.bind_port.get()));
    let items = &config.listeners.items;
    if let Some(other) = items.iter().find(|it| it.port == port && it.name != name) {
        let reason = format!(
            "port {port} is wanted for {name}, and {} listens on it; give the group another bind port",
            other.name
        );
        return refuse(config, Key::Listeners, Rule::PortTaken, reason);
    }
    let reason = match items.iter().find(|it| it.name == name) {
        Some(_) if adopts(config, Key::Listeners, wanted) => return Ok(()),
        Some(it) if it.port != port => format!(
            "{name} listens on port {} here, and the group {name} wants port {port}; name {} as the group's bind port, give the group another name, or {ADOPT}",
            it.port, it.port
        ),
        Some(it) if it.is_loopback() => format!(
            "{name} listens on {} only, which nobody outside this machine reaches; write {name}://0.0.0.0:{port}, or {ADOPT}",
            it.host
        ),
        Some(_) | None => return Ok(()),
    };
    refuse(config, Key::Listeners, Rule::OtherBind, reason)
}

fn check_protocol(config: &Config, wanted: &Wanted) -> Result<(), Refusal> {
    let name = wanted.kafka_name();
    match config.protocol(&name) {
        Some(found) if found != wanted.protocol && !adopts(config, Key::Protocols, wanted) => {
            let (found, protocol) = (found.as_str(), wanted.protocol.as_str());
            let reason = format!(
                "{name} speaks {found} here, and the group {name} wants {protocol}; name {found} as the group's protocol, correct the line, or {ADOPT}"
            );
            refuse(config, Key::Protocols, Rule::OtherProtocol, reason)
        }
        Some(_) | None => Ok(()),
    }
}

/// The operator's word that what the file has of this listener may be written over.
const ADOPT: &str = "add \"adopt\": true to the group's parameter, which writes over it";

/// Whether it may be, and stands in the file at all.
fn adopts(config: &Config, key: Key, wanted: &Wanted) -> bool {
    wanted.adopts && config.entry(key).is_some()
}
