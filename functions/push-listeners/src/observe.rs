//! Observe: reads only, and only for a while. A read that fails becomes a gap.

mod gate;
mod holdings;
mod shown;

use crate::Scope;
use crate::observed::Observed;
use crate::plan::asked;
use cloud::call::Call;
use cloud::calls::{CommandReads, InstanceFilter, Probes, Reads};
use cloud::eyes::Eyes;
use cloud::pacing::Paced;
use fleet::documents::Document;
use fleet::lifecycle;
use fleet::observed::GroupLifecycle;
use fleet::wishes::parameter_path;
use fleet::words::InstanceId;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use tokio::time::Instant;

/// How far back our commands are looked for: an inspection is good for an hour, and what was done to a broker
/// matters as long as AWS remembers it (P-58).
fn history(document: Document) -> SignedDuration {
    match document {
        Document::Inspect => SignedDuration::from_hours(2),
        Document::Apply | Document::Stop => SignedDuration::from_hours(30 * 24),
    }
}

/// Reads everything that a plan needs: what AWS says, side by side; then what brokers show; then what our
/// commands said to those brokers that may have to be touched; then what the cluster has of those that come or leave;
/// then the gate, if a broker would be restarted now, and our commands once more. Nine calls, one more for each 20 target
/// groups, one for a secret, one if there are Spot Instances, two for each broker that does not show what it should, one
/// or, with a secret, two for each broker that comes or leaves and has to be asked about, and five for the gate, when
/// nothing needs a second page.
pub async fn observe<A: Reads + CommandReads + Probes>(
    paced: Paced<'_, A>,
    scope: &Scope,
    until: Instant,
) -> Observed {
    let eyes = &Eyes::of_run(paced, until);
    let aws = eyes.aws();
    let cluster = &scope.cluster;
    let path = parameter_path(cluster);
    let of_cluster = InstanceFilter::Cluster(cluster.clone());
    let (parameters, instances, auto_scaling_groups, target_groups, managed) = tokio::join!(
        eyes.pages(Call::GetParametersByPath, |page| aws
            .get_parameters_by_path(&path, page)),
        eyes.pages(Call::DescribeInstances, |page| aws
            .describe_instances(&of_cluster, page)),
        eyes.pages(Call::DescribeAutoScalingGroups, |page| aws
            .describe_auto_scaling_groups(page)),
        eyes.target_groups(cluster),
        eyes.pages(Call::DescribeInstanceInformation, |page| aws
            .describe_instance_information(cluster, page)),
    );
    let now = paced.now();
    let commands = eyes.commands(cluster, &now, history).await;
    let mut observed = Observed {
        now,
        seen_at: None,
        cluster: cluster.clone(),
        parameters,
        instances,
        spot_requests: Ok(Vec::new()),
        auto_scaling_groups,
        target_groups,
        managed,
        commands,
        outputs: BTreeMap::new(),
        shown: Ok(Vec::new()),
        lifecycles: Vec::new(),
        holdings: BTreeMap::new(),
        gate: Ok(None),
    };
    let (lifecycles, spot_requests) = tokio::join!(
        lifecycles(eyes, &observed),
        eyes.spot_requests(&observed.instances)
    );
    observed.lifecycles = lifecycles;
    observed.spot_requests = spot_requests;
    let asks = &Eyes { paced, until };
    observed.shown = shown::shown(asks, scope, &observed).await;
    let asked: Vec<_> = asked(&observed).into_iter().collect();
    let outputs = eyes.each(&asked, |(command, instance)| {
        eyes.one(Call::GetCommandInvocation, command.as_str(), || {
            aws.get_command_invocation(command, instance)
        })
    });
    let outputs = outputs.await;
    observed.outputs = asked
        .into_iter()
        .map(|(command, _)| command)
        .zip(outputs)
        .collect();
    observed.holdings = holdings::holdings(asks, scope, &observed).await;
    observed.seen_at = paced.latest().ok();
    observed.gate = gate::gate(asks, scope, &observed).await;
    if let Ok(Some(_)) = &observed.gate {
        // A command that was sent right before this run is not listed yet when it begins (P-51), and is now.
        observed.commands = asks.commands(cluster, &observed.now, history).await;
    }
    observed
}

/// Hooks and activities of the groups in which an instance of the cluster waits; nobody does in a quiet run.
async fn lifecycles<A: Reads>(eyes: &Eyes<'_, A>, observed: &Observed) -> Vec<GroupLifecycle> {
    let (Ok(groups), Ok(instances)) = (&observed.auto_scaling_groups, &observed.instances) else {
        return Vec::new();
    };
    let is_ours = |id: &InstanceId| instances.iter().any(|it| it.id == *id);
    let waiting = lifecycle::waiting(groups, is_ours);
    eyes.lifecycles(&lifecycle::groups_of(&waiting)).await
}

#[cfg(test)]
mod tests;
