//! Questions to a broker over a socket of this process: whether it speaks Kafka, and what it knows of
//! its cluster. The world's own eyes, which share nothing with the product's.

use super::error::{Doing, KafkaError};
use bytes::{Buf, Bytes, BytesMut};
use fleet::words::NodeId;
use kafka_protocol::messages::{
    ApiVersionsRequest, BrokerId, MetadataRequest, RequestHeader, ResponseHeader,
};
use kafka_protocol::protocol::{
    Decodable, HeaderVersion, Request, StrBytes, encode_request_header_into_buffer,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long one question may take, in real time.
const WITHIN: Duration = Duration::from_secs(5);
/// More than a broker of a small cluster ever says.
const LARGEST: usize = 1 << 20;

/// What a broker knows of its cluster, as it tells who asks on that listener.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The cluster's id.
    pub cluster_id: String,
    /// Brokers that serve, with what they advertise on the listener that was asked: `host:port`.
    pub brokers: BTreeMap<NodeId, String>,
    /// The partitions of every topic that it shows, by topic and number.
    pub partitions: BTreeMap<(String, i32), Partition>,
}

/// A partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Partition {
    /// Its leader, if there is one.
    pub leader: Option<NodeId>,
    /// Who is to have it.
    pub replicas: BTreeSet<NodeId>,
    /// Who is in sync.
    pub isr: BTreeSet<NodeId>,
}

impl Metadata {
    /// Whether every replica of every partition is in sync.
    pub fn in_sync(&self) -> bool {
        self.partitions
            .values()
            .all(|partition| partition.isr == partition.replicas)
    }
}

// Old versions that every broker still knows, without flexible fields.

/// Asks `host:port` which requests it knows; fails unless it is a Kafka broker.
pub async fn api_versions(target: &str) -> Result<(), KafkaError> {
    let answer = ask(target, 0, &ApiVersionsRequest::default()).await?;
    match answer.error_code {
        0 => Ok(()),
        code => Err(KafkaError::new(
            format!("ask {target} for its versions"),
            format!("error {code}"),
        )),
    }
}

/// Asks `host:port` for brokers and all topics.
pub async fn metadata(target: &str) -> Result<Metadata, KafkaError> {
    let request = MetadataRequest::default().with_topics(None);
    let answer = ask(target, 7, &request).await?;
    let node = |id: i32| u32::try_from(id).ok().and_then(NodeId::new);
    let nodes = |ids: &[BrokerId]| ids.iter().filter_map(|id| node(id.0)).collect();
    let mut told = Metadata {
        cluster_id: answer
            .cluster_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        ..Metadata::default()
    };
    for broker in &answer.brokers {
        let id = node(broker.node_id.0);
        told.brokers
            .extend(id.map(|id| (id, format!("{}:{}", broker.host, broker.port))));
    }
    for topic in &answer.topics {
        let name = topic
            .name
            .as_ref()
            .map(|name| name.to_string())
            .unwrap_or_default();
        for partition in &topic.partitions {
            let found = Partition {
                leader: node(partition.leader_id.0),
                replicas: nodes(&partition.replica_nodes),
                isr: nodes(&partition.isr_nodes),
            };
            told.partitions
                .insert((name.clone(), partition.partition_index), found);
        }
    }
    Ok(told)
}

/// One question on a connection of its own, in this version.
pub async fn ask<Q: Request>(
    target: &str,
    version: i16,
    question: &Q,
) -> Result<Q::Response, KafkaError> {
    let asked = async {
        let request = encode(version, question)?;
        let mut stream = TcpStream::connect(target).await.doing("connect")?;
        stream.write_all(&request).await.doing("send")?;
        let mut size = [0; 4];
        stream.read_exact(&mut size).await.doing("receive")?;
        let size = usize::try_from(u32::from_be_bytes(size)).unwrap_or(usize::MAX);
        if size > LARGEST {
            return Err(KafkaError::says(format!(
                "{size} bytes are no broker's answer"
            )));
        }
        let mut answer = vec![0; size];
        stream.read_exact(&mut answer).await.doing("receive")?;
        decode::<Q>(version, answer.into())
    };
    match tokio::time::timeout(WITHIN, asked).await {
        Ok(answer) => answer.doing(format!("ask {target}")),
        Err(_) => Err(KafkaError::new(
            format!("ask {target}"),
            format!("no answer within {} s", WITHIN.as_secs()),
        )),
    }
}

fn encode<Q: Request>(version: i16, question: &Q) -> Result<Bytes, KafkaError> {
    let header = RequestHeader::default()
        .with_request_api_key(Q::KEY)
        .with_request_api_version(version)
        .with_client_id(Some(StrBytes::from_static_str("world")));
    let mut body = BytesMut::new();
    encode_request_header_into_buffer(&mut body, &header).doing("encode")?;
    question.encode(&mut body, version).doing("encode")?;
    let size = u32::try_from(body.len()).doing("encode")?;
    let mut request = BytesMut::from(&size.to_be_bytes()[..]);
    request.extend_from_slice(&body);
    Ok(request.freeze())
}

fn decode<Q: Request>(version: i16, mut answer: Bytes) -> Result<Q::Response, KafkaError> {
    ResponseHeader::decode(&mut answer, Q::Response::header_version(version)).doing("decode")?;
    let told = Q::Response::decode(&mut answer, version).doing("decode")?;
    match answer.remaining() {
        0 => Ok(told),
        rest => Err(KafkaError::says(format!(
            "decode: {rest} bytes are left over"
        ))),
    }
}
