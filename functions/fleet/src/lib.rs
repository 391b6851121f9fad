//! Words and decisions: what the mapping should be, and the plan that gets it there.
//! No AWS, no sockets, no clock, no environment (`clippy.toml` forbids them).

pub mod action;
pub mod brokers;
pub mod foreign;
pub mod handover;
pub mod held;
pub mod ledger;
pub mod listener;
#[cfg(test)]
mod look;
pub mod naming;
pub mod observed;
pub mod plan;
pub mod planner;
pub mod proof;
pub mod reason;
pub mod report;
pub mod settings;
pub mod tags;
pub mod wishes;
pub mod words;

pub use planner::{Asked, inquiry, plan};
