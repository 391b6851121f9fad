//! How a broker leaves with its instance.

use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// How it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Its Auto Scaling group terminates it, and waits for a hook of ours: until then, if that is known.
    Waits(Option<Timestamp>),
    /// AWS takes its Spot Instance back: then, if that is known.
    Interrupted(Option<Timestamp>),
}

/// So long before its group ends the wait it is stopped all the same.
const LAST: SignedDuration = SignedDuration::from_mins(5);
/// So long a broker may need to stop gracefully.
const STOPS_WITHIN: SignedDuration = SignedDuration::from_secs(90);

impl Exit {
    /// When its instance ends at the latest.
    pub(crate) fn ends_at(self) -> Option<Timestamp> {
        match self {
            Self::Waits(at) | Self::Interrupted(at) => at,
        }
    }

    pub(crate) fn is_interruption(self) -> bool {
        match self {
            Self::Interrupted(_) => true,
            Self::Waits(_) => false,
        }
    }

    /// Whether its broker is stopped at once, whatever the gate says and whoever still needs it: a pulled plug is worse.
    pub(crate) fn is_at_once(self, now: Timestamp) -> bool {
        match self {
            Self::Interrupted(_) => true,
            Self::Waits(until) => until.is_some_and(|until| now + LAST >= until),
        }
    }

    /// Whether there is time to ask the gate before a broker is stopped that is stopped all the same. The last minutes of
    /// a wait have none: all that leave at one time share them.
    pub(crate) fn has_time(self, now: Timestamp) -> bool {
        match self {
            Self::Interrupted(at) => at.is_some_and(|at| now + STOPS_WITHIN < at),
            Self::Waits(_) => false,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waits(Some(until)) => write!(
                f,
                "its group ends the wait at {until:.0}, and five minutes before that it is stopped all the same"
            ),
            Self::Waits(None) => f.write_str("when its group ends the wait is not known"),
            Self::Interrupted(Some(at)) => {
                write!(f, "AWS takes its Spot Instance back at {at:.0}")
            }
            Self::Interrupted(None) => {
                f.write_str("AWS takes its Spot Instance back within two minutes")
            }
        }
    }
}
