//! What is read of EC2, from the model.

use super::MemoryDoor;
use crate::model::{AzIds, Interface, InterfaceFilter};
use cloud::call::Call;
use cloud::calls::{Answer, Ec2Reads, InstanceFilter, Page, PageToken};
use fleet::observed::{
    EndpointConnection, EndpointService, IngressRule, Instance, InstanceStatus, LoadBalancer,
    LoadBalancerNode, ServicePermission, SpotRequest,
};
use fleet::words::{EndpointServiceId, InstanceId, SecurityGroupId, SpotRequestId};

impl Ec2Reads for MemoryDoor {
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

    async fn describe_instance_status(
        &self,
        instances: &[InstanceId],
    ) -> Answer<Vec<InstanceStatus>> {
        self.call(Call::DescribeInstanceStatus, |model, now| {
            model.describe_instance_status(now, instances)
        })
        .await
    }

    async fn describe_spot_instance_requests(
        &self,
        requests: &[SpotRequestId],
        page: Option<PageToken>,
    ) -> Answer<Page<SpotRequest>> {
        self.call(Call::DescribeSpotInstanceRequests, |model, now| {
            model.describe_spot_instance_requests(now, requests, page.as_ref())
        })
        .await
    }

    async fn describe_network_interfaces(
        &self,
        load_balancer: &LoadBalancer,
        page: Option<PageToken>,
    ) -> Answer<Page<LoadBalancerNode>> {
        let arn = load_balancer.arn.as_str();
        let end = arn.split_once(":loadbalancer/").map_or(arn, |(_, end)| end);
        let filter = InterfaceFilter {
            description: Some(format!("ELB {end}")),
            kind: Some("network_load_balancer".to_owned()),
            requester_managed: Some(true),
            vpc: Some(load_balancer.vpc.clone()),
        };
        let page = self.call(Call::DescribeNetworkInterfaces, |model, now| {
            let page = model.describe_network_interfaces(now, &filter, page.as_ref())?;
            Ok((page, model.settings().clone()))
        });
        let (page, settings) = page.await?;
        let node = |found: Interface| LoadBalancerNode {
            az_name: settings.zone(&found.az_id).map(|zone| zone.name.clone()),
            az_id: (settings.az_ids != AzIds::Nowhere).then_some(found.az_id),
            address: found.address,
        };
        Ok(Page {
            items: page.items.into_iter().map(node).collect(),
            next: page.next,
        })
    }

    async fn describe_endpoint_services(
        &self,
        page: Option<PageToken>,
    ) -> Answer<Page<EndpointService>> {
        let call = Call::DescribeVpcEndpointServiceConfigurations;
        self.call(call, |model, now| {
            model.describe_endpoint_services(now, page.as_ref())
        })
        .await
    }

    async fn describe_service_permissions(
        &self,
        service: &EndpointServiceId,
        page: Option<PageToken>,
    ) -> Answer<Page<ServicePermission>> {
        let call = Call::DescribeVpcEndpointServicePermissions;
        self.call(call, |model, now| {
            model.describe_service_permissions(now, service, page.as_ref())
        })
        .await
    }

    async fn describe_endpoint_connections(
        &self,
        service: &EndpointServiceId,
        page: Option<PageToken>,
    ) -> Answer<Page<EndpointConnection>> {
        let call = Call::DescribeVpcEndpointConnections;
        self.call(call, |model, now| {
            model.describe_endpoint_connections(now, service, page.as_ref())
        })
        .await
    }

    async fn describe_security_group_rules(
        &self,
        groups: &[SecurityGroupId],
        page: Option<PageToken>,
    ) -> Answer<Page<IngressRule>> {
        let call = Call::DescribeSecurityGroupRules;
        self.call(call, |model, now| {
            model.describe_security_group_rules(now, groups, page.as_ref())
        })
        .await
    }
}
