//! Auto Scaling groups: which instances they hold in which lifecycle state, and which target
//! groups they fill by themselves (P-41); their lifecycle hooks and activities.

use crate::Aws;
use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_autoscaling::types;
use cloud::call::Call;
use cloud::calls::{Answer, AutoScalingReads, Page, PageToken};
use fleet::observed::{AutoScalingGroup, LifecycleHook, LifecycleTransition, ScalingActivity};
use fleet::tags::{PREFIX, Tags};
use fleet::words::{AutoScalingGroupName, InstanceId, TargetGroupArn};
use std::collections::BTreeSet;

/// The most of a page; without a size it has 50.
const PAGE: i32 = 100;

impl AutoScalingReads for Aws {
    async fn describe_auto_scaling_groups(
        &self,
        next: Option<PageToken>,
    ) -> Answer<Page<AutoScalingGroup>> {
        let call = Call::DescribeAutoScalingGroups;
        let answer = self
            .auto_scaling
            .describe_auto_scaling_groups()
            .max_records(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(call))?;
        page(answer.auto_scaling_groups, answer.next_token, group)
    }

    async fn describe_lifecycle_hooks(
        &self,
        group: &AutoScalingGroupName,
    ) -> Answer<Vec<LifecycleHook>> {
        let call = Call::DescribeLifecycleHooks;
        let answer = self
            .auto_scaling
            .describe_lifecycle_hooks()
            .auto_scaling_group_name(group.as_str())
            .send()
            .await
            .map_err(error::of(call))?;
        let hooks = answer.lifecycle_hooks.unwrap_or_default();
        hooks.into_iter().map(hook).collect()
    }

    async fn describe_scaling_activities(
        &self,
        group: &AutoScalingGroupName,
        next: Option<PageToken>,
    ) -> Answer<Page<ScalingActivity>> {
        let call = Call::DescribeScalingActivities;
        let answer = self
            .auto_scaling
            .describe_scaling_activities()
            .auto_scaling_group_name(group.as_str())
            .max_records(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(call))?;
        page(answer.activities, answer.next_token, activity)
    }
}

fn group(found: types::AutoScalingGroup) -> Answer<AutoScalingGroup> {
    let fields = Fields(Call::DescribeAutoScalingGroups);
    let name = fields.text(
        "AutoScalingGroups.AutoScalingGroupName",
        found.auto_scaling_group_name,
    )?;
    Ok(AutoScalingGroup {
        name: AutoScalingGroupName::new(name),
        target_groups: target_groups(
            found.target_group_arns.unwrap_or_default(),
            found.traffic_sources.unwrap_or_default(),
        ),
        instances: found
            .instances
            .unwrap_or_default()
            .into_iter()
            .map(instance)
            .collect::<Answer<_>>()?,
        suspended: found
            .suspended_processes
            .unwrap_or_default()
            .into_iter()
            .filter_map(|it| it.process_name)
            .collect(),
        desired: desired(
            found.desired_capacity,
            found.desired_capacity_type.as_deref(),
            found.mixed_instances_policy,
        ),
        reuses: found
            .warm_pool_configuration
            .and_then(|it| it.instance_reuse_policy?.reuse_on_scale_in)
            .unwrap_or_default(),
        tags: tags(found.tags.unwrap_or_default()),
    })
}

/// How many instances are desired. A group whose instance types have weights, or that counts virtual CPUs or memory,
/// desires so many of those units.
fn desired(
    capacity: Option<i32>,
    kind: Option<&str>,
    policy: Option<types::MixedInstancesPolicy>,
) -> Option<usize> {
    let of_types = policy.and_then(|it| it.launch_template?.overrides);
    let mut of_types = of_types.iter().flatten();
    let counts_instances = matches!(kind, None | Some("" | "units"))
        && of_types.all(|it| it.weighted_capacity.is_none());
    let capacity = capacity.filter(|_| counts_instances)?;
    usize::try_from(capacity).ok()
}

/// The tags that this software reads: an account's other groups are nobody's business.
fn tags(found: Vec<types::TagDescription>) -> Tags {
    let tags = found
        .into_iter()
        .filter_map(|it| Some((it.key?, it.value?)));
    tags.filter(|(key, _)| key.starts_with(PREFIX)).collect()
}

fn instance(found: types::Instance) -> Answer<(InstanceId, String)> {
    let fields = Fields(Call::DescribeAutoScalingGroups);
    let id = fields.text("Instances.InstanceId", found.instance_id)?;
    let state = fields.need("Instances.LifecycleState", found.lifecycle_state)?;
    Ok((InstanceId::new(id), state.as_str().to_owned()))
}

fn hook(found: types::LifecycleHook) -> Answer<LifecycleHook> {
    let fields = Fields(Call::DescribeLifecycleHooks);
    let group = fields.text(
        "LifecycleHooks.AutoScalingGroupName",
        found.auto_scaling_group_name,
    )?;
    let transition = fields.text(
        "LifecycleHooks.LifecycleTransition",
        found.lifecycle_transition,
    )?;
    Ok(LifecycleHook {
        group: AutoScalingGroupName::new(group),
        name: fields.text(
            "LifecycleHooks.LifecycleHookName",
            found.lifecycle_hook_name,
        )?,
        transition: LifecycleTransition::parse(&transition),
        heartbeat_timeout_seconds: fields
            .count("LifecycleHooks.HeartbeatTimeout", found.heartbeat_timeout)?,
        global_timeout_seconds: fields
            .count("LifecycleHooks.GlobalTimeout", found.global_timeout)?,
        default_result: fields.text("LifecycleHooks.DefaultResult", found.default_result)?,
        notification_metadata: found.notification_metadata,
    })
}

fn activity(found: types::Activity) -> Answer<ScalingActivity> {
    let fields = Fields(Call::DescribeScalingActivities);
    let group = fields.text(
        "Activities.AutoScalingGroupName",
        found.auto_scaling_group_name,
    )?;
    let description = found.description.unwrap_or_default();
    let ended_at = found.end_time;
    let ended_at = ended_at.map(|time| fields.time("Activities.EndTime", Some(time)));
    Ok(ScalingActivity {
        group: AutoScalingGroupName::new(group),
        instance: ScalingActivity::instance_in(&description),
        description,
        started_at: fields.time("Activities.StartTime", found.start_time)?,
        ended_at: ended_at.transpose()?,
        status: fields
            .need("Activities.StatusCode", found.status_code)?
            .as_str()
            .to_owned(),
        cause: found.cause,
    })
}

/// A target group is attached by either of two calls; traffic sources are of other kinds, too.
fn target_groups(
    arns: Vec<String>,
    sources: Vec<types::TrafficSourceIdentifier>,
) -> BTreeSet<TargetGroupArn> {
    let sources = sources
        .into_iter()
        .filter_map(|source| source.identifier)
        .filter(|identifier| identifier.contains(":targetgroup/"));
    arns.into_iter()
        .chain(sources)
        .map(TargetGroupArn::new)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_read_with_its_instances_and_both_kinds_of_attached_groups() {
        let source = |identifier: &str| {
            types::TrafficSourceIdentifier::builder()
                .identifier(identifier)
                .build()
        };
        let tag = |key, value| {
            let tag = types::TagDescription::builder();
            tag.key(key).value(value).build()
        };
        let reuse = types::InstanceReusePolicy::builder()
            .reuse_on_scale_in(true)
            .build();
        let found = types::AutoScalingGroup::builder()
            .auto_scaling_group_name("brokers")
            .target_group_arns("arn:aws:elasticloadbalancing:r:a:targetgroup/one/1")
            .traffic_sources(source("arn:aws:elasticloadbalancing:r:a:targetgroup/two/2"))
            .traffic_sources(source("classic"))
            .suspended_processes(
                types::SuspendedProcess::builder()
                    .process_name("ReplaceUnhealthy")
                    .suspension_reason("User suspended at 2026-11-22T12:00:00Z")
                    .build(),
            )
            .instances(
                types::Instance::builder()
                    .instance_id("i-1")
                    .lifecycle_state(types::LifecycleState::TerminatingWait)
                    .build(),
            )
            .desired_capacity(2)
            .warm_pool_configuration(
                types::WarmPoolConfiguration::builder()
                    .instance_reuse_policy(reuse)
                    .build(),
            )
            .tags(tag("kafka-privatelink:cluster", "orders"))
            .tags(tag("costs", "hers"))
            .build();
        let group = group(found).unwrap();
        let arns: Vec<_> = group
            .target_groups
            .iter()
            .map(TargetGroupArn::as_str)
            .collect();
        assert_eq!(
            arns,
            [
                "arn:aws:elasticloadbalancing:r:a:targetgroup/one/1",
                "arn:aws:elasticloadbalancing:r:a:targetgroup/two/2",
            ]
        );
        assert_eq!(
            group.instances,
            [(InstanceId::new("i-1"), "Terminating:Wait".to_owned())].into()
        );
        assert_eq!(group.suspended, ["ReplaceUnhealthy".to_owned()].into());
        assert_eq!(group.desired, Some(2));
        assert!(group.reuses);
        let ours = ("kafka-privatelink:cluster".to_owned(), "orders".to_owned());
        assert_eq!(group.tags, [ours].into());
    }

    #[test]
    fn only_a_group_that_counts_instances_says_how_many_it_desires() {
        assert_eq!(desired(Some(3), Some("units"), None), Some(3));
        assert_eq!(desired(None, None, None), None);
        for kind in ["vcpu", "memory-mib", "one-that-was-added-later"] {
            assert_eq!(desired(Some(3), Some(kind), None), None, "{kind}");
        }
        for weight in [None, Some("2".to_owned())] {
            let of_type = types::LaunchTemplateOverrides::builder();
            let of_type = of_type.set_weighted_capacity(weight.clone()).build();
            let template = types::LaunchTemplate::builder().overrides(of_type).build();
            let policy = types::MixedInstancesPolicy::builder();
            let policy = policy.launch_template(template).build();
            let counted = weight.is_none().then_some(3);
            assert_eq!(desired(Some(3), None, Some(policy)), counted);
        }
    }

    #[test]
    fn an_instance_without_a_lifecycle_state_is_an_error() {
        let found = types::Instance::builder().instance_id("i-1").build();
        assert_eq!(
            instance(found).unwrap_err().message,
            "answer without Instances.LifecycleState"
        );
    }
}
