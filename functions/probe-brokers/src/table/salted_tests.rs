//! A password is salted once in an inquiry, however many brokers ask for it.

use super::hostile_tests::frame;
use super::tests::{anywhere, bound, inquiry};
use super::*;
use fleet::listener::Protocol;
use fleet::proof::Secret;
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::{SaslAuthenticateResponse, SaslHandshakeResponse};
use serde_json::json;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const SASL_AUTHENTICATION_FAILED: i16 = 58;

/// The next question.
async fn asked(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u32().await?;
    let mut question = vec![0; usize::try_from(length).unwrap_or_default()];
    stream.read_exact(&mut question).await?;
    Ok(question)
}

/// Goes along with SCRAM until it has a proof, for which the password must be salted, and refuses it.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    let offered = [(17, 1), (18, 3), (36, 1)].map(|(key, max)| {
        ApiVersion::default()
            .with_api_key(key)
            .with_max_version(max)
    });
    let greeting = ApiVersionsResponse::default().with_api_keys(offered.to_vec());
    asked(&mut stream).await?;
    stream.write_all(&frame(&greeting, 3, 1)).await?;
    asked(&mut stream).await?;
    let agreed = SaslHandshakeResponse::default();
    stream.write_all(&frame(&agreed, 1, 2)).await?;
    // The nonce is the last of what the client says first: `n,,n=kim,r=…`.
    let first = asked(&mut stream).await?;
    let first = String::from_utf8_lossy(&first);
    let nonce = first.rsplit("r=").next().unwrap_or_default();
    let salting = format!("r={nonce}theirs,s=QSXCR+Q6sek8bf92,i=4096");
    let salting = SaslAuthenticateResponse::default().with_auth_bytes(salting.into_bytes().into());
    stream.write_all(&frame(&salting, 1, 3)).await?;
    asked(&mut stream).await?;
    let refusal = SaslAuthenticateResponse::default().with_error_code(SASL_AUTHENTICATION_FAILED);
    stream.write_all(&frame(&refusal, 1, 4)).await
}

async fn broker() -> u16 {
    let (listener, port) = bound().await;
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        refuse(stream).await
    });
    port
}

#[tokio::test]
async fn what_was_salted_for_one_row_is_there_for_all_rows_of_an_inquiry() {
    let mut inquiry = inquiry(&[broker().await, broker().await, broker().await]);
    let secret = json!({"mechanism": "SCRAM-SHA-256", "username": "kim", "password": "secret"});
    for way in inquiry.groups.values_mut() {
        way.protocol = Protocol::SaslPlaintext;
        way.secret = Some(Secret::read(&secret.to_string(), way.protocol).expect("a secret"));
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    let salted = SaltedPasswords::default();
    let rows = sharing(salted.clone(), &inquiry, &anywhere(), deadline).await;
    for row in &rows {
        let says = row.says();
        assert!(says.contains("by SCRAM-SHA-256 failed"), "{says}");
    }
    assert_eq!((rows.len(), salted.computed()), (3, 1));
}
