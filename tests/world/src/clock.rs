//! AWS time: runs `scale` times as fast as the real one. It stands on tokio's clock, so under a
//! paused tokio runtime it is a virtual clock.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A scaled clock. Model waits are AWS time; TCP, SDK and function time-outs stay real.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Timestamp,
    started: Instant,
    scale: u32,
    skipped: Arc<Mutex<Duration>>,
}

impl Clock {
    /// A clock that shows `start` now and then runs `scale` times as fast as real time.
    pub fn new(start: Timestamp, scale: u32) -> Self {
        Self {
            start,
            started: Instant::now(),
            scale: scale.max(1),
            skipped: Arc::default(),
        }
    }

    /// AWS time now.
    pub fn now(&self) -> Timestamp {
        let skipped = *self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = self.started.elapsed().saturating_mul(self.scale);
        let passed = passed.saturating_add(skipped);
        SignedDuration::try_from(passed)
            .ok()
            .and_then(|passed| self.start.checked_add(passed).ok())
            .unwrap_or(Timestamp::MAX)
    }

    /// Jumps ahead, for all clones of this clock: a wait of AWS in which nobody does anything.
    pub fn skip(&self, aws: Duration) {
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        *skipped = skipped.saturating_add(aws);
    }

    /// How many times as fast as real time it runs.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// How long an AWS duration takes in real time.
    pub fn real(&self, aws: Duration) -> Duration {
        aws / self.scale
    }

    /// Waits an AWS duration.
    pub async fn sleep(&self, aws: Duration) {
        tokio::time::sleep(self.real(aws)).await;
    }
}
