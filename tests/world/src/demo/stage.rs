//! What the chapters play on, and what they have to keep.

use crate::local::{Flow, LocalAws, Traffic};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// The world, what runs through all chapters, and what is to be counted at the end.
pub(super) struct Stage<'a> {
    pub(super) world: &'a LocalAws,
    /// The producer and the consumer on INTERNAL.
    pub(super) traffic: tokio::sync::Mutex<Option<Traffic>>,
    /// The brokers' files before a second listener group is added.
    pub(super) files: OnceLock<Vec<Vec<u8>>>,
    /// How often a process of each broker has to have begun by now, the first one included.
    starts: Mutex<BTreeMap<String, usize>>,
    /// The longest wait for an acknowledgement until the end of each step, in milliseconds.
    longest: Mutex<Vec<u64>>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(world: &'a LocalAws) -> Self {
        Self {
            world,
            traffic: tokio::sync::Mutex::default(),
            files: OnceLock::new(),
            starts: Mutex::default(),
            longest: Mutex::default(),
        }
    }

    /// How far the producer and the consumer are.
    pub(super) async fn flow(&self) -> Result<Flow, String> {
        let traffic = self.traffic.lock().await;
        traffic.as_ref().ok_or("there is no producer")?.now()
    }

    /// One more process of this broker has to begin.
    pub(super) fn starts(&self, node: &str) {
        *self.counted().entry(node.to_owned()).or_default() += 1;
    }

    /// How often a process of each broker has to have begun.
    pub(super) fn needed(&self) -> BTreeMap<String, usize> {
        self.counted().clone()
    }

    /// A step has ended; without a producer nobody waits.
    pub(super) async fn step_ended(&self) {
        let longest = self.flow().await.map_or(0, |flow| flow.longest_ms);
        lock(&self.longest).push(longest);
    }

    /// The step in which a message waited so long, counted from 1; it is the present one if none before knew it.
    pub(super) fn step_of_wait(&self, longest_ms: u64) -> usize {
        let longest = lock(&self.longest);
        1 + longest
            .iter()
            .take_while(|known| **known < longest_ms)
            .count()
    }

    fn counted(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        lock(&self.starts)
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
