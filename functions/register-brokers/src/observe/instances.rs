//! Instances: those of the cluster, those that stand in our groups, and where they are.

use cloud::call::Call;
use cloud::calls::{InstanceFilter, Reads};
use cloud::eyes::Eyes;
use fleet::observed::{Instance, Seen, TargetHealth};
use fleet::words::{ClusterName, InstanceId, TargetGroupArn};
use std::collections::{BTreeMap, BTreeSet};

/// Instances asked for by id in one call.
const IDS_CHUNK: usize = 200;

/// The cluster's instances, and by id those that stand in our groups without being of it.
pub(super) async fn instances<A: Reads>(
    eyes: &Eyes<'_, A>,
    cluster: &ClusterName,
    health: &BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>,
) -> Seen<Vec<Instance>> {
    let of_cluster = InstanceFilter::Cluster(cluster.clone());
    let mut instances = instances_by(eyes, of_cluster).await?;
    let known: BTreeSet<&InstanceId> = instances.iter().map(|instance| &instance.id).collect();
    let targets = health.values().flatten().flatten();
    let strangers: BTreeSet<InstanceId> = targets
        .map(|target| &target.instance)
        .filter(|id| !known.contains(id))
        .cloned()
        .collect();
    let strangers: Vec<InstanceId> = strangers.into_iter().collect();
    for chunk in strangers.chunks(IDS_CHUNK) {
        let by_id = InstanceFilter::Ids(chunk.to_vec());
        instances.extend(instances_by(eyes, by_id).await?);
    }
    Ok(instances)
}

async fn instances_by<A: Reads>(eyes: &Eyes<'_, A>, filter: InstanceFilter) -> Seen<Vec<Instance>> {
    eyes.pages(Call::DescribeInstances, |page| {
        eyes.aws().describe_instances(&filter, page)
    })
    .await
}
