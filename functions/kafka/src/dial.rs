//! What is needed to open a connection.

use crate::{ClientCertificate, Credentials, SaltedPasswords};
use std::net::SocketAddr;
use std::time::Duration;

/// Whom to dial, and how.
#[derive(Clone, Debug)]
pub struct Dial {
    /// The address that is dialled; nothing else ever is.
    pub address: SocketAddr,
    /// What the listener speaks.
    pub security: Security,
    /// The names (or IP addresses) of which the TLS certificate must carry one: the host that
    /// clients are told, or several hosts where any broker may answer. The first is the one that is
    /// asked for (SNI). Not read otherwise.
    pub server_names: Vec<String>,
    /// Which authorities may have signed the TLS certificate. Not read otherwise.
    pub trust: Trust,
    /// What we show to a listener that asks for a client's certificate. Not read otherwise.
    pub client_certificate: Option<ClientCertificate>,
    /// Who we are; needed by the two SASL protocols, not read otherwise.
    pub credentials: Option<Credentials>,
    /// Salted passwords that other connections have computed already, or will.
    pub salted: SaltedPasswords,
    /// How much a broker may answer.
    pub limits: Limits,
    /// How long the peer may keep us waiting, all in all, from the TCP connect to the last answer.
    /// Time in which we had no core, or hashed a password, is not counted.
    pub patience: Duration,
}

/// Kafka's `security.protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Neither TLS nor SASL.
    Plaintext,
    /// TLS.
    Ssl,
    /// SASL without TLS.
    SaslPlaintext,
    /// SASL inside TLS.
    SaslSsl,
}

impl Security {
    /// Whether the connection begins with a TLS handshake.
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Ssl | Self::SaslSsl)
    }

    /// Whether somebody must authenticate.
    pub fn is_sasl(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }
}

/// Certificate authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Those of this machine. They are read once in a process, and only if a connection asks for
    /// TLS.
    Machine,
    /// Only those of this PEM text: a cluster's own authority.
    Only(String),
}

/// The largest answer that is read, in bytes. A longer one is refused by its announced length,
/// before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For everything that is about one broker or the list of brokers. 1 MiB holds 8,000 brokers
    /// with long names.
    pub small: usize,
    /// For topics, log directories and reassignments. A partition takes 42 bytes in Metadata v9+
    /// with three replicas and 22 in DescribeLogDirs, so 32 MiB hold 700,000 partitions.
    pub large: usize,
}

impl Limits {
    /// Bytes of memory that an answer takes at most while it is read, for each byte of it (measured
    /// by `tests/decoding`).
    pub const AMPLIFICATION: usize = 64;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            small: 1 << 20,
            large: 32 << 20,
        }
    }
}
