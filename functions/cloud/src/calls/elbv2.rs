//! The calls of Elastic Load Balancing, version 2, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::{Attributes, Listener, LoadBalancer, TargetGroup, TargetHealth};
use fleet::tags::Tags;
use fleet::words::{ListenerArn, LoadBalancerArn, TargetGroupArn};
use std::collections::BTreeMap;
use std::future::Future;

/// `DescribeTags` takes 20 resources at most.
pub const TAGS_CHUNK: usize = 20;

/// What is read of Elastic Load Balancing.
pub trait Elbv2Reads: Sync {
    /// ELBv2 `DescribeLoadBalancers` for one ARN. An error of kind `NotFound` if there is none.
    fn describe_load_balancer(
        &self,
        arn: &LoadBalancerArn,
    ) -> impl Future<Output = Answer<LoadBalancer>> + Send;

    /// ELBv2 `DescribeListeners` of a load balancer. Tags are not part of the answer.
    fn describe_listeners(
        &self,
        load_balancer: &LoadBalancerArn,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Listener>>> + Send;

    /// ELBv2 `DescribeListenerAttributes`.
    fn describe_listener_attributes(
        &self,
        listener: &ListenerArn,
    ) -> impl Future<Output = Answer<Attributes>> + Send;

    /// ELBv2 `DescribeTargetGroups`: of all of the account and Region those whose name begins so.
    /// Tags are not part of it.
    fn describe_target_groups(
        &self,
        prefix: &str,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<TargetGroup>>> + Send;

    /// ELBv2 `DescribeTargetGroupAttributes`.
    fn describe_target_group_attributes(
        &self,
        group: &TargetGroupArn,
    ) -> impl Future<Output = Answer<Attributes>> + Send;

    /// ELBv2 `DescribeTargetHealth` of all targets of a group.
    fn describe_target_health(
        &self,
        group: &TargetGroupArn,
    ) -> impl Future<Output = Answer<Vec<TargetHealth>>> + Send;

    /// ELBv2 `DescribeTags` of at most [`TAGS_CHUNK`] ARNs, either of target groups or of listeners.
    fn describe_tags(
        &self,
        arns: &[String],
    ) -> impl Future<Output = Answer<BTreeMap<String, Tags>>> + Send;
}
