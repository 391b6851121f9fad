//! The stations of a consumer's way, and what can be found at each.

use fleet::observed::Gap;
use serde::Serialize;
use std::fmt;

/// A part of the way between a consumer and its brokers, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Station {
    /// The listener parameter of the consumer.
    Parameter,
    /// The tags that make instances brokers.
    Tags,
    /// Whether the brokers' instances run.
    Instances,
    /// Whether the NLB's security groups let consumers in.
    SecurityGroups,
    /// The NLB.
    LoadBalancer,
    /// Its listeners, and the target groups that they forward to.
    Listeners,
    /// The health of the targets.
    Targets,
    /// Whether each port is proven to reach its broker.
    Proof,
    /// The bootstrap port.
    Bootstrap,
    /// The endpoint service.
    Service,
    /// Who may connect to it.
    Principals,
    /// The connection of a consumer's endpoint.
    Connection,
    /// The names that brokers advertise, and the hand-over that tells them to the consumer.
    Names,
}

impl fmt::Display for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parameter => "listener parameter",
            Self::Tags => "tags of instances",
            Self::Instances => "instances",
            Self::SecurityGroups => "security groups",
            Self::LoadBalancer => "load balancer",
            Self::Listeners => "listeners and target groups",
            Self::Targets => "targets",
            Self::Proof => "proof",
            Self::Bootstrap => "bootstrap",
            Self::Service => "endpoint service",
            Self::Principals => "principals",
            Self::Connection => "connection",
            Self::Names => "names",
        })
    }
}

/// What was found at one station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The station.
    pub station: Station,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// How it is with a station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// It is as it should be.
    Well {
        /// How it is.
        says: String,
    },
    /// It stands in the way.
    Wrong {
        /// What is wrong.
        says: String,
        /// The one next thing to do.
        next: String,
    },
    /// Nothing can be said of it before another station is well.
    Waits {
        /// That station.
        on: Station,
    },
    /// It could not be read.
    Unknown {
        /// What is not known.
        says: String,
        /// What lets it be read.
        next: String,
    },
}

/// What could not be read.
impl From<&Gap> for Finding {
    fn from(gap: &Gap) -> Self {
        Self::unknown(
            format!("{} could not be read", gap.read),
            gap.reason.clone(),
        )
    }
}

impl Finding {
    /// It is as it should be.
    pub(super) fn well(says: impl Into<String>) -> Self {
        let says = says.into();
        Self::Well { says }
    }

    /// It stands in the way, and this is to be done next.
    pub(super) fn wrong(says: impl Into<String>, next: impl Into<String>) -> Self {
        let (says, next) = (says.into(), next.into());
        Self::Wrong { says, next }
    }

    /// It is not known, and this lets it be known.
    pub(super) fn unknown(says: impl Into<String>, next: impl Into<String>) -> Self {
        let (says, next) = (says.into(), next.into());
        Self::Unknown { says, next }
    }

    /// Whether it is as it should be.
    pub fn is_well(&self) -> bool {
        matches!(self, Self::Well { .. })
    }

    /// What is to be done about it, if anything is.
    pub fn next(&self) -> Option<&str> {
        match self {
            Self::Wrong { next, .. } | Self::Unknown { next, .. } => Some(next),
            Self::Well { .. } | Self::Waits { .. } => None,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { station, finding } = self;
        match finding {
            Finding::Well { says } => write!(f, "✓ {station}: {says}"),
            Finding::Wrong { says, next } => write!(f, "✗ {station}: {says}\n      next: {next}"),
            Finding::Waits { on } => write!(f, "… {station}: waits for: {on}"),
            Finding::Unknown { says, next } => {
                write!(f, "? {station}: not known: {says}\n      next: {next}")
            }
        }
    }
}
