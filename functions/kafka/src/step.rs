//! The steps of a conversation, and what it means if a peer is slow or gone at one.

use crate::Api;
use std::fmt;

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The answer to a question.
    Answer(Api),
}

impl Step {
    pub(crate) fn when_slow(self) -> &'static str {
        match self {
            Self::Connect => "see routes, security groups and network ACLs",
            Self::Tls | Self::Answer(_) => {
                "the port accepts, so the process may hang, or be very slow"
            }
        }
    }

    pub(crate) fn when_closed(self) -> &'static str {
        match self {
            Self::Answer(Api::ApiVersions) => {
                "a listener that expects TLS does so, and a process that is stopping"
            }
            Self::Answer(Api::SaslAuthenticate) => "see the broker's log for the reason",
            Self::Connect => "a load balancer that has no target for the port does so",
            Self::Tls | Self::Answer(_) => {
                "a listener that expects SASL does so, and a process that is stopping"
            }
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => f.write_str("the TCP connection"),
            Self::Tls => f.write_str("the TLS handshake"),
            Self::Answer(api) => write!(f, "the answer to {api}"),
        }
    }
}
