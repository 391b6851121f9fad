//! A message on a queue, and where it is.

use super::message::Message;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A message and its place.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) message: Message,
    pub(super) place: Place,
}

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On the queue, to be had from then on (delay).
    Ready(Timestamp),
    /// With a consumer until then.
    InFlight(Timestamp),
    /// With a consumer, and the consumer counts the visibility itself.
    Held,
}

impl Stored {
    pub(super) fn is_ready(&self, now: Timestamp) -> bool {
        matches!(self.place, Place::Ready(from) if from <= now)
    }

    pub(super) fn is_in_flight(&self, now: Timestamp) -> bool {
        match self.place {
            Place::InFlight(until) => now < until,
            Place::Held => true,
            Place::Ready(_) => false,
        }
    }
}

/// The time a while later.
pub(super) fn after(time: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait)
        .ok()
        .and_then(|wait| time.checked_add(wait).ok())
        .unwrap_or(Timestamp::MAX)
}

/// The time a while earlier.
pub(super) fn before(time: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait)
        .ok()
        .and_then(|wait| time.checked_sub(wait).ok())
        .unwrap_or(Timestamp::MIN)
}
