//! What one broker tells.

use super::Asked;
use crate::dial::{node, sentence, wire};
use fleet::gate::{Heard, Mode, Session, Told};
use fleet::words::NodeId;
use kafka::{BrokerValues, Connection, Error, LogDir, Who};
use std::sync::Arc;

/// Everything that the gate asks of each broker. An error is one after which nothing more can be asked.
pub async fn told(own: NodeId, asked: &Asked, connection: &mut Connection) -> Result<Heard, Error> {
    match connection.identity(wire(own)).await? {
        Who::Expected(_) => {}
        Who::Other(id) => {
            return Ok(match node(id) {
                Some(reached) => Heard::Another(reached),
                None => Heard::Untold(format!("it says that it is broker {id}")),
            });
        }
        Who::Denied(error) => {
            return Ok(Heard::Untold(sentence(&format!(
                "it may not say who it is ({error}); allow DescribeConfigs on the cluster for this user"
            ))));
        }
        Who::Unclear(error) => {
            return Ok(Heard::Untold(sentence(&format!(
                "it does not say who it is ({error})"
            ))));
        }
    }
    let session = said(connection.broker_values(wire(own)).await)?.and_then(session);
    let metadata = connection.metadata().await?;
    // No permit is ever taken away.
    let _turn = asked.topics.acquire().await;
    // Before the topics: what is made meanwhile is among these.
    let held = said(connection.log_dirs().await)?.and_then(|dirs| asked.held(dirs));
    let topics = said(connection.topics().await)?.map(|topics| asked.pool.topics(topics));
    let min_insync = match &topics {
        Err(why) => Err(why.clone()),
        Ok(topics) => {
            let next = asked.question.next;
            let own = topics.iter().filter(|topic| {
                let mut partitions = topic.partitions.iter();
                partitions.any(|it| it.replicas.contains(&next))
            });
            let names: Vec<&str> = own.map(|topic| &*topic.name).collect();
            let values = said(connection.min_insync_replicas(&names).await)?;
            values.map(|values| asked.pool.min_insync(values))
        }
    };
    Ok(Heard::Told(Box::new(Told {
        listed: metadata
            .brokers
            .iter()
            .filter_map(|it| node(it.id))
            .collect(),
        controller: metadata.controller_id.and_then(node),
        topics,
        min_insync,
        held,
        session,
    })))
}

/// What the broker itself refuses to tell is a sentence; the connection goes on.
pub fn said<T>(answer: Result<T, Error>) -> Result<Result<T, String>, Error> {
    match answer {
        Ok(told) => Ok(Ok(told)),
        Err(
            error @ (Error::Broker { .. } | Error::Unsupported { .. } | Error::Withheld { .. }),
        ) => Ok(Err(sentence(&error.to_string()))),
        Err(error) => Err(error),
    }
}

fn session(values: BrokerValues) -> Result<Session, String> {
    let (mode, milliseconds) = match values.roles {
        Some(_) => (Mode::KRaft, values.kraft_session),
        None => (Mode::ZooKeeper, values.zookeeper_session),
    };
    let milliseconds = milliseconds.ok_or_else(|| format!("it has no {}", mode.key()))?;
    Ok(Session { mode, milliseconds })
}

impl Asked {
    /// What lies in log directories that can all be read.
    fn held(&self, dirs: Vec<LogDir>) -> Result<Vec<(Arc<str>, i32)>, String> {
        let mut held = Vec::new();
        for dir in dirs {
            if let Some(error) = dir.error {
                return Err(sentence(&format!(
                    "its log directory {} has failed ({error})",
                    dir.path
                )));
            }
            let current = dir.replicas.iter().filter(|it| !it.future);
            held.extend(current.map(|it| (self.pool.name(&it.topic), it.partition)));
        }
        Ok(held)
    }
}
