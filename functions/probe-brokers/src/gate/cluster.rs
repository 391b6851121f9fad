//! What is asked of one broker for the whole cluster.

use super::broker::said;
use super::{Asked, missed};
use crate::dial::node;
use fleet::gate::{self, Heard, Mode, Moving, Quorum, Told, Voter};
use fleet::words::NodeId;
use kafka::{Connection, Error};
use std::collections::{BTreeMap, BTreeSet};

type Answers = (gate::Asked<Vec<Moving>>, gate::Asked<Option<Quorum>>);

/// Who is asked: one that told its own part, if possible another one than `next`. With ZooKeeper only the active
/// controller knows what is being reassigned (K-24).
pub fn spokesman(next: NodeId, brokers: &BTreeMap<NodeId, Heard>) -> NodeId {
    let told = brokers.iter().filter_map(|(node, heard)| match heard {
        Heard::Told(told) => Some((*node, &**told)),
        Heard::Another(_) | Heard::Silent(_) | Heard::Untold(_) => None,
    });
    let told: Vec<(NodeId, &Told)> = told.collect();
    let has_zookeeper = |told: &Told| {
        let session = told.session.as_ref();
        session.is_ok_and(|session| session.mode == Mode::ZooKeeper)
    };
    let with_zookeeper = told.iter().filter(|(_, told)| has_zookeeper(told));
    let mut controllers = with_zookeeper.filter_map(|(_, told)| told.controller);
    let controller = controllers.find(|node| brokers.contains_key(node));
    let other = told.iter().map(|(node, _)| *node);
    controller
        .or_else(|| other.into_iter().find(|node| *node != next))
        .unwrap_or(next)
}

impl Asked {
    /// Its answers.
    pub async fn cluster(&self, by: NodeId) -> Answers {
        let mut questions = self.inquiry.admin.questions.iter();
        let answers = match questions.find(|question| question.broker == by) {
            None => Err("nothing is known by which it can be asked".to_owned()),
            Some(question) => {
                let told = self
                    .dialled(question, async |connection| told(connection).await)
                    .await;
                told.map_err(|miss| match missed(miss) {
                    Heard::Silent(why) | Heard::Untold(why) => why,
                    Heard::Another(other) => format!("broker {other} answers at its address"),
                    Heard::Told(_) => "it has told something else".to_owned(),
                })
            }
        };
        let (reassignments, quorum) = match answers {
            Ok(answers) => answers,
            Err(why) => (Err(why.clone()), Err(why)),
        };
        let asked = |answer| gate::Asked { node: by, answer };
        let quorum = gate::Asked {
            node: by,
            answer: quorum,
        };
        (asked(reassignments), quorum)
    }
}

type Answered = (Result<Vec<Moving>, String>, Result<Option<Quorum>, String>);

async fn told(connection: &mut Connection) -> Result<Answered, Error> {
    let reassignments = said(connection.reassignments().await)?;
    let quorum = match connection.quorum().await {
        // With ZooKeeper nobody offers it; whether that is so, each broker's own settings say.
        Err(Error::Unsupported { .. }) => Ok(None),
        answer => said(answer)?.map(|it| Some(quorum(&it))),
    };
    Ok((
        reassignments.map(|all| all.iter().map(moving).collect()),
        quorum,
    ))
}

fn moving(it: &kafka::Reassignment) -> Moving {
    let nodes =
        |ids: &[i32]| -> BTreeSet<NodeId> { ids.iter().copied().filter_map(node).collect() };
    Moving {
        topic: it.topic.clone(),
        partition: it.partition,
        replicas: nodes(&it.replicas),
        adding: nodes(&it.adding),
        removing: nodes(&it.removing),
    }
}

fn quorum(it: &kafka::Quorum) -> Quorum {
    let voter = |it: &kafka::QuorumReplica| {
        let voter = Voter {
            log_end_offset: it.log_end_offset,
            last_caught_up: it.last_caught_up,
        };
        Some((node(it.id)?, voter))
    };
    Quorum {
        leader: it.leader_id.and_then(node),
        high_watermark: it.high_watermark,
        voters: it.voters.iter().filter_map(voter).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::gate::Session;
    use std::sync::Arc;

    fn id(id: u32) -> NodeId {
        NodeId::new(id).expect("a number")
    }

    fn told(mode: Mode, controller: u32) -> Heard {
        Heard::Told(Box::new(Told {
            listed: [1, 2, 3].map(id).into(),
            controller: Some(id(controller)),
            topics: Ok(Arc::default()),
            min_insync: Ok(Arc::default()),
            held: Ok(Vec::new()),
            session: Ok(Session {
                mode,
                milliseconds: 9000,
            }),
        }))
    }

    #[test]
    fn with_zookeeper_the_active_controller_is_asked_and_else_anybody_but_the_one_that_stops() {
        let all = |mode, controller| -> BTreeMap<NodeId, Heard> {
            let heard = |node| (id(node), told(mode, controller));
            [1, 2, 3].map(heard).into()
        };
        assert_eq!(spokesman(id(1), &all(Mode::ZooKeeper, 3)), id(3));
        assert_eq!(spokesman(id(3), &all(Mode::ZooKeeper, 3)), id(3));
        // With KRaft a broker names any other one as the controller.
        assert_eq!(spokesman(id(1), &all(Mode::KRaft, 3)), id(2));
        assert_eq!(spokesman(id(2), &all(Mode::KRaft, 3)), id(1));
        // Of a controller that nobody can ask, somebody says so.
        assert_eq!(spokesman(id(1), &all(Mode::ZooKeeper, 7)), id(2));
        let mut silent = all(Mode::KRaft, 3);
        for node in [2, 3] {
            silent.insert(id(node), Heard::Silent("refused".to_owned()));
        }
        assert_eq!(spokesman(id(1), &silent), id(1));
    }
}
