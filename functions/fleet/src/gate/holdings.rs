//! What a cluster has of one broker: asked of a broker that comes, that leaves, that is to be replaced, or whose disk is
//! empty.
//! push-listeners, register-brokers and heal-brokers ask ([`HoldingsPayload`]), probe-brokers hears every broker once, and
//! answers with [`Holdings`].

use super::few::Few;
use super::hearing::{Heard, Hearing, Partition};
use super::partitions::{Without, lacking};
use crate::shown::AdminInquiry;
use crate::words::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The payload that probe-brokers is invoked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldingsPayload {
    /// The question.
    pub holdings: HoldingsInquiry,
}

impl HoldingsPayload {
    /// The field by which it is told from other questions.
    pub const FIELD: &str = "holdings";
}

/// What is to be known, and whom to hear for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldingsInquiry {
    /// How brokers are spoken to, and each broker that can be asked.
    pub admin: AdminInquiry,
    /// The broker that it is about; it may be among those that are asked.
    pub node: NodeId,
}

/// What brokers tell of one of them. What one alone tells counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holdings {
    /// Who told everything.
    pub heard: BTreeSet<NodeId>,
    /// Who did not, and why. As long as there are any, what is missing below proves nothing.
    pub unheard: BTreeMap<NodeId, String>,
    /// Which other brokers list it: it is registered with the controller, and unfenced (K-2).
    pub listed_by: BTreeSet<NodeId>,
    /// Partitions that should have a replica on it.
    pub replicas: Few,
    /// Those of them in whose in-sync replicas it is.
    pub in_sync: Few,
    /// Those in whose in-sync replicas it is not, by anybody.
    pub behind: Few,
    /// Those of which nobody else is in sync.
    pub alone: Few,
    /// Those that nobody else leads.
    pub without_another_leader: Few,
    /// Those of which too few others are in sync for their `min.insync.replicas`, while more replicas could be (P-59);
    /// none if somebody did not tell that. Records of older releases do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_min_isr: Option<Few>,
    /// Those that are being moved to it or away from it.
    pub moving: Few,
    /// Who elects the active controller; empty with ZooKeeper, or if nobody told it.
    pub voters: BTreeSet<NodeId>,
    /// Why the voters, or what is being moved, is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untold: Option<String>,
}

impl Holdings {
    /// Whether everybody who was asked, one at least besides the broker itself, told everything.
    pub fn is_whole(&self, node: NodeId) -> bool {
        let others = self.heard.iter().any(|heard| *heard != node);
        let silent = self.unheard.keys().any(|it| *it != node);
        others && !silent && self.untold.is_none()
    }

    /// Whether those who were heard, one at least, know the broker no more: nobody lists it.
    pub fn is_unlisted(&self, node: NodeId) -> bool {
        self.heard.iter().any(|heard| *heard != node) && self.listed_by.is_empty()
    }
}

/// What one hearing tells of a broker.
pub fn holdings(node: NodeId, hearing: &Hearing) -> Holdings {
    let mut holdings = Holdings::default();
    for (&heard, what) in &hearing.brokers {
        match told(what) {
            Ok(()) => _ = holdings.heard.insert(heard),
            Err(why) => _ = holdings.unheard.insert(heard, why),
        }
    }
    for (by, told) in hearing.told() {
        if by != node && told.listed.contains(&node) {
            holdings.listed_by.insert(by);
        }
    }
    let mut of_it = BTreeMap::<String, Vec<&Partition>>::new();
    for topic in hearing.pictures().into_iter().flatten() {
        let here = topic.partitions.iter();
        for partition in here.filter(|it| it.replicas.contains(&node)) {
            let views = of_it.entry(topic.partition(partition.index)).or_default();
            views.push(partition);
        }
    }
    let those = |is_so: &dyn Fn(&[&Partition]) -> bool| {
        let all = of_it.iter().filter(|(_, views)| is_so(views));
        Few::of(&all.map(|(name, _)| name.clone()).collect())
    };
    let any = |views: &[&Partition], is_so: &dyn Fn(&Partition) -> bool| {
        views.iter().any(|partition| is_so(partition))
    };
    holdings.replicas = those(&|_| true);
    holdings.in_sync = those(&|views| any(views, &|it| it.isr.contains(&node)));
    holdings.behind = those(&|views| any(views, &|it| !it.isr.contains(&node)));
    holdings.alone = those(&|views| any(views, &|it| it.isr.iter().all(|other| *other == node)));
    holdings.without_another_leader =
        those(&|views| any(views, &|it| it.leader.is_none_or(|leader| leader == node)));
    holdings.below_min_isr = below_min_isr(node, hearing);
    match &hearing.reassignments.answer {
        Ok(moving) => {
            let touched = moving.iter().filter(|it| it.touches(node));
            let names = touched.map(|it| format!("{}-{}", it.topic, it.partition));
            holdings.moving = Few::of(&names.collect());
        }
        Err(why) => holdings.untold = Some(why.clone()),
    }
    match &hearing.quorum.answer {
        Ok(Some(quorum)) => holdings.voters = quorum.voters.keys().copied().collect(),
        Ok(None) => {}
        Err(why) => holdings.untold = Some(why.clone()),
    }
    holdings
}

/// The partitions of a broker of which too few others are in sync; none if somebody did not tell how many have to be.
fn below_min_isr(node: NodeId, hearing: &Hearing) -> Option<Few> {
    let mut told = hearing.told();
    let is_told = told
        .all(|(_, told)| told.min_insync.is_ok() && told.without_min_insync(node).next().is_none());
    let lacking = lacking(node, hearing).into_iter();
    let too_few = lacking.filter(|(_, _, without)| *without == Without::TooFew);
    let names = too_few.map(|(topic, it, _)| topic.partition(it.index));
    is_told.then(|| Few::of(&names.collect()))
}

/// Whether a broker told all that this is about.
fn told(heard: &Heard) -> Result<(), String> {
    match heard {
        Heard::Told(told) => {
            let topics = told.topics.as_ref().map_err(String::clone)?;
            let untold = topics.iter().find_map(|topic| topic.error.as_ref());
            untold.map_or(Ok(()), |why| Err(why.clone()))
        }
        Heard::Another(other) => Err(format!("broker {other} answers at its address")),
        Heard::Silent(why) | Heard::Untold(why) => Err(why.clone()),
    }
}
