//! EC2: network interfaces, those of the load balancers' nodes and those that anybody made.

use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::words::{AzId, LoadBalancerArn, VpcId};
use jiff::Timestamp;
use std::net::Ipv4Addr;

/// `DescribeNetworkInterfaces` gives at most 1000 on a page.
const PAGE: usize = 1000;

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interface {
    /// Its zone.
    pub az_id: AzId,
    /// Its private address.
    pub address: Ipv4Addr,
    /// Free text. That of a node is `ELB net/<name>/<id>` (F48).
    pub description: String,
    /// `network_load_balancer` for a node; whoever calls `CreateNetworkInterface` gets `interface`,
    /// or asks for one of `branch`, `efa`, `efa-only` and `trunk` (API reference, InterfaceType).
    pub kind: String,
    /// Whether a service manages it, as Elastic Load Balancing does a node's.
    pub requester_managed: bool,
    /// Its VPC.
    pub vpc: VpcId,
}

/// What is asked for. What is left out matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceFilter {
    /// `description`.
    pub description: Option<String>,
    /// `interface-type`.
    pub kind: Option<String>,
    /// `requester-managed`.
    pub requester_managed: Option<bool>,
    /// `vpc-id`.
    pub vpc: Option<VpcId>,
}

impl InterfaceFilter {
    fn takes(&self, interface: &Interface) -> bool {
        fn takes<T: PartialEq>(asked: Option<&T>, found: &T) -> bool {
            asked.is_none_or(|asked| asked == found)
        }
        takes(self.description.as_ref(), &interface.description)
            && takes(self.kind.as_ref(), &interface.kind)
            && takes(
                self.requester_managed.as_ref(),
                &interface.requester_managed,
            )
            && takes(self.vpc.as_ref(), &interface.vpc)
    }
}

impl Model {
    /// EC2 `DescribeNetworkInterfaces`. A load balancer that is not there has none: they are filtered
    /// for, not asked for.
    pub fn describe_network_interfaces(
        &mut self,
        now: Timestamp,
        filter: &InterfaceFilter,
        token: Option<&PageToken>,
    ) -> Result<Page<Interface>, ApiError> {
        self.read(now, Call::DescribeNetworkInterfaces, |model| {
            let balancers = model.load_balancers.values();
            let seen = balancers.filter(|record| record.nodes_unseen_until <= model.at);
            let nodes = seen.flat_map(|record| {
                let arn = record.arn.as_str();
                let end = arn.split_once(":loadbalancer/").map_or(arn, |(_, end)| end);
                record.nodes.iter().map(move |node| Interface {
                    az_id: node.az_id.clone(),
                    address: node.address,
                    description: format!("ELB {end}"),
                    kind: "network_load_balancer".to_owned(),
                    requester_managed: true,
                    vpc: record.vpc.clone(),
                })
            });
            let all = nodes.chain(model.interfaces_by_hand.iter().cloned());
            let shown = all.filter(|interface| filter.takes(interface));
            let mut shown: Vec<_> = shown
                .map(|interface| {
                    let key = format!("{} {}", interface.az_id, interface.address);
                    (key, interface)
                })
                .collect();
            shown.sort();
            let size = model.page_size(PAGE);
            page(shown.into_iter(), token, size, "InvalidNextToken")
        })
    }

    /// Whoever may call `CreateNetworkInterface` makes one with any description.
    pub fn create_network_interface(&mut self, now: Timestamp, interface: Interface) {
        self.advance(now);
        self.interfaces_by_hand.push(interface);
        self.changed();
    }

    /// EC2 does not show the interfaces of a load balancer's nodes until then: it is being made.
    pub fn hide_nodes(
        &mut self,
        now: Timestamp,
        arn: &LoadBalancerArn,
        until: Timestamp,
    ) -> Result<(), ApiError> {
        self.edit_balancer(now, arn, |record| record.nodes_unseen_until = until)
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

    fn of(nlb: &LoadBalancerArn) -> InterfaceFilter {
        let end = nlb.as_str().split_once(":loadbalancer/");
        InterfaceFilter {
            description: Some(format!("ELB {}", end.map_or("none", |(_, end)| end))),
            ..InterfaceFilter::default()
        }
    }

    fn seen(model: &mut Model, second: i64, filter: &InterfaceFilter) -> Vec<String> {
        let page = model.describe_network_interfaces(at(second), filter, None);
        let nodes = page.map(|page| page.items).unwrap_or_default();
        let texts = nodes
            .iter()
            .map(|node| format!("{} {}", node.az_id, node.address));
        texts.collect()
    }

    #[test]
    fn f48_a_load_balancer_has_an_interface_in_each_enabled_zone() {
        let mut model = world();
        let nlb = model.with_nlb();
        let all = [
            "usw2-az1 10.0.0.5",
            "usw2-az2 10.0.64.5",
            "usw2-az3 10.0.128.5",
        ];
        assert_eq!(seen(&mut model, 0, &of(&nlb)), all);
        assert_eq!(model.disable_zone(at(1), &nlb, &"usw2-az1".into()), Ok(()));
        assert_eq!(seen(&mut model, 1, &of(&nlb)), all[1..]);
        assert_eq!(model.hide_nodes(at(2), &nlb, at(60)), Ok(()));
        assert_eq!(seen(&mut model, 59, &of(&nlb)).len(), 0);
        assert_eq!(seen(&mut model, 60, &of(&nlb)), all[1..]);
        assert_eq!(seen(&mut model, 60, &of(&"arn:other".into())).len(), 0);
    }

    #[test]
    fn anybody_can_forge_a_description_and_nothing_else() {
        let mut model = world();
        let nlb = model.with_nlb();
        let by_description = of(&nlb);
        let forged = Interface {
            az_id: "usw2-az1".into(),
            address: Ipv4Addr::new(10, 0, 0, 66),
            description: by_description.description.clone().unwrap_or_default(),
            kind: "interface".to_owned(),
            requester_managed: false,
            vpc: model.settings().vpc.clone(),
        };
        model.create_network_interface(at(0), forged);
        assert_eq!(seen(&mut model, 0, &by_description).len(), 4);
        for strict in [
            InterfaceFilter {
                kind: Some("network_load_balancer".to_owned()),
                ..by_description.clone()
            },
            InterfaceFilter {
                requester_managed: Some(true),
                ..by_description.clone()
            },
        ] {
            assert_eq!(seen(&mut model, 0, &strict).len(), 3);
        }
        let elsewhere = InterfaceFilter {
            vpc: Some("vpc-other".into()),
            ..by_description
        };
        assert_eq!(seen(&mut model, 0, &elsewhere).len(), 0);
    }
}
