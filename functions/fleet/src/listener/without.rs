//! Who is not to be exposed to a group's consumer: the field `"without"` of a listener parameter.

use crate::words::{InstanceId, NodeId};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// Brokers that get no port in a group and that nothing of the group waits for, named by `node.id` or
/// by instance. Where several instances bear a `node.id`, it names none of them surely, and is waited for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Without {
    /// By Kafka's `node.id`.
    pub nodes: BTreeSet<NodeId>,
    /// By EC2's instance ID.
    pub instances: BTreeSet<InstanceId>,
}

impl Without {
    /// Whether a broker is left out, by its `node.id` or by its instance.
    pub fn names(&self, node: NodeId, instance: &InstanceId) -> bool {
        self.nodes.contains(&node) || self.instances.contains(instance)
    }

    /// Whether nobody is left out.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.instances.is_empty()
    }

    /// Reads the entries; the error is the first one that is neither a `node.id` nor an instance ID,
    /// and why.
    pub(super) fn read(entries: &[Value]) -> Result<Self, (String, &'static str)> {
        let mut without = Self::default();
        for entry in entries {
            let text = match entry {
                Value::String(text) => text.trim().to_owned(),
                other => other.to_string(),
            };
            if is_instance_id(&text) {
                without.instances.insert(InstanceId::new(text));
            } else if text.bytes().all(|b| b.is_ascii_digit()) {
                let node = NodeId::parse(&text).map_err(|why| (text, why))?;
                without.nodes.insert(node);
            } else {
                return Err((text, "is neither a node.id nor an instance ID"));
            }
        }
        Ok(without)
    }
}

/// `4, i-0123456789abcdef0`.
impl fmt::Display for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = self.nodes.iter().map(ToString::to_string);
        let instances = self.instances.iter().map(ToString::to_string);
        let all: Vec<String> = nodes.chain(instances).collect();
        f.write_str(&all.join(", "))
    }
}

/// `i-` and 8 or 17 hexadecimal digits (EC2 User Guide, "Resource IDs").
fn is_instance_id(text: &str) -> bool {
    let is_hex = |b| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let digits = text.strip_prefix("i-");
    digits.is_some_and(|digits| matches!(digits.len(), 8 | 17) && digits.bytes().all(is_hex))
}
