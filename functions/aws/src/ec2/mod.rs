//! EC2: instances, the network, PrivateLink.

mod connection;
mod instance;
mod nodes;
mod permission;
mod rule;
mod service;
mod spot;
mod status;

use crate::Aws;
use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_ec2::types::{self, Filter};
use cloud::call::Call;
use cloud::calls::{Answer, Ec2Reads, InstanceFilter, Page, PageToken};
use connection::connection;
use fleet::observed::{
    EndpointConnection, EndpointService, IngressRule, Instance, InstanceStatus, LoadBalancer,
    LoadBalancerNode, ServicePermission, SpotRequest,
};
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, InstanceId, SecurityGroupId, SpotRequestId};
use instance::{asked, instance};
use nodes::{is_node, node, of_nodes};
use permission::permission;
use rule::{lets_in, rule};
use service::service;
use spot::request;
use status::status;

/// Without a size EC2 answers in one piece, however large; 1,000 is the most of a page.
const PAGE: i32 = 1000;

impl Ec2Reads for Aws {
    async fn describe_instances(
        &self,
        filter: &InstanceFilter,
        next: Option<PageToken>,
    ) -> Answer<Page<Instance>> {
        let call = Call::DescribeInstances;
        let answer = self
            .ec2
            .describe_instances()
            .filters(asked(filter))
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(call))?;
        // Reservations are who launched what together: of no interest to us.
        let found = answer
            .reservations
            .unwrap_or_default()
            .into_iter()
            .flat_map(|reservation| reservation.instances.unwrap_or_default())
            .collect();
        page(Some(found), answer.next_token, instance)
    }

    async fn describe_instance_status(
        &self,
        instances: &[InstanceId],
    ) -> Answer<Vec<InstanceStatus>> {
        let call = Call::DescribeInstanceStatus;
        let ids = instances.iter().map(|id| id.as_str().to_owned()).collect();
        // With ids a size of pages is refused, and there is one page.
        let answer = self
            .ec2
            .describe_instance_status()
            .set_instance_ids(Some(ids))
            .send()
            .await
            .map_err(error::of(call))?;
        let found = answer.instance_statuses.unwrap_or_default();
        found.into_iter().map(status).collect()
    }

    async fn describe_spot_instance_requests(
        &self,
        requests: &[SpotRequestId],
        next: Option<PageToken>,
    ) -> Answer<Page<SpotRequest>> {
        let ids = requests.iter().map(SpotRequestId::as_str);
        let answer = self
            .ec2
            .describe_spot_instance_requests()
            .filters(one_of("spot-instance-request-id", ids))
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeSpotInstanceRequests))?;
        page(answer.spot_instance_requests, answer.next_token, request)
    }

    async fn describe_network_interfaces(
        &self,
        load_balancer: &LoadBalancer,
        next: Option<PageToken>,
    ) -> Answer<Page<LoadBalancerNode>> {
        let answer = self
            .ec2
            .describe_network_interfaces()
            .set_filters(Some(of_nodes(load_balancer)))
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeNetworkInterfaces))?;
        let ours = answer.network_interfaces.map(|interfaces| {
            let interfaces = interfaces.into_iter();
            interfaces
                .filter(|found| is_node(found, load_balancer))
                .collect()
        });
        page(ours, answer.next_token, node)
    }

    async fn describe_endpoint_services(
        &self,
        next: Option<PageToken>,
    ) -> Answer<Page<EndpointService>> {
        let answer = self
            .ec2
            .describe_vpc_endpoint_service_configurations()
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeVpcEndpointServiceConfigurations))?;
        page(answer.service_configurations, answer.next_token, service)
    }

    async fn describe_service_permissions(
        &self,
        service: &EndpointServiceId,
        next: Option<PageToken>,
    ) -> Answer<Page<ServicePermission>> {
        let answer = self
            .ec2
            .describe_vpc_endpoint_service_permissions()
            .service_id(service.as_str())
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeVpcEndpointServicePermissions))?;
        page(answer.allowed_principals, answer.next_token, permission)
    }

    async fn describe_endpoint_connections(
        &self,
        service: &EndpointServiceId,
        next: Option<PageToken>,
    ) -> Answer<Page<EndpointConnection>> {
        let answer = self
            .ec2
            .describe_vpc_endpoint_connections()
            .filters(one_of("service-id", [service.as_str()]))
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeVpcEndpointConnections))?;
        page(
            answer.vpc_endpoint_connections,
            answer.next_token,
            connection,
        )
    }

    async fn describe_security_group_rules(
        &self,
        groups: &[SecurityGroupId],
        next: Option<PageToken>,
    ) -> Answer<Page<IngressRule>> {
        let groups = groups.iter().map(SecurityGroupId::as_str);
        let answer = self
            .ec2
            .describe_security_group_rules()
            .filters(one_of("group-id", groups))
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(Call::DescribeSecurityGroupRules))?;
        // There is no filter for the direction.
        let rules = answer.security_group_rules.map(|rules| {
            let rules = rules.into_iter();
            rules.filter(lets_in).collect()
        });
        page(rules, answer.next_token, rule)
    }
}

fn one_of<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> Filter {
    let values = values.into_iter().map(str::to_owned).collect();
    Filter::builder()
        .name(name)
        .set_values(Some(values))
        .build()
}

/// Tags of a record, by the name of its list.
fn tags(fields: Fields, list: &str, found: Option<Vec<types::Tag>>) -> Answer<Tags> {
    let tag = |tag: types::Tag| {
        Ok((
            fields.text(&format!("{list}.Tags.Key"), tag.key)?,
            fields.need(&format!("{list}.Tags.Value"), tag.value)?,
        ))
    };
    found.unwrap_or_default().into_iter().map(tag).collect()
}
