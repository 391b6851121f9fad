//! Who is in the cluster, as told on one listener.

use crate::outline::{Outline, Part, always, between, since};
use crate::question::Question;
use crate::{Api, BrokerError, Connection, Error};
use kafka_protocol::messages::metadata_response::MetadataResponseBroker;
use kafka_protocol::messages::{BrokerId, MetadataRequest, MetadataResponse};

/// In version 0 an empty list of topics means all of them; from 1 on it means none.
pub(crate) const OLDEST: i16 = 1;

/// The brokers that have a listener of the same name as the one that was asked, and are not fenced
/// (K-2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The id of the Kafka cluster; None from brokers before 0.10.1.
    pub cluster_id: Option<String>,
    /// The active controller in ZooKeeper mode. KRaft names **any** broker here, even one that is
    /// not in `brokers` (K-3).
    pub controller_id: Option<i32>,
    /// In the order of the answer.
    pub brokers: Vec<Node>,
}

/// A broker as clients of this listener are told to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// `node.id`.
    pub id: i32,
    /// The advertised host. Text of the peer: never dialled.
    pub host: String,
    /// The advertised port.
    pub port: u16,
    /// `broker.rack`.
    pub rack: Option<String>,
}

impl Connection {
    /// The brokers, without any topic; no topic is created.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on a listener of controllers; [`Error::Broker`] for the error that
    /// version 13 has; those of every question.
    pub async fn metadata(&mut self) -> Result<Metadata, Error> {
        let version = self.agree::<MetadataRequest>(OLDEST)?;
        let question = question(version).with_topics(Some(Vec::new()));
        let limit = self.limits().small;
        let answer = self.ask(&question, version, limit).await?;
        accepted(&answer)?;
        let node = |broker: &MetadataResponseBroker| {
            let rack = broker.rack.as_deref();
            Node::from_answer(
                Api::Metadata,
                broker.node_id,
                &broker.host,
                broker.port,
                rack,
            )
        };
        Ok(Metadata {
            cluster_id: answer.cluster_id.map(|id| id.to_string()),
            controller_id: Some(answer.controller_id.0).filter(|id| *id >= 0),
            brokers: answer.brokers.iter().map(node).collect::<Result<_, _>>()?,
        })
    }
}

/// Without topics, and creating none where a version can say so; older ones create nothing for
/// lists like ours.
pub(crate) fn question(version: i16) -> MetadataRequest {
    MetadataRequest::default().with_allow_auto_topic_creation(version < 4)
}

/// Version 13 has an error for the whole answer; all others say 0 here.
pub(crate) fn accepted(answer: &MetadataResponse) -> Result<(), Error> {
    let api = Api::Metadata;
    let error = BrokerError::from_answer(answer.error_code, None);
    error.map_or(Ok(()), |error| Err(Error::Broker { api, error }))
}

impl Node {
    pub(crate) fn from_answer(
        api: Api,
        id: BrokerId,
        host: &str,
        port: i32,
        rack: Option<&str>,
    ) -> Result<Self, Error> {
        let id = id.0;
        let port = u16::try_from(port).map_err(|_| Error::Malformed {
            api,
            why: format!("broker {id} has port {port}"),
        })?;
        Ok(Self {
            id,
            host: host.to_owned(),
            port,
            rack: rack.map(str::to_owned),
        })
    }
}

impl Question for MetadataRequest {
    const API: Api = Api::Metadata;
    const OUTLINE: Outline = Outline {
        flexible: 9,
        fields: &[
            since(3, Part::Fixed(4)),
            always(Part::Structs(&[
                always(Part::Fixed(4)),
                always(Part::Text),
                always(Part::Fixed(4)),
                since(1, Part::Text),
            ])),
            since(2, Part::Text),
            since(1, Part::Fixed(4)),
            always(Part::Structs(&[
                always(Part::Fixed(2)),
                always(Part::Text),
                since(10, Part::Fixed(16)),
                since(1, Part::Fixed(1)),
                always(Part::Structs(&[
                    always(Part::Fixed(2 + 4 + 4)),
                    since(7, Part::Fixed(4)),
                    always(Part::Many(4)),
                    always(Part::Many(4)),
                    since(5, Part::Many(4)),
                ])),
                since(8, Part::Fixed(4)),
            ])),
            between(8, 10, Part::Fixed(4)),
            since(13, Part::Fixed(2)),
        ],
        tagged: &[],
    };
}
