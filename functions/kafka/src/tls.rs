//! TLS below Kafka: the certificate is checked against the host that clients are told, not against
//! the address dialled.

use crate::any_name::{AnyName, is_authority};
use crate::client_certificate::{Offer, Shown};
use crate::code::{brief, few};
use crate::stream::is_closed;
use crate::{Api, Dial, Error, Step, Trust};
use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, RootCertStore};

/// Why there is no TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    /// The certificate carries other names.
    WrongName {
        /// The name that it must carry.
        wanted: String,
        /// The names that it carries: five, and how many others.
        carries: Vec<String>,
    },
    /// The certificate is signed by nobody that we trust.
    UnknownAuthority,
    /// The certificate is expired, or not valid yet.
    Expired,
    /// The certificate is made as an authority, and not one that is trusted itself.
    Authority,
    /// The certificate is wrong in another way.
    Certificate(String),
    /// The peer answered in something else than TLS.
    NotTls,
    /// The peer closed the connection on our first words: a plain listener does so.
    Closed,
    /// The peer sent an alert: it refuses us.
    Alert(String),
    /// The listener refuses whoever shows no certificate, and we have none.
    WantsCertificate,
    /// The listener refuses the certificate that we show; its alert.
    RefusesOurs(String),
    /// What we are to show is no certificate with its key.
    ClientCertificate(String),
    /// `server_name` is neither a DNS name nor an address.
    ServerName(String),
    /// The trusted authorities cannot be read.
    Authorities(String),
    /// Anything else.
    Other(String),
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongName { wanted, carries } => write!(
                f,
                "the broker's certificate is not for {wanted}, but for {}: add the name that clients are told to it",
                if carries.is_empty() { "nobody".to_owned() } else { carries.join(", ") }
            ),
            Self::UnknownAuthority => {
                f.write_str("the broker's certificate is signed by an unknown authority: name the cluster's own one")
            }
            Self::Expired => f.write_str("the broker's certificate is expired, or not valid yet"),
            Self::Authority => f.write_str(
                "the broker's certificate is made as an authority (CA:TRUE): name it itself as \"ca\", or make it \
                 with basicConstraints=CA:FALSE",
            ),
            Self::Certificate(why) => write!(f, "the broker's certificate is refused: {why}"),
            Self::NotTls => f.write_str("the listener does not answer in TLS: its protocol is PLAINTEXT or SASL_PLAINTEXT"),
            Self::Closed => f.write_str(
                "the connection was closed during the handshake: a listener whose protocol is PLAINTEXT or \
                 SASL_PLAINTEXT does so",
            ),
            Self::Alert(alert) => write!(f, "the broker refuses us with the alert {alert}"),
            Self::WantsCertificate => f.write_str(
                "the listener wants a client's certificate (ssl.client.auth=required): give it one by \"certificate\" \
                 and \"key\"",
            ),
            Self::RefusesOurs(alert) => write!(
                f,
                "the listener refuses our client's certificate with the alert {alert}: see whether it is expired, and \
                 whether the brokers trust who signed it"
            ),
            Self::ClientCertificate(why) => write!(f, "our client's certificate cannot be used: {why}"),
            Self::ServerName(name) => write!(f, "\"{name}\" is no name that a certificate could carry"),
            Self::Authorities(why) => write!(f, "the trusted authorities cannot be read: {why}"),
            Self::Other(why) => f.write_str(why),
        }
    }
}

impl TlsProblem {
    /// What rustls found, if it is the cause of an error of a stream.
    pub(crate) fn of(error: &io::Error) -> Option<Self> {
        let cause = error.get_ref()?.downcast_ref::<rustls::Error>()?;
        Some(match cause {
            cause if is_authority(cause) => Self::Authority,
            rustls::Error::InvalidCertificate(why) => of_certificate(why),
            rustls::Error::InvalidMessage(_) => Self::NotTls,
            rustls::Error::AlertReceived(alert) => Self::Alert(format!("{alert:?}")),
            other => Self::Other(brief(&other.to_string())),
        })
    }
}

fn of_certificate(why: &CertificateError) -> TlsProblem {
    match why {
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => TlsProblem::WrongName {
            wanted: expected.to_str().into_owned(),
            carries: few(presented.iter().map(|name| plain(name))),
        },
        // An authority of the right name with another key was made anew.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            TlsProblem::UnknownAuthority
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => TlsProblem::Expired,
        other => TlsProblem::Certificate(brief(&other.to_string())),
    }
}

/// The name in rustls' `DnsName("b1.example.com")`.
fn plain(name: &str) -> &str {
    let quoted = name
        .split_once('"')
        .and_then(|(_, rest)| rest.rsplit_once('"'));
    quoted.map_or(name, |(name, _)| name)
}

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
    // Whatever it accepts, the authority has accepted for one of the names.
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
