//! Pacing: the API budget is per account and Region, and shared (P-38). Every call goes through
//! here, has an end here, is counted here, and is tried again only when it was throttled, or a read
//! when its connection broke.

mod dates;

pub use dates::{Dates, NoTime};

use crate::call::Call;
use crate::calls::{Answer, Dated};
use crate::error::{CallError, ErrorKind};
use fleet::observed::{Gap, Seen};
use jiff::Timestamp;
use leaky_bucket::RateLimiter;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

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

/// What was called and answered since the tally was last taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls by kind; each page and each retry is one.
    pub calls: BTreeMap<Call, u64>,
    /// The `Date`s of AWS's answers.
    pub dates: Dates,
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

/// AWS, at our pace.
pub struct Paced<'a, A> {
    /// AWS.
    pub aws: &'a A,
    /// The pace.
    pub pace: &'a Pace,
}

impl<A> Clone for Paced<'_, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Paced<'_, A> {}

impl<A: Dated> Paced<'_, A> {
    /// Makes a call, as [`Pace::call`] does.
    pub async fn call<T, F>(self, call: Call, by: Instant, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        self.pace.call(self.aws, call, by, ask).await
    }

    /// AWS's time when the run began, or the gap that says why nobody knows it.
    pub fn now(self) -> Seen<Timestamp> {
        self.pace.now().map_err(|why| Gap {
            read: "the time".to_owned(),
            reason: why.to_string(),
        })
    }

    /// AWS's time in its newest answer; a gap where nobody knows it.
    pub fn latest(self) -> Seen<Timestamp> {
        self.pace.latest().map_err(|why| Gap {
            read: "the time".to_owned(),
            reason: why.to_string(),
        })
    }

    /// A run begins: what was called and answered before belongs to nobody.
    pub fn begin(self) {
        drop(self.aws.take_dates());
        drop(self.pace.take_tally());
    }
}

impl Pace {
    /// Makes a call when the budget allows it, and again when it was throttled or, once, when the
    /// connection of a read broke. Whatever happens, it has ended at `by`.
    pub async fn call<T, F>(
        &self,
        aws: &impl Dated,
        call: Call,
        by: Instant,
        ask: impl Fn() -> F,
    ) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        if Instant::now() >= by {
            return Err(CallError::out_of_time(call));
        }
        let answer = timeout_at(by, self.paced(aws, call, ask)).await;
        answer.unwrap_or_else(|_| Err(CallError::out_of_time(call)))
    }

    async fn paced<T, F>(&self, aws: &impl Dated, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        let mut waits = RETRY_AFTER.iter();
        let mut may_reconnect = !call.is_write();
        loop {
            if call.is_write() {
                self.writes.acquire_one().await;
            }
            self.calls.acquire_one().await;
            *self.tally().calls.entry(call).or_default() += 1;
            let answer = ask().await;
            self.tally().dates.note(aws.take_dates());
            match &answer {
                Err(error) if error.kind == ErrorKind::Throttled => match waits.next() {
                    Some(wait) => tokio::time::sleep(*wait).await,
                    None => return answer,
                },
                Err(error) if error.kind == ErrorKind::Disconnected && may_reconnect => {
                    may_reconnect = false;
                }
                Ok(_) | Err(_) => return answer,
            }
        }
    }

    /// AWS's time when the activation began: the `Date` of the first answer since then.
    pub fn now(&self) -> Result<Timestamp, NoTime> {
        self.tally().dates.now()
    }

    /// AWS's time in its newest answer of the activation.
    pub fn latest(&self) -> Result<Timestamp, NoTime> {
        self.tally().dates.latest()
    }

    /// Takes the tally and begins a new one.
    pub fn take_tally(&self) -> Tally {
        std::mem::take(&mut self.tally())
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        // Nothing panics while it is held; a tally is whole at any moment anyway.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
