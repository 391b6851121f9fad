//! Why a broker waits for another one.

use serde::Serialize;
use std::fmt;

/// Why a broker waits for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// The other one is restarted first.
    Turn,
    /// It is not up.
    NotUp,
    /// Something failed there.
    Stopped,
    /// Its instance is being terminated.
    Leaves,
    /// It is held, so that the roll would not be finished.
    Held,
    /// Its host is inspected first.
    Unseen,
    /// What was begun there is ended first.
    Unfinished,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Turn => "is restarted first",
            Self::NotUp => "is not up: nobody is restarted beside it",
            Self::Stopped => {
                "was restarted and failed, so the roll stopped there: put right what is said of it, and write the listener parameter again"
            }
            Self::Held => {
                "is held, as is said of it: nobody is restarted as long as the roll cannot come to its end"
            }
            Self::Leaves => {
                "leaves with its instance: nobody is restarted beside it"
            }
            Self::Unseen => "is inspected first",
            Self::Unfinished => "has a command of ours to be ended first",
        })
    }
}
