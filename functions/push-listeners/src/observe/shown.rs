//! What the brokers show: every running one is asked.

use crate::Scope;
use crate::observed::Observed;
use cloud::calls::{Probes, Reads};
use cloud::eyes::Eyes;
use fleet::brokers::{Broker, Brokers, Presence};
use fleet::observed::{Gap, Seen};
use fleet::shown::AdminAnswer;

/// What each running broker shows; a gap if that cannot be asked. Nobody is asked as long as it is not known
/// which brokers there are.
pub(super) async fn shown<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Vec<AdminAnswer>> {
    let brokers = brokers(scope, observed)?;
    eyes.shown(
        &scope.cluster,
        &scope.probe,
        &observed.parameters,
        live(&brokers),
    )
    .await
}

/// Who is a broker; a gap as long as it is not known which brokers there are.
pub(super) fn brokers(scope: &Scope, observed: &Observed) -> Seen<Brokers> {
    let instances = observed.instances.as_ref().map_err(Gap::clone)?;
    let groups = observed.auto_scaling_groups.as_ref().map_err(Gap::clone)?;
    Ok(Brokers::of(&scope.cluster, instances, groups))
}

/// Those that are asked.
pub(super) fn live(brokers: &Brokers) -> impl Iterator<Item = &Broker> {
    brokers
        .nodes()
        .filter_map(|node| match brokers.presence(node) {
            Presence::Live(broker) => Some(broker),
            Presence::Twins(_)
            | Presence::Leaving(_)
            | Presence::Released(_)
            | Presence::Absent => None,
        })
}
