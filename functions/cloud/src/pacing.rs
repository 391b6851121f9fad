//! Pacing: the API budget is per account and Region, and shared (P-38). Every call goes through
//! here, is counted here, and is tried again only when it was throttled.

use crate::call::Call;
use crate::calls::{Answer, Reads};
use crate::error::ErrorKind;
use jiff::Timestamp;
use leaky_bucket::RateLimiter;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Calls at once before pacing sets in.
const BURST: usize = 40;
/// One more call each: 8 a second.
const REFILL: Duration = Duration::from_millis(125);
/// Writes at once.
const WRITE_BURST: usize = 3;
/// One more write each: 3 a second.
const WRITE_REFILL: Duration = Duration::from_nanos(333_333_334);
/// Waits before the retries of a throttled call; after the last one it has failed (P-39).
const RETRY_AFTER: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1500)];

/// The token buckets and the tally of calls. It outlives activations: a warm instance that was
/// busy a moment ago starts with what is left.
pub struct Pace {
    calls: RateLimiter,
    writes: RateLimiter,
    tally: Mutex<Tally>,
}

/// What was called since the tally was last taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls by kind; each page and each retry is one.
    pub calls: BTreeMap<Call, u64>,
    /// The `Date` of AWS's first answer.
    pub first_answer: Option<Timestamp>,
}

impl Tally {
    /// All calls.
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }

    /// Those that change something.
    pub fn writes(&self) -> u64 {
        let writes = self.calls.iter().filter(|(call, _)| call.is_write());
        writes.map(|(_, count)| count).sum()
    }
}

impl Default for Pace {
    fn default() -> Self {
        let bucket = |burst: usize, refill: Duration| {
            RateLimiter::builder()
                .max(burst)
                .initial(burst)
                .refill(1)
                .interval(refill)
                .build()
        };
        Self {
            calls: bucket(BURST, REFILL),
            writes: bucket(WRITE_BURST, WRITE_REFILL),
            tally: Mutex::default(),
        }
    }
}

impl Pace {
    /// Makes a call when the budget allows it, and again when it was throttled.
    pub async fn call<T, F>(&self, aws: &impl Reads, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        let mut waits = RETRY_AFTER.iter();
        loop {
            if call.is_write() {
                self.writes.acquire_one().await;
            }
            self.calls.acquire_one().await;
            *self.tally().calls.entry(call).or_default() += 1;
            let answer = ask().await;
            self.note_answer(aws.answered_at());
            match &answer {
                Err(error) if error.kind == ErrorKind::Throttled => match waits.next() {
                    Some(wait) => tokio::time::sleep(*wait).await,
                    None => return answer,
                },
                Ok(_) | Err(_) => return answer,
            }
        }
    }

    /// The `Date` of AWS's first answer since the tally was taken.
    pub fn first_answer(&self) -> Option<Timestamp> {
        self.tally().first_answer
    }

    /// Takes the tally and begins a new one.
    pub fn take_tally(&self) -> Tally {
        std::mem::take(&mut self.tally())
    }

    fn note_answer(&self, at: Option<Timestamp>) {
        let mut tally = self.tally();
        tally.first_answer = tally.first_answer.or(at);
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        // Nothing panics while it is held; a tally is whole at any moment anyway.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
