//! What register-brokers writes, whichever service it is of: the one writer of the mapping.

use super::Answer;
use fleet::observed::{Attributes, HealthCheck, LifecycleResult};
use fleet::tags::Tags;
use fleet::words::{
    AutoScalingGroupName, InstanceId, ListenerArn, LoadBalancerArn, ParameterName, Port,
    TargetGroupArn, TargetGroupName, VpcId,
};
use std::future::Future;

/// A target group to be made: `instance` targets, TCP, no port overrides (F15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTargetGroup {
    /// Its name; a second create with the same settings succeeds again (F37).
    pub name: TargetGroupName,
    /// The VPC of its targets.
    pub vpc: VpcId,
    /// The bind port.
    pub port: Port,
    /// Its health check.
    pub health_check: HealthCheck,
    /// Its tags, given in the same call, so that no group of ours is ever without them.
    pub tags: Tags,
}

/// What register-brokers writes, and nothing else does.
pub trait MappingWrites: Sync {
    /// SSM `PutParameter`, type `String`, over what is there: the hand-over. At most 4 KB, as a standard parameter.
    fn put_parameter(
        &self,
        name: &ParameterName,
        value: &str,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `CreateTargetGroup`; answers the ARN.
    fn create_target_group(
        &self,
        group: &NewTargetGroup,
    ) -> impl Future<Output = Answer<TargetGroupArn>> + Send;

    /// ELBv2 `ModifyTargetGroup`: the health check.
    fn modify_target_group(
        &self,
        group: &TargetGroupArn,
        health_check: &HealthCheck,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `ModifyTargetGroupAttributes`.
    fn modify_target_group_attributes(
        &self,
        group: &TargetGroupArn,
        attributes: &Attributes,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `RegisterTargets`, without port overrides (F15). All or nothing (P-30).
    fn register_targets(
        &self,
        group: &TargetGroupArn,
        instances: &[InstanceId],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `DeregisterTargets`, each with the port it was registered with: without it, a target
    /// that was registered by hand with a port override stays, and AWS says nothing (F15).
    fn deregister_targets(
        &self,
        group: &TargetGroupArn,
        targets: &[(InstanceId, Port)],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `CreateListener`: TCP, forwarding to one group; answers the ARN.
    fn create_listener(
        &self,
        load_balancer: &LoadBalancerArn,
        port: Port,
        forward_to: &TargetGroupArn,
        tags: &Tags,
    ) -> impl Future<Output = Answer<ListenerArn>> + Send;

    /// ELBv2 `ModifyListener`: forward to this group.
    fn modify_listener(
        &self,
        listener: &ListenerArn,
        forward_to: &TargetGroupArn,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `ModifyListenerAttributes`.
    fn modify_listener_attributes(
        &self,
        listener: &ListenerArn,
        attributes: &Attributes,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `DeleteListener`.
    fn delete_listener(&self, listener: &ListenerArn) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `AddTags` on a target group.
    fn add_tags(
        &self,
        group: &TargetGroupArn,
        tags: &Tags,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `RemoveTags` from a target group.
    fn remove_tags(
        &self,
        group: &TargetGroupArn,
        keys: &[String],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// ELBv2 `DeleteTargetGroup`.
    fn delete_target_group(
        &self,
        group: &TargetGroupArn,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Auto Scaling `CompleteLifecycleAction`, by instance, never by token (P-21).
    fn complete_lifecycle_action(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
        result: LifecycleResult,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// Auto Scaling `RecordLifecycleActionHeartbeat`, by instance: its time-out begins again, within the
    /// longest time (F34).
    fn record_lifecycle_action_heartbeat(
        &self,
        group: &AutoScalingGroupName,
        hook: &str,
        instance: &InstanceId,
    ) -> impl Future<Output = Answer<()>> + Send;
}
