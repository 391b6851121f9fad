//! The metrics of who may connect (F47).

use crate::plan::Plan;
use activation::duty::{Counts, Metric, Ran};
use fleet::observed::ConnectionState;

/// The metrics: connections that wait to be accepted; and what was held, failed or could not be seen.
/// A batch without a run has none.
pub(crate) fn of(counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
    let Some(Ran { plan, .. }) = ran else {
        return Vec::new();
    };
    let connections = plan.picture.connections.iter();
    let pending = connections.filter(|row| row.state == ConnectionState::PendingAcceptance);
    let pending = u64::try_from(pending.count()).unwrap_or(u64::MAX);
    let held = counts.held + counts.failed + counts.gaps;
    // Of what was not seen, nobody says that it is nothing.
    let pending = plan.picture.service.is_some().then_some(pending);
    let pending = pending.map(|pending| Metric::new("ConnectionsPending", pending));
    let held = Metric::new("PrincipalsHeld", held);
    pending.into_iter().chain([held]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{Look, account};
    use fleet::look::noon;
    use fleet::observed::Gap;

    fn told(counts: Counts, look: &Look) -> Vec<(&'static str, u64)> {
        let plan = &look.plan();
        let now = noon();
        let metrics = of(&counts, Some(Ran { now, plan }));
        metrics.iter().map(|it| (it.name, it.value)).collect()
    }

    #[test]
    fn a_batch_without_a_run_says_nothing_that_only_a_run_can_know() {
        assert_eq!(of(&Counts::default(), None), []);
    }

    #[test]
    fn connections_that_wait_are_counted_and_so_is_all_that_was_not_done() {
        let look = Look::saying(&account(1))
            .connected("vpce-a", 2, ConnectionState::PendingAcceptance)
            .connected("vpce-b", 3, ConnectionState::PendingAcceptance)
            .connected("vpce-c", 1, ConnectionState::Available);
        let counts = Counts {
            wakes: 100,
            writes: 50,
            failed: 2,
            held: 5,
            gaps: 11,
        };
        assert_eq!(
            told(counts, &look),
            [("ConnectionsPending", 2), ("PrincipalsHeld", 18)]
        );
    }

    #[test]
    fn a_run_that_saw_no_connections_does_not_say_that_none_waits() {
        let mut look =
            Look::saying(&account(1)).connected("vpce-b", 2, ConnectionState::PendingAcceptance);
        look.0.connections = Err(Gap {
            read: "DescribeVpcEndpointConnections".to_owned(),
            reason: "throttled".to_owned(),
        });
        assert_eq!(told(Counts::default(), &look), [("PrincipalsHeld", 0)]);
    }
}
