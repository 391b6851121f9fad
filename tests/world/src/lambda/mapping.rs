//! An event source mapping: batches of a FIFO queue become invocations, and a batch is deleted when
//! its invocation succeeded.
//!
//! The queue runs in AWS time and the function in real time. So while an invocation is under way,
//! the visibility of its batch is counted in real time: otherwise a batch would come back while the
//! function still works on it, only because the world's clock is fast. What is left of it after a
//! failure is waited in AWS time again.

use super::function_error::FunctionError;
use super::sqs_event::sqs_event;
use crate::clock::Clock;
use crate::events::bus::{Bus, BusError};
use crate::events::drive::TICK;
use crate::events::message::Message;
use crate::template::MappingSettings;
use serde_json::Value;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A mapping from a queue of the bus.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its settings.
    pub settings: MappingSettings,
    /// Where the queue is.
    pub bus: Arc<Mutex<Bus>>,
    /// AWS time.
    pub clock: Clock,
}

/// One invocation by a mapping.
#[derive(Clone, Debug)]
pub struct Invoked {
    /// The messages.
    pub batch: Vec<Message>,
    /// What the function answered; only after success were they deleted.
    pub answer: Result<Value, FunctionError>,
    /// How long it took, in real time.
    pub took: Duration,
}

impl Mapping {
    /// Invokes with each batch as it comes, until the queue refuses something.
    pub async fn run<F, A>(&self, invoke: F, mut done: impl FnMut(Invoked)) -> BusError
    where
        F: Fn(Value) -> A,
        A: Future<Output = Result<Value, FunctionError>>,
    {
        loop {
            match self.step(&invoke).await {
                Ok(Some(invoked)) => done(invoked),
                Ok(None) => tokio::time::sleep(TICK).await,
                Err(error) => return error,
            }
        }
    }

    /// Takes one batch, if there is one, and invokes with it.
    pub async fn step<F, A>(&self, invoke: F) -> Result<Option<Invoked>, BusError>
    where
        F: Fn(Value) -> A,
        A: Future<Output = Result<Value, FunctionError>>,
    {
        let batch = self.take()?;
        if batch.is_empty() {
            return Ok(None);
        }
        let started = Instant::now();
        let answer = invoke(sqs_event(&batch, &self.settings.queue_arn)).await;
        let took = started.elapsed();
        self.put_away(&batch, answer.is_ok(), took)?;
        Ok(Some(Invoked {
            batch,
            answer,
            took,
        }))
    }

    fn take(&self) -> Result<Vec<Message>, BusError> {
        let now = self.clock.now();
        let mut bus = self.bus.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = bus.queue(&self.settings.queue)?;
        let batch = queue.receive(now, self.settings.batch_size);
        queue.hold(now, &batch)?;
        Ok(batch)
    }

    fn put_away(&self, batch: &[Message], success: bool, took: Duration) -> Result<(), BusError> {
        let now = self.clock.now();
        let mut bus = self.bus.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = bus.queue(&self.settings.queue)?;
        if success {
            for message in batch {
                queue.delete(now, &message.receipt_handle)?;
            }
        } else {
            let left = queue.settings().visibility_timeout.saturating_sub(took);
            queue.release(now, batch, left)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
