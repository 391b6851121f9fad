//! ELBv2, reading: the NLB, its listeners, target groups, their targets and tags.

use crate::Aws;
use crate::elbv2_records::{attributes, listener, load_balancer, target_group, target_health};
use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_elasticloadbalancingv2::types::TargetGroup as TargetGroupRecord;
use cloud::call::Call;
use cloud::calls::{Answer, Elbv2Reads, Page, PageToken};
use fleet::observed::{Attributes, Listener, LoadBalancer, TargetGroup, TargetHealth};
use fleet::tags::Tags;
use fleet::words::{ListenerArn, LoadBalancerArn, TargetGroupArn};
use std::collections::BTreeMap;

impl Elbv2Reads for Aws {
    async fn describe_load_balancer(&self, arn: &LoadBalancerArn) -> Answer<LoadBalancer> {
        let call = Call::DescribeLoadBalancers;
        let answer = self
            .elbv2
            .describe_load_balancers()
            .load_balancer_arns(arn.as_str())
            .send()
            .await
            .map_err(error::of(call))?;
        // One that does not exist is answered with an error, never with an empty list.
        let found = answer.load_balancers.and_then(|all| all.into_iter().next());
        load_balancer(Fields(call).need("LoadBalancers", found)?)
    }

    async fn describe_listeners(
        &self,
        load_balancer: &LoadBalancerArn,
        next: Option<PageToken>,
    ) -> Answer<Page<Listener>> {
        let answer = self
            .elbv2
            .describe_listeners()
            .load_balancer_arn(load_balancer.as_str())
            .set_marker(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeListeners))?;
        page(answer.listeners, answer.next_marker, listener)
    }

    async fn describe_listener_attributes(&self, listener: &ListenerArn) -> Answer<Attributes> {
        let call = Call::DescribeListenerAttributes;
        let answer = self
            .elbv2
            .describe_listener_attributes()
            .listener_arn(listener.as_str())
            .send()
            .await
            .map_err(error::of(call))?;
        let pairs = answer.attributes.unwrap_or_default();
        attributes(call, pairs.into_iter().map(|pair| (pair.key, pair.value)))
    }

    async fn describe_target_groups(
        &self,
        prefix: &str,
        next: Option<PageToken>,
    ) -> Answer<Page<TargetGroup>> {
        let answer = self
            .elbv2
            .describe_target_groups()
            .set_marker(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeTargetGroups))?;
        // Whatever the others are like, they must not spoil the list. Groups of Lambda functions have
        // neither port nor VPC: none of ours, and no broken answer.
        let is_other = |group: &TargetGroupRecord| {
            let name = group.target_group_name.as_deref();
            let kind = group.target_type.as_ref().map(|kind| kind.as_str());
            name.is_some_and(|name| !name.starts_with(prefix)) || kind == Some("lambda")
        };
        let named = answer.target_groups.map(|groups| {
            let groups = groups.into_iter();
            groups.filter(|group| !is_other(group)).collect()
        });
        page(named, answer.next_marker, target_group)
    }

    async fn describe_target_group_attributes(&self, group: &TargetGroupArn) -> Answer<Attributes> {
        let call = Call::DescribeTargetGroupAttributes;
        let answer = self
            .elbv2
            .describe_target_group_attributes()
            .target_group_arn(group.as_str())
            .send()
            .await
            .map_err(error::of(call))?;
        let pairs = answer.attributes.unwrap_or_default();
        attributes(call, pairs.into_iter().map(|pair| (pair.key, pair.value)))
    }

    async fn describe_target_health(&self, group: &TargetGroupArn) -> Answer<Vec<TargetHealth>> {
        self.elbv2
            .describe_target_health()
            .target_group_arn(group.as_str())
            .send()
            .await
            .map_err(error::of(Call::DescribeTargetHealth))?
            .target_health_descriptions
            .unwrap_or_default()
            .into_iter()
            .map(target_health)
            .collect()
    }

    async fn describe_tags(&self, arns: &[String]) -> Answer<BTreeMap<String, Tags>> {
        let fields = Fields(Call::DescribeTags);
        self.elbv2
            .describe_tags()
            .set_resource_arns(Some(arns.to_vec()))
            .send()
            .await
            .map_err(error::of(Call::DescribeTags))?
            .tag_descriptions
            .unwrap_or_default()
            .into_iter()
            .map(|found| {
                let arn = fields.text("TagDescriptions.ResourceArn", found.resource_arn)?;
                let tags = found
                    .tags
                    .unwrap_or_default()
                    .into_iter()
                    // The API reference gives a tag its key and, if it has one, its value.
                    .map(|tag| {
                        let key = fields.text("TagDescriptions.Tags.Key", tag.key)?;
                        Ok((key, tag.value.unwrap_or_default()))
                    })
                    .collect::<Answer<Tags>>()?;
                Ok((arn, tags))
            })
            .collect()
    }
}
