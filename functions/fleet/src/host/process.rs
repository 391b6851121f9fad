//! Which process it is.

use serde::Deserialize;

/// A process: a number is given to another one sooner or later, a number with its start is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct ProcessId {
    /// Its number.
    pub pid: u64,
    /// When it was started, in the kernel's ticks since the host was (`proc(5)`, `starttime`).
    pub start: u64,
}
