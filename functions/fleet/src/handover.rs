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

#[cfg(test)]
mod tests {
    use super::*;

    fn handover(pattern: &str) -> Handover {
        Handover::new(
            "us-west-2",
            "com.amazonaws.vpce.us-west-2.vpce-svc-0f49e37e1f022cd45",
            ["usw2-az1", "usw2-az2", "usw2-az3"].map(AzId::from).into(),
            Port::new(9092).expect("a port"),
            Protocol::Plaintext,
            &Pattern::read(pattern).expect("a pattern"),
        )
    }

    #[test]
    fn it_reads_in_the_order_of_the_form() {
        let seed = "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>";
        assert_eq!(
            handover(seed).text().expect("short"),
            r#"{
  "region": "us-west-2",
  "kafka_type": "3 AZs",
  "az_ids": [
    "usw2-az1",
    "usw2-az2",
    "usw2-az3"
  ],
  "advertised_listener_pattern": "abc",
  "endpoint_service_name": "com.amazonaws.vpce.us-west-2.vpce-svc-0f49e37e1f022cd45",
  "bootstrap_port": 9092,
  "protocol": "PLAINTEXT",
  "pattern": [
    "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>"
  ]
}"#
        );
    }

    #[test]
    fn the_unique_string_is_that_of_tidb_cloud_and_of_every_line() {
        let of = |pattern: &str| handover(pattern).advertised_listener_pattern;
        let zones = |second: &str| {
            format!(
                "usw2-az1 => <b>.usw2-az1.abc.us-west-2.aws.1.tidbcloud.com:<p>\nusw2-az2 => <b>.usw2-az2.{second}.us-west-2.aws.1.tidbcloud.com:<p>"
            )
        };
        assert_eq!(of(&zones("abc")).as_deref(), Some("abc"));
        assert_eq!(of(&zones("abd")), None);
        assert_eq!(
            of("<b>.abc.us-west-2.aws.1.tidbcloud.com:<p>").as_deref(),
            Some("abc")
        );
        assert_eq!(of("<b>.<az>.kafka.example.com:<p>"), None);
        assert_eq!(handover(&zones("abc")).pattern.len(), 2);
        assert_eq!(
            handover(&zones("abc")).pattern[0],
            "usw2-az1 => <broker_id>.usw2-az1.abc.us-west-2.aws.1.tidbcloud.com:<port>"
        );
    }

    #[test]
    fn what_no_parameter_can_hold_is_not_written() {
        let mut long = handover("<b>.<az>.kafka.example.com:<p>");
        long.pattern = vec!["x".repeat(LONGEST)];
        let length = long.text().expect_err("too long");
        assert!(length > LONGEST, "{length}");
        long.pattern = vec!["x".repeat(2 * LONGEST - length)];
        assert_eq!(long.text().map(|text| text.len()), Ok(LONGEST));
    }
}
