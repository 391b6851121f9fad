//! Events, queue and schedule of the template before a fleet. AWS's waits are skipped, and while
//! the function works the clock runs at real speed: so each share of the time is itself.

use crate::mapped::Fleet;
use jiff::Timestamp;
use serde_json::Value;
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use world::events::bus::Bus;
use world::lambda::mapping::{Invoked, Mapping};

/// How far the clock is moved when nothing is due.
const STEP: Duration = Duration::from_millis(100);
/// After a run the time is waited for in which the function's pacing recovers: 40 calls, 8 a second.
const RECOVERY: Duration = Duration::from_secs(5);

/// The bus and the mapping of a fleet.
pub struct Wakes<'a> {
    fleet: &'a Fleet,
    mapping: Mapping,
    worked: Cell<Instant>,
}

/// One run: when it began, and what came of it.
pub struct Run {
    pub began: Timestamp,
    pub ended: Timestamp,
    /// The function's own time, in real time.
    pub took: Duration,
    pub report: Value,
}

impl<'a> Wakes<'a> {
    pub fn of(fleet: &'a Fleet) -> Result<Self, String> {
        let bus: Bus = fleet.stack.bus().map_err(|error| error.to_string())?;
        let mapping = Mapping {
            settings: fleet.stack.mapping.clone(),
            bus: Arc::new(Mutex::new(bus)),
            clock: fleet.clock.clone(),
        };
        Ok(Self {
            fleet,
            mapping,
            worked: Cell::new(Instant::now()),
        })
    }

    /// Delivers what happened, and runs the function if a batch is due; else time moves on.
    pub async fn step(&self) -> Result<Option<Run>, String> {
        let now = self.fleet.clock.now();
        let events = self.fleet.model().take_events();
        self.with_bus(|bus| {
            events
                .iter()
                .try_for_each(|event| bus.publish(now, event).map(drop))?;
            bus.pass(now)
        })?;
        let began = self.fleet.clock.now();
        let invoked = self
            .mapping
            .step(|payload| self.fleet.function.invoke(payload))
            .await;
        match invoked.map_err(|error| error.to_string())? {
            None if self.worked.get().elapsed() < RECOVERY => {
                tokio::time::sleep(STEP).await;
                Ok(None)
            }
            None => {
                self.fleet.clock.skip(STEP);
                Ok(None)
            }
            Some(Invoked { answer, took, .. }) => {
                self.worked.set(Instant::now());
                let report = answer.map_err(|error| format!("register-brokers failed: {error}"))?;
                Ok(Some(Run {
                    began,
                    ended: self.fleet.clock.now(),
                    took,
                    report,
                }))
            }
        }
    }

    /// The bus, for events of one's own and a look at the queue.
    pub fn with_bus<T, E: std::fmt::Display>(
        &self,
        ask: impl FnOnce(&mut Bus) -> Result<T, E>,
    ) -> Result<T, String> {
        let mut bus = self
            .mapping
            .bus
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        ask(&mut bus).map_err(|error| error.to_string())
    }

    /// How many messages wait.
    pub fn waiting(&self) -> Result<usize, String> {
        let queue = &self.mapping.settings.queue;
        self.with_bus(|bus| bus.queue(queue).map(|queue| queue.bodies().count()))
    }
}
