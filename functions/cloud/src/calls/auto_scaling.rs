//! The calls of EC2 Auto Scaling, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::AutoScalingGroup;
use std::future::Future;

/// What is read of EC2 Auto Scaling.
pub trait AutoScalingReads: Sync {
    /// Auto Scaling `DescribeAutoScalingGroups`: all of the account and Region.
    fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<AutoScalingGroup>>> + Send;
}
