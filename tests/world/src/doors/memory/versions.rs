//! The model as it was before each change: what a stale read is answered from (P-15, P-44).

use crate::model::{ApiError, Model};
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Versions of one model, oldest first. Kept only on demand, since each is a copy.
#[derive(Debug, Default)]
pub struct Versions {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    keeping: bool,
    kept: Vec<(Timestamp, Model)>,
}

impl Versions {
    /// From now on versions are kept, or not any more; those that were kept stay.
    pub fn keep(&self, keeping: bool) {
        self.state().keeping = keeping;
    }

    /// The model is about to change: this is how it is until `now`.
    pub fn note(&self, now: Timestamp, model: &Model) {
        let mut state = self.state();
        if state.keeping {
            state.kept.push((now, model.clone()));
        }
    }

    /// What a version answered in its time.
    pub(super) fn answer<T>(
        &self,
        version: usize,
        ask: impl Fn(&mut Model, Timestamp) -> Result<T, ApiError>,
    ) -> Option<Result<T, ApiError>> {
        let mut state = self.state();
        let (at, model) = state.kept.get_mut(version)?;
        Some(model.by_hand(|model| ask(model, *at)))
    }

    /// The newest version for each answer that is another one than this, while versions are kept.
    pub(super) fn others<T: PartialEq>(
        &self,
        answer: &Result<T, ApiError>,
        ask: impl Fn(&mut Model, Timestamp) -> Result<T, ApiError>,
    ) -> Vec<usize> {
        let mut state = self.state();
        if !state.keeping {
            return Vec::new();
        }
        let mut others: Vec<(usize, Result<T, ApiError>)> = Vec::new();
        for (version, (at, model)) in state.kept.iter_mut().enumerate().rev() {
            let old = model.by_hand(|model| ask(model, *at));
            if old != *answer && others.iter().all(|(_, other)| *other != old) {
                others.push((version, old));
            }
        }
        others.into_iter().map(|(version, _)| version).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
