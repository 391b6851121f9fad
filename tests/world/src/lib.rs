//! The local AWS: one model of the behaviours that we depend on, with two doors at the same seam
//! (in memory for simulation, over HTTP for the unmodified binaries), hosts as Linux namespaces,
//! and real TCP through a local NLB. It is a test double: no operation that we don't call.

pub mod ask;
pub mod broker;
pub mod clock;
pub mod demo;
pub mod deployment;
pub mod doors;
pub mod events;
pub mod faults;
pub mod hosts;
pub mod iam;
pub mod inside;
pub mod kafka;
pub mod lambda;
pub mod local;
pub mod model;
pub mod nlb;
pub mod template;
