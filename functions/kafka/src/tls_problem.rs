//! What can be wrong with TLS, each with the way out.

use crate::any_name::is_authority;
use crate::code::{brief, few};
use std::fmt;
use std::io;
use tokio_rustls::rustls::{self, CertificateError};

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
