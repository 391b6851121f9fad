//! EC2's network: the nodes of the NLB, and the endpoint services of PrivateLink.

use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{self, Filter};
use cloud::call::Call;
use cloud::calls::{Answer, Page, PageToken};
use fleet::observed::{EndpointService, LoadBalancerNode};
use fleet::words::{AzId, LoadBalancerArn};

/// The most of a page.
const PAGE: i32 = 1000;

pub(crate) async fn describe_network_interfaces(
    client: &Client,
    load_balancer: &LoadBalancerArn,
    next: Option<PageToken>,
) -> Answer<Page<LoadBalancerNode>> {
    let answer = client
        .describe_network_interfaces()
        .filters(of_nodes(load_balancer))
        .max_results(PAGE)
        .set_next_token(token(next))
        .send()
        .await
        .map_err(error::of(Call::DescribeNetworkInterfaces))?;
    page(answer.network_interfaces, answer.next_token, node)
}

pub(crate) async fn describe_endpoint_services(
    client: &Client,
    next: Option<PageToken>,
) -> Answer<Page<EndpointService>> {
    let answer = client
        .describe_vpc_endpoint_service_configurations()
        .max_results(PAGE)
        .set_next_token(token(next))
        .send()
        .await
        .map_err(error::of(Call::DescribeVpcEndpointServiceConfigurations))?;
    page(answer.service_configurations, answer.next_token, service)
}

/// Nothing but their description says whose they are: `ELB net/<name>/<id>`, the end of the ARN (F48).
fn of_nodes(load_balancer: &LoadBalancerArn) -> Filter {
    let arn = load_balancer.as_str();
    let end = arn.split_once(":loadbalancer/").map_or(arn, |(_, end)| end);
    Filter::builder()
        .name("description")
        .values(format!("ELB {end}"))
        .build()
}

fn node(found: types::NetworkInterface) -> Answer<LoadBalancerNode> {
    let fields = Fields(Call::DescribeNetworkInterfaces);
    let address = fields.address(
        "NetworkInterfaces.PrivateIpAddress",
        found.private_ip_address,
    )?;
    Ok(LoadBalancerNode {
        az_id: found.availability_zone_id.map(AzId::new),
        address,
    })
}

/// One for Gateway Load Balancers has no NLB behind it.
fn service(found: types::ServiceConfiguration) -> Answer<EndpointService> {
    let fields = Fields(Call::DescribeVpcEndpointServiceConfigurations);
    let load_balancers = found.network_load_balancer_arns.unwrap_or_default();
    let az_ids = found.availability_zone_ids.unwrap_or_default();
    Ok(EndpointService {
        name: fields.text("ServiceConfigurations.ServiceName", found.service_name)?,
        load_balancers: load_balancers
            .into_iter()
            .map(LoadBalancerArn::new)
            .collect(),
        az_ids: az_ids.into_iter().map(AzId::new).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f48_nodes_are_asked_for_by_the_end_of_the_load_balancers_arn() {
        let arn =
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/kafka/0123456789abcdef";
        let filter = of_nodes(&arn.into());
        assert_eq!(filter.name(), Some("description"));
        assert_eq!(filter.values(), ["ELB net/kafka/0123456789abcdef"]);
    }

    #[test]
    fn a_node_is_a_zone_and_an_address_and_both_must_be_there() {
        let found = |zone: Option<&str>, address: Option<&str>| {
            let found = types::NetworkInterface::builder()
                .set_availability_zone_id(zone.map(str::to_owned))
                .set_private_ip_address(address.map(str::to_owned));
            node(found.build()).map_err(|error| error.message)
        };
        assert_eq!(
            found(Some("usw2-az1"), Some("10.0.0.5")),
            Ok(LoadBalancerNode {
                az_id: Some("usw2-az1".into()),
                address: [10, 0, 0, 5].into(),
            })
        );
        let address = [10, 0, 0, 5].into();
        let without = LoadBalancerNode {
            az_id: None,
            address,
        };
        assert_eq!(found(None, Some("10.0.0.5")), Ok(without));
        for (zone, address, what) in [
            (
                Some("usw2-az1"),
                None,
                "answer without NetworkInterfaces.PrivateIpAddress",
            ),
            (
                Some("usw2-az1"),
                Some("fd00::5"),
                "answer with NetworkInterfaces.PrivateIpAddress fd00::5",
            ),
        ] {
            assert_eq!(found(zone, address), Err(what.to_owned()));
        }
    }

    #[test]
    fn a_service_has_a_name_its_load_balancers_and_its_zones() {
        let found = types::ServiceConfiguration::builder()
            .service_name("com.amazonaws.vpce.us-west-2.vpce-svc-1")
            .network_load_balancer_arns("arn:nlb")
            .availability_zone_ids("usw2-az2")
            .availability_zone_ids("usw2-az1");
        assert_eq!(
            service(found.build()),
            Ok(EndpointService {
                name: "com.amazonaws.vpce.us-west-2.vpce-svc-1".to_owned(),
                load_balancers: ["arn:nlb".into()].into(),
                az_ids: ["usw2-az1".into(), "usw2-az2".into()].into(),
            })
        );
        let nameless = types::ServiceConfiguration::builder().build();
        assert_eq!(
            service(nameless).unwrap_err().message,
            "answer without ServiceConfigurations.ServiceName"
        );
    }
}
