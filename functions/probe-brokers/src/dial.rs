//! One question: one connection that carries ApiVersions, DescribeConfigs and Metadata.

mod admin;
mod open;

pub use admin::{Admin, sentence};
pub use open::{Door, LONGEST_ANSWER, open};

use fleet::proof::{Miss, Path, Question, Reached, Way, Who};
use fleet::words::NodeId;
use kafka::{Api, Connection, SaltedPasswords};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Most brokers without a port in the group that are kept of a list.
const MOST_OTHERS: usize = 1000;

/// What all rows of an inquiry have in common.
#[derive(Clone)]
pub struct Common {
    /// How long a peer may keep a row waiting.
    pub patience: Duration,
    /// Users are those of the cluster, so each password is salted once.
    pub salted: SaltedPasswords,
    /// Longest answer about topics that is read, in bytes.
    pub large: usize,
}

/// Asks who is there. Nothing but what the socket said is in the answer.
pub async fn ask(
    question: &Question,
    address: Ipv4Addr,
    way: &Way,
    common: &Common,
) -> Result<Reached, Miss> {
    let address = SocketAddr::from((address, question.port.get()));
    let names = open::names(question, way)?;
    let mut connection = open(way.into(), address, names, common).await?;
    let reached = reached(question, way, &mut connection).await;
    connection.close().await;
    reached
}

/// What a connection says of its broker.
async fn reached(
    question: &Question,
    way: &Way,
    connection: &mut Connection,
) -> Result<Reached, Miss> {
    let asked = |error| Door::from(way).miss(error);
    let first = question
        .path
        .broker()
        .or_else(|| way.endpoints.keys().next().copied())
        .ok_or_else(|| Miss::NotProvable("the group has no broker yet".to_owned()))?;
    let mut asked_as = first;
    let mut answer = connection.identity(wire(first)).await.map_err(asked)?;
    // On the bootstrap port whoever answers is asked once more, as itself.
    if let (Path::Bootstrap, kafka::Who::Other(id)) = (question.path, &answer)
        && let Some(node) = node(*id)
    {
        asked_as = node;
        answer = connection.identity(*id).await.map_err(asked)?;
    }
    let (who, advertised) = said(asked_as, answer);
    let (cluster_id, listed) = if connection.api_versions().versions(Api::Metadata).is_some() {
        let metadata = connection.metadata().await.map_err(asked)?;
        (metadata.cluster_id, Some(listed(metadata.brokers, way)))
    } else {
        (None, None)
    };
    Ok(Reached {
        who,
        cluster_id,
        listed,
        advertised,
    })
}

/// The brokers of a list as `host:port`: all that the group knows, and some others.
fn listed(brokers: Vec<kafka::Node>, way: &Way) -> BTreeMap<NodeId, String> {
    let brokers = brokers.into_iter().filter_map(|broker| {
        let endpoint = format!("{}:{}", broker.host, broker.port);
        Some((node(broker.id)?, endpoint))
    });
    let (mut listed, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
        brokers.partition(|(node, _)| way.endpoints.contains_key(node));
    listed.extend(others.into_iter().take(MOST_OTHERS));
    listed
}

/// Who answered to a question for `asked`, and the endpoints that it says to advertise.
fn said(asked: NodeId, answer: kafka::Who) -> (Who, BTreeMap<String, String>) {
    let who = match answer {
        kafka::Who::Expected(values) => {
            // A value that cannot be read explains nothing; Metadata's own entry decides.
            let endpoints = values.advertised_endpoints().unwrap_or_default();
            let endpoints = endpoints.into_iter();
            let endpoints = endpoints.map(|(name, at)| (name, format!("{}:{}", at.host, at.port)));
            return (Who::Node(asked), endpoints.collect());
        }
        kafka::Who::Other(id) => match node(id) {
            Some(node) => Who::Node(node),
            None => Who::Unsaid(format!("it says that it is broker {id}")),
        },
        kafka::Who::Denied(error) => Who::Unsaid(format!(
            "it may not say who it is ({error}); allow DescribeConfigs on the cluster for the probe's user"
        )),
        kafka::Who::Unclear(error) => Who::Unsaid(format!("it does not say who it is ({error})")),
    };
    (who, BTreeMap::new())
}

/// Kafka's number of a node, if it is one.
pub fn node(id: i32) -> Option<NodeId> {
    u32::try_from(id).ok().and_then(NodeId::new)
}

/// A `node.id` is a Java `int`, and [`NodeId`] no larger.
pub fn wire(node: NodeId) -> i32 {
    i32::try_from(node.get()).unwrap_or(i32::MAX)
}
