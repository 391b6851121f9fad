//! Listeners with `ssl.client.auth=required`: what they are shown, and what they say about it.

use crate::peer::listen;
use crate::tls::{certificate, inside, trusting};
use kafka::{ClientCertificate, Connection, Error, TlsProblem};
use rcgen::{CertifiedKey, KeyPair};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

type Certified = CertifiedKey<KeyPair>;

/// A listener that lets in only who shows this certificate.
fn picky(
    own: &Certified,
    client: &Certified,
    version: &'static SupportedProtocolVersion,
) -> TlsAcceptor {
    let mut roots = RootCertStore::empty();
    roots.add(client.cert.der().clone()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap());
    let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
    let config = config.with_single_cert(vec![own.cert.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

fn shown(client: &Certified) -> ClientCertificate {
    ClientCertificate {
        chain: client.cert.pem(),
        key: client.signing_key.serialize_pem(),
    }
}

/// What comes of showing this to a listener that wants the certificate of `wanted`.
async fn showing(
    shows: Option<ClientCertificate>,
    wanted: &Certified,
    version: &'static SupportedProtocolVersion,
) -> Option<Error> {
    let own = certificate("b1.example.com");
    let (acceptor, pem) = (picky(&own, wanted, version), own.cert.pem());
    let address = listen(async move |peer| {
        if let Some(mut peer) = inside(peer, acceptor).await {
            peer.greet().await;
        }
    });
    let mut dial = trusting(address.await, &pem);
    dial.client_certificate = shows;
    Connection::open(&dial).await.err()
}

#[tokio::test]
async fn who_shows_the_certificate_that_a_listener_wants_is_let_in() {
    let client = certificate("probe");
    for version in [&TLS12, &TLS13] {
        assert_eq!(showing(Some(shown(&client)), &client, version).await, None);
    }
}

#[tokio::test]
async fn who_shows_none_learns_that_the_listener_wants_one() {
    for version in [&TLS12, &TLS13] {
        let error = showing(None, &certificate("probe"), version).await;
        assert_eq!(error, Some(Error::Tls(TlsProblem::WantsCertificate)));
    }
    let says = TlsProblem::WantsCertificate.to_string();
    assert!(says.contains("ssl.client.auth=required"), "{says}");
}

#[tokio::test]
async fn who_shows_a_strangers_learns_that_it_is_not_trusted() {
    for version in [&TLS12, &TLS13] {
        let stranger = shown(&certificate("a stranger"));
        let error = showing(Some(stranger), &certificate("probe"), version).await;
        let Some(Error::Tls(TlsProblem::RefusesOurs(_))) = error else {
            panic!("{error:?}");
        };
    }
}

#[tokio::test]
async fn what_is_no_certificate_with_its_key_is_said_and_not_shown() {
    let (client, other) = (certificate("probe"), certificate("probe"));
    let key = other.signing_key.serialize_pem();
    let chain = client.cert.pem();
    let encrypted = key.replace("PRIVATE", "ENCRYPTED PRIVATE");
    for (chain, key, says) in [
        (&chain, &key, "the key is not that of the certificate"),
        (&chain, &encrypted, "the key has a passphrase"),
        (
            &chain,
            &"hunter2".to_owned(),
            "the key is not a private key in PEM",
        ),
        (&key, &key, "its PEM text has no certificate"),
    ] {
        let (chain, key) = (chain.clone(), key.clone());
        let bad = ClientCertificate { chain, key };
        assert_eq!(format!("{bad:?}"), "***");
        let error = showing(Some(bad), &client, &TLS13)
            .await
            .unwrap()
            .to_string();
        assert!(
            error.contains(says) && !error.contains("hunter2"),
            "{error}"
        );
    }
}
