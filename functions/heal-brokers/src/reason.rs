//! Why a step of a plan is taken.

use jiff::Timestamp;
use std::fmt;

/// Why a step is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The broker's process is gone, and its instance is well.
    Gone,
    /// Its process hangs since then.
    Hangs(Timestamp),
    /// Its process began to hang.
    BeganToHang,
    /// Its instance fails its own status check since then.
    Unwell(Timestamp),
    /// Its instance fails it still, an hour after our reboot.
    StillUnwell(Timestamp),
    /// What its instance stands on fails since then.
    Cut(Timestamp),
    /// What the tags were for is over.
    Over,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("its process is gone, and its instance is well"),
            Self::Hangs(since) => write!(
                f,
                "its process hangs since {since:.0}: its listeners are there, it does not answer, and the other brokers do not list it"
            ),
            Self::BeganToHang => {
                f.write_str("the listeners of its process are there, and it does not answer")
            }
            Self::Unwell(since) => {
                write!(
                    f,
                    "its instance fails its own status check since {since:.0}"
                )
            }
            Self::StillUnwell(reboot) => write!(
                f,
                "its instance fails its own status check still, after our reboot at {reboot:.0}"
            ),
            Self::Cut(since) => write!(
                f,
                "its instance fails the system status check since {since:.0}, and AWS has not recovered it"
            ),
            Self::Over => f.write_str("what they were for is over"),
        }
    }
}
