//! The least that helps a broker, and from when on.

use super::budget::PAUSE;
use super::condition::Ill;
use super::view::Patient;
use crate::held::Held;
use crate::reason::Reason;
use fleet::healing::Rung;
use fleet::words::NodeId;
use jiff::Timestamp;

/// What would be done for a broker.
pub(super) struct Remedy {
    pub(super) rung: Rung,
    pub(super) reason: Reason,
    /// When it may be done.
    pub(super) from: Timestamp,
}

impl Remedy {
    /// Whether its time has come.
    pub(super) fn is_due(&self, node: NodeId, now: Timestamp) -> Result<(), Held> {
        match now < self.from {
            false => Ok(()),
            true => Err(Held::Waits {
                node,
                rung: self.rung,
                reason: self.reason.to_string(),
                from: self.from,
            }),
        }
    }
}

/// The least that helps; none if a process began to hang just now.
pub(super) fn remedy(patient: &Patient<'_>, now: Timestamp) -> Option<Remedy> {
    let of = |rung: Rung, since: Timestamp, reason| {
        Some(Remedy {
            rung,
            reason,
            from: since + rung.after(),
        })
    };
    match patient.ill()? {
        Ill::Gone => of(Rung::Start, now, Reason::Gone),
        Ill::Hangs(process) => {
            let since = patient.ill_since().filter(|it| it.process == process)?;
            of(Rung::Restart, since.at, Reason::Hangs(since.at))
        }
        Ill::Cut(since) => of(Rung::Replace, since, Reason::Cut(since)),
        Ill::Unwell(since) => match patient.healed().unwrap_or_default().rebooted_for(since) {
            Some(at) => Some(Remedy {
                rung: Rung::Replace,
                reason: Reason::StillUnwell(at),
                from: at + PAUSE,
            }),
            None => of(Rung::Reboot, since, Reason::Unwell(since)),
        },
    }
}
