//! One call of many is struck: the process of its caller ends right before or right after it, or
//! its answer is lost on the way, or is an old one.

use cloud::call::Call;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What happens at the call that is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// The caller ends before the call takes effect.
    EndBefore,
    /// The call takes effect, and the caller ends before it has the answer.
    EndAfter,
    /// The call takes effect, and the caller is told of an internal error (P-80).
    LoseAnswer,
    /// A write is denied, and takes no effect. Reads are not struck so.
    Refuse,
    /// A read is answered from this version of the model (P-15, P-44). Writes are not struck so.
    OldAnswer(usize),
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Which.
    pub call: Call,
    /// Versions of the model that would have answered otherwise, each in another way.
    pub older: Vec<usize>,
}

/// Counts the calls of one door, and knows which of them is struck.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    state: Mutex<State>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<Called>,
    planned: Option<(usize, Strike)>,
}

impl Strikes {
    /// From now on the `nth` call, counted from one, is struck.
    pub fn plan(&self, nth: usize, strike: Strike) {
        self.state().planned = Some((nth, strike));
    }

    /// The calls so far, the one that is struck included.
    pub fn calls(&self) -> Vec<Called> {
        self.state().calls.clone()
    }

    /// Notes the versions that would have answered the newest call otherwise.
    pub fn older(&self, versions: Vec<usize>) {
        if let Some(newest) = self.state().calls.last_mut() {
            newest.older = versions;
        }
    }

    /// Notes a call; tells whether it is struck.
    pub fn next(&self, call: Call) -> Option<Strike> {
        let mut state = self.state();
        let older = Vec::new();
        state.calls.push(Called { call, older });
        let calls = state.calls.len();
        let planned = state.planned.filter(|(nth, _)| *nth == calls);
        planned.map(|(_, strike)| strike)
    }

    /// The caller's process ends here: whoever waits for that drops this future.
    pub async fn end(&self) {
        self.ended.notify_one();
        std::future::pending().await
    }

    /// Waits until the caller's process has ended.
    pub async fn ended(&self) {
        self.ended.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
