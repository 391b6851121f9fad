//! The three keys that an edit may change.

use serde::Serialize;
use std::fmt;

/// A key that an edit may change. Kafka compares keys with their case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Key {
    /// Where the broker listens.
    #[serde(rename = "listeners")]
    Listeners,
    /// What it tells clients.
    #[serde(rename = "advertised.listeners")]
    Advertised,
    /// How each listener speaks.
    #[serde(rename = "listener.security.protocol.map")]
    Protocols,
}

impl Key {
    /// All three, in the order in which missing ones are added.
    pub const ALL: [Self; 3] = [Self::Listeners, Self::Advertised, Self::Protocols];

    /// The key as it stands in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listeners => "listeners",
            Self::Advertised => "advertised.listeners",
            Self::Protocols => "listener.security.protocol.map",
        }
    }

    /// Reads a key.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == text)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
