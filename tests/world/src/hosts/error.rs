//! What can go wrong with namespaces, links and processes.

use std::fmt::Display;

/// Something that could not be done to a namespace, link or process, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct HostsError {
    what: String,
    why: String,
}

impl HostsError {
    pub(super) fn new(what: impl Into<String>, why: impl Display) -> Self {
        Self {
            what: what.into(),
            why: why.to_string(),
        }
    }
}

/// Says what was being done when something failed.
pub(super) trait Doing<T> {
    /// Adds the operation and its resource to an error.
    fn doing(self, what: impl Into<String>) -> Result<T, HostsError>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Into<String>) -> Result<T, HostsError> {
        self.map_err(|why| HostsError::new(what, why))
    }
}
