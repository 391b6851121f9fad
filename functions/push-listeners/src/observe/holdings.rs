//! What the cluster has of the brokers that come or leave, by way of probe-brokers.

use super::shown::{brokers, heard, is_to_start};
use crate::Scope;
use crate::observed::Observed;
use crate::plan;
use cloud::calls::{Probes, Reads};
use cloud::eyes::Eyes;
use fleet::gate::Holdings;
use fleet::observed::Seen;
use fleet::words::NodeId;
use std::collections::BTreeMap;

/// What it has of each of whom that has to be known. They are asked about side by side, so that all of them take the time
/// of one.
pub(super) async fn holdings<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> BTreeMap<NodeId, Seen<Holdings>> {
    let about: Vec<NodeId> = plan::about(observed).into_iter().collect();
    let brokers = match brokers(scope, observed) {
        Ok(brokers) => brokers,
        Err(gap) => return about.into_iter().map(|it| (it, Err(gap.clone()))).collect(),
    };
    let mut all = heard(&brokers, observed);
    // They have nothing to tell, and would wait for each other.
    all.retain(|broker| !is_to_start(broker, observed));
    let (cluster, probe, parameters) = (&scope.cluster, &scope.probe, &observed.parameters);
    let ask = |node: &NodeId| {
        let all = all.iter().copied();
        eyes.holdings(cluster, probe, parameters, all, *node)
    };
    let told = eyes.each(&about, ask).await;
    about.into_iter().zip(told).collect()
}
