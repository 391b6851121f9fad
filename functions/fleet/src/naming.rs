//! The ledger's names and tags: a target group can be found by its name alone, and says by its
//! tags whose port it holds.

use crate::listener::Protocol;
use crate::tags::{self, Tags};
use crate::words::{ClusterName, GroupName, NodeId, Port, TargetGroupName};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;

/// Whose target group it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The group's bootstrap: any broker answers.
    Bootstrap,
    /// One broker, and nobody else.
    Broker(NodeId),
}

impl Owner {
    /// Reads the tag `kafka-privatelink:node-id` of a target group or listener.
    pub fn parse(text: &str) -> Option<Self> {
        if text == BOOTSTRAP {
            return Some(Self::Bootstrap);
        }
        NodeId::parse(text).ok().map(Self::Broker)
    }
}

const BOOTSTRAP: &str = "bootstrap";

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bootstrap => f.write_str(BOOTSTRAP),
            Self::Broker(node) => write!(f, "{node}"),
        }
    }
}

impl Serialize for Owner {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One port of a listener group, as a person reads it: `EXTERNAL broker 2`, `EXTERNAL bootstrap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortOf<'a> {
    /// The listener group.
    pub group: &'a GroupName,
    /// Whose port it is.
    pub owner: Owner,
}

impl fmt::Display for PortOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.owner {
            Owner::Bootstrap => write!(f, "{} bootstrap", self.group),
            Owner::Broker(node) => write!(f, "{} broker {node}", self.group),
        }
    }
}

/// `kpl-<cluster>-`: every target group of a cluster begins with it, and another cluster's hardly ever does.
pub fn name_prefix(cluster: &ClusterName) -> String {
    format!("kpl-{}-", hash(&[cluster.as_str()], 4))
}

/// The name of the target group of one owner: 29 characters, letters, digits and hyphens.
pub fn target_group_name(
    cluster: &ClusterName,
    group: &GroupName,
    owner: Owner,
) -> TargetGroupName {
    let own = hash(&[group.as_str(), &owner.to_string()], 8);
    TargetGroupName::new(format!("{}{own}", name_prefix(cluster)))
}

/// The tags of a new target group.
pub fn target_group_tags(
    cluster: &ClusterName,
    group: &GroupName,
    owner: Owner,
    port: Port,
    protocol: Protocol,
) -> Tags {
    let mut given = listener_tags(cluster, group, owner);
    given.insert(tags::PORT.to_owned(), port.to_string());
    given.insert(tags::PROTOCOL.to_owned(), protocol.as_str().to_owned());
    given
}

/// The tags of a new listener.
pub fn listener_tags(cluster: &ClusterName, group: &GroupName, owner: Owner) -> Tags {
    Tags::from([
        (tags::CLUSTER.to_owned(), cluster.to_string()),
        (tags::GROUP.to_owned(), group.to_string()),
        (tags::NODE_ID.to_owned(), owner.to_string()),
    ])
}

/// The first bytes of a SHA-256 over the parts, in hexadecimal. A zero byte between parts keeps
/// `("A", "1")` and `("A1", "")` apart.
fn hash(parts: &[&str], bytes: usize) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part.as_bytes());
        sha.update([0]);
    }
    sha.finalize()[..bytes]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_elbv2_and_tell_owners_apart() {
        let (a, b) = (ClusterName::from("orders"), ClusterName::from("orders2"));
        let external = GroupName::from("EXTERNAL");
        let node = |id| Owner::Broker(NodeId::new(id).unwrap());
        let names = [
            target_group_name(&a, &external, Owner::Bootstrap),
            target_group_name(&a, &external, node(1)),
            target_group_name(&a, &external, node(NodeId::MAX)),
            target_group_name(&a, &GroupName::from("EXTERNAL1"), Owner::Bootstrap),
            target_group_name(&b, &external, node(1)),
        ];
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        for name in &names {
            assert!(name.as_str().len() <= 32, "{name}");
            assert!(
                name.as_str()
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            );
        }
        assert!(names[0].as_str().starts_with(&name_prefix(&a)));
        assert!(!names[4].as_str().starts_with(&name_prefix(&a)));
    }

    #[test]
    fn an_owner_reads_back_what_it_writes() {
        for owner in [Owner::Bootstrap, Owner::Broker(NodeId::new(7).unwrap())] {
            assert_eq!(Owner::parse(&owner.to_string()), Some(owner));
        }
        assert_eq!(Owner::parse("-7"), None);
    }

    /// These names are on AWS: a release that renders others would map every broker anew.
    #[test]
    fn the_names_and_tags_of_the_documents_cluster_stay_as_they_are() {
        let (orders, external) = (ClusterName::from("orders"), GroupName::from("EXTERNAL"));
        let one = Owner::Broker(NodeId::new(1).expect("a node"));
        assert_eq!(name_prefix(&orders), "kpl-e8da5395-");
        assert_eq!(
            target_group_name(&orders, &external, one).as_str(),
            "kpl-e8da5395-334d33742f6cdb80"
        );
        let port = Port::new(9093).expect("a port");
        let given = target_group_tags(&orders, &external, one, port, Protocol::SaslSsl);
        let given: Vec<String> = given.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(
            given,
            [
                "kafka-privatelink:cluster=orders",
                "kafka-privatelink:group=EXTERNAL",
                "kafka-privatelink:node-id=1",
                "kafka-privatelink:port=9093",
                "kafka-privatelink:protocol=SASL_SSL",
            ]
        );
        let given = listener_tags(&orders, &external, Owner::Bootstrap);
        let given: Vec<String> = given.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(
            given,
            [
                "kafka-privatelink:cluster=orders",
                "kafka-privatelink:group=EXTERNAL",
                "kafka-privatelink:node-id=bootstrap",
            ]
        );
    }

    #[test]
    fn parts_of_a_name_do_not_run_into_each_other() {
        assert_ne!(hash(&["A", "1"], 8), hash(&["A1", ""], 8));
    }
}
