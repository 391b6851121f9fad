//! What the page is drawn from: of each function the newest report, as the function printed it, or why there is
//! none.

use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;

/// A function that reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// It keeps the mapping.
    RegisterBrokers,
    /// It keeps the brokers' listeners.
    PushListeners,
    /// It keeps who may connect.
    SyncPrincipals,
    /// It brings back brokers that fell ill.
    HealBrokers,
}

impl Function {
    /// Each of them, in the order of the page.
    pub const ALL: [Self; 4] = [
        Self::RegisterBrokers,
        Self::PushListeners,
        Self::SyncPrincipals,
        Self::HealBrokers,
    ];

    /// Its name, which is the last part of its log group's.
    pub fn name(self) -> &'static str {
        match self {
            Self::RegisterBrokers => "register-brokers",
            Self::PushListeners => "push-listeners",
            Self::SyncPrincipals => "sync-principals",
            Self::HealBrokers => "heal-brokers",
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The newest report of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Newest {
    /// It is there.
    Report {
        /// When it was printed.
        at: Timestamp,
        /// Its line.
        line: String,
    },
    /// There is none.
    None {
        /// So far back was looked.
        since: Timestamp,
    },
    /// It could not be read.
    Unread {
        /// Why, and what to do about it.
        why: String,
    },
}

/// What the page is drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reports {
    /// The cluster.
    pub cluster: String,
    /// The moment that the page is of; ages are counted to it.
    pub now: Timestamp,
    /// Of each function the newest report. One that is missing here was not looked for.
    pub newest: BTreeMap<Function, Newest>,
}
