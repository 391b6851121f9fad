//! What is known of every function.

use crate::access::Access;
use crate::care::Care;
use crate::mapping::Mapping;
use crate::reports::Reports;
use crate::rollout::Rollout;
use crate::told::{Heard, Told};

/// What every function told.
pub(crate) struct All {
    pub(crate) mapping: Told<Mapping>,
    pub(crate) rollout: Told<Rollout>,
    pub(crate) access: Told<Access>,
    pub(crate) care: Told<Care>,
}

impl All {
    /// Reads the reports.
    pub(crate) fn of(reports: &Reports) -> Self {
        Self {
            mapping: Told::of(reports),
            rollout: Told::of(reports),
            access: Told::of(reports),
            care: Told::of(reports),
        }
    }

    /// Each function, in the order of the page.
    pub(crate) fn each(&self) -> [Heard<'_>; 4] {
        [
            self.mapping.heard(),
            self.rollout.heard(),
            self.access.heard(),
            self.care.heard(),
        ]
    }
}
