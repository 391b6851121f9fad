//! The metadata quorum of KRaft: who leads it, and how far the others are.

use crate::outline::{Outline, Part, always, since};
use crate::question::{Question, odd};
use crate::{Api, BrokerError, Connection, Error};
use kafka_protocol::messages::describe_quorum_request::{PartitionData, TopicData};
use kafka_protocol::messages::describe_quorum_response::{PartitionData as Answered, ReplicaState};
use kafka_protocol::messages::{DescribeQuorumRequest, DescribeQuorumResponse, TopicName};
use kafka_protocol::protocol::StrBytes;

/// The one partition that the quorum keeps.
const TOPIC: &str = "__cluster_metadata";

/// The quorum, as its leader knows it: brokers forward the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// The active controller.
    pub leader_id: Option<i32>,
    /// Grows with every election.
    pub leader_epoch: i32,
    /// The last offset that a majority has.
    pub high_watermark: i64,
    /// Those that elect; the leader is one of them.
    pub voters: Vec<QuorumReplica>,
    /// Those that only follow: brokers.
    pub observers: Vec<QuorumReplica>,
}

/// A voter or observer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuorumReplica {
    /// `node.id`.
    pub id: i32,
    /// The last offset that it has.
    pub log_end_offset: i64,
    /// When it last fetched: milliseconds since 1970 by the leader's clock. None from version 0
    /// (Kafka before 3.3).
    pub last_fetch: Option<i64>,
    /// When it last had all that the leader had, likewise.
    pub last_caught_up: Option<i64>,
}

impl Connection {
    /// The metadata quorum. Needs Describe on the cluster.
    ///
    /// # Errors
    /// [`Error::Unsupported`] in ZooKeeper mode; [`Error::Broker`] with 31 if denied; those of
    /// every question.
    pub async fn quorum(&mut self) -> Result<Quorum, Error> {
        let version = self.agree::<DescribeQuorumRequest>(0)?;
        let topic = TopicData::default()
            .with_topic_name(TopicName(StrBytes::from_static_str(TOPIC)))
            .with_partitions(vec![PartitionData::default()]);
        let question = DescribeQuorumRequest::default().with_topics(vec![topic]);
        let limit = self.limits().small;
        let answer = self.ask(&question, version, limit).await?;
        let partition = only_partition(&answer)?;
        Ok(Quorum {
            leader_id: Some(partition.leader_id.0).filter(|id| *id >= 0),
            leader_epoch: partition.leader_epoch,
            high_watermark: partition.high_watermark,
            voters: partition.current_voters.iter().map(replica).collect(),
            observers: partition.observers.iter().map(replica).collect(),
        })
    }
}

fn only_partition(answer: &DescribeQuorumResponse) -> Result<&Answered, Error> {
    accepted(answer.error_code, answer.error_message.as_deref())?;
    let [topic] = answer.topics.as_slice() else {
        return Err(odd::<DescribeQuorumRequest>(format!(
            "it is about {} topics",
            answer.topics.len()
        )));
    };
    match topic.partitions.as_slice() {
        [partition] if **topic.topic_name == *TOPIC => {
            accepted(partition.error_code, partition.error_message.as_deref())?;
            Ok(partition)
        }
        _ => Err(odd::<DescribeQuorumRequest>(format!(
            "it is not about {TOPIC} alone"
        ))),
    }
}

fn accepted(code: i16, message: Option<&str>) -> Result<(), Error> {
    let api = Api::DescribeQuorum;
    let error = BrokerError::from_answer(code, message);
    error.map_or(Ok(()), |error| Err(Error::Broker { api, error }))
}

fn replica(state: &ReplicaState) -> QuorumReplica {
    let told = |time: i64| Some(time).filter(|time| *time >= 0);
    QuorumReplica {
        id: state.replica_id.0,
        log_end_offset: state.log_end_offset,
        last_fetch: told(state.last_fetch_timestamp),
        last_caught_up: told(state.last_caught_up_timestamp),
    }
}

const REPLICA: &[crate::outline::Field] = &[
    always(Part::Fixed(4)),
    since(2, Part::Fixed(16)),
    always(Part::Fixed(8)),
    since(1, Part::Fixed(8 + 8)),
];

impl Question for DescribeQuorumRequest {
    const API: Api = Api::DescribeQuorum;
    const OUTLINE: Outline = Outline {
        flexible: 0,
        fields: &[
            always(Part::Fixed(2)),
            since(2, Part::Text),
            always(Part::Structs(&[
                always(Part::Text),
                always(Part::Structs(&[
                    always(Part::Fixed(4 + 2)),
                    since(2, Part::Text),
                    always(Part::Fixed(4 + 4 + 8)),
                    always(Part::Structs(REPLICA)),
                    always(Part::Structs(REPLICA)),
                ])),
            ])),
            since(
                2,
                Part::Structs(&[
                    always(Part::Fixed(4)),
                    always(Part::Structs(&[
                        always(Part::Text),
                        always(Part::Text),
                        always(Part::Fixed(2)),
                    ])),
                ]),
            ),
        ],
        tagged: &[],
    };
}
