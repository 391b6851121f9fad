//! What an instance's tags say that it is. They are compared exactly: EC2 finds the cluster's
//! instances by the whole value of a tag, blanks included.

use crate::foreign::clean;
use crate::tags::{self, Tags};
use crate::words::{ClusterName, NodeId};

/// How much of a tag's value is shown.
const SHOWN: usize = 40;

/// What an instance is by its tags alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tagged {
    /// The broker with this `node.id`, which may be a controller as well.
    Broker(NodeId),
    /// A controller, with its `node.id` if it is tagged with one.
    Controller(Option<NodeId>),
    /// Another cluster's.
    Foreign,
    /// It carries no tag of any cluster.
    Nothing,
    /// The cluster's, and its other tags make no broker: why, and the way out.
    Misfit(String),
}

impl Tagged {
    pub(super) fn read(cluster: &ClusterName, tags: &Tags) -> Self {
        let tag = |key: &str| tags.get(key).map(String::as_str);
        match tag(tags::CLUSTER) {
            None => return Self::Nothing,
            Some(other) if other != cluster.as_str() => return Self::Foreign,
            Some(_) => {}
        }
        let role = tag(tags::ROLE).unwrap_or_default();
        match is_broker(role) {
            Some(true) => {}
            // A controller has no port, so nobody asks for its number.
            Some(false) => {
                let node = tag(tags::NODE_ID).and_then(|text| NodeId::parse(text).ok());
                return Self::Controller(node);
            }
            None => {
                return Self::Misfit(format!(
                    "tag {} is \"{}\"; write broker, or controller, or broker,controller for a combined node, which is both in one process",
                    tags::ROLE,
                    clean(role, SHOWN)
                ));
            }
        }
        let Some(text) = tag(tags::NODE_ID) else {
            return Self::Misfit(format!(
                "tag {} is missing; set it to the broker's node.id",
                tags::NODE_ID
            ));
        };
        match NodeId::parse(text) {
            Ok(node) => Self::Broker(node),
            Err(reason) => Self::Misfit(format!(
                "tag {} \"{}\" {reason}; set it to the broker's node.id",
                tags::NODE_ID,
                clean(text, SHOWN)
            )),
        }
    }
}

/// Whether a role makes a broker, spelt as Kafka's `process.roles`: a list in which names count
/// without blanks around them (`ConfigDef.Type.LIST` trims each). Capitals do no harm here. An empty
/// text is a role that nobody set; `None` is one that nobody understands.
fn is_broker(role: &str) -> Option<bool> {
    if role.trim().is_empty() {
        return Some(true);
    }
    let mut broker = false;
    for name in role.split(',') {
        match name.trim().to_ascii_lowercase().as_str() {
            "broker" => broker = true,
            "controller" => {}
            _ => return None,
        }
    }
    Some(broker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::node;

    fn read(node_id: Option<&str>, role: Option<&str>) -> Tagged {
        let pairs = [(tags::NODE_ID, node_id), (tags::ROLE, role)];
        let pairs = pairs
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())));
        let mut tags: Tags = pairs.collect();
        tags.insert(tags::CLUSTER.to_owned(), "orders".to_owned());
        Tagged::read(&"orders".into(), &tags)
    }

    #[test]
    fn a_combined_node_is_a_broker_however_its_process_roles_are_written() {
        for role in [
            "broker",
            "broker,controller",
            "controller,broker",
            " broker , controller ",
            "Broker",
            "BROKER,CONTROLLER",
            "broker,broker",
            "",
            "  ",
        ] {
            assert_eq!(
                read(Some("1"), Some(role)),
                Tagged::Broker(node(1)),
                "{role:?}"
            );
        }
        for role in ["controller", " Controller ", "controller,controller"] {
            let controller = Tagged::Controller(Some(node(1)));
            assert_eq!(read(Some("1"), Some(role)), controller, "{role:?}");
            for unknown in [None, Some("b1")] {
                let controller = Tagged::Controller(None);
                assert_eq!(read(unknown, Some(role)), controller, "{role:?}");
            }
        }
    }

    #[test]
    fn another_role_is_refused_with_the_three_that_there_are() {
        for role in [
            "brokers",
            "broker,",
            ",",
            "broker;controller",
            "broker controller",
            "zookeeper",
        ] {
            let told = format!(
                "tag kafka-privatelink:role is \"{role}\"; write broker, or controller, or broker,controller for a combined node, which is both in one process"
            );
            assert_eq!(read(Some("1"), Some(role)), Tagged::Misfit(told));
        }
    }

    #[test]
    fn a_number_is_refused_for_what_stands_there() {
        for (text, why) in [
            ("1 ", "has a blank before or after the number"),
            ("\t1", "has a blank before or after the number"),
            (
                "1,2",
                "names more than one broker, and one instance is one broker",
            ),
            (
                "1 2",
                "names more than one broker, and one instance is one broker",
            ),
            ("b1", "is not a whole number"),
            (" ", "is empty"),
        ] {
            let shown = clean(text, SHOWN);
            let told = format!(
                "tag kafka-privatelink:node-id \"{shown}\" {why}; set it to the broker's node.id"
            );
            assert_eq!(read(Some(text), None), Tagged::Misfit(told), "{text:?}");
        }
        let long = "9".repeat(300);
        assert!(matches!(read(Some(&long), None), Tagged::Misfit(told) if told.len() < 200));
    }

    #[test]
    fn tags_of_a_cluster_are_compared_exactly() {
        let of = |cluster: &str| {
            let tags = Tags::from([
                (tags::CLUSTER.to_owned(), cluster.to_owned()),
                (tags::NODE_ID.to_owned(), "1".to_owned()),
            ]);
            Tagged::read(&"orders".into(), &tags)
        };
        assert_eq!(of("orders"), Tagged::Broker(node(1)));
        for other in ["orders ", " orders", "Orders", ""] {
            assert_eq!(of(other), Tagged::Foreign, "{other:?}");
        }
        assert_eq!(
            Tagged::read(&"orders".into(), &Tags::new()),
            Tagged::Nothing
        );
    }
}
