//! What a FIFO queue is created with, answers, refuses and counts.

use std::time::Duration;

/// What a FIFO queue was created with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSettings {
    /// `QueueName`.
    pub name: String,
    /// `DelaySeconds`: a FIFO queue has it for the queue, never for one message.
    pub delay: Duration,
    /// `VisibilityTimeout`.
    pub visibility_timeout: Duration,
    /// `MessageRetentionPeriod`.
    pub retention: Duration,
    /// `ContentBasedDeduplication`.
    pub content_based_deduplication: bool,
    /// `RedrivePolicy.maxReceiveCount`; `None` without a dead-letter queue.
    pub max_receive_count: Option<u32>,
}

/// What became of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is on the queue, under this message id.
    Accepted(String),
    /// Swallowed: the id was sent less than five minutes ago, as this message.
    Duplicate(String),
}

/// Why a verb was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// Neither an id nor `ContentBasedDeduplication`.
    #[error(
        "send to queue {0}: MessageDeduplicationId is needed without ContentBasedDeduplication"
    )]
    NoDeduplicationId(String),
    /// A FIFO queue needs a message group.
    #[error("send to queue {0}: MessageGroupId is empty")]
    NoGroup(String),
    /// The visibility of this receive has ended, or the message is gone.
    #[error("queue {queue}: the receipt handle {receipt_handle} has expired")]
    Expired {
        /// The queue.
        queue: String,
        /// The handle.
        receipt_handle: String,
    },
}

/// How many messages are where: each that was sent is visible, delayed, in flight, deleted, buried
/// or expired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `ApproximateNumberOfMessagesVisible`.
    pub visible: usize,
    /// `ApproximateNumberOfMessagesDelayed`.
    pub delayed: usize,
    /// `ApproximateNumberOfMessagesNotVisible`.
    pub in_flight: usize,
    /// Accepted since the beginning, those swallowed by de-duplication left out.
    pub sent: usize,
    /// Swallowed by de-duplication since the beginning.
    pub duplicates: usize,
    /// Deleted by their consumer since the beginning.
    pub deleted: usize,
    /// Moved to the dead letters since the beginning.
    pub buried: usize,
    /// Lost to retention since the beginning.
    pub expired: usize,
}
