//! The metrics of healing (F47).

use crate::plan::Plan;
use activation::duty::{Counts, Metric, Ran};

/// The metrics: what waits for a person, failed or could not be seen. A batch without a run has none.
pub(crate) fn of(counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
    let Some(Ran { plan, .. }) = ran else {
        return Vec::new();
    };
    vec![Metric::new(
        "HealingHeld",
        plan.picture.waits_for_you + counts.failed + counts.gaps,
    )]
}
