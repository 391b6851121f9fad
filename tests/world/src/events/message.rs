//! A message of a FIFO queue, and what a consumer gets of it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// A message to be put on a FIFO queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// `MessageGroupId`: messages of one group are delivered in order, one batch at a time.
    pub group: String,
    /// The body.
    pub body: String,
    /// `MessageDeduplicationId`; `None` needs a queue with content-based de-duplication.
    pub deduplication_id: Option<String>,
}

impl NewMessage {
    /// A message that leaves de-duplication to the queue, as rules and schedules send it.
    pub fn new(group: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            group: group.into(),
            body: body.into(),
            deduplication_id: None,
        }
    }
}

/// A message as `ReceiveMessage` gives it (SQS API reference, `ReceiveMessage`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `MessageId`.
    pub id: String,
    /// `ReceiptHandle`: another one at each receive, and only the newest one is good.
    pub receipt_handle: String,
    /// The body.
    pub body: String,
    /// `MessageGroupId`.
    pub group: String,
    /// `MessageDeduplicationId`.
    pub deduplication_id: String,
    /// `SequenceNumber`, 20 digits, rising.
    pub sequence_number: String,
    /// `SentTimestamp`.
    pub sent: Timestamp,
    /// `ApproximateFirstReceiveTimestamp`.
    pub first_received: Timestamp,
    /// `ApproximateReceiveCount`, this receive included.
    pub receive_count: u32,
}

/// The de-duplication id that a queue makes of a body when `ContentBasedDeduplication` is on: its
/// SHA-256 (SQS developer guide, "Exactly-once processing").
pub fn content_deduplication_id(body: &str) -> String {
    hex(&Sha256::digest(body))
}

/// `MD5OfBody`.
pub fn md5_of_body(body: &str) -> String {
    hex(&md5::Md5::digest(body))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        assert_eq!(md5_of_body(""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(
            content_deduplication_id("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
