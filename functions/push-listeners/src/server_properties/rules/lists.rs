//! Rules of each of the three values by itself.

use crate::server_properties::config::Config;
use crate::server_properties::key::Key;
use crate::server_properties::protocols::Mapping;
use crate::server_properties::refusal::{Refusal, Rule};
use crate::server_properties::setting::Setting;
use crate::server_properties::versions::{Freedom, Version};
use fleet::listener::Listener;

pub(super) fn check(config: &Config, version: Option<Version>) -> Result<(), Refusal> {
    for (key, setting) in [
        (Key::Listeners, &config.listeners),
        (Key::Advertised, &config.advertised),
    ] {
        check_elements(config, key, setting, version)?;
        check_names(config, key, &setting.items)?;
        check_port_numbers(config, key, &setting.items)?;
    }
    check_ports(config, version)?;
    check_hosts(config)?;
    check_map(config)
}

fn refuse(config: &Config, key: Key, rule: Rule, reason: String) -> Result<(), Refusal> {
    Err(config.properties.refuse(rule, key.as_str(), reason))
}

fn check_elements(
    config: &Config,
    key: Key,
    setting: &Setting<Listener>,
    version: Option<Version>,
) -> Result<(), Refusal> {
    if setting.items.is_empty() {
        let reason = format!("{key} has no listener; write at least the inter-broker listener");
        return refuse(config, key, Rule::Nothing, reason);
    }
    let has_empty = setting.empty.0 || setting.empty.1;
    if has_empty && !Freedom::EmptyElements.is_in(version) {
        let reason = "a comma has nothing before or behind it, which Kafka refuses from 4.2 on; take the comma out";
        return refuse(config, key, Rule::EmptyElement, reason.to_owned());
    }
    Ok(())
}

fn check_names(config: &Config, key: Key, items: &[Listener]) -> Result<(), Refusal> {
    let twice = items.iter().enumerate().find(|(i, it)| {
        let before = &items[..*i];
        before.iter().any(|other| other.name == it.name)
    });
    match twice {
        Some((_, it)) => {
            let reason = format!(
                "the name {} stands twice in {key}, and names count without case; each listener needs a name of its own",
                it.name
            );
            refuse(config, key, Rule::SameName, reason)
        }
        None => Ok(()),
    }
}

fn check_port_numbers(config: &Config, key: Key, items: &[Listener]) -> Result<(), Refusal> {
    let is_port = |port: i32| u16::try_from(port).is_ok();
    match items.iter().find(|it| !is_port(it.port)) {
        Some(it) => {
            let reason = format!("{} has port {}; ports end at 65535", it.name, it.port);
            refuse(config, key, Rule::PortNumber, reason)
        }
        None => Ok(()),
    }
}

/// Ports of `listeners` differ. Two of `advertised.listeners` may be the same.
fn check_ports(config: &Config, version: Option<Version>) -> Result<(), Refusal> {
    let items: Vec<&Listener> = config
        .listeners
        .items
        .iter()
        .filter(|it| it.port != 0)
        .collect();
    for (i, it) in items.iter().enumerate() {
        let mut before = items[..i].iter().filter(|other| other.port == it.port);
        let Some(other) = before.next() else {
            continue;
        };
        let may = Freedom::PortOfTwoFamilies.is_in(version) && it.is_of_another_family(other);
        if !may || before.next().is_some() {
            let reason = format!(
                "{} and {} both listen on port {}; give one of them another port",
                other.name, it.name, it.port
            );
            return refuse(config, Key::Listeners, Rule::SamePort, reason);
        }
    }
    Ok(())
}

fn check_hosts(config: &Config) -> Result<(), Refusal> {
    let any = config
        .advertised
        .items
        .iter()
        .find(|it| it.host == "0.0.0.0");
    let key = match config.advertised.entry {
        Some(_) => Key::Advertised,
        None => Key::Listeners,
    };
    match any {
        Some(it) => {
            let reason = format!(
                "{} would tell clients to connect to 0.0.0.0; write the host's own name or address for it in {}",
                it.name,
                Key::Advertised
            );
            refuse(config, key, Rule::MetaAddress, reason)
        }
        None => Ok(()),
    }
}

fn check_map(config: &Config) -> Result<(), Refusal> {
    let (key, items) = (Key::Protocols, &config.protocols.items);
    if config.protocols.empty.0 {
        let reason = "two commas stand in a row, which Kafka cannot read here; take one out";
        return refuse(config, key, Rule::Mapping, reason.to_owned());
    }
    let differs = |it: &&Mapping| {
        let mut others = items.iter().filter(|other| other.name == it.name);
        others.any(|other| other.protocol != it.protocol)
    };
    match items.iter().find(differs) {
        Some(it) => {
            let reason = format!("{} stands twice with two protocols; remove one", it.name);
            refuse(config, key, Rule::TwoProtocols, reason)
        }
        None => Ok(()),
    }
}
