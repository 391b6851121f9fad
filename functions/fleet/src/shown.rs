//! What brokers show on the admin listener, the one by which they speak to each other: what is asked of
//! them ([`AdminPayload`], with which probe-brokers is invoked), and what each answered.

use crate::listener::{Listener, Protocol};
use crate::proof::Secret;
use crate::words::{GroupName, InstanceId, NodeId, ParameterName, Port};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// The payload that probe-brokers is invoked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminPayload {
    /// The question.
    pub admin: AdminInquiry,
}

impl AdminPayload {
    /// The field by which it is told from an inquiry of the proof.
    pub const FIELD: &str = "admin";
}

/// Which brokers are asked, and how they are spoken to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminInquiry {
    /// Kafka's security protocol.
    pub protocol: Protocol,
    /// Who we say we are, and whom we trust; none for `PLAINTEXT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// The parameter that holds it, for a person who has to put it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_from: Option<ParameterName>,
    /// The parameter that says all this, likewise.
    pub parameter: ParameterName,
    /// Whom to ask, all side by side.
    pub questions: Vec<AdminQuestion>,
}

/// One broker to ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AdminQuestion {
    /// Who should answer.
    pub broker: NodeId,
    /// The instance that is dialled.
    pub instance: InstanceId,
    /// Its private address.
    pub address: Ipv4Addr,
    /// The port of the admin listener.
    pub port: Port,
}

/// What came of one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminAnswer {
    /// What was asked.
    #[serde(flatten)]
    pub question: AdminQuestion,
    /// What was answered.
    #[serde(flatten)]
    pub shown: Shown,
    /// From the first packet to the last, in milliseconds.
    pub milliseconds: u64,
}

/// What a broker shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "shown", rename_all = "kebab-case")]
pub enum Shown {
    /// The broker that was asked, and what its process runs with.
    Itself(Box<Itself>),
    /// Another broker answers there.
    Another {
        /// Who.
        reached: NodeId,
    },
    /// Nobody answers: its process is gone, starts, recovers or hangs (K-13).
    Silent {
        /// How so.
        why: String,
        /// Whether its admin listener accepts connections all the same, as that of a process that hangs does:
        /// one that starts or recovers opens it last (K-13).
        #[serde(default, skip_serializing_if = "is_no")]
        accepts: bool,
    },
    /// Something answers, and what the broker shows is not known: it is no Kafka, or it does not tell us.
    Untold {
        /// Why.
        why: String,
    },
}

fn is_no(answer: &bool) -> bool {
    !answer
}

/// What a broker's process runs with (K-8), and whom it knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Itself {
    /// The Kafka cluster's id, if it was said.
    pub cluster_id: Option<String>,
    /// `listeners`.
    pub listeners: Setting,
    /// `advertised.listeners`.
    pub advertised: Setting,
    /// `listener.security.protocol.map`.
    pub protocols: Setting,
    /// Every broker that Metadata lists on this listener (K-2).
    pub listed: BTreeSet<NodeId>,
    /// Every broker that should have a replica of a partition that we may see (K-9). It is asked only of
    /// who lists no other broker: with another one there is nothing more to learn from it here.
    pub replicas: BTreeSet<NodeId>,
    /// Every broker that follows the metadata quorum, also one whose topics we may not see. Kafka forgets
    /// those that have not asked for a while.
    pub followers: BTreeSet<NodeId>,
    /// Who elects the active controller.
    pub voters: Voters,
    /// The active controller, if the broker knows one: the quorum's leader, or with ZooKeeper what Metadata
    /// says.
    #[serde(default)]
    pub controller: Option<NodeId>,
}

/// The voters of the metadata quorum.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voters {
    /// These nodes.
    Are(BTreeSet<NodeId>),
    /// There is no quorum to ask: the broker is run with ZooKeeper, or is older than Kafka 3.0.
    None,
    /// They were not told, and why.
    Untold(String),
}

/// One value of a process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// What is in force; none if it is not set.
    pub value: Option<String>,
    /// An override of Kafka's own is in force, which no edit of a file changes (K-8).
    pub is_overridden: bool,
}

impl Setting {
    /// The listeners that the value names; none if it is not set.
    pub fn listed(&self) -> Vec<Listener> {
        Listener::list(self.value.as_deref().unwrap_or_default())
    }
}

/// Longest value that is kept, in characters. What is longer is not cut, since what is cut looks like a
/// difference, but untold.
pub const LONGEST_VALUE: usize = 8192;

impl Itself {
    /// What it advertises. A process that was told nothing advertises what it listens on.
    pub fn advertises(&self) -> Vec<Listener> {
        match self.advertised.value {
            Some(_) => self.advertised.listed(),
            None => self.listeners.listed(),
        }
    }

    /// The port that it advertises for the listener of a group, under whatever name.
    pub fn advertised_port(&self, group: &GroupName) -> Option<Port> {
        let all = self.advertises();
        let mut all = all.iter();
        let named = all.find(|it| it.name.eq_ignore_ascii_case(group.as_str()))?;
        Port::new(named.port.try_into().ok()?)
    }

    /// Every other node that it knows of.
    pub fn others(&self, own: NodeId) -> BTreeSet<NodeId> {
        let voters = match &self.voters {
            Voters::Are(voters) => Some(voters),
            Voters::None | Voters::Untold(_) => None,
        };
        let all = self.listed.iter().chain(&self.replicas);
        let all = all.chain(&self.followers);
        let all = all.chain(voters.into_iter().flatten());
        all.copied().filter(|node| *node != own).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: u32) -> NodeId {
        NodeId::new(id).expect("a node")
    }

    fn setting(value: &str) -> Setting {
        Setting {
            value: Some(value.to_owned()),
            is_overridden: false,
        }
    }

    fn itself() -> Itself {
        Itself {
            cluster_id: Some("BRl69zcmTFmiPaoaANybiw".to_owned()),
            listeners: setting("INTERNAL://0.0.0.0:9092"),
            advertised: setting("INTERNAL://b1:9092"),
            protocols: setting("INTERNAL:PLAINTEXT"),
            listed: [node(1)].into(),
            replicas: [node(1)].into(),
            followers: BTreeSet::new(),
            voters: Voters::Are([node(1)].into()),
            controller: Some(node(1)),
        }
    }

    #[test]
    fn who_knows_of_nobody_else_is_alone() {
        assert!(itself().others(node(1)).is_empty());
        let with = |change: fn(&mut Itself)| {
            let mut itself = itself();
            change(&mut itself);
            itself.others(node(1))
        };
        assert_eq!(
            with(|it| it.listed = [node(1), node(2)].into()),
            [node(2)].into()
        );
        assert_eq!(with(|it| it.replicas = [node(3)].into()), [node(3)].into());
        assert_eq!(with(|it| it.followers = [node(4)].into()), [node(4)].into());
        assert_eq!(
            with(|it| it.voters = Voters::Are([node(9)].into())),
            [node(9)].into()
        );
        assert!(with(|it| it.voters = Voters::None).is_empty());
    }

    #[test]
    fn the_port_of_a_listener_is_what_it_advertises_under_whatever_name() {
        let mut itself = itself();
        let mut port = |value: Option<&str>| {
            itself.advertised.value = value.map(str::to_owned);
            itself.advertised_port(&"EXTERNAL".into()).map(Port::get)
        };
        for (value, expected) in [
            ("INTERNAL://b1:9092,EXTERNAL://b1.abc.com:9095", Some(9095)),
            ("EXTERNAL2://b1:9193, external://[fd00::1]:9095", Some(9095)),
            ("EXTERNAL2://b1:9193", None),
            ("EXTERNAL://b1:0", None),
            ("EXTERNAL://b1:70000", None),
            ("EXTERNAL", None),
            ("", None),
        ] {
            assert_eq!(port(Some(value)), expected, "{value}");
        }
        assert_eq!(port(None), None);
        itself.listeners = setting("INTERNAL://:9092,EXTERNAL://:39092");
        itself.advertised.value = None;
        let port = itself.advertised_port(&"EXTERNAL".into());
        assert_eq!(port.map(Port::get), Some(39092));
    }

    #[test]
    fn an_answer_is_the_same_after_a_journey_as_json() {
        let question = AdminQuestion {
            broker: node(1),
            instance: "i-1".into(),
            address: Ipv4Addr::new(10, 0, 0, 11),
            port: Port::new(9092).expect("a port"),
        };
        let why = "it hangs".to_owned();
        for shown in [
            Shown::Itself(Box::new(itself())),
            Shown::Another { reached: node(2) },
            Shown::Silent {
                why: why.clone(),
                accepts: true,
            },
            Shown::Untold { why },
        ] {
            let answer = AdminAnswer {
                question: question.clone(),
                shown,
                milliseconds: 7,
            };
            let text = serde_json::to_string(&answer).expect("JSON");
            assert_eq!(
                serde_json::from_str::<AdminAnswer>(&text).expect(&text),
                answer
            );
        }
    }
}
