//! The model behind `cloud`'s own traits: the same observe and execute as in the binary, without
//! a network. Every call first gives way once, so that a test can stop its caller between any two.

mod reads;
#[cfg(test)]
mod tests;
mod writes;

use crate::clock::Clock;
use crate::model::{ApiError, Model, whole_seconds};
use cloud::call::Call;
use cloud::calls::Answer;
use cloud::error::CallError;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// AWS in memory; each door knows its own newest answer.
#[derive(Debug)]
pub struct MemoryDoor {
    model: Arc<Mutex<Model>>,
    clock: Clock,
    answered_at: Mutex<Option<Timestamp>>,
}

impl MemoryDoor {
    /// A door to this model, on this clock.
    pub fn new(model: Arc<Mutex<Model>>, clock: Clock) -> Self {
        Self {
            model,
            clock,
            answered_at: Mutex::new(None),
        }
    }

    /// One call: what it does is done at one moment, and refusals are answers too.
    async fn call<T>(
        &self,
        call: Call,
        ask: impl FnOnce(&mut Model, Timestamp) -> Result<T, ApiError>,
    ) -> Answer<T> {
        tokio::task::yield_now().await;
        let now = self.clock.now();
        // A test that panicked elsewhere has left the model whole: no call of it panics half-way.
        let answer = ask(
            &mut self.model.lock().unwrap_or_else(PoisonError::into_inner),
            now,
        );
        let mut answered_at = self
            .answered_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *answered_at = Some(whole_seconds(now));
        answer.map_err(|error| CallError::answered(call, error.status, error.code, &error.message))
    }
}
