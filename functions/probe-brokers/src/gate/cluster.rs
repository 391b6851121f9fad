//! What is asked of one broker for the whole cluster.

use super::broker::said;
use super::{Asked, missed};
use crate::dial::node;
use fleet::gate::{self, Heard, Moving, Quorum, Voter};
use fleet::words::NodeId;
use kafka::{Connection, Error};
use std::collections::BTreeSet;

type Answers = (gate::Asked<Vec<Moving>>, gate::Asked<Option<Quorum>>);

impl Asked {
    /// Its answers.
    pub async fn cluster(&self, by: NodeId) -> Answers {
        let mut questions = self.admin.inquiry.questions.iter();
        let answers = match questions.find(|question| question.broker == by) {
            None => Err("nothing is known by which it can be asked".to_owned()),
            Some(question) => {
                let told = self
                    .admin
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

type Told = (Result<Vec<Moving>, String>, Result<Option<Quorum>, String>);

async fn told(connection: &mut Connection) -> Result<Told, Error> {
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
