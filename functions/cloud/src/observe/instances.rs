//! Instances: those of the cluster, those that stand in our groups, and where they are.

use crate::call::Call;
use crate::calls::{InstanceFilter, Reads};
use crate::eyes::Eyes;
use fleet::observed::{Instance, Seen, TargetHealth};
use fleet::words::{AzId, AzName, InstanceId, TargetGroupArn};
use std::collections::{BTreeMap, BTreeSet};

/// Instances asked for by id in one call.
const IDS_CHUNK: usize = 200;

impl<A: Reads> Eyes<'_, A> {
    /// The cluster's instances, and by id those that stand in our groups without being of it.
    pub(super) async fn instances(
        &self,
        health: &BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>,
    ) -> Seen<Vec<Instance>> {
        let mut instances = self
            .instances_by(InstanceFilter::Cluster(self.scope.cluster.clone()))
            .await?;
        let known: BTreeSet<&InstanceId> = instances.iter().map(|instance| &instance.id).collect();
        let targets = health.values().flatten().flatten();
        let strangers: BTreeSet<InstanceId> = targets
            .map(|target| &target.instance)
            .filter(|id| !known.contains(id))
            .cloned()
            .collect();
        let strangers: Vec<InstanceId> = strangers.into_iter().collect();
        for chunk in strangers.chunks(IDS_CHUNK) {
            instances.extend(
                self.instances_by(InstanceFilter::Ids(chunk.to_vec()))
                    .await?,
            );
        }
        fill_zones(&mut instances);
        Ok(instances)
    }

    async fn instances_by(&self, filter: InstanceFilter) -> Seen<Vec<Instance>> {
        self.pages(Call::DescribeInstances, |page| {
            self.aws.describe_instances(&filter, page)
        })
        .await
    }
}

/// A zone has one ID in an account, so an instance whose placement comes without it has that of
/// another instance in the zone of that name.
fn fill_zones(instances: &mut [Instance]) {
    let known: BTreeMap<AzName, AzId> = instances
        .iter()
        .filter_map(|instance| Some((instance.az_name.clone()?, instance.az_id.clone()?)))
        .collect();
    for instance in instances {
        let named = instance.az_name.as_ref().and_then(|name| known.get(name));
        instance.az_id = instance.az_id.take().or_else(|| named.cloned());
    }
}
