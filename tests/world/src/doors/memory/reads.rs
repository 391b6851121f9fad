//! What an activation reads, from the model.

use super::MemoryDoor;
use cloud::call::Call;
use cloud::calls::{Answer, InstanceFilter, Page, PageToken, Reads};
use fleet::observed::{
    Attributes, AutoScalingGroup, Instance, Listener, LoadBalancer, Parameter, TargetGroup,
    TargetHealth,
};
use fleet::tags::Tags;
use fleet::words::{ListenerArn, LoadBalancerArn, TargetGroupArn};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::PoisonError;

impl Reads for MemoryDoor {
    fn answered_at(&self) -> Option<Timestamp> {
        *self
            .answered_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn get_parameters_by_path(
        &self,
        path: &str,
        page: Option<PageToken>,
    ) -> Answer<Page<Parameter>> {
        self.call(Call::GetParametersByPath, |model, now| {
            model.get_parameters_by_path(now, path, page.as_ref())
        })
        .await
    }

    async fn describe_load_balancer(&self, arn: &LoadBalancerArn) -> Answer<LoadBalancer> {
        self.call(Call::DescribeLoadBalancers, |model, now| {
            model.describe_load_balancer(now, arn)
        })
        .await
    }

    async fn describe_listeners(
        &self,
        load_balancer: &LoadBalancerArn,
        page: Option<PageToken>,
    ) -> Answer<Page<Listener>> {
        self.call(Call::DescribeListeners, |model, now| {
            model.describe_listeners(now, load_balancer, page.as_ref())
        })
        .await
    }

    async fn describe_listener_attributes(&self, listener: &ListenerArn) -> Answer<Attributes> {
        self.call(Call::DescribeListenerAttributes, |model, now| {
            model.describe_listener_attributes(now, listener)
        })
        .await
    }

    async fn describe_target_groups(&self, page: Option<PageToken>) -> Answer<Page<TargetGroup>> {
        self.call(Call::DescribeTargetGroups, |model, now| {
            model.describe_target_groups(now, page.as_ref())
        })
        .await
    }

    async fn describe_target_group_attributes(&self, group: &TargetGroupArn) -> Answer<Attributes> {
        self.call(Call::DescribeTargetGroupAttributes, |model, now| {
            model.describe_target_group_attributes(now, group)
        })
        .await
    }

    async fn describe_target_health(&self, group: &TargetGroupArn) -> Answer<Vec<TargetHealth>> {
        self.call(Call::DescribeTargetHealth, |model, now| {
            model.describe_target_health(now, group)
        })
        .await
    }

    async fn describe_tags(&self, arns: &[String]) -> Answer<BTreeMap<String, Tags>> {
        self.call(Call::DescribeTags, |model, now| {
            model.describe_tags(now, arns)
        })
        .await
    }

    async fn describe_instances(
        &self,
        filter: &InstanceFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<Instance>> {
        self.call(Call::DescribeInstances, |model, now| {
            model.describe_instances(now, filter, page.as_ref())
        })
        .await
    }

    async fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<AutoScalingGroup>> {
        self.call(Call::DescribeAutoScalingGroups, |model, now| {
            model.describe_auto_scaling_groups(now, page.as_ref())
        })
        .await
    }
}
