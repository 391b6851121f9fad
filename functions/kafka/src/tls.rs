//! TLS below Kafka: the certificate is checked against the host that clients are told, not against
//! the address dialled.

use crate::any_name::AnyName;
use crate::client_certificate::{Offer, Shown};
use crate::code::brief;
use crate::stream::is_closed;
use crate::{Api, Dial, Error, Step, TlsProblem, Trust};
use std::io;
use std::sync::{Arc, OnceLock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// An error of the first words after the handshake, or of the handshake, knowing what was shown.
pub(crate) fn explained(error: Error, shown: Option<Shown>) -> Error {
    let first = Step::Answer(Api::ApiVersions);
    Error::Tls(match (error, shown) {
        (Error::Tls(TlsProblem::Alert(_) | TlsProblem::Closed), Some(Shown::Nothing)) => {
            TlsProblem::WantsCertificate
        }
        (Error::Closed { step }, Some(Shown::Nothing)) if step == first => {
            TlsProblem::WantsCertificate
        }
        (Error::Tls(TlsProblem::Alert(alert)), Some(Shown::Ours)) => TlsProblem::RefusesOurs(alert),
        (error, _) => return error,
    })
}

/// The TLS handshake on an open stream, and what the listener was shown if it asked for a
/// certificate.
pub(crate) async fn wrap<S>(stream: S, dial: &Dial) -> Result<(TlsStream<S>, Option<Shown>), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let names = dial.server_names.iter().map(|name| {
        ServerName::try_from(name.clone())
            .map_err(|_| Error::Tls(TlsProblem::ServerName(brief(name))))
    });
    let mut names = names.collect::<Result<Vec<_>, _>>()?.into_iter();
    let name = names
        .next()
        .ok_or_else(|| Error::Tls(TlsProblem::ServerName(String::new())))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let offer = Offer::new(dial.client_certificate.as_ref(), &provider);
    let offer = Arc::new(offer.map_err(|why| Error::Tls(TlsProblem::ClientCertificate(why)))?);
    let verifier = verifier(&dial.trust, names.collect()).map_err(Error::Tls)?;
    let config = config(provider, verifier, Arc::clone(&offer)).map_err(Error::Tls)?;
    let handshake = TlsConnector::from(config).connect(name, stream).await;
    match handshake {
        Ok(stream) => Ok((stream, offer.taken())),
        Err(error) => Err(explained(Error::Tls(failed(&error)), offer.taken())),
    }
}

fn failed(error: &io::Error) -> TlsProblem {
    if let Some(problem) = TlsProblem::of(error) {
        return problem;
    }
    if is_closed(error) {
        return TlsProblem::Closed;
    }
    TlsProblem::Other(brief(&error.to_string()))
}

fn verifier(trust: &Trust, others: Vec<ServerName<'static>>) -> Result<AnyName, TlsProblem> {
    static MACHINE: OnceLock<Result<Arc<WebPkiServerVerifier>, TlsProblem>> = OnceLock::new();
    let (authority, trusted) = match trust {
        Trust::Machine => {
            let authority = MACHINE.get_or_init(|| of_roots(machine()?));
            (authority.clone()?, Vec::new())
        }
        Trust::Only(pem) => {
            let trusted = named(pem)?;
            (of_roots(roots(&trusted)?)?, trusted)
        }
    };
    Ok(AnyName {
        authority,
        trusted,
        others,
    })
}

fn config(
    provider: Arc<CryptoProvider>,
    verifier: AnyName,
    offer: Arc<Offer>,
) -> Result<Arc<ClientConfig>, TlsProblem> {
    let builder = ClientConfig::builder_with_provider(provider);
    let versions = builder.with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| TlsProblem::Other(error.to_string()))?;
    // Whatever it accepts, the authority has accepted for one of the names, or it is itself trusted.
    let verified = versions
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    Ok(Arc::new(verified.with_client_cert_resolver(offer)))
}

fn of_roots(roots: RootCertStore) -> Result<Arc<WebPkiServerVerifier>, TlsProblem> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| TlsProblem::Other(error.to_string()))
}

/// The machine's authorities; single ones that cannot be read are left out, as everywhere.
fn machine() -> Result<RootCertStore, TlsProblem> {
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(loaded.certs);
    if roots.is_empty() {
        let why = loaded
            .errors
            .first()
            .map_or("there are none".to_owned(), ToString::to_string);
        return Err(TlsProblem::Authorities(why));
    }
    Ok(roots)
}

/// The certificates of a PEM text.
fn named(pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsProblem> {
    let wrong = |why: &str| TlsProblem::Authorities(brief(why));
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(&error.to_string()))?;
    if certificates.is_empty() {
        return Err(wrong("the PEM text has no certificate"));
    }
    Ok(certificates)
}

fn roots(certificates: &[CertificateDer<'static>]) -> Result<RootCertStore, TlsProblem> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let added = roots.add(certificate.clone());
        added.map_err(|error| TlsProblem::Authorities(brief(&error.to_string())))?;
    }
    Ok(roots)
}
