//! Rules of a node's role and identity.

use crate::server_properties::config::Config;
use crate::server_properties::properties::Properties;
use crate::server_properties::refusal::{Refusal, Rule};
use crate::server_properties::versions::{Freedom, Version};

const ROLES: &str = "process.roles";
const VOTERS: &str = "controller.quorum.voters";

/// Whether a broker is a controller, too. Refused is what is no broker, and what runs with ZooKeeper.
pub(in crate::server_properties) fn is_controller(file: &Properties) -> Result<bool, Refusal> {
    let Some(value) = file.value(ROLES).filter(|value| !value.is_empty()) else {
        return Err(file.refuse(
            Rule::ZooKeeper,
            ROLES,
            "the file has no process.roles, so this broker runs with ZooKeeper, and such brokers are held for now; write its listeners by hand",
        ));
    };
    let mut roles: Vec<&str> = value.split(',').map(str::trim).collect();
    roles.sort_unstable();
    match roles[..] {
        ["broker"] => Ok(false),
        ["broker", "controller"] => Ok(true),
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
    let node = node_id(file)?;
    let voters = voters(file)?;
    if voters.is_empty() && !is_found_by_bootstrap(file, version) {
        return Err(file.refuse(
            Rule::Voters,
            VOTERS,
            "controller.quorum.voters names no controller; write id@host:port of each (from Kafka 3.9 on, controller.quorum.bootstrap.servers does as well)",
        ));
    }
    let is_voter = voters.contains(&node);
    match (config.is_controller, is_voter) {
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

fn node_id(file: &Properties) -> Result<i32, Refusal> {
    let number = |key: &str| {
        let read = |value: String| match value.parse::<i32>() {
            Ok(id) if id >= 0 => Ok(id),
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
