//! Why a step of a plan is taken.

use crate::difference::Difference;
use crate::exit::Exit;
use fleet::healing::{Cause, Request};
use fleet::host::inspection::Phase;
use jiff::Timestamp;
use std::fmt;

/// Why a step is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// What the process shows differs, and nobody has looked at the host since.
    Differs(Vec<Difference>),
    /// Our last command on this host did not come to its end.
    Unfinished(Phase),
    /// The process has exited after our last command.
    Exited,
    /// The broker does not answer.
    Silent(String),
    /// Its instance waits to enter its Auto Scaling group.
    Launches,
    /// heal-brokers asks for it, since then, and why.
    Asked(Request),
    /// Its Auto Scaling group terminates its instance.
    Leaves,
    /// The same, and time runs out.
    LeavesNow(Timestamp),
    /// AWS takes its Spot Instance back.
    Interrupted(Exit),
    /// Its process may be another one than was seen last.
    Unseen,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs(differences) => {
                for (at, difference) in differences.iter().enumerate() {
                    let between = if at == 0 { "" } else { "; " };
                    write!(f, "{between}{difference}")?;
                }
                Ok(())
            }
            Self::Unfinished(phase) => {
                write!(
                    f,
                    "our last command there was interrupted (its last note is {phase})"
                )
            }
            Self::Exited => f.write_str("its process has exited since our last command there"),
            Self::Silent(why) => {
                write!(f, "it does not answer ({why})")
            }
            Self::Launches => f.write_str("its instance waits to enter its Auto Scaling group"),
            Self::Asked(request) => {
                let is = match request.cause {
                    Cause::Gone => "its process is gone",
                    Cause::Hangs => "its process hangs",
                };
                write!(
                    f,
                    "heal-brokers asked for it at {:.0}, since {is}",
                    request.at
                )
            }
            Self::Leaves => f.write_str("its Auto Scaling group terminates its instance"),
            Self::LeavesNow(until) => write!(
                f,
                "its Auto Scaling group terminates its instance at {until:.0}, and a clean stop loses less than a pulled plug"
            ),
            Self::Interrupted(exit) => exit.fmt(f),
            Self::Unseen => {
                f.write_str("it is up, and which process it is was not looked at since")
            }
        }
    }
}
