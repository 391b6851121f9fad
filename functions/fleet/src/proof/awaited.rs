//! Who a listener group waits for before it is whole.

use super::brokers;
use crate::words::{InstanceId, NodeId};
use std::collections::BTreeSet;
use std::fmt;

/// What keeps a listener group from being whole: a client would find a part of the cluster only.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Awaited {
    /// Brokers that run and are not proven on their port, or that another one does not list.
    pub brokers: BTreeSet<NodeId>,
    /// Instances of the cluster that run, and whose tags do not say which broker they are.
    pub instances: BTreeSet<InstanceId>,
    /// Brokers that others list to the consumer, and that no instance is tagged as.
    pub strangers: BTreeSet<NodeId>,
}

impl Awaited {
    /// Whether the group is whole.
    pub fn is_empty(&self) -> bool {
        self.brokers.is_empty() && self.instances.is_empty() && self.strangers.is_empty()
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.brokers.is_empty() {
            parts.push(brokers(&self.brokers));
        }
        if !self.instances.is_empty() {
            let ids: Vec<&str> = self.instances.iter().map(InstanceId::as_str).collect();
            let s = if ids.len() == 1 { "" } else { "s" };
            parts.push(format!("instance{s} {} (see held)", ids.join(", ")));
        }
        if !self.strangers.is_empty() {
            let who = brokers(&self.strangers);
            parts.push(format!(
                "{who}, listed by the brokers and known by no tag: tag the instance, or name it in \"without\""
            ));
        }
        f.write_str(&parts.join("; "))
    }
}
