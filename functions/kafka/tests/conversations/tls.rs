//! TLS that fits, TLS that does not, and TLS that only one side speaks.

use crate::peer::{Peer, dial, listen};
use kafka::{Connection, Dial, Error, Security, TlsProblem, Trust};
use kafka_protocol::messages::MetadataResponse;
use rcgen::{CertificateParams, CertifiedKey, KeyPair};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;

/// A certificate for one name, signed by itself.
pub fn certificate(name: &str) -> CertifiedKey<KeyPair> {
    signed(CertificateParams::new(vec![name.to_owned()]).unwrap())
}

/// The same with everything that can be in one.
pub fn signed(params: CertificateParams) -> CertifiedKey<KeyPair> {
    let signing_key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&signing_key).unwrap();
    CertifiedKey { cert, signing_key }
}

/// The dial of somebody who trusts only this certificate.
pub fn trusting(address: SocketAddr, certificate: &str) -> Dial {
    Dial {
        security: Security::Ssl,
        trust: Trust::Only(certificate.to_owned()),
        ..dial(address)
    }
}

/// A broker's side of TLS with this certificate.
pub fn acceptor(own: &CertifiedKey<KeyPair>) -> TlsAcceptor {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let anybody = versions.unwrap().with_no_client_auth();
    let config = anybody.with_single_cert(vec![own.cert.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

/// The peer inside of TLS; none if the other side does not like it.
pub async fn inside(peer: Peer, acceptor: TlsAcceptor) -> Option<Peer<TlsStream<TcpStream>>> {
    let stream = acceptor.accept(peer.stream).await.ok()?;
    Some(Peer { stream })
}

/// What comes of dialling a broker with this certificate, and trusting that one.
pub async fn problem(own: CertifiedKey<KeyPair>, trusted: String) -> Option<Error> {
    let acceptor = acceptor(&own);
    let address = listen(async move |peer| {
        if let Some(mut peer) = inside(peer, acceptor).await {
            peer.greet().await;
        }
    });
    Connection::open(&trusting(address.await, &trusted))
        .await
        .err()
}

#[tokio::test]
async fn questions_are_asked_inside_of_tls() {
    let own = certificate("b1.example.com");
    let (acceptor, pem) = (acceptor(&own), own.cert.pem());
    let address = listen(async move |peer| {
        let mut peer = inside(peer, acceptor).await.unwrap();
        peer.greet().await;
        peer.answer_next(&MetadataResponse::default()).await;
    });
    let mut connection = Connection::open(&trusting(address.await, &pem))
        .await
        .unwrap();
    assert_eq!(connection.metadata().await.unwrap().brokers, []);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_with_both_names() {
    let own = certificate("b2.example.com");
    let pem = own.cert.pem();
    let error = problem(own, pem).await.unwrap();
    assert_eq!(
        error.to_string(),
        "TLS: the broker's certificate is not for b1.example.com, but for b2.example.com: \
         add the name that clients are told to it"
    );
}

#[tokio::test]
async fn of_a_certificate_with_many_names_a_few_are_shown() {
    let name = |number: u32| format!("shop-{number}.example.com");
    let names: Vec<String> = (1..=147).map(name).collect();
    let own = signed(CertificateParams::new(names).unwrap());
    let pem = own.cert.pem();
    assert_eq!(
        problem(own, pem).await.unwrap().to_string(),
        "TLS: the broker's certificate is not for b1.example.com, but for shop-1.example.com, \
         shop-2.example.com, shop-3.example.com, shop-4.example.com, shop-5.example.com, \
         and 142 others: add the name that clients are told to it"
    );
    let long =
        |letter: &str| [letter.repeat(60), letter.repeat(60), "example.com".into()].join(".");
    let own = signed(CertificateParams::new(vec![long("a"), long("b")]).unwrap());
    let pem = own.cert.pem();
    let says = problem(own, pem).await.unwrap().to_string();
    assert!(
        says.contains(&format!("{}, and 1 other: add", long("a"))),
        "{says}"
    );
}

#[tokio::test]
async fn where_any_broker_may_answer_one_handshake_takes_the_name_of_any() {
    let names = ["b1.example.com", "b2.example.com", "b3.example.com"];
    for (own, fits) in [
        ("b1.example.com", true),
        ("b3.example.com", true),
        ("b4.example.com", false),
    ] {
        let own = certificate(own);
        let (acceptor, pem) = (acceptor(&own), own.cert.pem());
        let address = listen(async move |peer| {
            if let Some(mut peer) = inside(peer, acceptor).await {
                peer.greet().await;
            }
        });
        let mut dial = trusting(address.await, &pem);
        dial.server_names = names.map(str::to_owned).into();
        let opened = Connection::open(&dial).await;
        assert_eq!(opened.is_ok(), fits, "{:?}", opened.err());
    }
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let mut params = CertificateParams::default();
    let name = (rcgen::DnType::CommonName, "another authority");
    params.distinguished_name.push(name.0, name.1);
    // One with another name, and one with the same name and another key: an authority that was made
    // anew.
    for trusted in [signed(params), certificate("b1.example.com")] {
        let error = problem(certificate("b1.example.com"), trusted.cert.pem());
        assert_eq!(error.await, Some(Error::Tls(TlsProblem::UnknownAuthority)));
    }
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let mut params = CertificateParams::new(vec!["b1.example.com".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let own = signed(params);
    let pem = own.cert.pem();
    assert_eq!(
        problem(own, pem).await,
        Some(Error::Tls(TlsProblem::Expired))
    );
}

#[tokio::test]
async fn tls_spoken_to_a_plain_listener_that_hangs_up_as_kafka_does() {
    let address = listen(async |mut peer| {
        // Kafka takes the first four bytes for a length of 369 MB, and closes (measured on 3.7.1
        // and 4.2.1).
        peer.stream.readable().await.unwrap();
        let mut length = [0; 4];
        tokio::io::AsyncReadExt::read_exact(&mut peer.stream, &mut length)
            .await
            .unwrap();
        assert_eq!(length[..2], [0x16, 0x03]);
    });
    let pem = certificate("b1.example.com").cert.pem();
    let error = Connection::open(&trusting(address.await, &pem)).await.err();
    assert_eq!(error, Some(Error::Tls(TlsProblem::Closed)));
}

#[tokio::test]
async fn tls_spoken_to_a_plain_listener_that_answers() {
    let address = listen(async |mut peer| {
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        peer.listen_on().await;
    });
    let pem = certificate("b1.example.com").cert.pem();
    let error = Connection::open(&trusting(address.await, &pem)).await.err();
    assert_eq!(error, Some(Error::Tls(TlsProblem::NotTls)));
}

#[tokio::test]
async fn plain_text_spoken_to_a_tls_listener() {
    let acceptor = acceptor(&certificate("b1.example.com"));
    let address = listen(async move |peer| assert!(inside(peer, acceptor).await.is_none()));
    let error = Connection::open(&dial(address.await)).await.err();
    assert_eq!(error, Some(Error::SpeaksTls));
}

#[tokio::test]
async fn what_cannot_be_a_name_or_an_authority_is_said_before_anything_is_sent() {
    let dial = trusting(listen(Peer::listen_on).await, "no certificate here");
    let error = Connection::open(&dial).await.err();
    assert!(matches!(
        error,
        Some(Error::Tls(TlsProblem::Authorities(_)))
    ));
    let mut dial = trusting(listen(Peer::listen_on).await, &certificate("x").cert.pem());
    dial.server_names = vec!["<broker_id>.example.com".to_owned()];
    let error = Connection::open(&dial).await.err();
    assert!(matches!(error, Some(Error::Tls(TlsProblem::ServerName(_)))));
}
