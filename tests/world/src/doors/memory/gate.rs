//! A gate before AWS: calls wait at it until somebody lets them pass, one at a time, in any order.
//! So whoever holds the gate decides how the calls of several activations interleave.

use cloud::call::Call;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Where calls wait.
#[derive(Debug, Default)]
pub struct Gate {
    waiting: Mutex<Vec<(Call, oneshot::Sender<()>)>>,
}

impl Gate {
    /// The calls that wait now, in the order in which they came.
    pub fn waiting(&self) -> Vec<Call> {
        self.lock().iter().map(|(call, _)| *call).collect()
    }

    /// Lets one of the waiting calls pass, and tells which; none if there is no such one.
    pub fn let_pass(&self, nth: usize) -> Option<Call> {
        let mut waiting = self.lock();
        if nth >= waiting.len() {
            return None;
        }
        let (call, pass) = waiting.remove(nth);
        // Whoever gave up waiting makes no call.
        pass.send(()).ok().map(|()| call)
    }

    /// Waits until the call is let pass.
    pub(super) async fn wait(&self, call: Call) {
        let (pass, passed) = oneshot::channel();
        self.lock().push((call, pass));
        if passed.await.is_err() {
            // The gate is gone, and with it everybody who could open it.
            std::future::pending::<()>().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Call, oneshot::Sender<()>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
