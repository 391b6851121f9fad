//! Moments of AWS time, and which of them comes next.

use jiff::Timestamp;
use std::time::Duration;

/// The moment this long after; the end of time if there is none.
pub(super) fn after(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Keeps the earliest of the moments that lie after `at`.
pub(super) struct Earliest {
    at: Timestamp,
    next: Option<Timestamp>,
}

impl Earliest {
    pub fn after(at: Timestamp) -> Self {
        Self { at, next: None }
    }

    pub fn consider(&mut self, moment: Timestamp) {
        if moment > self.at && self.next.is_none_or(|next| moment < next) {
            self.next = Some(moment);
        }
    }

    pub fn found(self) -> Option<Timestamp> {
        self.next
    }
}
