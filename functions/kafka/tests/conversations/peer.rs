//! The peer: it reads questions as a broker does, and answers by the codec or in raw bytes.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use kafka::{Api, Connection, Dial, Error, Limits, SaltedPasswords, Security, Trust};
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::{ApiKey, RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{Decodable, Encodable, HeaderVersion, Request, StrBytes};
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// One side of a conversation, after TCP or TLS.
pub struct Peer<S = tokio::net::TcpStream> {
    pub stream: S,
}

/// A question.
pub struct Asked {
    pub key: i16,
    pub version: i16,
    pub correlation: i32,
    pub header: RequestHeader,
    pub body: Bytes,
}

/// Listens on loopback, and holds one conversation with whoever comes first.
pub async fn listen<T>(talk: impl FnOnce(Peer) -> T + Send + 'static) -> SocketAddr
where
    T: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        talk(Peer { stream }).await;
    });
    address
}

/// A dial in plain text with a patience that no test should ever use up.
pub fn dial(address: SocketAddr) -> Dial {
    Dial {
        address,
        security: Security::Plaintext,
        server_names: vec!["b1.example.com".to_owned()],
        trust: Trust::Machine,
        client_certificate: None,
        credentials: None,
        salted: SaltedPasswords::default(),
        limits: Limits::default(),
        patience: Duration::from_secs(60),
    }
}

/// Opens a connection to a peer that greets.
pub async fn open(address: SocketAddr) -> Connection {
    Connection::open(&dial(address)).await.unwrap()
}

/// What comes of dialling a peer that holds this conversation.
pub async fn opening<T>(talk: impl FnOnce(Peer) -> T + Send + 'static) -> Result<Connection, Error>
where
    T: Future<Output = ()> + Send + 'static,
{
    Connection::open(&dial(listen(talk).await)).await
}

/// All versions that the codec has of what we ask.
pub const OFFERED: [(i16, i16, i16); 9] = [
    (3, 0, 13),
    (17, 0, 1),
    (18, 0, 4),
    (32, 1, 4),
    (35, 1, 4),
    (36, 0, 2),
    (46, 0, 0),
    (55, 0, 2),
    (60, 0, 2),
];

/// A table of requests with their oldest and newest version.
pub fn table(rows: &[(i16, i16, i16)]) -> ApiVersionsResponse {
    let row = |(key, min, max): &(i16, i16, i16)| {
        ApiVersion::default()
            .with_api_key(*key)
            .with_min_version(*min)
            .with_max_version(*max)
    };
    ApiVersionsResponse::default().with_api_keys(rows.iter().map(row).collect())
}

/// A string of the codec.
pub fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// The next question; the conversation ends here if there is none.
    pub async fn asked(&mut self) -> Asked {
        let length = self.stream.read_i32().await.expect("a question");
        let mut frame = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut frame).await.unwrap();
        let mut body = Bytes::from(frame);
        let (key, version) = (body.slice(0..2).get_i16(), body.slice(2..4).get_i16());
        let header = ApiKey::try_from(key)
            .unwrap()
            .request_header_version(version);
        let header = RequestHeader::decode(&mut body, header).unwrap();
        let correlation = header.correlation_id;
        Asked {
            key,
            version,
            correlation,
            header,
            body,
        }
    }

    /// The next question, which must be this one.
    pub async fn asked_for<R: Request>(&mut self) -> (Asked, R) {
        let mut asked = self.asked().await;
        assert_eq!(asked.key, R::KEY);
        let request = R::decode(&mut asked.body, asked.version).unwrap();
        assert!(asked.body.is_empty());
        (asked, request)
    }

    /// The next question, whatever it is, answered.
    pub async fn answer_next(&mut self, answer: &(impl Encodable + HeaderVersion)) {
        let asked = self.asked().await;
        self.answer(&asked, answer).await;
    }

    /// Answers in the version that was asked.
    pub async fn answer(&mut self, asked: &Asked, answer: &(impl Encodable + HeaderVersion)) {
        self.frame(&body(answer, asked.version, asked.correlation))
            .await;
    }

    /// ApiVersions, answered with all that there is.
    pub async fn greet(&mut self) {
        self.greet_with(&OFFERED).await;
    }

    /// ApiVersions, answered with these rows.
    pub async fn greet_with(&mut self, rows: &[(i16, i16, i16)]) {
        let asked = self.asked().await;
        assert_eq!(asked.key, Api::ApiVersions.key());
        self.answer(&asked, &table(rows)).await;
    }

    /// A frame of these bytes.
    pub async fn frame(&mut self, body: &[u8]) {
        let mut frame = BytesMut::new();
        frame.put_u32(u32::try_from(body.len()).unwrap());
        frame.put_slice(body);
        self.send(&frame).await;
    }

    /// These bytes. Whether they are still wanted is the other side's business.
    pub async fn send(&mut self, bytes: &[u8]) {
        let _gone = self.stream.write_all(bytes).await;
        let _gone = self.stream.flush().await;
    }

    /// Says nothing more, and waits until the other side is gone.
    pub async fn listen_on(mut self) {
        let mut rest = Vec::new();
        let _gone = self.stream.read_to_end(&mut rest).await;
    }
}

/// Header and body of an answer.
pub fn body<R: Encodable + HeaderVersion>(answer: &R, version: i16, correlation: i32) -> BytesMut {
    let mut body = BytesMut::new();
    let header = ResponseHeader::default().with_correlation_id(correlation);
    header
        .encode(&mut body, R::header_version(version))
        .unwrap();
    answer.encode(&mut body, version).unwrap();
    body
}
