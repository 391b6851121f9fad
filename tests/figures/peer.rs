//! A broker that answers at once, by TLS and SCRAM where it is asked to: what remains is our own share.
//! What real Kafka answers is proven in `tests/proof`.

use crate::scram::{Exchange, User};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use fleet::listener::Endpoint;
use fleet::words::NodeId;
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
};
use kafka_protocol::messages::metadata_response::{MetadataResponse, MetadataResponseBroker};
use kafka_protocol::messages::{
    ApiKey, BrokerId, RequestHeader, ResponseHeader, SaslAuthenticateRequest,
    SaslAuthenticateResponse, SaslHandshakeResponse,
};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, StrBytes};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// `ConfigResource.Type.BROKER`.
const BROKER: i8 = 4;

/// What each broker advertises.
pub type Advertised = Arc<BTreeMap<NodeId, Endpoint>>;

/// One broker.
#[derive(Clone)]
pub struct Peer {
    /// Who it is.
    pub node: NodeId,
    /// What all brokers advertise.
    pub all: Advertised,
    /// Its side of TLS, if it speaks that.
    pub tls: Option<TlsAcceptor>,
    /// Whom it lets in, if not everybody.
    pub user: Option<Arc<User>>,
}

/// Answers on a listener as this broker, until the runtime ends.
pub fn serve(listener: TcpListener, peer: Peer) {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Answers are small, and the other side waits for them.
            let _slower = stream.set_nodelay(true);
            let peer = peer.clone();
            // It ends when the prober hangs up.
            tokio::spawn(async move {
                match peer.tls.clone() {
                    Some(tls) => peer.converse(tls.accept(stream).await?).await,
                    None => peer.converse(stream).await,
                }
            });
        }
    });
}

impl Peer {
    async fn converse(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let exchange = self.user.as_ref().map(|user| user.exchange());
        let mut exchange = exchange.transpose().map_err(io::Error::other)?;
        loop {
            let length = stream.read_u32().await?;
            let mut frame = BytesMut::new();
            while frame.len() < length as usize {
                if stream.read_buf(&mut frame).await? == 0 {
                    return Ok(());
                }
            }
            let answer = self.answer(frame.freeze(), exchange.as_mut());
            stream.write_all(&answer.map_err(io::Error::other)?).await?;
            stream.flush().await?;
        }
    }

    fn answer(
        &self,
        mut asked: Bytes,
        exchange: Option<&mut Exchange>,
    ) -> Result<BytesMut, String> {
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
            ApiKey::SaslHandshake => frame(to, &SaslHandshakeResponse::default()),
            ApiKey::SaslAuthenticate => {
                let said = SaslAuthenticateRequest::decode(&mut asked, version)
                    .map_err(|error| error.to_string())?;
                let exchange = exchange.ok_or("nobody is to say who he is")?;
                let bytes = exchange.answer(&said.auth_bytes)?;
                let answer = SaslAuthenticateResponse::default().with_auth_bytes(bytes.into());
                frame(to, &answer)
            }
            ApiKey::DescribeConfigs => frame(to, &configuration(self.node, &self.all)),
            ApiKey::Metadata => frame(to, &metadata(&self.all)),
            other => Err(format!("request {other:?}")),
        }
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
        (ApiKey::SaslHandshake, 0, 1),
        (ApiKey::SaslAuthenticate, 0, 2),
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
