//! Events, queue and schedule of the template before a fleet. AWS's waits are skipped, and while
//! the function works the clock runs at real speed: so each share of the time is itself.

use crate::mapped::{Fleet, stack};
use jiff::Timestamp;
use serde_json::Value;
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};
use world::deployment::REGISTER_BROKERS;
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
        let mapping = Mapping {
            settings: stack(&fleet.aws, REGISTER_BROKERS)?.mapping.clone(),
            bus: Arc::clone(&fleet.aws.bus),
            clock: fleet.aws.clock.clone(),
        };
        Ok(Self {
            fleet,
            mapping,
            worked: Cell::new(Instant::now()),
        })
    }

    /// Delivers what happened, and runs the function if a batch is due; else time moves on.
    pub async fn step(&self) -> Result<Option<Run>, String> {
        let now = self.fleet.aws.clock.now();
        let events = {
            let mut model = self.fleet.aws.model();
            model.advance(now);
            model.take_events()
        };
        let passed = {
            let mut bus = self.fleet.aws.bus();
            let mut published = events.iter().map(|event| bus.publish(now, event));
            published
                .try_for_each(|sent| sent.map(drop))
                .and_then(|()| bus.pass(now))
        };
        passed.map_err(|error| error.to_string())?;
        let began = self.fleet.aws.clock.now();
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
                self.fleet.aws.clock.skip(STEP);
                Ok(None)
            }
            Some(Invoked { answer, took, .. }) => {
                self.worked.set(Instant::now());
                let report = answer.map_err(|error| format!("register-brokers failed: {error}"))?;
                Ok(Some(Run {
                    began,
                    ended: self.fleet.aws.clock.now(),
                    took,
                    report,
                }))
            }
        }
    }

    /// How many messages wait.
    pub fn waiting(&self) -> Result<usize, String> {
        let mut bus = self.fleet.aws.bus();
        let queue = bus.queue(&self.mapping.settings.queue);
        let queue = queue.map_err(|error| error.to_string())?;
        Ok(queue.bodies().count())
    }
}
