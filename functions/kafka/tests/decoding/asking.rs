//! Each question of the crate, asked of a peer whose answers are there before it is asked.

use crate::counting::most_held;
use bytes::{BufMut, BytesMut};
use kafka::{
    Connection, Credentials, Dial, Error, Limits, Mechanism, SaltedPasswords, Security, Trust,
};
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::{ResponseHeader, SaslAuthenticateResponse, SaslHandshakeResponse};
use kafka_protocol::protocol::{Encodable, HeaderVersion};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, duplex};

/// What is asked last on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    ApiVersions,
    SaslHandshake,
    SaslAuthenticate,
    Metadata,
    Topics,
    Identity,
    MinInsync,
    LogDirs,
    Quorum,
    Reassignments,
    Cluster,
}

impl Question {
    /// The key of its request.
    pub fn key(self) -> i16 {
        match self {
            Self::ApiVersions => 18,
            Self::SaslHandshake => 17,
            Self::SaslAuthenticate => 36,
            Self::Metadata | Self::Topics => 3,
            Self::Identity | Self::MinInsync => 32,
            Self::LogDirs => 35,
            Self::Quorum => 55,
            Self::Reassignments => 46,
            Self::Cluster => 60,
        }
    }

    /// The correlation id of its request: how many come before it.
    pub fn correlation(self) -> i32 {
        match self {
            Self::ApiVersions => 1,
            Self::SaslAuthenticate => 3,
            _ => 2,
        }
    }
}

/// Header and body of an answer.
pub fn body<R: Encodable + HeaderVersion>(answer: &R, version: i16, correlation: i32) -> Vec<u8> {
    let mut body = Vec::new();
    let header = ResponseHeader::default().with_correlation_id(correlation);
    header
        .encode(&mut body, R::header_version(version))
        .unwrap();
    answer.encode(&mut body, version).unwrap();
    body
}

/// Asks in this version, is answered with this frame, and tells how many bytes were held at most.
pub fn ask(question: Question, version: i16, frame: &[u8]) -> (usize, Result<(), Error>) {
    let mut answers = BytesMut::new();
    if question != Question::ApiVersions {
        put(&mut answers, &body(&table(question.key(), version), 3, 1));
    }
    if question == Question::SaslAuthenticate {
        put(&mut answers, &body(&SaslHandshakeResponse::default(), 1, 2));
    }
    put(&mut answers, frame);
    if question == Question::SaslHandshake {
        put(
            &mut answers,
            &body(&SaslAuthenticateResponse::default(), 2, 3),
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    // What we ask is thrown away unread: it fits into the pipe. What is missing in the answers ends
    // with the pipe.
    let (ours, mut theirs) = duplex(answers.len().max(4096));
    runtime.block_on(async {
        theirs.write_all(&answers).await.unwrap();
        theirs.shutdown().await.unwrap();
    });
    most_held(|| runtime.block_on(async { converse(ours, dial(question), question).await }))
}

async fn converse(
    stream: tokio::io::DuplexStream,
    dial: Dial,
    question: Question,
) -> Result<(), Error> {
    let mut connection = Connection::over(stream, &dial).await?;
    match question {
        Question::ApiVersions | Question::SaslHandshake | Question::SaslAuthenticate => {}
        Question::Metadata => drop(connection.metadata().await?),
        Question::Topics => drop(connection.topics().await?),
        Question::Identity => drop(connection.identity(2).await?),
        Question::MinInsync => drop(connection.min_insync_replicas(&["t"]).await?),
        Question::LogDirs => drop(connection.log_dirs().await?),
        Question::Quorum => drop(connection.quorum().await?),
        Question::Reassignments => drop(connection.reassignments().await?),
        Question::Cluster => drop(connection.cluster().await?),
    }
    Ok(())
}

fn dial(question: Question) -> Dial {
    let sasl = matches!(
        question,
        Question::SaslHandshake | Question::SaslAuthenticate
    );
    Dial {
        address: ([127, 0, 0, 1], 1).into(),
        security: if sasl {
            Security::SaslPlaintext
        } else {
            Security::Plaintext
        },
        server_names: Vec::new(),
        trust: Trust::Machine,
        credentials: Some(Credentials {
            mechanism: Mechanism::Plain,
            username: "kim".to_owned(),
            password: "secret".to_owned(),
        }),
        client_certificate: None,
        salted: SaltedPasswords::default(),
        limits: Limits {
            small: 1 << 24,
            large: 1 << 24,
        },
        patience: Duration::from_secs(600),
    }
}

/// What a broker offers that is asked in this version; SASL needs two requests.
fn table(key: i16, version: i16) -> ApiVersionsResponse {
    let row = |key, version| {
        ApiVersion::default()
            .with_api_key(key)
            .with_min_version(version)
            .with_max_version(version)
    };
    let sasl = match key {
        17 => row(36, 2),
        _ => row(17, 1),
    };
    let rows = vec![row(18, 3), row(key, version), sasl];
    ApiVersionsResponse::default().with_api_keys(rows)
}

fn put(answers: &mut BytesMut, frame: &[u8]) {
    answers.put_u32(u32::try_from(frame.len()).unwrap());
    answers.put_slice(frame);
}
