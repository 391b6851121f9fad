//! What the user asks for: the cluster's parameters, read and checked against each other and
//! against what is mapped already.

mod healing;
mod room;
mod unknown;

pub use healing::{Healing, healing_parameter};
pub use room::{LISTENERS_PER_NLB, Room};
pub use unknown::Unknown;

use crate::foreign::{clean, is_invisible};
use crate::ledger::{Entry, Ledger};
use crate::listener::{ListenerGroup, Wish};
use crate::naming::{Owner, PortOf};
use crate::observed::Parameter;
use crate::refusal::Refusals;
use crate::words::{ClusterName, GroupName, ParameterName};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is asked for.
#[derive(Debug, Default)]
pub struct Wishes {
    /// Each listener group that has a parameter or is in the ledger.
    pub groups: BTreeMap<GroupName, Wanted>,
    /// The same, whoever was there first first: mapped groups, then older parameters, then by name.
    pub by_age: Vec<GroupName>,
    /// Parameters that nobody reads.
    pub unknown: BTreeSet<Unknown>,
    /// Why nothing may be written now, if so.
    pub paused: Option<String>,
}

/// What is asked for one listener group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Map brokers for it.
    Serve(ListenerGroup),
    /// Take it out of service.
    Retire {
        /// When somebody asked for it.
        since: Timestamp,
    },
    /// Its parameter cannot be used: the group is frozen as it is.
    Refused {
        /// The parameter's name.
        parameter: String,
        /// Each wrong line.
        refusals: Refusals,
    },
    /// It is mapped and its parameter is gone: frozen, never "empty" (P-45).
    Deleted {
        /// The parameter that should be there.
        parameter: String,
    },
}

/// The path of everything that a cluster's users write, without a slash at its end: asked for so, it
/// is to IAM exactly this one resource.
pub fn parameter_path(cluster: &ClusterName) -> String {
    format!("/kafka-privatelink/{cluster}")
}

/// `/kafka-privatelink/<cluster>/listeners/<GROUP>`.
pub fn listener_parameter(cluster: &ClusterName, group: &GroupName) -> ParameterName {
    ParameterName::new(format!("{}/listeners/{group}", parameter_path(cluster)))
}

/// Why nothing may be written now, by the cluster's parameters, if so.
pub fn paused(cluster: &ClusterName, parameters: &[Parameter]) -> Option<String> {
    let name = format!("{}/paused", parameter_path(cluster));
    let found = parameters.iter().find(|parameter| parameter.name == name);
    found.and_then(why_paused)
}

impl Wishes {
    /// Reads the parameters; `room` is what the NLB has to hold.
    pub fn read(
        cluster: &ClusterName,
        parameters: &[Parameter],
        ledger: &Ledger,
        room: &Room,
    ) -> Self {
        let path = parameter_path(cluster);
        let mut wishes = Self::default();
        let mut mapped = ledger.groups();
        let mut texts = Vec::new();
        for parameter in parameters {
            let below = parameter.name.strip_prefix(&path);
            match below.and_then(|name| name.strip_prefix('/')) {
                Some("paused") => wishes.paused = why_paused(parameter),
                Some(rest) => match (Unknown::of(rest), rest.strip_prefix("listeners/")) {
                    (Some(unknown), _) => drop(wishes.unknown.insert(unknown)),
                    (None, Some(name)) => texts.push((GroupName::from(name), parameter)),
                    (None, None) => {}
                },
                None => {}
            }
        }
        // Whoever was there first keeps what it has: mapped groups, then older parameters.
        texts.sort_by_key(|(name, parameter)| {
            (
                !mapped.contains(name),
                parameter.last_modified,
                name.clone(),
            )
        });
        let mut accepted: Vec<ListenerGroup> = Vec::new();
        for (name, parameter) in texts {
            let is_mapped = mapped.remove(&name);
            let checked = ListenerGroup::of(&name, parameter).and_then(|wish| {
                if let Wish::Serve(group) = &wish {
                    check_beside(group, &accepted)?;
                    check_not_given(group, ledger)?;
                    check_unchanged(group, ledger.of_group(&name))?;
                    if !is_mapped {
                        // Mapped groups came before, so that what is left has no parameter.
                        room.check(group, &wishes, &mapped, ledger)?;
                    }
                }
                Ok(wish)
            });
            let wanted = match checked {
                Ok(Wish::Serve(group)) => {
                    accepted.push(group.clone());
                    Wanted::Serve(group)
                }
                Ok(Wish::Retire) => Wanted::Retire {
                    since: parameter.last_modified,
                },
                Err(refusals) => Wanted::Refused {
                    parameter: parameter.name.clone(),
                    refusals,
                },
            };
            wishes.by_age.push(name.clone());
            wishes.groups.insert(name, wanted);
        }
        wishes.by_age.extend(mapped.iter().cloned());
        for name in mapped {
            let parameter = format!("{path}/listeners/{name}");
            wishes.groups.insert(name, Wanted::Deleted { parameter });
        }
        wishes
    }
}

/// Anything but `false` pauses: a switch that was meant to stop us must not be lost to a typo.
fn why_paused(parameter: &Parameter) -> Option<String> {
    const SHOWN: usize = 40;
    let name = &parameter.name;
    let Some(text) = parameter.text() else {
        let kind = clean(parameter.kind.as_str(), SHOWN);
        return Some(format!(
            "{name} is a {kind}, which is not read here, and taken as true; to go on, write it as a String: {}",
            parameter.as_string("false")
        ));
    };
    match text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)) {
        "false" => None,
        "true" => Some(format!("{name} is true")),
        other => Some(format!(
            "{name} is \"{}\", taken as true; write true or false",
            clean(other, SHOWN)
        )),
    }
}

fn check_beside(group: &ListenerGroup, others: &[ListenerGroup]) -> Result<(), Refusals> {
    for other in others {
        let name = &other.name;
        let clash = if group.broker_ports.overlaps(&other.broker_ports) {
            Some(format!(
                "\"broker_ports\" overlap those of {name}, {}",
                other.broker_ports
            ))
        } else if group.broker_ports.contains(other.bootstrap_port) {
            Some(format!(
                "\"broker_ports\" contain the bootstrap port of {name}, {}",
                other.bootstrap_port
            ))
        } else if other.broker_ports.contains(group.bootstrap_port) {
            Some(format!(
                "\"bootstrap_port\" lies in the broker ports of {name}, {}",
                other.broker_ports
            ))
        } else if group.bootstrap_port == other.bootstrap_port {
            Some(format!("\"bootstrap_port\" is that of {name} too"))
        } else if group.bind_port == other.bind_port {
            Some(format!(
                "\"bind_port\" is that of {name} too; each Kafka listener needs its own"
            ))
        } else {
            None
        };
        if let Some(clash) = clash {
            return Err(Refusals::because(format!("{clash}; choose others")));
        }
    }
    Ok(())
}

/// A group that is frozen or being retired still has its ports, whatever its parameter says.
fn check_not_given(group: &ListenerGroup, ledger: &Ledger) -> Result<(), Refusals> {
    let port = group.bootstrap_port;
    let mut entries = ledger.entries.iter();
    let given = entries.find(|((of, _), entry)| *of != group.name && entry.port == port);
    match given {
        Some(((of, owner), _)) => Err(Refusals::because(format!(
            "\"bootstrap_port\" {port} is given to {}; choose another, or wait until it is free",
            PortOf {
                group: of,
                owner: *owner
            }
        ))),
        None => Ok(()),
    }
}

/// Ports, bind port and protocol are fixed once a broker is mapped; the range may only grow.
fn check_unchanged<'a>(
    group: &ListenerGroup,
    entries: impl Iterator<Item = &'a Entry>,
) -> Result<(), Refusals> {
    for entry in entries {
        let changed = if entry.bind_port != group.bind_port {
            Some(format!(
                "\"bind_port\" was {} and is now {}",
                entry.bind_port, group.bind_port
            ))
        } else if entry.protocol != group.protocol.as_str() {
            Some(format!(
                "\"protocol\" was {} and is now {}",
                entry.protocol,
                group.protocol.as_str()
            ))
        } else {
            match entry.owner {
                Owner::Bootstrap if entry.port != group.bootstrap_port => Some(format!(
                    "\"bootstrap_port\" was {} and is now {}",
                    entry.port, group.bootstrap_port
                )),
                Owner::Broker(node) if !group.broker_ports.contains(entry.port) => Some(format!(
                    "\"broker_ports\" {} leave out port {}, which broker {node} has",
                    group.broker_ports, entry.port
                )),
                Owner::Bootstrap | Owner::Broker(_) => None,
            }
        };
        if let Some(changed) = changed {
            return Err(Refusals::because(format!(
                "{changed}; that cannot change while brokers are mapped: make a new group and retire this one"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
