//! Observe: reads only, and only for a while. A read that fails becomes a gap; target health is read before EC2, so that
//! "the instance is gone" is the fresher fact (P-16).

mod instances;
mod load_balancer;
mod tags;
mod turns;
mod zones;

use crate::call::Call;
use crate::calls::{Reads, TAGS_CHUNK};
use crate::eyes::Eyes;
use crate::pacing::Pace;
use crate::scope::Scope;
use fleet::naming;
use fleet::observed::{
    Attributes, EarlierRead, Gap, Instance, Listener, Observed, Seen, TargetGroup, TargetHealth,
};
use fleet::wishes::parameter_path;
use futures::future::{join, join3};
use jiff::Timestamp;
use std::collections::BTreeMap;
use tags::give_tags;
use tokio::time::Instant;
use turns::Turn;

/// [`Observed::now`] as long as nobody knows the time; the gap "the time" says why.
pub const NO_TIME: Timestamp = Timestamp::UNIX_EPOCH;

/// Reads everything that a plan of the mapping needs, in the shortest chain of calls: target
/// groups, then their targets and tags, then instances; the rest beside them. With the proof, at
/// most two calls per target group, 14 more, and one for each listener group with a secret, when
/// nothing needs a second page. What could not be read until `until` is a gap.
pub async fn observe<A: Reads>(
    aws: &A,
    pace: &Pace,
    scope: &Scope,
    earlier: Option<EarlierRead>,
    until: Instant,
) -> Observed {
    let eyes = Eyes {
        aws,
        pace,
        scope,
        until,
    };
    let path = parameter_path(&scope.cluster);
    let beside = async {
        tokio::join!(
            eyes.pages(Call::GetParametersByPath, |page| aws
                .get_parameters_by_path(&path, page)),
            eyes.load_balancer_and_nodes(),
            eyes.pages(Call::DescribeAutoScalingGroups, |page| {
                aws.describe_auto_scaling_groups(page)
            }),
            eyes.pages(Call::DescribeVpcEndpointServiceConfigurations, |page| {
                aws.describe_endpoint_services(page)
            }),
        )
    };
    let (beside, mut mapping) = join(beside, eyes.mapping()).await;
    let (mut parameters, (load_balancer, nodes), auto_scaling_groups, endpoint_services) = beside;
    if let Ok(instances) = &mut mapping.instances {
        zones::fill(instances, nodes.as_deref().unwrap_or_default());
    }
    // Without the time nothing is planned at all, as without parameters.
    let now = pace.now().unwrap_or_else(|why| {
        if parameters.is_ok() {
            parameters = Err(Gap {
                read: "the time".to_owned(),
                reason: why.to_string(),
            });
        }
        NO_TIME
    });
    Observed {
        now,
        cluster: scope.cluster.clone(),
        load_balancer_arn: scope.load_balancer.clone(),
        parameters,
        load_balancer,
        listeners: mapping.listeners,
        target_groups: mapping.target_groups,
        health: mapping.health,
        group_attributes: mapping.group_attributes,
        listener_attributes: mapping.listener_attributes,
        instances: mapping.instances,
        auto_scaling_groups,
        nodes,
        endpoint_services,
        proof: Ok(Vec::new()),
        earlier,
    }
}

/// The part of the observation whose reads depend on each other.
struct Mapping {
    listeners: Seen<Vec<Listener>>,
    target_groups: Seen<Vec<TargetGroup>>,
    health: BTreeMap<fleet::words::TargetGroupArn, Seen<Vec<TargetHealth>>>,
    group_attributes: BTreeMap<fleet::words::TargetGroupArn, Seen<Attributes>>,
    listener_attributes: BTreeMap<fleet::words::ListenerArn, Seen<Attributes>>,
    instances: Seen<Vec<Instance>>,
}

impl<A: Reads> Eyes<'_, A> {
    async fn mapping(&self) -> Mapping {
        let (aws, scope) = (self.aws, self.scope);
        let prefix = naming::name_prefix(&scope.cluster);
        let (mut listeners, mut target_groups) = join(
            self.pages(Call::DescribeListeners, |page| {
                aws.describe_listeners(&scope.load_balancer, page)
            }),
            self.pages(Call::DescribeTargetGroups, |page| {
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
            self.tags(&listener_arns),
            self.tags(&group_arns),
            self.each(groups, |group| {
                self.one(Call::DescribeTargetHealth, group.name.as_str(), || {
                    aws.describe_target_health(&group.arn)
                })
            }),
        )
        .await;
        let arns = groups.iter().map(|group| group.arn.clone());
        let health: BTreeMap<_, _> = arns.zip(health).collect();
        give_tags(&mut listeners, listener_tags, |listener| {
            (listener.arn.to_string(), &mut listener.tags)
        });
        give_tags(&mut target_groups, group_tags, |group| {
            (group.arn.to_string(), &mut group.tags)
        });
        let turn = Turn::of(
            &scope.cluster,
            self.pace.now().ok(),
            target_groups.as_deref().unwrap_or_default(),
            listeners.as_deref().unwrap_or_default(),
            listener_arns.len().div_ceil(TAGS_CHUNK) + group_arns.len().div_ceil(TAGS_CHUNK),
        );
        let (group_attributes, listener_attributes, instances) = join3(
            self.each(&turn.groups, |group| {
                self.one(
                    Call::DescribeTargetGroupAttributes,
                    group.name.as_str(),
                    || aws.describe_target_group_attributes(&group.arn),
                )
            }),
            self.each(&turn.listeners, |listener| {
                self.one(
                    Call::DescribeListenerAttributes,
                    listener.arn.as_str(),
                    || aws.describe_listener_attributes(&listener.arn),
                )
            }),
            self.instances(&health),
        )
        .await;
        let arns = turn.groups.iter().map(|group| group.arn.clone());
        let group_attributes = arns.zip(group_attributes).collect();
        let arns = turn.listeners.iter().map(|listener| listener.arn.clone());
        let listener_attributes = arns.zip(listener_attributes).collect();
        Mapping {
            listeners,
            target_groups,
            health,
            group_attributes,
            listener_attributes,
            instances,
        }
    }
}

#[cfg(test)]
mod tests;
