//! TLS below Kafka: the certificate is checked against the host that clients are told, not against
//! the address dialled.

use crate::any_name::AnyName;
use crate::code::brief;
use crate::stream::is_closed;
use crate::{Dial, Error, Trust};
use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::aws_lc_rs;
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
        /// The names that it carries.
        carries: Vec<String>,
    },
    /// The certificate is signed by nobody that we trust.
    UnknownAuthority,
    /// The certificate is expired, or not valid yet.
    Expired,
    /// The certificate is wrong in another way.
    Certificate(String),
    /// The peer answered in something else than TLS.
    NotTls,
    /// The peer closed the connection on our first words: a plain listener does so.
    Closed,
    /// The peer sent an alert: it refuses us.
    Alert(String),
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
            Self::Certificate(why) => write!(f, "the broker's certificate is refused: {why}"),
            Self::NotTls => f.write_str("the listener does not answer in TLS: its protocol is PLAINTEXT or SASL_PLAINTEXT"),
            Self::Closed => f.write_str(
                "the connection was closed during the handshake: a listener whose protocol is PLAINTEXT or \
                 SASL_PLAINTEXT does so",
            ),
            Self::Alert(alert) => write!(f, "the broker refuses us with the alert {alert}: it may want a client's certificate"),
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
            carries: presented.iter().map(|name| plain(name)).collect(),
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
fn plain(name: &str) -> String {
    let quoted = name
        .split_once('"')
        .and_then(|(_, rest)| rest.rsplit_once('"'));
    brief(quoted.map_or(name, |(name, _)| name))
}

/// The TLS handshake on an open stream.
pub(crate) async fn wrap<S>(stream: S, dial: &Dial) -> Result<TlsStream<S>, Error>
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
    let config = config(&dial.trust, names.collect()).map_err(Error::Tls)?;
    let handshake = TlsConnector::from(config).connect(name, stream).await;
    handshake.map_err(|error| Error::Tls(failed(&error)))
}

fn failed(error: &io::Error) -> TlsProblem {
    if let Some(problem) = TlsProblem::of(error) {
        return problem;
    }
    if is_closed(error) {
        return TlsProblem::Closed;
    }
    TlsProblem::Other(error.to_string())
}

fn config(
    trust: &Trust,
    others: Vec<ServerName<'static>>,
) -> Result<Arc<ClientConfig>, TlsProblem> {
    static MACHINE: OnceLock<Result<Arc<WebPkiServerVerifier>, TlsProblem>> = OnceLock::new();
    let authority = match trust {
        Trust::Machine => MACHINE.get_or_init(|| of_roots(machine()?)).clone(),
        Trust::Only(pem) => of_roots(named(pem)?),
    };
    let verifier = AnyName {
        authority: authority?,
        others,
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let versions = builder.with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| TlsProblem::Other(error.to_string()))?;
    // Whatever it accepts, the authority has accepted for one of the names.
    let verified = versions
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    Ok(Arc::new(verified.with_no_client_auth()))
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

fn named(pem: &str) -> Result<RootCertStore, TlsProblem> {
    let wrong = |why: String| TlsProblem::Authorities(why);
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("the PEM text has no certificate".to_owned()));
    }
    Ok(roots)
}
