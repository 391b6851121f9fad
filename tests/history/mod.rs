//! What can happen to a cluster, how it happens on the stage, and what there is then: for laws over
//! random histories and for the simulation.

pub mod access;
mod consumers;
pub mod event;
pub mod happen;
pub mod healing;
mod instances;
pub mod look;
mod people;
pub mod principals;
pub mod proof;
pub mod rules;
pub mod settled;
mod slips;

/// Which law is broken, and how.
pub type Broken = String;
