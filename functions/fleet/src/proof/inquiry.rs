//! What is to be proven: one question is one connection. The payload that probe-brokers is invoked
//! with, as JSON.

use super::{Miss, Row, Secret, Verdict};
use crate::listener::{Endpoint, Protocol};
use crate::words::{GroupName, InstanceId, NodeId, ParameterName, Port};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::Ipv4Addr;

/// Everything that one run asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inquiry {
    /// The Kafka cluster id that every broker must answer with, from the instances' tag
    /// `kafka-privatelink:cluster-id`. Without it, they must agree on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_id: Option<String>,
    /// How each listener group is spoken to.
    pub groups: BTreeMap<GroupName, Way>,
    /// The connections to make, all side by side.
    pub questions: Vec<Question>,
}

impl Inquiry {
    /// How the group of a question is spoken to; the error says that nobody told.
    pub fn way(&self, question: &Question) -> Result<&Way, Miss> {
        self.groups.get(&question.group).ok_or_else(|| {
            let group = &question.group;
            Miss::NotProvable(format!("the inquiry says nothing about group {group}"))
        })
    }
}

/// How one listener group is spoken to, and what its brokers should advertise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Kafka's security protocol.
    pub protocol: Protocol,
    /// Who we say we are, and whom we trust; none for `PLAINTEXT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// The parameter that holds it, for a person who has to put it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_from: Option<ParameterName>,
    /// The group's own parameter, which says where the secret is, likewise.
    pub parameter: ParameterName,
    /// What each broker should advertise to this consumer.
    pub endpoints: BTreeMap<NodeId, Endpoint>,
    /// Brokers with an endpoint whom nobody has to list any more: they leave, or a person takes them out.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub leaving: BTreeSet<NodeId>,
    /// Brokers that may have no endpoint here and are known all the same: they do not run, or the group
    /// is to do without them. Whoever lists them lists no stranger.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub known: BTreeSet<NodeId>,
}

/// One connection, and whom it should reach.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Question {
    /// The listener group.
    pub group: GroupName,
    /// Whose connection it is.
    #[serde(flatten)]
    pub path: Path,
    /// Where to dial: an NLB node, or the instance itself, never an advertised name. None if nobody
    /// knows an address, and so nobody can be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Ipv4Addr>,
    /// The port to dial.
    pub port: Port,
    /// The instance that is dialled; none through the NLB, where nobody knows before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<InstanceId>,
}

/// The way that a connection takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "path", content = "broker", rename_all = "kebab-case")]
pub enum Path {
    /// Through the NLB on this broker's port.
    Port(NodeId),
    /// Through the NLB on the bootstrap port: any broker answers.
    Bootstrap,
    /// To an instance, on the bind port: one that is this broker by its tag, or else by the ledger.
    Direct(NodeId),
}

impl Path {
    /// The broker that should answer; none on the bootstrap port.
    pub fn broker(self) -> Option<NodeId> {
        match self {
            Self::Port(node) | Self::Direct(node) => Some(node),
            Self::Bootstrap => None,
        }
    }
}

impl Question {
    /// The row of a question that was not asked.
    pub fn unasked(self, why: impl Into<String>) -> Row {
        Row::of(self, Verdict::NotProvable { why: why.into() })
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            group,
            path,
            address,
            port,
            instance,
        } = self;
        match path {
            Path::Port(node) => write!(f, "{group} broker {node} through the NLB, "),
            Path::Bootstrap => write!(f, "{group} bootstrap through the NLB, "),
            Path::Direct(node) => match instance {
                Some(instance) => write!(f, "{group} broker {node} directly ({instance}), "),
                None => write!(f, "{group} broker {node} directly, "),
            },
        }?;
        match address {
            Some(address) => write!(f, "{address}:{port}"),
            None => write!(f, "port {port}"),
        }
    }
}
