//! The shared words and records: what was seen, what a plan and a report are, and the cluster that every
//! function looks at: its brokers, the ledger of its ports, what parameters ask for, and the proof.
//! No AWS, no sockets, no clock, no environment (`clippy.toml` forbids them).

pub mod admin;
pub mod brokers;
pub mod documents;
pub mod foreign;
pub mod gate;
pub mod handover;
pub mod healing;
pub mod host;
pub mod ingress;
pub mod interruption;
pub mod ledger;
pub mod lifecycle;
pub mod listener;
pub mod look;
pub mod naming;
pub mod observed;
pub mod plan;
pub mod principals;
pub mod proof;
#[cfg(test)]
mod records;
pub mod refusal;
pub mod report;
pub mod service;
pub mod shown;
pub mod tags;
pub mod twice;
pub mod wishes;
pub mod words;
