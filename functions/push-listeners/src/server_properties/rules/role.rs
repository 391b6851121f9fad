//! Rules of a node's role and identity.

use super::zookeeper;
use crate::server_properties::config::{Config, Role};
use crate::server_properties::properties::Properties;
use crate::server_properties::refusal::{Refusal, Rule};
use crate::server_properties::versions::{Freedom, Version};

const ROLES: &str = "process.roles";
const VOTERS: &str = "controller.quorum.voters";

/// What a broker is besides. Refused is what is no broker.
pub(in crate::server_properties) fn of(
    file: &Properties,
    version: Option<Version>,
) -> Result<Role, Refusal> {
    let Some(value) = file.value(ROLES).filter(|value| !value.is_empty()) else {
        return zookeeper::role(file, version);
    };
    let mut roles: Vec<&str> = value.split(',').map(str::trim).collect();
    roles.sort_unstable();
    match roles[..] {
        ["broker"] => Ok(Role::Broker),
        ["broker", "controller"] => Ok(Role::Combined),
        ["controller"] => Err(file.refuse(
            Rule::ControllerOnly,
            ROLES,
            "this node is a controller and no broker, and with a listener for clients it would not start; it is never edited",
        )),
        _ => Err(file.refuse(
            Rule::Roles,
            ROLES,
            "Kafka has the roles broker and controller, each once; write process.roles=broker or process.roles=broker,controller",
        )),
    }
}

pub(super) fn check(config: &Config, version: Option<Version>) -> Result<(), Refusal> {
    let file = &config.properties;
    let node = node_id(file, config.role)?;
    if config.role == Role::ZooKeeper {
        return zookeeper::check_id(file, node);
    }
    let voters = voters(file)?;
    if voters.is_empty() && !is_found_by_bootstrap(file, version) {
        return Err(file.refuse(
            Rule::Voters,
            VOTERS,
            "controller.quorum.voters names no controller; write id@host:port of each (from Kafka 3.9 on, controller.quorum.bootstrap.servers does as well)",
        ));
    }
    let is_voter = voters.contains(&node);
    match (config.role == Role::Combined, is_voter) {
        (true, false) if !voters.is_empty() => Err(file.refuse(
            Rule::Voters,
            VOTERS,
            format!("node {node} is a controller and not among the voters; add {node}@host:port"),
        )),
        (false, true) => Err(file.refuse(
            Rule::Voters,
            VOTERS,
            format!("node {node} is among the voters and no controller; take it out, or add the role controller"),
        )),
        (true, _) | (false, false) => Ok(()),
    }
}

fn node_id(file: &Properties, role: Role) -> Result<i32, Refusal> {
    let generated = |key: &str| {
        let reason = "Kafka gives this broker a number that only its data knows; write the one of meta.properties as broker.id";
        Err(file.refuse(Rule::NodeIdentity, key, reason))
    };
    let has_generated = role == Role::ZooKeeper;
    let number = |key: &str| {
        let read = |value: String| match value.parse::<i32>() {
            Ok(id) if id >= 0 => Ok(id),
            Ok(-1) if has_generated => generated(key),
            Ok(_) | Err(_) => Err(file.refuse(
                Rule::NodeIdentity,
                key,
                format!("{key} must be a number from 0 to 2147483647"),
            )),
        };
        file.value(key).map(read).transpose()
    };
    match (number("node.id")?, number("broker.id")?) {
        (Some(id), Some(other)) if id != other => Err(file.refuse(
            Rule::NodeIdentity,
            "node.id",
            format!("node.id is {id} and broker.id is {other}; remove broker.id"),
        )),
        (Some(id), _) | (None, Some(id)) => Ok(id),
        (None, None) if has_generated => generated("broker.id"),
        (None, None) => Err(Refusal::because(
            Rule::NodeIdentity,
            "the file has neither node.id nor broker.id; write node.id",
        )),
    }
}

fn voters(file: &Properties) -> Result<Vec<i32>, Refusal> {
    let value = file.value(VOTERS).unwrap_or_default();
    let voters = value.split(',').map(str::trim).filter(|it| !it.is_empty());
    let id = |voter: &str| {
        let id = voter.split_once('@').and_then(|(id, _)| id.parse().ok());
        id.ok_or_else(|| {
            file.refuse(
                Rule::Voters,
                VOTERS,
                format!("\"{voter}\" is no voter; write id@host:port"),
            )
        })
    };
    voters.map(id).collect()
}

fn is_found_by_bootstrap(file: &Properties, version: Option<Version>) -> bool {
    let servers = file.value("controller.quorum.bootstrap.servers");
    Freedom::BootstrapServers.is_in(version) && servers.is_some_and(|it| !it.is_empty())
}
