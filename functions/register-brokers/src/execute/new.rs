//! What was made a moment ago: other parts of AWS may not know it, or its tags, yet. The AWS Load
//! Balancer Controller repeats `ListenerNotFound` after a create
//! (`pkg/deploy/elbv2/listener_manager.go`), and IAM's conditions on tags are eventually consistent
//! ("Troubleshoot IAM: changes that I make are not always immediately visible").

use super::Hands;
use cloud::calls::Answer;
use cloud::error::CallError;
use fleet::report::Outcome;
use std::time::Duration;
use tokio::time::Instant;

/// A call about something new is repeated once, after this.
pub(super) const AGAIN_AFTER: Duration = Duration::from_millis(1500);

impl<A> Hands<'_, '_, A> {
    /// Whether a call failed that may succeed in a moment, and there is time for it.
    pub(super) fn may_be_too_new<T>(&self, answer: &Answer<T>) -> bool {
        let unknown = answer
            .as_ref()
            .is_err_and(CallError::is_about_something_unknown);
        self.is_new && unknown && Instant::now() + AGAIN_AFTER < self.until
    }
}

/// The next activation tries again; if it fails then, too, it is no longer about being new.
pub(super) fn deferred(error: &CallError) -> Outcome {
    Outcome::Deferred(format!(
        "it was made a moment ago, and AWS may not show it everywhere yet: {error}"
    ))
}
