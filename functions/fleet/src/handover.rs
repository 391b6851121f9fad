//! The hand-over: what the consumer's console asks for, written once a group is complete.

mod missing;

pub use missing::Missing;

use crate::listener::{ListenerGroup, Protocol};
use crate::observed::{EndpointService, ServiceState};
use crate::words::{AzId, ClusterName, GroupName, NodeId, ParameterName, Port};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a standard parameter of SSM can hold, in bytes (F46).
pub const LONGEST: usize = 4096;

/// What a person fills in, in the order of TiDB Cloud's form (the document's step 3), and what other
/// consumers ask for beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handover {
    /// Always true; see [`incomplete`].
    complete: bool,
    /// The Region of both clusters.
    pub region: String,
    /// `3 AZs`: the form's Kafka type.
    pub kafka_type: String,
    /// The zones of the endpoint service.
    pub az_ids: BTreeSet<AzId>,
    /// The form's "Kafka Advertised Listener Pattern": the unique string, where the pattern has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advertised_listener_pattern: Option<String>,
    /// The form's "Endpoint Service Name".
    pub endpoint_service_name: String,
    /// Whether the endpoint has to be accepted at the endpoint service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance_required: Option<bool>,
    /// The endpoint service's own DNS name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_dns_name: Option<String>,
    /// The Regions from which the endpoint service can be reached; empty if it is its own only.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub supported_regions: BTreeSet<String>,
    /// The form's "Bootstrap Ports".
    pub bootstrap_port: Port,
    /// How brokers are spoken to.
    pub protocol: Protocol,
    /// What brokers advertise; one line, or one for each zone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pattern: Vec<String>,
    /// Every broker that serves, or has served and stands still, in the order of ports: for consumers
    /// without wildcards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brokers: Vec<BrokerEndpoint>,
    /// Who is not exposed, by `node.id` or instance ID.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Where to find what is left out because a parameter does not hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

/// What one broker is reached at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokerEndpoint {
    /// Kafka's `node.id`.
    pub node_id: NodeId,
    /// The name that it advertises; none where it has no room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The NLB port that leads to it.
    pub port: Port,
    /// Its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub az_id: Option<AzId>,
}

impl Handover {
    /// The whole of it. The zones are those of the service, by ID.
    pub fn new(
        region: &str,
        service: &EndpointService,
        az_ids: BTreeSet<AzId>,
        group: &ListenerGroup,
        brokers: Vec<BrokerEndpoint>,
    ) -> Self {
        let zones = az_ids.len();
        let regions = service.regions.iter();
        let reached = regions.filter(|(_, state)| **state == ServiceState::Available);
        let reached: BTreeSet<String> = reached.map(|(region, _)| region.clone()).collect();
        let is_own_only = reached.iter().all(|other| other == region);
        let nodes = group.without.nodes.iter().map(ToString::to_string);
        let instances = group.without.instances.iter().map(ToString::to_string);
        Self {
            complete: true,
            region: region.to_owned(),
            kafka_type: format!("{zones} AZ{}", if zones == 1 { "" } else { "s" }),
            az_ids,
            advertised_listener_pattern: group.pattern.unique().map(str::to_owned),
            endpoint_service_name: service.name.clone(),
            acceptance_required: service.acceptance_required,
            private_dns_name: service.private_dns_name.clone(),
            supported_regions: if is_own_only {
                BTreeSet::new()
            } else {
                reached
            },
            bootstrap_port: group.bootstrap_port,
            protocol: group.protocol,
            pattern: group.pattern.lines(),
            brokers,
            without: nodes.chain(instances).collect(),
            note: None,
        }
    }

    /// As JSON, for people and programs. What no parameter can hold is made shorter: first without line
    /// breaks, then without what follows from the rest or stands elsewhere, with a note that says where.
    /// The error is its length if AWS's own words are too long.
    pub fn text(&self) -> Result<String, usize> {
        // Strings and numbers only: nothing in it can fail to be written.
        let pretty = serde_json::to_string_pretty(self).unwrap_or_default();
        if pretty.len() <= LONGEST {
            return Ok(pretty);
        }
        let mut shorter = self.clone();
        let shorten = [
            |_: &mut Self| {},
            Self::no_hosts,
            Self::no_brokers,
            Self::no_pattern,
        ];
        let mut length = pretty.len();
        for shorten in shorten {
            shorten(&mut shorter);
            let text = serde_json::to_string(&shorter).unwrap_or_default();
            if text.len() <= LONGEST {
                return Ok(text);
            }
            length = text.len();
        }
        Err(length)
    }

    fn no_hosts(&mut self) {
        for broker in &mut self.brokers {
            broker.host = None;
        }
        self.note = Some(
            "the brokers' hosts have no room here: in the pattern put b and the node_id for <broker_id>, and the az_id for <az_id>",
        );
    }

    fn no_brokers(&mut self) {
        self.brokers.clear();
        self.note = Some(
            "the brokers have no room here: they stand in the mapping of register-brokers' plan",
        );
    }

    fn no_pattern(&mut self) {
        self.pattern.clear();
        self.without.clear();
        self.note = Some(
            "brokers, pattern and \"without\" have no room here: they stand in the mapping of register-brokers' plan and in the group's listener parameter",
        );
    }
}

/// Whether a written text says what this one says. Of brokers behind these ports, who are gone for now,
/// it may still say what was so: a broker that is replaced changes nothing for the consumer.
pub fn is_said_by(written: &str, text: &str, absent: &BTreeSet<Port>) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    if written == text {
        return true;
    }
    let (Some(mut old), Some(new)) = (read(written), read(text)) else {
        return false;
    };
    if let Some(brokers) = old.get_mut("brokers").and_then(Value::as_array_mut) {
        let is_absent = |broker: &Value| absent.iter().any(|port| broker["port"] == port.get());
        brokers.retain(|broker| !is_absent(broker));
    }
    old == new
}

/// Whether a written text hands something over; one that takes an old hand-over back does not.
pub fn stands(written: &str) -> bool {
    let read = serde_json::from_str::<Value>(written).ok();
    read.is_some_and(|written| written["complete"] == true)
}

/// What takes the place of an old hand-over whose group is no longer there, or not whole yet.
pub fn incomplete(group: &GroupName) -> String {
    #[derive(Serialize)]
    struct Incomplete {
        complete: bool,
        note: String,
    }
    let note = format!(
        "{group} is not handed over: it is not whole, or not in service; what it waits for stands in held of register-brokers' report"
    );
    let text = Incomplete {
        complete: false,
        note,
    };
    serde_json::to_string_pretty(&text).unwrap_or_default()
}

/// `/kafka-privatelink/<cluster>/handover/<GROUP>`.
pub fn parameter(cluster: &ClusterName, group: &GroupName) -> ParameterName {
    let path = crate::wishes::parameter_path(cluster);
    ParameterName::new(format!("{path}/handover/{group}"))
}

#[cfg(test)]
mod tests;
