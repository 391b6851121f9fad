//! Observe: reads only, and only for a while. A read that fails becomes a gap; target health is read
//! before EC2, so that "the instance is gone" is the fresher fact (P-16).

mod access;
mod instances;
mod load_balancer;
mod prove;
mod turns;
mod zones;

pub use access::access;

use crate::Scope;
use crate::observed::Observed;
use crate::plan::{asked_what_is_held, asked_what_they_show, waiting};
use cloud::call::Call;
use cloud::calls::{Probes, Reads, TAGS_CHUNK};
use cloud::eyes::{Eyes, tags};
use cloud::pacing::Paced;
use fleet::gate::Holdings;
use fleet::observed::{Attributes, Instance, Listener, Seen, TargetGroup, TargetHealth};
use fleet::shown::AdminAnswer;
use fleet::wishes::parameter_path;
use fleet::words::{ListenerArn, NodeId, TargetGroupArn};
use fleet::{lifecycle, naming};
use futures::future::{join, join3};
use instances::instances;
use load_balancer::load_balancer_and_nodes;
use prove::prove;
use std::collections::BTreeMap;
use tokio::time::Instant;
use turns::Turn;

/// Reads everything that a plan of the mapping needs, in the shortest chain of calls: target
/// groups, then their targets and tags, then instances; the rest beside them; and then asks who answers
/// where. At most two calls per target group, 14 more, and one for each listener group with a secret,
/// when nothing needs a second page; one or two more while a running broker has no port, or a group is being
/// retired, for what brokers show; two for each Auto Scaling group in which an instance waits for a lifecycle
/// hook, and then one more for each such broker, and those for what brokers show. What could not be read in time is a gap; the probe's answer may
/// come until `until`.
pub async fn observe<A: Reads + Probes>(
    paced: Paced<'_, A>,
    scope: &Scope,
    until: Instant,
) -> Observed {
    let mut observed = read(&Eyes::of_run(paced, until), scope).await;
    let eyes = &Eyes { paced, until };
    let (shown, holdings, proof) = join3(
        shown(eyes, scope, &observed),
        holdings(eyes, scope, &observed),
        prove(eyes, scope, &observed),
    )
    .await;
    observed.shown = shown;
    observed.holdings = holdings;
    observed.proof = proof;
    observed
}

/// What those brokers show of whom it has to be known.
async fn shown<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Vec<AdminAnswer>> {
    let asked = asked_what_they_show(observed);
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let (cluster, parameters) = (&scope.cluster, &observed.parameters);
    eyes.shown(cluster, &scope.probe, parameters, asked.iter())
        .await
}

/// What the cluster has of each broker that waits for a lifecycle hook.
async fn holdings<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> BTreeMap<NodeId, Seen<Holdings>> {
    let (nodes, brokers) = asked_what_is_held(observed);
    let nodes: Vec<NodeId> = nodes.into_iter().collect();
    let (cluster, parameters) = (&scope.cluster, &observed.parameters);
    let ask =
        |node: &NodeId| eyes.holdings(cluster, &scope.probe, parameters, brokers.iter(), *node);
    let told = eyes.each(&nodes, ask).await;
    nodes.iter().copied().zip(told).collect()
}

/// What AWS says; nobody has been asked who answers.
async fn read<A: Reads>(eyes: &Eyes<'_, A>, scope: &Scope) -> Observed {
    let aws = eyes.aws();
    let path = parameter_path(&scope.cluster);
    let beside = async {
        tokio::join!(
            eyes.pages(Call::GetParametersByPath, |page| aws
                .get_parameters_by_path(&path, page)),
            load_balancer_and_nodes(eyes, scope),
            eyes.pages(Call::DescribeAutoScalingGroups, |page| {
                aws.describe_auto_scaling_groups(page)
            }),
            eyes.pages(Call::DescribeVpcEndpointServiceConfigurations, |page| {
                aws.describe_endpoint_services(page)
            }),
        )
    };
    let (beside, mut ports) = join(beside, ports(eyes, scope)).await;
    let (parameters, (load_balancer, nodes), auto_scaling_groups, endpoint_services) = beside;
    if let Ok(instances) = &mut ports.instances {
        zones::fill(instances, nodes.as_deref().unwrap_or_default());
    }
    let mut observed = Observed {
        now: eyes.paced.now(),
        cluster: scope.cluster.clone(),
        load_balancer_arn: scope.load_balancer.clone(),
        parameters,
        load_balancer,
        listeners: ports.listeners,
        target_groups: ports.target_groups,
        health: ports.health,
        group_attributes: ports.group_attributes,
        listener_attributes: ports.listener_attributes,
        instances: ports.instances,
        auto_scaling_groups,
        lifecycles: Vec::new(),
        nodes,
        endpoint_services,
        proof: Ok(Vec::new()),
        holdings: BTreeMap::new(),
        shown: Ok(Vec::new()),
    };
    let groups = lifecycle::groups_of(&waiting(&observed));
    observed.lifecycles = eyes.lifecycles(&groups).await;
    observed
}

/// The part of the observation whose reads depend on each other.
struct Ports {
    listeners: Seen<Vec<Listener>>,
    target_groups: Seen<Vec<TargetGroup>>,
    health: BTreeMap<TargetGroupArn, Seen<Vec<TargetHealth>>>,
    group_attributes: BTreeMap<TargetGroupArn, Seen<Attributes>>,
    listener_attributes: BTreeMap<ListenerArn, Seen<Attributes>>,
    instances: Seen<Vec<Instance>>,
}

async fn ports<A: Reads>(eyes: &Eyes<'_, A>, scope: &Scope) -> Ports {
    let aws = eyes.aws();
    let prefix = naming::name_prefix(&scope.cluster);
    let (mut listeners, mut target_groups) = join(
        eyes.pages(Call::DescribeListeners, |page| {
            aws.describe_listeners(&scope.load_balancer, page)
        }),
        eyes.pages(Call::DescribeTargetGroups, |page| {
            aws.describe_target_groups(&prefix, page)
        }),
    )
    .await;
    let listener_arns: Vec<String> = listeners
        .iter()
        .flatten()
        .map(|listener| listener.arn.to_string())
        .collect();
    let groups = target_groups.as_deref().unwrap_or_default();
    let group_arns: Vec<String> = groups.iter().map(|group| group.arn.to_string()).collect();
    let (listener_tags, group_tags, health) = join3(
        eyes.tags(&listener_arns),
        eyes.tags(&group_arns),
        eyes.each(groups, |group| {
            eyes.one(Call::DescribeTargetHealth, group.name.as_str(), || {
                aws.describe_target_health(&group.arn)
            })
        }),
    )
    .await;
    let arns = groups.iter().map(|group| group.arn.clone());
    let health: BTreeMap<_, _> = arns.zip(health).collect();
    tags::give(&mut listeners, listener_tags, |listener| {
        (listener.arn.to_string(), &mut listener.tags)
    });
    tags::give(&mut target_groups, group_tags, |group| {
        (group.arn.to_string(), &mut group.tags)
    });
    let turn = Turn::of(
        &scope.cluster,
        eyes.paced.now().ok(),
        target_groups.as_deref().unwrap_or_default(),
        listeners.as_deref().unwrap_or_default(),
        listener_arns.len().div_ceil(TAGS_CHUNK) + group_arns.len().div_ceil(TAGS_CHUNK),
    );
    let (group_attributes, listener_attributes, instances) = join3(
        eyes.each(&turn.groups, |group| {
            eyes.one(
                Call::DescribeTargetGroupAttributes,
                group.name.as_str(),
                || aws.describe_target_group_attributes(&group.arn),
            )
        }),
        eyes.each(&turn.listeners, |listener| {
            eyes.one(
                Call::DescribeListenerAttributes,
                listener.arn.as_str(),
                || aws.describe_listener_attributes(&listener.arn),
            )
        }),
        instances(eyes, &scope.cluster, &health),
    )
    .await;
    let arns = turn.groups.iter().map(|group| group.arn.clone());
    let group_attributes = arns.zip(group_attributes).collect();
    let arns = turn.listeners.iter().map(|listener| listener.arn.clone());
    let listener_attributes = arns.zip(listener_attributes).collect();
    Ports {
        listeners,
        target_groups,
        health,
        group_attributes,
        listener_attributes,
        instances,
    }
}

#[cfg(test)]
mod tests;
