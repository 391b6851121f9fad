//! EC2's network: the nodes of the NLB, and the endpoint services of PrivateLink.

use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{self, Filter};
use cloud::call::Call;
use cloud::calls::{Answer, Page, PageToken};
use fleet::observed::{EndpointService, LoadBalancer, LoadBalancerNode, ServiceState};
use fleet::words::{AzId, AzName, LoadBalancerArn};

/// The most of a page.
const PAGE: i32 = 1000;

pub(crate) async fn describe_network_interfaces(
    client: &Client,
    load_balancer: &LoadBalancer,
    next: Option<PageToken>,
) -> Answer<Page<LoadBalancerNode>> {
    let answer = client
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

/// The type of a node's interface. Whoever calls `CreateNetworkInterface` can have `interface`,
/// `branch`, `efa`, `efa-only` and `trunk` (API reference, InterfaceType), and no other one.
const OF_NLB: &str = "network_load_balancer";

/// Their description says whose they are: `ELB net/<name>/<id>`, the end of the ARN (F48). Anybody
/// can write that, so only those are asked for that Elastic Load Balancing made itself, in the NLB's
/// VPC: they get connections, and with them the probe's password.
fn of_nodes(load_balancer: &LoadBalancer) -> Vec<Filter> {
    let filters = [
        ("description", description(load_balancer)),
        ("interface-type", OF_NLB.to_owned()),
        ("requester-managed", "true".to_owned()),
        ("vpc-id", load_balancer.vpc.to_string()),
    ];
    let filter = |(name, value)| Filter::builder().name(name).values(value).build();
    filters.map(filter).into()
}

fn description(load_balancer: &LoadBalancer) -> String {
    let arn = load_balancer.arn.as_str();
    let end = arn.split_once(":loadbalancer/").map_or(arn, |(_, end)| end);
    format!("ELB {end}")
}

/// Whether the answer says itself what was asked for. In a filter `*` and `?` are wildcards.
fn is_node(found: &types::NetworkInterface, load_balancer: &LoadBalancer) -> bool {
    found.interface_type.as_ref().map(|kind| kind.as_str()) == Some(OF_NLB)
        && found.requester_managed == Some(true)
        && found.vpc_id.as_deref() == Some(load_balancer.vpc.as_str())
        && found.description.as_ref() == Some(&description(load_balancer))
}

fn node(found: types::NetworkInterface) -> Answer<LoadBalancerNode> {
    let fields = Fields(Call::DescribeNetworkInterfaces);
    let address = fields.address(
        "NetworkInterfaces.PrivateIpAddress",
        found.private_ip_address,
    )?;
    Ok(LoadBalancerNode {
        az_id: found.availability_zone_id.map(AzId::new),
        az_name: found.availability_zone.map(AzName::new),
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

    fn nlb() -> LoadBalancer {
        LoadBalancer {
            arn: "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/kafka/0123456789abcdef"
                .into(),
            kind: "network".to_owned(),
            vpc: "vpc-1".into(),
            zones: Default::default(),
        }
    }

    #[test]
    fn f48_nodes_are_asked_for_by_what_they_are_called_and_by_what_nobody_can_forge() {
        let filters = of_nodes(&nlb());
        let said: Vec<_> = filters
            .iter()
            .map(|filter| (filter.name().unwrap_or_default(), filter.values().join(" ")))
            .collect();
        assert_eq!(
            said,
            [
                ("description", "ELB net/kafka/0123456789abcdef".to_owned()),
                ("interface-type", "network_load_balancer".to_owned()),
                ("requester-managed", "true".to_owned()),
                ("vpc-id", "vpc-1".to_owned()),
            ]
        );
    }

    #[test]
    fn an_interface_that_is_none_of_the_nlbs_is_none_whatever_the_filter_let_through() {
        let node = || {
            types::NetworkInterface::builder()
                .interface_type(types::NetworkInterfaceType::from(OF_NLB))
                .requester_managed(true)
                .vpc_id("vpc-1")
                .description("ELB net/kafka/0123456789abcdef")
        };
        assert!(is_node(&node().build(), &nlb()));
        for forged in [
            node().interface_type(types::NetworkInterfaceType::Interface),
            node().set_interface_type(None),
            node().requester_managed(false),
            node().set_requester_managed(None),
            node().vpc_id("vpc-2"),
            node().description("ELB net/kafka/0123456789abcdef0"),
        ] {
            assert!(!is_node(&forged.build(), &nlb()));
        }
    }

    #[test]
    fn a_node_is_a_zone_and_an_address_and_both_must_be_there() {
        let found = |zone: Option<&str>, address: Option<&str>| {
            let found = types::NetworkInterface::builder()
                .set_availability_zone_id(zone.map(str::to_owned))
                .availability_zone("us-west-2a")
                .set_private_ip_address(address.map(str::to_owned));
            node(found.build()).map_err(|error| error.message)
        };
        assert_eq!(
            found(Some("usw2-az1"), Some("10.0.0.5")),
            Ok(LoadBalancerNode {
                az_id: Some("usw2-az1".into()),
                az_name: Some("us-west-2a".into()),
                address: [10, 0, 0, 5].into(),
            })
        );
        let address = [10, 0, 0, 5].into();
        let without = LoadBalancerNode {
            az_id: None,
            az_name: Some("us-west-2a".into()),
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
