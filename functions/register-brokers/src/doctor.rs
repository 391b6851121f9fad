//! The doctor: what stands between a consumer and a working connection. It walks the way of each consumer's
//! connections, station by station, and says of each that it is well, or the one next thing to do. It changes
//! nothing, and says nothing is well that could not be read.

mod bootstrap;
mod brokers;
mod connection;
mod held;
mod listeners;
mod load_balancer;
mod names;
mod next;
mod parameter;
mod proof;
mod scaling;
mod security_groups;
mod service;
mod sight;
mod station;
mod targets;
#[cfg(test)]
mod tests;
mod walker;

pub use station::{Finding, Found, Station};

use crate::observed::{Access, Doubt, Observed};
use fleet::words::{ClusterName, GroupName};
use serde::Serialize;
use sight::Sight;
use std::collections::BTreeSet;
use std::fmt;

/// What the doctor found: as JSON for programs, as lines of text for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Examination {
    /// The cluster.
    pub cluster: ClusterName,
    /// A walk for each listener group that is not being retired; one of no group, if there is none.
    pub walks: Vec<Walk>,
}

/// A walk along the way of one consumer's connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// The consumer's listener group; none if no parameter names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupName>,
    /// What was found at each station, in their order.
    pub stations: Vec<Found>,
}

/// Examines what was observed. Like a plan, it is a pure function: of what one look leaves in doubt only what an
/// earlier look `agreed` upon is so.
pub fn examine(observed: &Observed, agreed: &BTreeSet<Doubt>, access: &Access) -> Examination {
    let sight = Sight::of(observed, agreed, access);
    Examination {
        cluster: observed.cluster.clone(),
        walks: walker::walks(&sight),
    }
}

impl Examination {
    /// The first thing to do; none if all is well.
    fn next(&self) -> Option<&str> {
        let stations = || self.walks.iter().flat_map(|walk| &walk.stations);
        let wrong = stations().find_map(|found| match &found.finding {
            Finding::Wrong { next, .. } => Some(next.as_str()),
            Finding::Well { .. } | Finding::Waits { .. } | Finding::Unknown { .. } => None,
        });
        wrong.or_else(|| stations().find_map(|found| found.finding.next()))
    }
}

impl fmt::Display for Examination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "What stands between a consumer and a working connection to cluster {}:",
            self.cluster
        )?;
        for walk in &self.walks {
            match &walk.group {
                Some(group) => writeln!(f, "\n{group}")?,
                None => writeln!(f)?,
            }
            for found in &walk.stations {
                writeln!(f, "  {found}")?;
            }
        }
        match self.next() {
            Some(next) => writeln!(f, "\nNext: {next}"),
            None => writeln!(
                f,
                "\nNothing stands in the way. The consumer's own side, such as its DNS and its security groups, is not seen from here."
            ),
        }
    }
}
