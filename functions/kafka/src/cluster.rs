//! The registered brokers, fenced ones included where a broker can tell them.

use crate::outline::{Outline, Part, always, since};
use crate::question::Question;
use crate::{Api, BrokerError, Connection, Error, Node};
use kafka_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use kafka_protocol::messages::{DescribeClusterRequest, DescribeClusterResponse};

/// The first version that lists fenced brokers (Kafka 4.0, K-7).
const TELLS_FENCED: i16 = 2;

/// A Kafka cluster and its registered brokers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The id of the Kafka cluster.
    pub cluster_id: String,
    /// In the order of the answer.
    pub brokers: Vec<Registered>,
}

/// A broker that has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The broker, as this listener's clients are told to reach it.
    pub node: Node,
    /// Whether the controller keeps it out: starting, or without heartbeats. None from versions
    /// before 2, which list unfenced brokers only.
    pub fenced: Option<bool>,
}

impl Connection {
    /// The registered brokers that have a listener of this name. Needs nothing beyond
    /// authentication.
    ///
    /// # Errors
    /// [`Error::Unsupported`] from brokers before 2.8; [`Error::Broker`]; those of every question.
    pub async fn cluster(&mut self) -> Result<Cluster, Error> {
        let version = self.agree::<DescribeClusterRequest>(0)?;
        let tells_fenced = version >= TELLS_FENCED;
        let question = DescribeClusterRequest::default().with_include_fenced_brokers(tells_fenced);
        let limit = self.limits().small;
        let DescribeClusterResponse {
            error_code,
            error_message,
            cluster_id,
            brokers,
            ..
        } = self.ask(&question, version, limit).await?;
        if let Some(error) = BrokerError::from_answer(error_code, error_message.as_deref()) {
            let api = Api::DescribeCluster;
            return Err(Error::Broker { api, error });
        }
        let registered = |broker: &DescribeClusterBroker| {
            let rack = broker.rack.as_deref();
            let node = Node::from_answer(
                Api::DescribeCluster,
                broker.broker_id,
                &broker.host,
                broker.port,
                rack,
            )?;
            let fenced = tells_fenced.then_some(broker.is_fenced);
            Ok(Registered { node, fenced })
        };
        Ok(Cluster {
            cluster_id: cluster_id.to_string(),
            brokers: brokers.iter().map(registered).collect::<Result<_, _>>()?,
        })
    }
}

impl Question for DescribeClusterRequest {
    const API: Api = Api::DescribeCluster;
    const OUTLINE: Outline = Outline {
        flexible: 0,
        fields: &[
            always(Part::Fixed(4 + 2)),
            always(Part::Text),
            since(1, Part::Fixed(1)),
            always(Part::Text),
            always(Part::Fixed(4)),
            always(Part::Structs(&[
                always(Part::Fixed(4)),
                always(Part::Text),
                always(Part::Fixed(4)),
                always(Part::Text),
                since(2, Part::Fixed(1)),
            ])),
            always(Part::Fixed(4)),
        ],
        tagged: &[],
    };
}
