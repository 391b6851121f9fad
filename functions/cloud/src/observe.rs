//! Observe: reads only. A read that fails becomes a gap; target health is read before EC2, so that
//! "the instance is gone" is the fresher fact (P-16).

mod turns;

use crate::call::Call;
use crate::calls::{InstanceFilter, Reads, TAGS_CHUNK};
use crate::error::ErrorKind;
use crate::eyes::{Eyes, gap};
use crate::pacing::Pace;
use crate::scope::Scope;
use fleet::naming;
use fleet::observed::{
    Attributes, EarlierRead, Gap, Instance, Listener, LoadBalancer, Observed, Seen, TargetGroup,
    TargetHealth,
};
use fleet::tags::Tags;
use fleet::wishes::parameter_path;
use fleet::words::InstanceId;
use futures::future::{join, join3};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use turns::Turn;

/// Reads everything that a plan of the mapping needs, in the shortest chain of calls: target
/// groups, then their targets and tags, then instances; the rest beside them. At most two calls
/// per target group and 12 more when nothing needs a second page.
pub async fn observe<A: Reads>(
    aws: &A,
    pace: &Pace,
    scope: &Scope,
    earlier: Option<EarlierRead>,
) -> Observed {
    let eyes = Eyes { aws, pace, scope };
    let path = parameter_path(&scope.cluster);
    let beside = async {
        tokio::join!(
            eyes.pages(Call::GetParametersByPath, |page| aws
                .get_parameters_by_path(&path, page)),
            eyes.load_balancer(),
            eyes.pages(Call::DescribeAutoScalingGroups, |page| {
                aws.describe_auto_scaling_groups(page)
            }),
            eyes.pages(Call::DescribeNetworkInterfaces, |page| {
                aws.describe_network_interfaces(&scope.load_balancer, page)
            }),
            eyes.pages(Call::DescribeVpcEndpointServiceConfigurations, |page| {
                aws.describe_endpoint_services(page)
            }),
        )
    };
    let (beside, mapping) = join(beside, eyes.mapping()).await;
    let (mut parameters, load_balancer, auto_scaling_groups, nodes, endpoint_services) = beside;
    let now = pace.first_answer().unwrap_or_else(|| {
        parameters = Err(Gap {
            read: "the time".to_owned(),
            reason: "no answer of AWS carried a Date header".to_owned(),
        });
        Timestamp::UNIX_EPOCH
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

/// Instances asked for by id in one call.
const IDS_CHUNK: usize = 200;

impl<A: Reads> Eyes<'_, A> {
    async fn mapping(&self) -> Mapping {
        let (aws, scope) = (self.aws, self.scope);
        let (mut listeners, mut target_groups) = join(
            self.pages(Call::DescribeListeners, |page| {
                aws.describe_listeners(&scope.load_balancer, page)
            }),
            self.pages(Call::DescribeTargetGroups, |page| {
                aws.describe_target_groups(page)
            }),
        )
        .await;
        if let Ok(groups) = &mut target_groups {
            let prefix = naming::name_prefix(&scope.cluster);
            groups.retain(|group| group.name.as_str().starts_with(&prefix));
        }
        let tagged = listeners
            .iter()
            .flatten()
            .map(|listener| listener.arn.to_string());
        let tagged = tagged.chain(
            target_groups
                .iter()
                .flatten()
                .map(|group| group.arn.to_string()),
        );
        let tagged: Vec<String> = tagged.collect();
        let groups = target_groups.as_deref().unwrap_or_default();
        let (all_tags, health) = join(
            self.tags(&tagged),
            self.each(groups, |group| {
                self.one(Call::DescribeTargetHealth, group.name.as_str(), || {
                    aws.describe_target_health(&group.arn)
                })
            }),
        )
        .await;
        let arns = groups.iter().map(|group| group.arn.clone());
        let health: BTreeMap<_, _> = arns.zip(health).collect();
        give_tags(&mut listeners, &all_tags, |listener| {
            (listener.arn.to_string(), &mut listener.tags)
        });
        give_tags(&mut target_groups, &all_tags, |group| {
            (group.arn.to_string(), &mut group.tags)
        });
        let turn = Turn::of(
            &scope.cluster,
            self.pace.first_answer(),
            target_groups.as_deref().unwrap_or_default(),
            listeners.as_deref().unwrap_or_default(),
            tagged.len().div_ceil(TAGS_CHUNK),
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

    async fn load_balancer(&self) -> Seen<Option<LoadBalancer>> {
        let arn = &self.scope.load_balancer;
        let call = Call::DescribeLoadBalancers;
        let answer = self
            .pace
            .call(self.aws, call, || self.aws.describe_load_balancer(arn))
            .await;
        match answer {
            Ok(load_balancer) => Ok(Some(load_balancer)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(gap(call, "", &error)),
        }
    }

    /// Tags of everything, in chunks.
    async fn tags(&self, arns: &[String]) -> Seen<BTreeMap<String, Tags>> {
        let chunks: Vec<&[String]> = arns.chunks(TAGS_CHUNK).collect();
        let answers = self
            .each(&chunks, |chunk| {
                self.one(Call::DescribeTags, "", || self.aws.describe_tags(chunk))
            })
            .await;
        let mut all = BTreeMap::new();
        for answer in answers {
            all.extend(answer?);
        }
        Ok(all)
    }

    /// The cluster's instances, and by id those that stand in our groups without being of it.
    async fn instances(
        &self,
        health: &BTreeMap<fleet::words::TargetGroupArn, Seen<Vec<TargetHealth>>>,
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

/// Without tags nobody can tell what is ours: the list they belong to is a gap then.
fn give_tags<T>(
    things: &mut Seen<Vec<T>>,
    all: &Seen<BTreeMap<String, Tags>>,
    of: impl Fn(&mut T) -> (String, &mut Tags),
) {
    match all {
        Ok(all) => {
            for thing in things.iter_mut().flatten() {
                let (arn, tags) = of(thing);
                *tags = all.get(&arn).cloned().unwrap_or_default();
            }
        }
        Err(gap) if things.is_ok() => *things = Err(gap.clone()),
        Err(_) => {}
    }
}

#[cfg(test)]
mod tests;
