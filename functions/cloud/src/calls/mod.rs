//! The door to AWS: one method per call, one page per call. Reads are a trait for each service,
//! writes one for each function, so that nobody can write what is another's. `aws` implements them by
//! the SDK, the local world in memory. The records are those of `fleet::observed`, named as AWS names them.

mod alarms;
mod auto_scaling;
mod commands;
mod ec2;
mod elbv2;
mod healing;
mod lambda;
mod logs;
mod mapping;
mod principals;
mod ssm;

pub use alarms::AlarmReads;
pub use auto_scaling::AutoScalingReads;
pub use commands::{CommandWrites, DELIVERY, NewCommand, PAYLOAD};
pub use ec2::{Ec2Reads, InstanceFilter};
pub use elbv2::{Elbv2Reads, TAGS_CHUNK};
pub use healing::HealingWrites;
pub use lambda::Probes;
pub use logs::{LogReads, REPORTS};
pub use mapping::{MappingWrites, NewTargetGroup};
pub use principals::{PrincipalWrites, Unsuccessful};
pub use ssm::{CommandFilter, CommandReads, SsmReads, known_yet};

use crate::error::CallError;
use jiff::Timestamp;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask with for the next page; `None` on the last one.
    pub next: Option<PageToken>,
}

/// `NextToken` or `Marker`: opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(pub String);

/// An answer, or what went wrong.
pub type Answer<T> = Result<T, CallError>;

/// Whose answers are dated.
pub trait Dated: Sync {
    /// Takes the `Date` headers of the answers since it was last asked, in the order of the answers.
    /// They are the only clock.
    fn take_dates(&self) -> Vec<Timestamp>;
}

/// All that can be read.
pub trait Reads:
    Dated + Elbv2Reads + Ec2Reads + AutoScalingReads + SsmReads + CommandReads
{
}

impl<A: Dated + Elbv2Reads + Ec2Reads + AutoScalingReads + SsmReads + CommandReads> Reads for A {}
