//! Why a step of a plan is taken.

use crate::difference::Difference;
use crate::host::inspection::Phase;
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
    /// The broker does not answer, and our last command here may be why.
    Silent(String),
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
                write!(f, "it does not answer since our last command there ({why})")
            }
        }
    }
}
