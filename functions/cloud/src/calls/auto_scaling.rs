//! The calls of EC2 Auto Scaling, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::{AutoScalingGroup, LifecycleHook, ScalingActivity};
use fleet::words::AutoScalingGroupName;
use std::future::Future;

/// What is read of EC2 Auto Scaling.
pub trait AutoScalingReads: Sync {
    /// Auto Scaling `DescribeAutoScalingGroups`: all of the account and Region.
    fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<AutoScalingGroup>>> + Send;

    /// Auto Scaling `DescribeLifecycleHooks`: those of one group, which are 50 at most (F34).
    fn describe_lifecycle_hooks(
        &self,
        group: &AutoScalingGroupName,
    ) -> impl Future<Output = Answer<Vec<LifecycleHook>>> + Send;

    /// Auto Scaling `DescribeScalingActivities`: those of one group in the last six weeks, the ones that
    /// are under way first (F55).
    fn describe_scaling_activities(
        &self,
        group: &AutoScalingGroupName,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<ScalingActivity>>> + Send;
}
