//! Rules of a broker with ZooKeeper (K-20).

use crate::server_properties::config::{Config, Role};
use crate::server_properties::properties::Properties;
use crate::server_properties::refusal::{Refusal, Rule};
use crate::server_properties::versions::{Freedom, Version};

const CONNECT: &str = "zookeeper.connect";
const MIGRATION: &str = "zookeeper.metadata.migration.enable";
const CONTROLLERS: &str = "controller.listener.names";
const CONTROL_PLANE: &str = "control.plane.listener.name";
const GENERATION: &str = "broker.id.generation.enable";
const RESERVED: &str = "reserved.broker.max.id";

/// The role of a broker without `process.roles`.
pub(super) fn role(file: &Properties, version: Option<Version>) -> Result<Role, Refusal> {
    let refuse = |rule, key, reason: &str| Err(file.refuse(rule, key, reason));
    if !Freedom::ZooKeeper.is_in(version) {
        let reason = "the file has no process.roles, so this broker runs with ZooKeeper, which Kafka does up to 3.9; write process.roles, or see that its version is known by its jars";
        return refuse(Rule::ZooKeeper, "process.roles", reason);
    }
    if file.value(CONNECT).is_none_or(|it| it.is_empty()) {
        let reason = "the file has neither process.roles nor zookeeper.connect, and Kafka does not start without one of them; write it";
        return refuse(Rule::ZooKeeper, CONNECT, reason);
    }
    let migrates = file.value(MIGRATION);
    if migrates.is_some_and(|it| !it.eq_ignore_ascii_case("false")) {
        let reason = "this broker is on its way from ZooKeeper to KRaft, which nobody else may restart; end the migration first";
        return refuse(Rule::Migration, MIGRATION, reason);
    }
    Ok(Role::ZooKeeper)
}

/// A number that Kafka gives itself is known to its data only.
pub(super) fn check_id(file: &Properties, id: i32) -> Result<(), Refusal> {
    let generates = file.value(GENERATION);
    let generates = generates.is_none_or(|it| !it.eq_ignore_ascii_case("false"));
    let reserved = file.value(RESERVED).and_then(|it| it.parse().ok());
    let reserved: i32 = reserved.unwrap_or(1000);
    match generates && id > reserved {
        true => Err(file.refuse(
            Rule::NodeIdentity,
            "broker.id",
            format!(
                "Kafka gives numbers above {reserved} itself; write {GENERATION}=false, or a greater {RESERVED}"
            ),
        )),
        false => Ok(()),
    }
}

/// The listeners of the cluster itself.
pub(super) fn check(config: &Config) -> Result<(), Refusal> {
    let refuse = |rule, key, reason: String| Err(config.properties.refuse(rule, key, reason));
    if !config.controllers.is_empty() {
        let reason = "Kafka with ZooKeeper has no listeners for controllers; remove the line";
        return refuse(Rule::ControllersOfKraft, CONTROLLERS, reason.to_owned());
    }
    let Some(name) = &config.control_plane else {
        return Ok(());
    };
    let mut advertised = config.advertised.items.iter();
    match () {
        () if !advertised.any(|it| it.name == *name) => refuse(
            Rule::ControlPlane,
            CONTROL_PLANE,
            format!(
                "the controller speaks on {name}, which is not advertised; add {name} to listeners and advertised.listeners, or remove the line"
            ),
        ),
        () if config.inter_broker == *name => refuse(
            Rule::ControlPlane,
            CONTROL_PLANE,
            format!(
                "brokers speak to each other on {name}, and the controller needs a listener of its own; name another one, or remove the line"
            ),
        ),
        () => Ok(()),
    }
}
