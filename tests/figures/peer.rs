//! A broker that answers at once: what remains is our own share. What real Kafka answers is proven in
//! `tests/proof`.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use fleet::listener::Endpoint;
use fleet::words::NodeId;
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
};
use kafka_protocol::messages::metadata_response::{MetadataResponse, MetadataResponseBroker};
use kafka_protocol::messages::{ApiKey, BrokerId, RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, StrBytes};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// `ConfigResource.Type.BROKER`.
const BROKER: i8 = 4;

/// What each broker advertises.
pub type Advertised = Arc<BTreeMap<NodeId, Endpoint>>;

/// Answers on a listener as this broker, until the runtime ends.
pub fn serve(listener: TcpListener, node: NodeId, all: Advertised) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // It ends when the prober hangs up.
            tokio::spawn(converse(stream, node, Arc::clone(&all)));
        }
    });
}

async fn converse(mut stream: TcpStream, node: NodeId, all: Advertised) -> io::Result<()> {
    loop {
        let length = stream.read_u32().await?;
        let mut frame = BytesMut::new();
        while frame.len() < length as usize {
            if stream.read_buf(&mut frame).await? == 0 {
                return Ok(());
            }
        }
        let answer = answer(frame.freeze(), node, &all).map_err(io::Error::other)?;
        stream.write_all(&answer).await?;
    }
}

fn answer(mut asked: Bytes, node: NodeId, all: &Advertised) -> Result<BytesMut, String> {
    if asked.len() < 4 {
        return Err(format!("a question of {} bytes", asked.len()));
    }
    let (key, version) = (asked.slice(0..2).get_i16(), asked.slice(2..4).get_i16());
    let key = ApiKey::try_from(key).map_err(|()| format!("request {key}"))?;
    let header = RequestHeader::decode(&mut asked, key.request_header_version(version))
        .map_err(|error| error.to_string())?;
    let to = (version, header.correlation_id);
    match key {
        ApiKey::ApiVersions => frame(to, &offers()),
        ApiKey::DescribeConfigs => frame(to, &configuration(node, all)),
        ApiKey::Metadata => frame(to, &metadata(all)),
        other => Err(format!("request {other:?}")),
    }
}

fn frame<R: Encodable + HeaderVersion>(
    (version, correlation): (i16, i32),
    answer: &R,
) -> Result<BytesMut, String> {
    let mut frame = BytesMut::new();
    frame.put_u32(0);
    ResponseHeader::default()
        .with_correlation_id(correlation)
        .encode(&mut frame, R::header_version(version))
        .and_then(|()| answer.encode(&mut frame, version))
        .map_err(|error| error.to_string())?;
    let length = u32::try_from(frame.len() - 4).map_err(|error| error.to_string())?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Ok(frame)
}

fn offers() -> ApiVersionsResponse {
    let offered = [
        (ApiKey::ApiVersions, 0, 3),
        (ApiKey::Metadata, 0, 12),
        (ApiKey::DescribeConfigs, 1, 4),
    ];
    let offered = offered.map(|(key, min, max)| {
        ApiVersion::default()
            .with_api_key(key as i16)
            .with_min_version(min)
            .with_max_version(max)
    });
    ApiVersionsResponse::default().with_api_keys(offered.into())
}

fn configuration(node: NodeId, all: &Advertised) -> DescribeConfigsResponse {
    let at = all.get(&node);
    let at = at.map(|at| format!("EXTERNAL://{}:{}", at.host, at.port));
    let values = [
        ("listeners", at.clone()),
        ("advertised.listeners", at),
        ("listener.security.protocol.map", None),
    ];
    let values = values.map(|(key, value)| {
        DescribeConfigsResourceResult::default()
            .with_name(StrBytes::from_static_str(key))
            .with_value(value.map(StrBytes::from_string))
    });
    let result = DescribeConfigsResult::default()
        .with_resource_type(BROKER)
        .with_resource_name(StrBytes::from_string(node.to_string()))
        .with_configs(values.into());
    DescribeConfigsResponse::default().with_results(vec![result])
}

fn metadata(all: &Advertised) -> MetadataResponse {
    let brokers = all.iter().map(|(node, at)| {
        MetadataResponseBroker::default()
            // A `node.id` is a Java `int`.
            .with_node_id(BrokerId(node.get().cast_signed()))
            .with_host(StrBytes::from_string(at.host.clone()))
            .with_port(i32::from(at.port.get()))
    });
    MetadataResponse::default()
        .with_brokers(brokers.collect())
        .with_cluster_id(Some(StrBytes::from_static_str("figures")))
}
