//! EC2: the network interfaces of the load balancers' nodes.

use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::LoadBalancerNode;
use fleet::words::LoadBalancerArn;
use jiff::Timestamp;

/// `DescribeNetworkInterfaces` gives at most 1000 on a page.
const PAGE: usize = 1000;

impl Model {
    /// EC2 `DescribeNetworkInterfaces` of a load balancer, by their description (F48). One that is not
    /// there has none: they are filtered for, not asked for.
    pub fn describe_network_interfaces(
        &mut self,
        now: Timestamp,
        load_balancer: &LoadBalancerArn,
        token: Option<&PageToken>,
    ) -> Result<Page<LoadBalancerNode>, ApiError> {
        self.read(now, Call::DescribeNetworkInterfaces, |model| {
            let record = model.load_balancers.get(load_balancer);
            let seen = record.filter(|record| record.nodes_unseen_until <= model.at);
            let nodes = seen.map_or(&[][..], |record| &record.nodes);
            let shown = nodes.iter().map(|node| {
                let shown = LoadBalancerNode {
                    az_id: Some(node.az_id.clone()),
                    address: node.address,
                };
                (node.az_id.to_string(), shown)
            });
            let mut shown: Vec<_> = shown.collect();
            shown.sort();
            let size = model.page_size(PAGE);
            page(shown.into_iter(), token, size, "InvalidNextToken")
        })
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

    #[test]
    fn f48_a_load_balancer_has_an_interface_in_each_enabled_zone() {
        let mut model = world();
        let nlb = model.with_nlb();
        let seen = |model: &mut Model, second, nlb: &LoadBalancerArn| {
            let page = model.describe_network_interfaces(at(second), nlb, None);
            let nodes = page.map(|page| page.items).unwrap_or_default();
            let texts = nodes
                .iter()
                .map(|node| format!("{} {}", node.az_id.as_ref().expect("a zone"), node.address));
            texts.collect::<Vec<_>>()
        };
        let all = [
            "usw2-az1 10.0.0.5",
            "usw2-az2 10.0.64.5",
            "usw2-az3 10.0.128.5",
        ];
        assert_eq!(seen(&mut model, 0, &nlb), all);
        assert_eq!(model.disable_zone(at(1), &nlb, &"usw2-az1".into()), Ok(()));
        assert_eq!(seen(&mut model, 1, &nlb), all[1..]);
        assert_eq!(model.hide_nodes(at(2), &nlb, at(60)), Ok(()));
        assert_eq!(seen(&mut model, 59, &nlb).len(), 0);
        assert_eq!(seen(&mut model, 60, &nlb), all[1..]);
        assert_eq!(seen(&mut model, 60, &"arn:other".into()).len(), 0);
    }
}
