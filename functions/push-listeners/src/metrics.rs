//! The metrics of the brokers' listeners (F47).

use crate::plan::Plan;
use activation::duty::{Counts, Metric, Ran};

/// The metrics: brokers that do not show what they should; and what was held, failed or could not be seen.
/// A batch without a run has none.
pub(crate) fn of(counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
    let Some(Ran { plan, .. }) = ran else {
        return Vec::new();
    };
    let brokers = plan.picture.brokers.iter();
    let differ = brokers.filter(|row| !row.is_right()).count();
    let differ = u64::try_from(differ).unwrap_or(u64::MAX);
    vec![
        Metric::new("BrokersDiffering", differ),
        Metric::new("ListenersHeld", counts.held + counts.failed + counts.gaps),
    ]
}
