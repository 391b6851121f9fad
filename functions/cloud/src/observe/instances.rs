//! Instances: those of the cluster, those that stand in our groups, and where they are.

use crate::call::Call;
use crate::calls::{InstanceFilter, Reads};
use crate::eyes::Eyes;
use fleet::observed::{Instance, Seen, TargetHealth};
use fleet::words::{InstanceId, TargetGroupArn};
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
        Ok(instances)
    }

    async fn instances_by(&self, filter: InstanceFilter) -> Seen<Vec<Instance>> {
        self.pages(Call::DescribeInstances, |page| {
            self.aws.describe_instances(&filter, page)
        })
        .await
    }
}
