//! EC2: instances, the network, PrivateLink.

mod instance;
mod nodes;
mod service;

use crate::Aws;
use crate::error;
use crate::fields::{page, token};
use cloud::call::Call;
use cloud::calls::{Answer, Ec2Reads, InstanceFilter, Page, PageToken};
use fleet::observed::{EndpointService, Instance, LoadBalancer, LoadBalancerNode};
use instance::{asked, instance};
use nodes::{is_node, node, of_nodes};
use service::service;

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
}
