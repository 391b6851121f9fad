//! What a document is told: its payload.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The instance that the agent says this is.
pub const INSTANCE: &str = "i-0123456789abcdef0";
/// The nonce of an order, if it says no other.
pub const NONCE: &str = "0123456789abcdef";

/// Lines of `word value`.
#[derive(Debug, Clone)]
pub struct Order(Vec<(String, String)>);

impl Order {
    /// What every document needs, for broker 1.
    #[must_use]
    pub fn new() -> Self {
        let order = Self(Vec::new()).with("version", "1");
        let order = order.with("instance", INSTANCE).with("node", "1");
        order.with("nonce", NONCE)
    }

    /// An order to *apply*: the file as it is, a broker's process, time enough.
    #[must_use]
    pub fn apply(mode: &str, process: &str, path: &str, bytes: &[u8]) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let late = now.unwrap_or_default() + Duration::from_secs(60);
        let order = Self::new().with("not-after", &late.as_secs().to_string());
        let order = order.with("mode", mode).with("process", process);
        let order = order.with("file", &unpadded(path.as_bytes()));
        let order = order.with("old-sha256", &sha256(bytes));
        let order = order
            .with("generation", "1764000000000")
            .with("revision", "abcdef");
        order.with("stop-seconds", "20").with("watch-seconds", "1")
    }

    /// With one more line.
    #[must_use]
    pub fn with(mut self, word: &str, value: &str) -> Self {
        self.0.push((word.to_owned(), value.to_owned()));
        self
    }

    /// With another value of a word.
    #[must_use]
    pub fn but(mut self, word: &str, value: &str) -> Self {
        self.0.retain(|(other, _)| other != word);
        self.with(word, value)
    }

    /// With bytes of the file exchanged for others.
    #[must_use]
    pub fn span(self, offset: usize, old: &[u8], new: &[u8]) -> Self {
        let text = |bytes: &[u8]| match unpadded(bytes) {
            empty if empty.is_empty() => "-".to_owned(),
            text => text,
        };
        let span = format!("{offset} {} {}", text(old), text(new));
        self.with("span", &span)
    }

    /// The payload as the agent puts it into the environment.
    #[must_use]
    pub fn payload(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|(word, value)| format!("{word} {value}\n"));
        unpadded(lines.collect::<String>().as_bytes())
    }
}

impl Default for Order {
    fn default() -> Self {
        Self::new()
    }
}

/// base64url without padding.
#[must_use]
pub fn unpadded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        write!(hex, "{byte:02x}").expect("a String takes all");
    }
    hex
}
