//! EC2's network: the nodes of the NLB, and the endpoint services of PrivateLink.

use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{self, Filter};
use cloud::call::Call;
use cloud::calls::{Answer, Page, PageToken};
use fleet::observed::{EndpointService, LoadBalancerNode, ServiceState};
use fleet::words::{AzId, AzName, LoadBalancerArn};

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

/// One for Gateway Load Balancers has no NLB behind it. What AWS leaves out is left out here: only for our
/// own service does it matter, and there the plan says what is missing.
fn service(found: types::ServiceConfiguration) -> Answer<EndpointService> {
    let fields = Fields(Call::DescribeVpcEndpointServiceConfigurations);
    let load_balancers = found.network_load_balancer_arns.unwrap_or_default();
    let az_ids = found.availability_zone_ids.unwrap_or_default();
    let az_names = found.availability_zones.unwrap_or_default();
    let state = found.service_state.as_ref();
    let regions = found.supported_regions.unwrap_or_default().into_iter();
    let state_there =
        |text: Option<String>| ServiceState::parse(text.as_deref().unwrap_or_default());
    Ok(EndpointService {
        name: fields.text("ServiceConfigurations.ServiceName", found.service_name)?,
        state: ServiceState::parse(state.map_or("", types::ServiceState::as_str)),
        az_ids: az_ids.into_iter().map(AzId::new).collect(),
        az_names: az_names.into_iter().map(AzName::new).collect(),
        load_balancers: load_balancers
            .into_iter()
            .map(LoadBalancerArn::new)
            .collect(),
        acceptance_required: found.acceptance_required,
        regions: regions
            .filter_map(|detail| Some((detail.region?, state_there(detail.service_state))))
            .collect(),
        private_dns_name: found.private_dns_name.filter(|name| !name.is_empty()),
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
    fn a_service_is_read_in_awss_own_words() {
        let region = |name: &str, state: &str| {
            types::SupportedRegionDetail::builder()
                .region(name)
                .service_state(state)
                .build()
        };
        let found = types::ServiceConfiguration::builder()
            .service_name("cn.com.amazonaws.vpce.cn-northwest-1.vpce-svc-1")
            .service_state(types::ServiceState::Available)
            .network_load_balancer_arns("arn:nlb")
            .availability_zone_ids("usw2-az2")
            .availability_zone_ids("usw2-az1")
            .availability_zones("us-west-2a")
            .acceptance_required(true)
            .supported_regions(region("us-west-2", "Available"))
            .supported_regions(region("eu-west-1", "Closed"))
            .private_dns_name("kafka.example.com");
        assert_eq!(
            service(found.build()),
            Ok(EndpointService {
                name: "cn.com.amazonaws.vpce.cn-northwest-1.vpce-svc-1".to_owned(),
                state: ServiceState::Available,
                az_ids: ["usw2-az1".into(), "usw2-az2".into()].into(),
                az_names: ["us-west-2a".into()].into(),
                load_balancers: ["arn:nlb".into()].into(),
                acceptance_required: Some(true),
                regions: [
                    ("us-west-2".to_owned(), ServiceState::Available),
                    (
                        "eu-west-1".to_owned(),
                        ServiceState::Unknown("Closed".to_owned())
                    ),
                ]
                .into(),
                private_dns_name: Some("kafka.example.com".to_owned()),
            })
        );
    }

    #[test]
    fn what_aws_leaves_out_is_left_out_but_a_name_is_there() {
        let found = || {
            types::ServiceConfiguration::builder()
                .service_name("s")
                .service_state(types::ServiceState::from("Paused"))
        };
        let read = service(found().private_dns_name("").build()).unwrap();
        assert_eq!(read.state, ServiceState::Unknown("Paused".to_owned()));
        assert_eq!((read.az_ids.len(), read.az_names.len()), (0, 0));
        assert_eq!(
            (read.acceptance_required, read.private_dns_name),
            (None, None)
        );
        let stateless = service(found().set_service_state(None).build()).unwrap();
        assert_eq!(stateless.state, ServiceState::Unknown(String::new()));
        assert_eq!(
            service(found().set_service_name(None).build())
                .unwrap_err()
                .message,
            "answer without ServiceConfigurations.ServiceName"
        );
    }
}
