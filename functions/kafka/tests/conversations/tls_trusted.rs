//! Certificates that are trusted themselves: of brokers that have no authority, or whose certificate
//! is made as one.

use crate::peer::{Peer, listen};
use crate::tls::{certificate, problem, signed, trusting};
use kafka::{Connection, Error, TlsProblem};
use rcgen::{BasicConstraints, CertificateParams, CertifiedKey, IsCa, Issuer, KeyPair};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey as Shown;

/// Made as `openssl req -x509` makes it without asking: basicConstraints CA:TRUE.
fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

#[tokio::test]
async fn one_that_is_made_as_an_authority_will_do_if_it_is_itself_trusted() {
    let own = signed(authority("b1.example.com"));
    // Each broker has its own.
    let all = certificate("b2.example.com").cert.pem() + &own.cert.pem();
    assert_eq!(problem(own, all).await, None);
}

#[tokio::test]
async fn one_that_is_made_as_an_authority_is_refused_with_the_way_out_if_it_is_not() {
    let mut other = authority("b1.example.com");
    let name = (rcgen::DnType::CommonName, "another");
    other.distinguished_name.push(name.0, name.1);
    for trusted in [authority("b1.example.com"), other] {
        let error = problem(
            signed(authority("b1.example.com")),
            signed(trusted).cert.pem(),
        );
        assert_eq!(error.await, Some(Error::Tls(TlsProblem::Authority)));
    }
    let says = TlsProblem::Authority.to_string();
    assert!(
        says.contains("CA:FALSE") && says.contains("\"ca\""),
        "{says}"
    );
}

#[tokio::test]
async fn one_whose_authority_is_unknown_will_do_if_it_is_itself_trusted() {
    let key = KeyPair::generate().unwrap();
    let mut lost = authority("lost");
    let name = (
        rcgen::DnType::CommonName,
        "an authority that nobody has any more",
    );
    lost.distinguished_name.push(name.0, name.1);
    let issuer = Issuer::new(lost, KeyPair::generate().unwrap());
    let params = CertificateParams::new(vec!["b1.example.com".to_owned()]).unwrap();
    let cert = params.signed_by(&key, &issuer).unwrap();
    let pem = cert.pem();
    let own = CertifiedKey {
        cert,
        signing_key: key,
    };
    assert_eq!(problem(own, pem).await, None);
}

#[tokio::test]
async fn a_trusted_one_must_still_carry_the_name() {
    let own = signed(authority("b2.example.com"));
    let pem = own.cert.pem();
    let error = problem(own, pem).await;
    assert!(
        matches!(error, Some(Error::Tls(TlsProblem::WrongName { .. }))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_trusted_one_must_still_be_valid_today() {
    let mut old = authority("b1.example.com");
    old.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let mut early = authority("b1.example.com");
    early.not_before = rcgen::date_time_ymd(2999, 1, 1);
    early.not_after = rcgen::date_time_ymd(3000, 1, 1);
    for params in [old, early] {
        let own = signed(params);
        let pem = own.cert.pem();
        let error = problem(own, pem).await;
        assert_eq!(error, Some(Error::Tls(TlsProblem::Expired)));
    }
}

/// Shows a certificate whose key it does not have.
#[derive(Debug)]
struct Impostor(Arc<Shown>);

impl ResolvesServerCert for Impostor {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<Shown>> {
        Some(Arc::clone(&self.0))
    }
}

#[tokio::test]
async fn a_trusted_one_is_nothing_without_its_key() {
    let own = signed(authority("b1.example.com"));
    let provider = aws_lc_rs::default_provider();
    let other = KeyPair::generate().unwrap().serialize_der();
    let other = PrivateKeyDer::try_from(other).unwrap();
    let other = provider.key_provider.load_private_key(other).unwrap();
    let shown = Shown::new(vec![own.cert.der().clone()], other);
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Impostor(Arc::new(shown))));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = listen(async move |peer: Peer| {
        assert!(acceptor.accept(peer.stream).await.is_err());
    });
    let dial = trusting(address.await, &own.cert.pem());
    let error = Connection::open(&dial).await.err();
    assert!(matches!(error, Some(Error::Tls(_))), "{error:?}");
}
