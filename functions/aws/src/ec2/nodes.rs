//! The nodes of the NLB: network interfaces.

use crate::fields::Fields;
use aws_sdk_ec2::types::{self, Filter};
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{LoadBalancer, LoadBalancerNode};
use fleet::words::{AzId, AzName};

/// The type of a node's interface. Whoever calls `CreateNetworkInterface` can have `interface`,
/// `branch`, `efa`, `efa-only` and `trunk` (API reference, InterfaceType), and no other one.
const OF_NLB: &str = "network_load_balancer";

/// Their description says whose they are: `ELB net/<name>/<id>`, the end of the ARN (F48). Anybody
/// can write that, so only those are asked for that Elastic Load Balancing made itself, in the NLB's
/// VPC: they get connections, and with them the probe's password.
pub(super) fn of_nodes(load_balancer: &LoadBalancer) -> Vec<Filter> {
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
pub(super) fn is_node(found: &types::NetworkInterface, load_balancer: &LoadBalancer) -> bool {
    found.interface_type.as_ref().map(|kind| kind.as_str()) == Some(OF_NLB)
        && found.requester_managed == Some(true)
        && found.vpc_id.as_deref() == Some(load_balancer.vpc.as_str())
        && found.description.as_ref() == Some(&description(load_balancer))
}

pub(super) fn node(found: types::NetworkInterface) -> Answer<LoadBalancerNode> {
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
            security_groups: Default::default(),
            enforces_inbound_on_private_link: None,
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
}
