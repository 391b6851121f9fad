//! Rolls of real Kafka that take longer than a run of all tests may: `cargo test --workspace --test rolls` plays them,
//! as `.ci/run` does, and `cargo test --workspace` does not.

mod dying;
mod ensemble;
#[allow(dead_code, reason = "the tests of kafka use the rest of it")]
mod roll;
#[allow(dead_code, reason = "the tests of kafka use the rest of it")]
mod stage;
mod zookeeper_rolled;
