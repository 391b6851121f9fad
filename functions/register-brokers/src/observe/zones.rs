//! Which zone a name means in this account.

use fleet::observed::{Instance, LoadBalancerNode};
use fleet::words::{AzId, AzName};
use std::collections::BTreeMap;

/// A zone has one ID in an account (R5). So an instance whose placement comes without it has that of
/// another instance, or of a node of the NLB, in the zone of that name.
pub(super) fn fill(instances: &mut [Instance], nodes: &[LoadBalancerNode]) {
    let placed = instances
        .iter()
        .filter_map(|instance| Some((instance.az_name.clone()?, instance.az_id.clone()?)));
    let nodes = nodes
        .iter()
        .filter_map(|node| Some((node.az_name.clone()?, node.az_id.clone()?)));
    let known: BTreeMap<AzName, AzId> = nodes.chain(placed).collect();
    for instance in instances {
        let named = instance.az_name.as_ref().and_then(|name| known.get(name));
        instance.az_id = instance.az_id.take().or_else(|| named.cloned());
    }
}
