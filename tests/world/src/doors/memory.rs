//! The model behind `cloud`'s own traits: the same observe and execute as in the binary, without
//! a network. Every call first gives way once, so that a test can stop its caller between any two.

mod commands;
mod ec2;
mod gate;
mod healing;
mod logs;
mod principals;
mod reads;
mod strike;
#[cfg(test)]
mod tests;
mod versions;
mod writes;

pub use gate::Gate;
pub use strike::{Called, Strike};
pub use versions::Versions;

use crate::clock::Clock;
use crate::iam::Caller;
use crate::model::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::Answer;
use cloud::error::CallError;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use strike::Strikes;

/// AWS in memory; each door knows the dates of its own answers.
#[derive(Debug)]
pub struct MemoryDoor {
    model: Arc<Mutex<Model>>,
    caller: Option<Arc<Caller>>,
    clock: Clock,
    dates: Mutex<Vec<Timestamp>>,
    latency: Mutex<Duration>,
    strikes: Strikes,
    versions: Arc<Versions>,
    gate: Option<Arc<Gate>>,
    proven: Mutex<Option<String>>,
}

impl MemoryDoor {
    /// A door to this model, on this clock. Whoever calls through it is not known, and no role is asked.
    pub fn new(model: Arc<Mutex<Model>>, clock: Clock) -> Self {
        Self {
            model,
            caller: None,
            clock,
            dates: Mutex::default(),
            latency: Mutex::default(),
            strikes: Strikes::default(),
            versions: Arc::default(),
            gate: None,
            proven: Mutex::default(),
        }
    }

    /// The same door for this caller: it may do what its role allows, and is counted by its name.
    pub fn as_caller(self, caller: Arc<Caller>) -> Self {
        Self {
            caller: Some(caller),
            ..self
        }
    }

    /// The same door behind a gate.
    pub fn behind(self, gate: Arc<Gate>) -> Self {
        Self {
            gate: Some(gate),
            ..self
        }
    }

    /// A door to it whose old answers are from these versions of the model, and which adds to them.
    pub fn with_versions(mut self, versions: Arc<Versions>) -> Self {
        self.versions = versions;
        self
    }

    /// From now on the `nth` call through this door, counted from one, is struck.
    pub fn strike(&self, nth: usize, strike: Strike) {
        self.strikes.plan(nth, strike);
    }

    /// From now on each answer comes that much later.
    pub fn delay(&self, latency: Duration) {
        *self.latency.lock().unwrap_or_else(PoisonError::into_inner) = latency;
    }

    /// The calls made through this door so far.
    pub fn calls(&self) -> Vec<Called> {
        self.strikes.calls()
    }

    /// The newest proof table that came through this door.
    pub fn proven(&self) -> Option<String> {
        let proven = self.proven.lock();
        proven.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets it.
    pub fn forget_proof(&self) {
        let proven = self.proven.lock();
        *proven.unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits until a strike has ended the caller's process; the caller is to be dropped then.
    pub async fn ended(&self) {
        self.strikes.ended().await;
    }

    fn note_proof(&self, table: &str) {
        let mut proven = self.proven.lock().unwrap_or_else(PoisonError::into_inner);
        *proven = Some(table.to_owned());
    }

    /// One call: what it does is done at one moment, and refusals are answers too.
    async fn call<T: PartialEq>(
        &self,
        call: Call,
        ask: impl Fn(&mut Model, Timestamp) -> Result<T, ApiError>,
    ) -> Answer<T> {
        match &self.gate {
            Some(gate) => gate.wait(call).await,
            None => tokio::task::yield_now().await,
        }
        let strike = self.strikes.next(call);
        if strike == Some(Strike::EndBefore) {
            self.strikes.end().await;
        }
        let now = self.clock.now();
        if call.is_write() {
            self.versions.note(now, &self.model());
        }
        let old = match strike {
            Some(Strike::OldAnswer(version)) if !call.is_write() => {
                self.versions.answer(version, &ask)
            }
            Some(_) | None => None,
        };
        let caller = self.caller.as_ref();
        let answer = match strike {
            Some(Strike::Refuse) if call.is_write() => Err(ApiError::denied(call)),
            _ => old.unwrap_or_else(|| self.model().called_by(caller, |model| ask(model, now))),
        };
        if !call.is_write() {
            self.strikes.older(self.versions.others(&answer, &ask));
        }
        let answer = match strike {
            Some(Strike::EndAfter) => {
                self.strikes.end().await;
                answer
            }
            Some(Strike::LoseAnswer) => Err(ApiError::internal(call)),
            Some(Strike::EndBefore | Strike::Refuse | Strike::OldAnswer(_)) | None => answer,
        };
        let latency = *self.latency.lock().unwrap_or_else(PoisonError::into_inner);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let date = self.model().date(now);
        let mut dates = self.dates.lock().unwrap_or_else(PoisonError::into_inner);
        dates.push(date);
        answer.map_err(|error| CallError::answered(call, error.status, error.code, &error.message))
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        // A test that panicked elsewhere has left the model whole: no call of it panics half-way.
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
