//! The only crate that speaks Kafka: one connection to one broker, and the questions that we ask it.
