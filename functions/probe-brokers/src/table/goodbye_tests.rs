//! What a broker reads of TLS when its row is over.

use super::hostile_tests::{Said, converse, frames};
use super::tests::{anywhere, bound, inquiry};
use super::*;
use fleet::listener::Protocol;
use fleet::proof::Secret;
use rcgen::generate_simple_self_signed;
use serde_json::json;
use std::io;
use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The row about a broker inside of TLS that answers so, and what the broker reads after it.
async fn row(frames: Vec<Vec<u8>>) -> (Row, io::Result<usize>) {
    let own = generate_simple_self_signed(["b1.example.com".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("a configuration")));
    let (listener, port) = bound().await;
    let broker = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        let mut stream = acceptor.accept(stream).await?;
        converse(&mut stream, frames).await?;
        stream.read(&mut [0; 64]).await
    });
    let mut inquiry = inquiry(&[port]);
    for way in inquiry.groups.values_mut() {
        let secret = json!({ "ca": own.cert.pem() }).to_string();
        way.protocol = Protocol::Ssl;
        way.secret = Some(Secret::read(&secret, way.protocol).expect("a secret"));
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    let row = table(&inquiry, &anywhere(), deadline).await.remove(0);
    (row, broker.await.expect("no panic"))
}

#[tokio::test]
async fn a_broker_reads_a_clean_end_after_the_last_answer_and_after_one_that_makes_no_sense() {
    let (well, mut odd) = (frames(&Said::well()), frames(&Said::well()));
    odd[1] = vec![0, 0, 0, 1, 7];
    odd.truncate(2);
    for (frames, says) in [
        (well, "advertises b1.example.com:9093"),
        (odd, "not Kafka: "),
    ] {
        let (row, last) = row(frames).await;
        assert!(row.says().starts_with(says), "{row}");
        assert_eq!(last.expect("no end that is cut off"), 0, "{row}");
    }
}
