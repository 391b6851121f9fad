//! Who we are to a broker.

use std::fmt;

/// A user, its password and the mechanism that proves both.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The mechanism; the listener must have it enabled.
    pub mechanism: Mechanism,
    /// The user's name.
    pub username: String,
    /// The password, which no Debug text shows.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            mechanism,
            username,
            password: _,
        } = self;
        f.debug_struct("Credentials")
            .field("mechanism", mechanism)
            .field("username", username)
            .field("password", &"***")
            .finish()
    }
}

/// A SASL mechanism of Kafka.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// The password itself is sent: only inside TLS or a network that is trusted.
    Plain,
    /// Neither side sends the password; the broker proves that it knows it, too (RFC 5802).
    ScramSha256,
    /// The same with SHA-512.
    ScramSha512,
}

impl Mechanism {
    /// The name on the wire, and in `sasl.enabled.mechanisms`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
