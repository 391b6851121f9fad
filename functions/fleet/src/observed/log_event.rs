//! Lines of a log group.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A line of a log group, as `FilterLogEvents` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEvent {
    /// When it was printed, to the millisecond.
    pub at: Timestamp,
    /// The line.
    pub message: String,
}
