//! The function's process on the stage: it ends, a new one begins, and a world can be played on
//! from the same moment more than once.

use crate::Stage;
use cloud::pacing::Pace;
use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use world::clock::Clock;
use world::deployment::REGISTER_BROKERS;
use world::doors::memory::{MemoryDoor, Versions};

impl Stage {
    /// The same world once more, apart from this one, with a new process of the function; its
    /// time goes on from `now`, however long the copied one was kept.
    pub fn copy(&self, now: Timestamp) -> Self {
        let clock = Clock::new(now, 1);
        let model = Arc::new(Mutex::new(self.model().clone()));
        let versions = Arc::clone(&self.versions);
        let door = MemoryDoor::new(Arc::clone(&model), clock.clone());
        let door = door.as_caller(self.caller(REGISTER_BROKERS));
        Self {
            door: door.with_versions(Arc::clone(&versions)),
            versions,
            model,
            callers: self.callers.clone(),
            clock,
            pace: Pace::default(),
            scope: self.scope.clone(),
        }
    }

    /// The function's process ends; the next activation begins in a new one.
    pub fn restart(&mut self) {
        let door = self.new_door();
        self.door = door.with_versions(Arc::clone(&self.versions));
        self.pace = Pace::default();
    }

    /// The model as it was, for old answers; kept only on demand.
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Another process of the function, beside the one of the stage: a door of its own, and a pace
    /// that knows of no other.
    pub fn another_process(&self) -> (MemoryDoor, Pace) {
        (self.new_door(), Pace::default())
    }

    /// Another door of the function to the same model.
    pub(crate) fn new_door(&self) -> MemoryDoor {
        let door = MemoryDoor::new(Arc::clone(&self.model), self.clock.clone());
        door.as_caller(self.caller(REGISTER_BROKERS))
    }

    /// What the function's process calls through.
    pub fn door(&self) -> &MemoryDoor {
        &self.door
    }
}
