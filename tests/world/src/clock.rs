//! AWS time: runs `scale` times as fast as the real one. It stands on tokio's clock, so under a
//! paused tokio runtime it is a virtual clock.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A scaled clock. Model waits are AWS time; TCP, SDK and function time-outs stay real.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Pace>>);

/// What it showed at some moment, and how fast it has gone since.
#[derive(Clone, Copy, Debug)]
struct Pace {
    shown: Timestamp,
    since: Instant,
    scale: u32,
}

impl Pace {
    fn now(&self) -> Timestamp {
        let passed = self.since.elapsed().saturating_mul(self.scale);
        later(self.shown, passed)
    }
}

impl Clock {
    /// A clock that shows `start` now and then runs `scale` times as fast as real time.
    pub fn new(start: Timestamp, scale: u32) -> Self {
        Self(Arc::new(Mutex::new(Pace {
            shown: start,
            since: Instant::now(),
            scale: scale.max(1),
        })))
    }

    /// AWS time now.
    pub fn now(&self) -> Timestamp {
        self.pace().now()
    }

    /// Jumps ahead, for all clones of this clock: a wait of AWS in which nobody does anything.
    pub fn skip(&self, aws: Duration) {
        let mut pace = self.pace();
        pace.shown = later(pace.shown, aws);
    }

    /// From now on it runs so many times as fast as real time, for all clones of this clock. Who sleeps already
    /// sleeps as long as it was to be.
    pub fn set_scale(&self, scale: u32) {
        let mut pace = self.pace();
        *pace = Pace {
            shown: pace.now(),
            since: Instant::now(),
            scale: scale.max(1),
        };
    }

    /// How many times as fast as real time it runs.
    pub fn scale(&self) -> u32 {
        self.pace().scale
    }

    /// How long an AWS duration takes in real time.
    pub fn real(&self, aws: Duration) -> Duration {
        aws / self.scale()
    }

    /// Waits an AWS duration.
    pub async fn sleep(&self, aws: Duration) {
        tokio::time::sleep(self.real(aws)).await;
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn later(moment: Timestamp, passed: Duration) -> Timestamp {
    let passed = SignedDuration::try_from(passed).ok();
    let later = passed.and_then(|passed| moment.checked_add(passed).ok());
    later.unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn another_scale_counts_from_now_on() {
        let clock = Clock::new(Timestamp::UNIX_EPOCH, 10);
        let shown = |clock: &Clock| clock.now().as_second();
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(shown(&clock), 60);
        let other = clock.clone();
        clock.set_scale(2);
        assert_eq!((shown(&other), other.scale()), (60, 2));
        other.skip(Duration::from_secs(100));
        other.sleep(Duration::from_secs(10)).await;
        assert_eq!(shown(&clock), 170);
    }
}
