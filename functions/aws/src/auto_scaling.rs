//! Auto Scaling groups: which instances they hold in which lifecycle state, and which target
//! groups they fill by themselves (P-41); their lifecycle hooks and activities.

use crate::Aws;
use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_autoscaling::types;
use cloud::call::Call;
use cloud::calls::{Answer, AutoScalingReads, Page, PageToken};
use fleet::observed::{AutoScalingGroup, LifecycleHook, LifecycleTransition, ScalingActivity};
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
    })
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
