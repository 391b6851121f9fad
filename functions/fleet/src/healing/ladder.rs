//! The ladder: what can be done for a broker, and what must be allowed for it.

use super::Cause;
use crate::wishes::Healing;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What can be done for a broker, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// Its process is gone, and is started.
    Start,
    /// Its process hangs, and is restarted.
    Restart,
    /// Its instance fails its own status check, and is rebooted.
    Reboot,
    /// Its instance stays ill, and its Auto Scaling group replaces it.
    Replace,
}

impl Rung {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Start, Self::Restart, Self::Reboot, Self::Replace];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Restart => "restart",
            Self::Reboot => "reboot",
            Self::Replace => "replace",
        }
    }

    /// What a broker has then, or needs.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Restart => "restart",
            Self::Reboot => "reboot",
            Self::Replace => "replacement",
        }
    }

    /// What the parameter `healing` must say at least.
    pub fn needs(self) -> Healing {
        match self {
            Self::Start => Healing::Start,
            Self::Restart | Self::Reboot => Healing::Restart,
            Self::Replace => Healing::Replace,
        }
    }

    /// How long a broker must be ill for it. AWS recovers first what an instance stands on.
    pub fn after(self) -> SignedDuration {
        match self {
            Self::Start => SignedDuration::ZERO,
            Self::Restart | Self::Reboot => SignedDuration::from_mins(5),
            Self::Replace => SignedDuration::from_mins(30),
        }
    }

    /// What push-listeners is asked for, if it is asked.
    pub fn cause(self) -> Option<Cause> {
        match self {
            Self::Start => Some(Cause::Gone),
            Self::Restart => Some(Cause::Hangs),
            Self::Reboot | Self::Replace => None,
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
