//! What brokers show on the admin listener: every broker side by side, so that one that hangs delays no
//! other.

use crate::bounds::Bounds;
use crate::dial::{Admin, Common, LONGEST_ANSWER, node, sentence, wire};
use crate::side_by_side::side_by_side;
use crate::table::{MOST_QUESTIONS, PATIENCE, broken};
use fleet::foreign::clean;
use fleet::proof::Miss;
use fleet::shown::{AdminAnswer, AdminInquiry, Itself, LONGEST_VALUE, Setting, Shown, Voters};
use fleet::words::NodeId;
use kafka::{Connection, Error, ListenerValues, SaltedPasswords, Who};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// Longest cluster id that is kept; Kafka makes them of 22 characters.
const LONGEST_CLUSTER_ID: usize = 64;
/// Most nodes of one list that are kept; Kafka's clusters have hundreds.
const MOST_NODES: usize = 2000;

/// Asks each broker until `deadline`; one answer for each question, in their order.
pub async fn shown(inquiry: AdminInquiry, bounds: &Bounds, deadline: Instant) -> Vec<AdminAnswer> {
    let left = deadline.saturating_duration_since(Instant::now());
    let questions = inquiry.questions.clone();
    let asked = Arc::new(Admin {
        inquiry,
        bounds: bounds.clone(),
        common: Common {
            patience: PATIENCE.min(left / 2),
            salted: SaltedPasswords::default(),
            large: LONGEST_ANSWER,
        },
        deadline,
    });
    let order = 0..questions.len().min(MOST_QUESTIONS);
    let answers = side_by_side(questions.len(), order.clone(), |index| {
        let asked = Arc::clone(&asked);
        let question = asked.inquiry.questions.get(index).cloned();
        async move {
            let started = Instant::now();
            let shown = match question {
                Some(question) => {
                    let told =
                        async |connection: &mut Connection| told(question.broker, connection).await;
                    asked.dialled(&question, told).await.flatten()
                }
                None => Err(Miss::NotProvable(broken())),
            };
            (shown, started.elapsed())
        }
    });
    let answers = answers.await.into_iter().zip(questions);
    let answers = answers.enumerate().map(|(index, (answer, question))| {
        let (shown, took) = answer.unwrap_or_else(|| {
            let why = match order.contains(&index) {
                true => broken(),
                false => format!("{MOST_QUESTIONS} brokers at most are asked in one run"),
            };
            (Err(Miss::NotProvable(why)), Default::default())
        });
        AdminAnswer {
            question,
            shown: shown.unwrap_or_else(missed),
            milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    });
    answers.collect()
}

fn missed(miss: Miss) -> Shown {
    match miss {
        Miss::Unreachable(why) => Shown::Silent {
            why: sentence(&why),
            accepts: false,
        },
        Miss::Hangs(why) => Shown::Silent {
            why: sentence(&why),
            accepts: true,
        },
        Miss::NotKafka(why) | Miss::NotProvable(why) => Shown::Untold {
            why: sentence(&why),
        },
    }
}

/// What a connection says of its broker.
async fn told(asked: NodeId, connection: &mut Connection) -> Result<Result<Shown, Miss>, Error> {
    let untold = |why: String| Ok(Err(Miss::NotProvable(why)));
    let values = match connection.identity(wire(asked)).await? {
        Who::Expected(values) => values,
        Who::Other(id) => match node(id) {
            Some(reached) => return Ok(Ok(Shown::Another { reached })),
            None => return untold(format!("it says that it is broker {id}")),
        },
        Who::Denied(error) => {
            return untold(format!(
                "it may not say what it runs with ({error}); allow DescribeConfigs on the cluster for this user"
            ));
        }
        Who::Unclear(error) => return untold(format!("it does not say who it is ({error})")),
    };
    let metadata = connection.metadata().await?;
    let listed: BTreeSet<NodeId> = nodes(metadata.brokers.iter().map(|it| it.id));
    let replicas = if listed.iter().any(|node| *node != asked) {
        BTreeSet::new()
    } else {
        let topics = connection.topics().await?;
        let partitions = topics.iter().flat_map(|topic| &topic.partitions);
        nodes(partitions.flat_map(|it| it.replicas.iter().copied()))
    };
    let mut followers = BTreeSet::new();
    let mut controller = None;
    let voters = match connection.quorum().await {
        Ok(quorum) => {
            followers = nodes(quorum.observers.iter().map(|it| it.id));
            controller = quorum.leader_id.and_then(node);
            Voters::Are(nodes(quorum.voters.iter().map(|it| it.id)))
        }
        Err(Error::Unsupported { .. }) => {
            // Only with ZooKeeper does Metadata name the real one (`KRaftMetadataCache`).
            controller = metadata.controller_id.and_then(node);
            Voters::None
        }
        // The active controller answers, and may hang: the broker has said all that it knows itself.
        Err(error @ (Error::Broker { .. } | Error::TimedOut { .. })) => {
            Voters::Untold(sentence(&error.to_string()))
        }
        Err(error) => return Err(error),
    };
    let cluster_id = metadata.cluster_id.map(|id| clean(&id, LONGEST_CLUSTER_ID));
    Ok(settings(&values).map(|[listeners, advertised, protocols]| {
        Shown::Itself(Box::new(Itself {
            cluster_id,
            listeners,
            advertised,
            protocols,
            listed,
            replicas,
            followers,
            voters,
            controller,
        }))
    }))
}

fn nodes(ids: impl Iterator<Item = i32>) -> BTreeSet<NodeId> {
    let nodes: BTreeSet<NodeId> = ids.filter_map(node).collect();
    nodes.into_iter().take(MOST_NODES).collect()
}

fn settings(values: &ListenerValues) -> Result<[Setting; 3], Miss> {
    let one = |name: &str, setting: &kafka::Setting| match &setting.value {
        Some(value) if value.chars().count() > LONGEST_VALUE => Err(Miss::NotProvable(format!(
            "its {name} has more than {LONGEST_VALUE} characters"
        ))),
        value => Ok(Setting {
            value: value.clone(),
            is_overridden: setting.source.is_override(),
        }),
    };
    Ok([
        one("listeners", &values.listeners)?,
        one("advertised.listeners", &values.advertised)?,
        one("listener.security.protocol.map", &values.protocols)?,
    ])
}

#[cfg(test)]
mod tests;
