//! The hand-over: what the consumer's console asks for, written once a group is complete.

use crate::listener::{Pattern, Protocol};
use crate::words::{AzId, ClusterName, GroupName, ParameterName, Port};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a standard parameter of SSM can hold, in bytes.
pub const LONGEST: usize = 4096;

/// What a person fills in, in the order of TiDB Cloud's form (the document's step 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handover {
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
    /// The form's "Bootstrap Ports".
    pub bootstrap_port: Port,
    /// How brokers are spoken to.
    pub protocol: Protocol,
    /// What brokers advertise; one line, or one for each zone.
    pub pattern: Vec<String>,
}

impl Handover {
    /// The whole of it.
    pub fn new(
        region: &str,
        service: &str,
        az_ids: BTreeSet<AzId>,
        bootstrap_port: Port,
        protocol: Protocol,
        pattern: &Pattern,
    ) -> Self {
        let zones = az_ids.len();
        Self {
            region: region.to_owned(),
            kafka_type: format!("{zones} AZ{}", if zones == 1 { "" } else { "s" }),
            az_ids,
            advertised_listener_pattern: pattern.unique().map(str::to_owned),
            endpoint_service_name: service.to_owned(),
            bootstrap_port,
            protocol,
            pattern: pattern.lines(),
        }
    }

    /// As JSON, for people and programs; the error is its length if no parameter can hold it.
    pub fn text(&self) -> Result<String, usize> {
        // Strings and numbers only: nothing in it can fail to be written.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        if text.len() > LONGEST {
            return Err(text.len());
        }
        Ok(text)
    }
}

/// `/kafka-privatelink/<cluster>/handover/<GROUP>`.
pub fn parameter(cluster: &ClusterName, group: &GroupName) -> ParameterName {
    let path = crate::wishes::parameter_path(cluster);
    ParameterName::new(format!("{path}/handover/{group}"))
}
