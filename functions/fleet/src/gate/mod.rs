//! The gate of a roll: whether one broker may be stopped now, and whether the broker that was restarted before
//! it is back. push-listeners asks ([`GatePayload`]), probe-brokers hears every broker twice, with a pause in
//! between, and answers with a [`Verdict`]: a few counts, and what is in the way.

mod hearing;
mod inquiry;
mod obstacle;
mod pause;
#[cfg(test)]
mod scenes;
mod verdict;

pub use hearing::{
    Asked, Heard, Hearing, Mode, Moving, Partition, Quorum, Session, Told, Topic, Voter,
};
pub use inquiry::{GateInquiry, GatePayload, Restarted};
pub use obstacle::{Few, Obstacle};
pub use pause::pause;
pub use verdict::{Counts, Verdict};
