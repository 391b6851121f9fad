//! Processes of functions on the stage: one ends, a new one begins, several run beside each other, and a
//! world can be played on from the same moment more than once.

use crate::Stage;
use activation::activate::{ActivatedOf, activate};
use activation::duty::Duty;
use activation::request::Request;
use cloud::pacing::{Pace, Paced};
use jiff::Timestamp;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;
use world::clock::Clock;
use world::deployment::REGISTER_BROKERS;
use world::doors::memory::{MemoryDoor, Versions};

/// The time that a run has until its last step.
const UNTIL: Duration = Duration::from_secs(47);

/// A process of a function: a door of its own, and a pace that knows of no other.
pub struct Process {
    door: MemoryDoor,
    pace: Pace,
}

impl Process {
    /// One that calls through this door.
    pub(crate) fn of(door: MemoryDoor) -> Self {
        let pace = Pace::default();
        Self { door, pace }
    }

    /// AWS, as the function sees it.
    pub fn aws(&self) -> Paced<'_, MemoryDoor> {
        Paced {
            aws: &self.door,
            pace: &self.pace,
        }
    }

    /// What it calls through.
    pub fn door(&self) -> &MemoryDoor {
        &self.door
    }

    /// Both apart.
    pub fn into_parts(self) -> (MemoryDoor, Pace) {
        (self.door, self.pace)
    }
}

impl Stage {
    /// A new process of a function that the template wakes, by the name of its binary. Its role in the
    /// template is what it may do.
    pub fn process(&self, function: &str) -> Process {
        let door = MemoryDoor::new(Arc::clone(&self.model), self.clock.clone());
        let door = door.with_versions(Arc::clone(&self.versions));
        Process::of(door.as_caller(self.caller(function)))
    }

    /// One run of a function.
    pub async fn run<D: Duty>(&self, duty: &D, request: Request) -> ActivatedOf<D> {
        activate(duty, request, Instant::now() + UNTIL).await
    }

    /// What a function answers to `{"action":"observe"}`.
    pub async fn saved<D: Duty>(&self, duty: &D, masked: bool) -> Value {
        let saved = activation::saved::observe(duty, masked, Instant::now() + UNTIL).await;
        saved.expect("short enough")
    }

    /// What a function answers to `{"action":"doctor"}`, as text.
    pub async fn examined<D: Duty>(&self, duty: &D) -> String {
        let examined = duty.doctor(Instant::now() + UNTIL);
        examined.expect("a doctor").await.to_string()
    }

    /// The same world once more, apart from this one, with a new process of register-brokers; its
    /// time goes on from `now`, however long the copied one was kept.
    pub fn copy(&self, now: Timestamp) -> Self {
        let clock = Clock::new(now, 1);
        let model = Arc::new(Mutex::new(self.model().clone()));
        let versions = Arc::clone(&self.versions);
        let door = MemoryDoor::new(Arc::clone(&model), clock.clone());
        let door = door.as_caller(self.caller(REGISTER_BROKERS));
        Self {
            process: Process::of(door.with_versions(Arc::clone(&versions))),
            versions,
            model,
            callers: self.callers.clone(),
            clock,
            scope: self.scope.clone(),
        }
    }

    /// The process of register-brokers ends; its next run begins in a new one.
    pub fn restart(&mut self) {
        self.process = self.process(REGISTER_BROKERS);
    }

    /// The model as it was, for old answers; kept only on demand.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Another process of register-brokers, beside the one of the stage.
    pub fn another_process(&self) -> (MemoryDoor, Pace) {
        self.process(REGISTER_BROKERS).into_parts()
    }

    /// What the process of register-brokers calls through.
    pub fn door(&self) -> &MemoryDoor {
        self.process.door()
    }
}
