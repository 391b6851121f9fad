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

    /// Whether there is time to ask the gate before a broker is stopped that is stopped all the same.
    pub(crate) fn has_time(self, now: Timestamp) -> bool {
        self.ends_at().is_some_and(|at| now + STOPS_WITHIN < at)
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
