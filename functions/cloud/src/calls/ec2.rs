//! The calls of EC2, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::{
    EndpointConnection, EndpointService, IngressRule, Instance, InstanceStatus, LoadBalancer,
    LoadBalancerNode, ServicePermission, SpotRequest,
};
use fleet::words::{ClusterName, EndpointServiceId, InstanceId, SecurityGroupId, SpotRequestId};
use std::future::Future;

/// Which instances are asked for. Filters, not ids: an unknown id is then no error (P-15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceFilter {
    /// Those with the tag `kafka-privatelink:cluster` of this value.
    Cluster(ClusterName),
    /// Those with these ids (filter `instance-id`), 200 at most.
    Ids(Vec<InstanceId>),
}

/// What is read of EC2.
pub trait Ec2Reads: Sync {
    /// EC2 `DescribeInstances`, in every state.
    fn describe_instances(
        &self,
        filter: &InstanceFilter,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Instance>>> + Send;

    /// EC2 `DescribeInstanceStatus` of these instances, 100 at most, in one answer: those that run. One that EC2 does
    /// not know is an error.
    fn describe_instance_status(
        &self,
        instances: &[InstanceId],
    ) -> impl Future<Output = Answer<Vec<InstanceStatus>>> + Send;

    /// EC2 `DescribeSpotInstanceRequests` of these requests, 200 at most. A filter, so an unknown one is no error.
    fn describe_spot_instance_requests(
        &self,
        requests: &[SpotRequestId],
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<SpotRequest>>> + Send;

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

    /// EC2 `DescribeVpcEndpointServicePermissions`: who may connect to a service, with the tags of
    /// each permission (F43).
    fn describe_service_permissions(
        &self,
        service: &EndpointServiceId,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<ServicePermission>>> + Send;

    /// EC2 `DescribeVpcEndpointConnections` to a service, in every state.
    fn describe_endpoint_connections(
        &self,
        service: &EndpointServiceId,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<EndpointConnection>>> + Send;

    /// EC2 `DescribeSecurityGroupRules` of these groups, 200 at most: those that let in. A filter, so an
    /// unknown group is no error. A page can have fewer rules than AWS sent, as those that let out
    /// are left out here.
    fn describe_security_group_rules(
        &self,
        groups: &[SecurityGroupId],
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<IngressRule>>> + Send;
}
