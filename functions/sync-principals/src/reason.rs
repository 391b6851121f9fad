//! Why a step of a plan is taken.

use std::fmt;

/// Why a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// On the list and not allowed.
    Listed,
    /// On the list, allowed, and not recorded as ours.
    Unrecorded,
    /// Others go, and nothing that stays says by which version of the list.
    InForce,
    /// A group is proven.
    MayConnect,
    /// The list says at once.
    AtOnce,
    /// Its account is off the list.
    OffTheList,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Listed => "listed, and not allowed yet",
            Self::Unrecorded => "listed, and the permission does not say that this list keeps it",
            Self::InForce => "so that an older read of the list is known for one",
            Self::MayConnect => "the account is listed, and what it connects to is there",
            Self::AtOnce => "the account is listed, and the list says at once",
            Self::OffTheList => "off the list",
        })
    }
}
