//! What the fake was asked, and how it was told to fail.

use super::{Asked, Fake};
use crate::call::Call;
use crate::calls::Answer;
use crate::error::CallError;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

impl Fake {
    /// The next call of this kind about this fails so; `""` is about anything.
    pub fn fails(&self, call: Call, of: &str, code: &str) {
        let status = if code == "InternalFailure" { 500 } else { 400 };
        let error = CallError::answered(call, status, code, "as told");
        let mut failures = self.failures.lock().expect("failures");
        failures.push((call, of.to_owned(), error));
    }

    /// Every call so far, in the order in which they were made.
    pub fn asked(&self) -> Vec<Asked> {
        self.log.lock().expect("log").clone()
    }

    /// What calls of one kind were about.
    pub fn asked_of(&self, call: Call) -> Vec<String> {
        let asked = self.asked().into_iter();
        let asked = asked.filter(|asked| asked.call == call);
        asked.map(|asked| asked.of).collect()
    }

    /// The writes so far, as `Call of what`.
    pub fn written(&self) -> Vec<String> {
        let asked = self.asked().into_iter();
        let writes = asked.filter(|asked| asked.call.is_write());
        writes
            .map(|asked| format!("{} {}", asked.call, asked.of))
            .collect()
    }

    /// Notes a call, waits as long as it takes, and answers as told.
    pub(super) async fn answer<T>(&self, call: Call, of: String, value: T) -> Answer<T> {
        let at = Instant::now();
        let failure = {
            let mut failures = self.failures.lock().expect("failures");
            let found = failures
                .iter()
                .position(|(of_call, about, _)| *of_call == call && of.contains(about));
            found.map(|found| failures.remove(found).2)
        };
        self.log.lock().expect("log").push(Asked { call, of, at });
        tokio::time::sleep(self.latency).await;
        failure.map_or(Ok(value), Err)
    }

    /// One for each answer since they were last taken, a second apart.
    pub(super) fn new_dates(&self) -> Vec<Timestamp> {
        let answers = self.log.lock().expect("log").len();
        let mut dated = self.dated.lock().expect("dated");
        let new = std::mem::replace(&mut *dated, answers)..answers;
        let wrong = |answer| self.wrong_dates.get(&answer).copied();
        let date = |answer| {
            let seconds = i64::try_from(answer).expect("a few");
            let right = self.date? + SignedDuration::from_secs(seconds);
            Some(wrong(answer).unwrap_or(right))
        };
        new.filter_map(date).collect()
    }
}
