//! The gate of a roll: whether one broker may be stopped now, and whether the broker that was restarted before
//! it is back. push-listeners asks ([`GatePayload`]), probe-brokers hears every broker twice, with a pause in
//! between, and answers with a [`Verdict`]: a few counts, and what is in the way. What a cluster has of one
//! broker ([`Holdings`]) is heard alike, once.

mod few;
mod findings;
mod hearing;
mod holdings;
mod inquiry;
mod judge;
mod obstacle;
mod partitions;
mod pause;
mod quorum;
mod restarted;
#[cfg(test)]
mod scenes;
mod spokesman;
#[cfg(test)]
mod tests;
mod up;
mod verdict;

pub use few::Few;
pub use hearing::{
    Asked, Heard, Hearing, Mode, Moving, Partition, Quorum, Session, Told, Topic, Voter,
};
pub use holdings::{Holdings, HoldingsInquiry, HoldingsPayload, holdings};
pub use inquiry::{GateInquiry, GatePayload, GateQuestion, Restarted};
pub use judge::{at_once, verdict};
pub use obstacle::Obstacle;
pub use pause::pause;
pub use spokesman::spokesman;
pub use verdict::{Counts, Verdict};
