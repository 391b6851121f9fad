//! What the cluster has of the broker that comes or leaves, by way of probe-brokers.

use super::shown::{brokers, heard};
use crate::Scope;
use crate::observed::{HeldBy, Observed};
use crate::plan;
use cloud::calls::{Probes, Reads};
use cloud::eyes::Eyes;
use fleet::observed::Seen;

/// What it has of the one of whom it has to be known; none if of nobody.
pub(super) async fn holdings<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Option<HeldBy>> {
    let Some(node) = plan::about(observed) else {
        return Ok(None);
    };
    let brokers = brokers(scope, observed)?;
    let all = heard(&brokers, observed).into_iter();
    let (cluster, probe) = (&scope.cluster, &scope.probe);
    let holdings = eyes.holdings(cluster, probe, &observed.parameters, all, node);
    let holdings = holdings.await?;
    Ok(Some(HeldBy { node, holdings }))
}
