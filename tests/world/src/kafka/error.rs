//! What can go wrong with Kafka.

use std::fmt::Display;

/// Something that could not be done with Kafka, why, and the way out if there is one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KafkaError(String);

impl KafkaError {
    pub(super) fn new(what: impl Display, why: impl Display) -> Self {
        Self(format!("{what}: {why}"))
    }

    /// A whole sentence.
    pub(super) fn says(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Says what was being done when something failed.
pub(super) trait Doing<T> {
    /// Adds the operation and its resource to an error.
    fn doing(self, what: impl Display) -> Result<T, KafkaError>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T, KafkaError> {
        self.map_err(|why| KafkaError::new(what, why))
    }
}
