//! Whether a broker can be mapped where it stands.

use super::view::View;
use crate::held::Held;
use fleet::brokers::Broker;
use fleet::listener::ListenerGroup;
use fleet::words::AzId;

impl View<'_> {
    /// Why a broker cannot be mapped where it stands.
    pub(super) fn unfit(&self, group: &ListenerGroup, broker: &Broker) -> Option<Held> {
        let nlb = self.load_balancer;
        let (node, instance) = (broker.node, &broker.instance);
        if let Some(vpc) = broker.vpc.as_ref().filter(|vpc| **vpc != nlb.vpc) {
            return Some(Held::OtherVpc(
                node,
                instance.clone(),
                vpc.clone(),
                nlb.vpc.clone(),
            ));
        }
        let no_zone = || Held::NoZone(node, instance.clone());
        let Some(az_name) = &broker.az_name else {
            return Some(no_zone());
        };
        let az_id = broker.az_id.as_ref();
        if !nlb.zones.contains(az_name) {
            let (instance, zone) = (instance.clone(), az_name.clone());
            return Some(match az_id.is_none_or(AzId::is_of_region) {
                true => Held::ZoneNotEnabled(node, zone),
                false => Held::EdgeZone(node, instance, zone),
            });
        }
        match (group.pattern.host(node, az_id), az_id) {
            (Some(_), _) => None,
            (None, Some(az)) => Some(Held::NoPattern(group.name.clone(), node, az.clone())),
            (None, None) => Some(no_zone()),
        }
    }
}
