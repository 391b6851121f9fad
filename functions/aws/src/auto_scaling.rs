//! Auto Scaling groups: which instances they hold in which lifecycle state, and which target
//! groups they fill by themselves (P-41).

use crate::Aws;
use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_autoscaling::types;
use cloud::call::Call;
use cloud::calls::{Answer, AutoScalingReads, Page, PageToken};
use fleet::observed::AutoScalingGroup;
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
    })
}

fn instance(found: types::Instance) -> Answer<(InstanceId, String)> {
    let fields = Fields(Call::DescribeAutoScalingGroups);
    let id = fields.text("Instances.InstanceId", found.instance_id)?;
    let state = fields.need("Instances.LifecycleState", found.lifecycle_state)?;
    Ok((InstanceId::new(id), state.as_str().to_owned()))
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
