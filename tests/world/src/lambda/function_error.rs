//! What an invocation can fail with. All of them mean that a batch stays on its queue.

use serde::Deserialize;
use std::time::Duration;

/// A failed invocation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// The function reported it.
    #[error("{0}")]
    Reported(ErrorReport),
    /// The function reported that it could not begin.
    #[error("init of the function failed: {0}")]
    Init(ErrorReport),
    /// It did not ask for its first invocation in time.
    #[error("the function did not ask for work within {0:?}")]
    InitTimedOut(Duration),
    /// It did not answer within its time-out, and was killed.
    #[error("task timed out after {0:?}")]
    TimedOut(Duration),
    /// Its process ended.
    #[error("the function's process ended: {0}")]
    Exited(String),
    /// Its process could not be started.
    #[error("start {binary}: {reason}")]
    NotStarted {
        /// The program.
        binary: String,
        /// Why.
        reason: String,
    },
    /// Its answer is not JSON.
    #[error("the function's answer is no JSON: {0}")]
    BadAnswer(String),
}

impl FunctionError {
    /// `errorType` and `errorMessage` of what an invoker is told (Lambda developer guide, "Retry
    /// behavior", "Troubleshoot invocation issues").
    pub fn as_lambda_tells(&self) -> (String, String) {
        let kind = match self {
            Self::Reported(report) | Self::Init(report) => {
                return (report.error_type.clone(), report.error_message.clone());
            }
            Self::TimedOut(_) | Self::InitTimedOut(_) => "Sandbox.Timedout",
            Self::Exited(_) => "Runtime.ExitError",
            Self::NotStarted { .. } => "Runtime.InvalidEntrypoint",
            Self::BadAnswer(_) => "Runtime.InvalidResponse",
        };
        (kind.to_owned(), self.to_string())
    }
}

/// What a function says about an error (Lambda developer guide, "Runtime API", `ErrorRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{error_type}: {error_message}")]
pub struct ErrorReport {
    /// `errorType`.
    pub error_type: String,
    /// `errorMessage`.
    pub error_message: String,
}
