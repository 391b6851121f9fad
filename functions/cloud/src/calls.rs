//! The door to AWS: one method per call, one page per call. `aws` implements it by the SDK, the
//! local world in memory. The records are those of `fleet::observed`, named as AWS names them.

use crate::error::CallError;
use fleet::observed::{
    Attributes, AutoScalingGroup, EndpointService, HealthCheck, Instance, Listener, LoadBalancer,
    LoadBalancerNode, Parameter, TargetGroup, TargetHealth,
};
use fleet::tags::Tags;
use fleet::words::{
    ClusterName, FunctionName, InstanceId, ListenerArn, LoadBalancerArn, ParameterName, Port,
    TargetGroupArn, TargetGroupName, VpcId,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::future::Future;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask with for the next page; `None` on the last one.
    pub next: Option<PageToken>,
}

/// `NextToken` or `Marker`: opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageToken(pub String);

/// Which instances are asked for. Filters, not ids: an unknown id is then no error (P-15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceFilter {
    /// Those with the tag `kafka-privatelink:cluster` of this value.
    Cluster(ClusterName),
    /// Those with these ids (filter `instance-id`), 200 at most.
    Ids(Vec<InstanceId>),
}

/// `DescribeTags` takes 20 resources at most.
pub const TAGS_CHUNK: usize = 20;

/// An answer, or what went wrong.
pub type Answer<T> = Result<T, CallError>;

/// What an activation reads.
pub trait Reads: Sync {
    /// Takes the `Date` headers of the answers since it was last asked, in the order of the answers.
    /// They are the only clock.
    fn take_dates(&self) -> Vec<Timestamp>;

    /// SSM `GetParametersByPath`, recursive, not decrypted; pages of 10.
    fn get_parameters_by_path(
        &self,
        path: &str,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Parameter>>> + Send;

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

    /// EC2 `DescribeInstances`, in every state.
    fn describe_instances(
        &self,
        filter: &InstanceFilter,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Instance>>> + Send;

    /// Auto Scaling `DescribeAutoScalingGroups`: all of the account and Region.
    fn describe_auto_scaling_groups(
        &self,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<AutoScalingGroup>>> + Send;

    /// EC2 `DescribeNetworkInterfaces` of the NLB's nodes, by their description (F48), which anybody
    /// can forge, and by what nobody can: their type, that a service manages them, the NLB's VPC.
    fn describe_network_interfaces(
        &self,
        load_balancer: &LoadBalancer,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<LoadBalancerNode>>> + Send;

    /// EC2 `DescribeVpcEndpointServiceConfigurations`: all of the account and Region.
    fn describe_endpoint_services(
        &self,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<EndpointService>>> + Send;

    /// SSM `GetParameter`, decrypted: a secret. Never printed.
    fn get_parameter(&self, name: &ParameterName) -> impl Future<Output = Answer<String>> + Send;
}

/// The way to probe-brokers, which changes nothing.
pub trait Probes: Sync {
    /// Lambda `Invoke`, and its answer. A function that failed is an error of kind `Refused` with
    /// its error type as code.
    fn invoke(
        &self,
        function: &FunctionName,
        payload: &str,
    ) -> impl Future<Output = Answer<String>> + Send;
}

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
}
