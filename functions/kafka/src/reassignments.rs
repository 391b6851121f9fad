//! Partitions that move from broker to broker.

use crate::outline::{Outline, Part, always};
use crate::question::Question;
use crate::topics::ids;
use crate::{Api, BrokerError, Connection, Error};
use kafka_protocol::messages::ListPartitionReassignmentsRequest;

/// A partition that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reassignment {
    /// The topic.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// All brokers that have it or will have it.
    pub replicas: Vec<i32>,
    /// Those of them that do not have it yet.
    pub adding: Vec<i32>,
    /// Those of them that will give it up.
    pub removing: Vec<i32>,
}

impl Connection {
    /// All partitions that move. Needs Describe on the cluster; the active controller answers
    /// (brokers forward it).
    ///
    /// # Errors
    /// [`Error::Broker`] with 31 if denied, with 41 or 7 without an active controller; those of
    /// every question.
    pub async fn reassignments(&mut self) -> Result<Vec<Reassignment>, Error> {
        let version = self.agree::<ListPartitionReassignmentsRequest>(0)?;
        let question = ListPartitionReassignmentsRequest::default()
            .with_timeout_ms(self.milliseconds_left())
            .with_topics(None);
        let limit = self.limits().large;
        let answer = self.ask(&question, version, limit).await?;
        if let Some(error) =
            BrokerError::from_answer(answer.error_code, answer.error_message.as_deref())
        {
            let api = Api::ListPartitionReassignments;
            return Err(Error::Broker { api, error });
        }
        let moving = answer.topics.into_iter().flat_map(|topic| {
            let name = topic.name.to_string();
            topic
                .partitions
                .into_iter()
                .map(move |partition| Reassignment {
                    topic: name.clone(),
                    partition: partition.partition_index,
                    replicas: ids(&partition.replicas),
                    adding: ids(&partition.adding_replicas),
                    removing: ids(&partition.removing_replicas),
                })
        });
        Ok(moving.collect())
    }
}

impl Question for ListPartitionReassignmentsRequest {
    const API: Api = Api::ListPartitionReassignments;
    const OUTLINE: Outline = Outline {
        flexible: 0,
        fields: &[
            always(Part::Fixed(4)),
            always(Part::Fixed(2)),
            always(Part::Text),
            always(Part::Structs(&[
                always(Part::Text),
                always(Part::Structs(&[
                    always(Part::Fixed(4)),
                    always(Part::Many(4)),
                    always(Part::Many(4)),
                    always(Part::Many(4)),
                ])),
            ])),
        ],
        tagged: &[],
    };
}
