//! Rules that tie the three values to each other and to the listeners of the cluster itself.

use super::zookeeper;
use crate::server_properties::config::{Config, Role};
use crate::server_properties::key::Key;
use crate::server_properties::refusal::{Refusal, Rule};
use crate::server_properties::versions::{Freedom, Version};

const CONTROLLERS: &str = "controller.listener.names";
const CONTROL_PLANE: &str = "control.plane.listener.name";

pub(super) fn check(config: &Config, version: Option<Version>) -> Result<(), Refusal> {
    match config.role {
        Role::Broker | Role::Combined => check_controllers(config, version)?,
        Role::ZooKeeper => zookeeper::check(config)?,
    }
    check_inter_broker(config)?;
    check_advertised(config, version)?;
    check_protocols(config)?;
    if config.role == Role::ZooKeeper {
        return Ok(());
    }
    let has_plane = config.properties.entry(CONTROL_PLANE).is_some();
    if has_plane && !Freedom::ControlPlane.is_in(version) {
        let reason = "Kafka takes control.plane.listener.name only with ZooKeeper; remove the line";
        return refuse(config, CONTROL_PLANE, Rule::ControlPlane, reason.to_owned());
    }
    Ok(())
}

fn refuse(config: &Config, key: &str, rule: Rule, reason: String) -> Result<(), Refusal> {
    Err(config.properties.refuse(rule, key, reason))
}

fn check_controllers(config: &Config, version: Option<Version>) -> Result<(), Refusal> {
    if config.controllers.is_empty() {
        let reason =
            "controller.listener.names has no name; write the name of the controllers' listener";
        return refuse(
            config,
            CONTROLLERS,
            Rule::NoControllerName,
            reason.to_owned(),
        );
    }
    let listens = |name: &&String| config.listeners.items.iter().any(|it| it.name == **name);
    if config.role == Role::Combined {
        if let Some(name) = config.controllers.iter().find(|name| !listens(name)) {
            let reason = format!(
                "the controller does not listen on {name}; add {name} to listeners (here the name is compared with its case: listeners count in capital letters)"
            );
            return refuse(config, CONTROLLERS, Rule::ControllerSilent, reason);
        }
    } else if let Some(name) = config.controllers.iter().find(listens) {
        let reason = format!(
            "this broker is no controller and must not listen on {name}; take {name} out of listeners"
        );
        return refuse(
            config,
            Key::Listeners.as_str(),
            Rule::ControllerListens,
            reason,
        );
    }
    let advertised = config
        .advertised
        .items
        .iter()
        .find(|it| config.is_for_controllers(&it.name));
    match advertised {
        Some(it) if !Freedom::AdvertisedControllers.is_in(version) => {
            let reason = format!(
                "{} is for controllers, and Kafka before 3.9 must not advertise it; take it out",
                it.name
            );
            refuse(
                config,
                Key::Advertised.as_str(),
                Rule::ControllerAdvertised,
                reason,
            )
        }
        Some(_) | None => Ok(()),
    }
}

fn check_inter_broker(config: &Config) -> Result<(), Refusal> {
    let name = &config.inter_broker;
    let is_advertised = config.advertised.items.iter().any(|it| it.name == *name);
    if is_advertised && !config.is_for_controllers(name) {
        return Ok(());
    }
    let key = [
        "inter.broker.listener.name",
        "security.inter.broker.protocol",
    ];
    let key = key
        .into_iter()
        .find(|key| config.properties.entry(key).is_some());
    let reason = format!(
        "brokers speak to each other on {name}, which is not advertised for them; write the right name as inter.broker.listener.name, or add {name} to advertised.listeners"
    );
    refuse(
        config,
        key.unwrap_or(Key::Advertised.as_str()),
        Rule::InterBroker,
        reason,
    )
}

fn check_advertised(config: &Config, version: Option<Version>) -> Result<(), Refusal> {
    let may_stand_alone = |name: &str| {
        Freedom::AdvertisedControllers.is_in(version) && config.is_for_controllers(name)
    };
    let listens = |name: &str| config.listeners.items.iter().any(|it| it.name == name);
    let alone = config
        .advertised
        .items
        .iter()
        .find(|it| !listens(&it.name) && !may_stand_alone(&it.name));
    match alone {
        Some(it) => {
            let reason = format!(
                "{} is advertised, but the broker does not listen on it; add it to listeners, or take it out",
                it.name
            );
            refuse(
                config,
                Key::Advertised.as_str(),
                Rule::AdvertisedOnly,
                reason,
            )
        }
        None => Ok(()),
    }
}

fn check_protocols(config: &Config) -> Result<(), Refusal> {
    let listeners = config.listeners.items.iter().map(|it| it.name.clone());
    let advertised = config.advertised.items.iter().map(|it| it.name.clone());
    let controllers = config.controllers.iter().map(|it| it.to_ascii_uppercase());
    let inter_broker = [config.inter_broker.clone()];
    let mut names = listeners
        .chain(advertised)
        .chain(inter_broker)
        .chain(config.control_plane.clone())
        .chain(controllers);
    match names.find(|name| config.protocol(name).is_none()) {
        Some(name) => {
            let reason = format!(
                "nothing says how the listener {name} speaks; add {name}:PLAINTEXT, or its real protocol, to {} (if the name looks like two, a comma is missing)",
                Key::Protocols
            );
            let key = match config.protocols.entry {
                Some(_) => Key::Protocols,
                None => Key::Listeners,
            };
            refuse(config, key.as_str(), Rule::NoProtocol, reason)
        }
        None => Ok(()),
    }
}
