//! From evidence to verdicts. Proven = the broker answers as itself, in the right Kafka cluster, and
//! Metadata's own entry for it on that very connection is the wanted endpoint: a listener lists only
//! endpoints of its own name, so the right broker at the wrong listener is not proven.

use super::verdict::brokers;
use super::{Evidence, Inquiry, Miss, Path, Question, Reached, Row, Verdict, Way, Who};
use crate::listener::is_same_endpoint;
use crate::tags;
use crate::words::{GroupName, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// Strangers that a row names: one is enough to wait for, and an answer must stay short.
const MOST_STRANGERS: usize = 8;

/// The proof table of an inquiry: one row for each question, in its order. `evidence` is what came
/// of each of them, in the same order.
pub fn judge(inquiry: &Inquiry, evidence: Vec<Evidence>) -> Vec<Row> {
    let evidence: Vec<Evidence> = evidence.into_iter().map(Evidence::bounded).collect();
    let cluster = Cluster::of(inquiry, &evidence);
    let rows = inquiry.questions.iter().zip(evidence);
    rows.map(|(question, evidence)| row(inquiry, &cluster, question, evidence))
        .collect()
}

fn row(inquiry: &Inquiry, cluster: &Cluster, question: &Question, evidence: Evidence) -> Row {
    let milliseconds = u64::try_from(evidence.took.as_millis()).unwrap_or(u64::MAX);
    let way = inquiry.way(question);
    let answer = evidence.answer.and_then(|reached| Ok((way?, reached)));
    let row = |verdict| Row {
        milliseconds,
        ..Row::of(question.clone(), verdict)
    };
    match answer {
        Err(Miss::Unreachable(why) | Miss::Hangs(why)) => row(Verdict::Unreachable { why }),
        Err(Miss::NotKafka(why)) => row(Verdict::NotKafka { why }),
        Err(Miss::NotProvable(why)) => row(Verdict::NotProvable { why }),
        Ok((way, reached)) => {
            let row = row(of_broker(way, cluster, question, &reached));
            let (unlisted, strangers) = match row.verdict.is_proven() {
                true => (unlisted(way, &reached), strangers(way, &reached)),
                false => Default::default(),
            };
            Row {
                answered: reached.node().filter(|_| row.who().is_none()),
                unlisted,
                strangers,
                ..row
            }
        }
    }
}

fn of_broker(way: &Way, cluster: &Cluster, question: &Question, reached: &Reached) -> Verdict {
    match &reached.who {
        Who::Unsaid(why) => Verdict::NotProvable { why: why.clone() },
        // In the wrong cluster every number is wrong: that is said first.
        Who::Node(node) => cluster
            .wrong(reached)
            .or_else(|| wrong_broker(way, question.path, *node))
            .or_else(|| wrong_listener(way, &question.group, *node, reached))
            .or_else(|| cluster.unknown(reached))
            .unwrap_or(Verdict::Proven { reached: *node }),
    }
}

/// Brokers that a client which asks here does not find where they should be.
fn unlisted(way: &Way, reached: &Reached) -> BTreeSet<NodeId> {
    let listed = reached.listed.as_ref();
    let stay = way.endpoints.iter();
    let stay = stay.filter(|(node, _)| !way.leaving.contains(node));
    let unlisted = stay.filter(|(node, wanted)| {
        let found = listed.and_then(|listed| listed.get(*node));
        !found.is_some_and(|found| is_same_endpoint(found, &wanted.to_string()))
    });
    unlisted.map(|(node, _)| *node).collect()
}

/// Brokers that a client which asks here is sent to, and that nobody knows.
fn strangers(way: &Way, reached: &Reached) -> BTreeSet<NodeId> {
    let listed = reached.listed.iter().flat_map(BTreeMap::keys);
    let strange = |node: &&NodeId| !way.endpoints.contains_key(node) && !way.known.contains(node);
    listed
        .filter(strange)
        .take(MOST_STRANGERS)
        .copied()
        .collect()
}

fn wrong_broker(way: &Way, path: Path, node: NodeId) -> Option<Verdict> {
    let right = match path {
        Path::Port(wanted) | Path::Direct(wanted) => node == wanted,
        Path::Bootstrap => way.endpoints.contains_key(&node),
    };
    (!right).then_some(Verdict::WrongBroker { reached: node })
}

/// What is wrong with where the right broker was reached; `None` if nothing is.
fn wrong_listener(
    way: &Way,
    group: &GroupName,
    node: NodeId,
    reached: &Reached,
) -> Option<Verdict> {
    let Some(wanted) = way.endpoints.get(&node).map(ToString::to_string) else {
        let why = format!("broker {node} has no endpoint in group {group} yet");
        return Some(Verdict::NotProvable { why });
    };
    let Some(listed) = &reached.listed else {
        let reached = "a controller's, which serves no Metadata".to_owned();
        return Some(Verdict::WrongListener { reached });
    };
    let advertised = reached.advertised.get(group.as_str());
    match listed.get(&node) {
        Some(found) if is_same_endpoint(found, &wanted) => None,
        Some(found) => {
            let others = reached.advertised.iter();
            let mut others = others.filter(|(name, _)| name.as_str() != group.as_str());
            Some(
                match others.find(|(_, endpoint)| is_same_endpoint(endpoint, found)) {
                    Some((name, _)) => Verdict::WrongListener {
                        reached: format!("{name}, which advertises {found}"),
                    },
                    None => Verdict::Advertises {
                        found: found.clone(),
                        wanted,
                    },
                },
            )
        }
        None => Some(match advertised {
            Some(found) if !is_same_endpoint(found, &wanted) => Verdict::Advertises {
                found: found.clone(),
                wanted,
            },
            Some(_) => Verdict::NotProvable {
                why: format!(
                    "broker {node} does not list itself; it is starting, fenced, or recovering"
                ),
            },
            None => Verdict::Advertises {
                found: format!("nothing on {group}"),
                wanted,
            },
        }),
    }
}

/// Which Kafka cluster is the right one.
enum Cluster {
    /// This one: by the instances' tag, or all who answered agree.
    Id(String),
    /// They disagree, and no tag says who is right.
    Split(String),
    /// Nobody said.
    Unsaid,
}

impl Cluster {
    fn of(inquiry: &Inquiry, evidence: &[Evidence]) -> Self {
        if let Some(id) = &inquiry.cluster_id {
            return Self::Id(id.clone());
        }
        let mut said: BTreeMap<&str, BTreeSet<NodeId>> = BTreeMap::new();
        for (question, evidence) in inquiry.questions.iter().zip(evidence) {
            let Ok(reached) = &evidence.answer else {
                continue;
            };
            if let Some(id) = &reached.cluster_id {
                let by = said.entry(id).or_default();
                by.extend(question.path.broker());
            }
        }
        match Vec::from_iter(&said).as_slice() {
            [] => Self::Unsaid,
            [(only, _)] => Self::Id((**only).to_owned()),
            several => Self::Split(split(several)),
        }
    }

    /// Surely another cluster.
    fn wrong(&self, reached: &Reached) -> Option<Verdict> {
        match (self, &reached.cluster_id) {
            (Self::Id(wanted), Some(reached)) if wanted != reached => Some(Verdict::WrongCluster {
                reached: reached.clone(),
                wanted: wanted.clone(),
            }),
            (Self::Id(_) | Self::Split(_) | Self::Unsaid, _) => None,
        }
    }

    /// Nobody can tell which cluster it is, or which is right.
    fn unknown(&self, reached: &Reached) -> Option<Verdict> {
        let why = match (self, &reached.cluster_id) {
            (Self::Id(_), Some(_)) => return None,
            (Self::Split(told), _) => format!(
                "brokers are of several Kafka clusters: {told}; tag the instances with {}",
                tags::CLUSTER_ID
            ),
            (Self::Id(_) | Self::Unsaid, _) => "it did not say its cluster id".to_owned(),
        };
        Some(Verdict::NotProvable { why })
    }
}

/// Some of several cluster ids, each with some of the brokers that say it: the sentence is in every
/// row.
fn split(told: &[(&&str, &BTreeSet<NodeId>)]) -> String {
    const IDS: usize = 3;
    const BROKERS: usize = 5;
    let mut ids: Vec<String> = told
        .iter()
        .take(IDS)
        .map(|(id, by)| match by.len().saturating_sub(BROKERS) {
            0 => format!("{id} ({})", brokers(by)),
            more => {
                let some = by.iter().take(BROKERS).copied().collect();
                format!("{id} ({} and {more} more)", brokers(&some))
            }
        })
        .collect();
    let more = told.len().saturating_sub(IDS);
    if more > 0 {
        ids.push(format!("{more} more"));
    }
    ids.join(" and ")
}
