//! The endpoint service that leads to the NLB, from AWS's own answer: one, alone, available, with zones.

use super::view::View;
use fleet::handover::Missing;
use fleet::observed::{EndpointService, ServiceState};
use fleet::service::{Found, service_of};
use fleet::words::{AzId, AzName};
use std::collections::BTreeSet;

impl<'a> View<'a> {
    /// The endpoint service and the IDs of its zones, or what is missing for it to be handed over;
    /// `None` while the services cannot be read, which the gap says.
    pub(super) fn endpoint_service(
        &self,
    ) -> Option<Result<(&'a EndpointService, BTreeSet<AzId>), Missing>> {
        let services = self.observed.endpoint_services.as_deref().ok()?;
        Some(self.service_of(services))
    }

    fn service_of(
        &self,
        services: &'a [EndpointService],
    ) -> Result<(&'a EndpointService, BTreeSet<AzId>), Missing> {
        let nlb = &self.load_balancer.arn;
        let service = match service_of(services, nlb) {
            Found::One(service) | Found::Over(service) => service,
            Found::None => return Err(Missing::Service(nlb.clone())),
            Found::Several(all) => {
                let names = all.iter().map(|service| service.name.clone());
                return Err(Missing::OneService(nlb.clone(), names.collect()));
            }
        };
        let name = || service.name.clone();
        if service.state != ServiceState::Available {
            return Err(Missing::Available(name(), service.state.clone()));
        }
        let mut others = service.load_balancers.clone();
        others.remove(nlb);
        if !others.is_empty() {
            return Err(Missing::Alone(name(), others));
        }
        Ok((service, self.zones_of(service)?))
    }

    /// The zones of a service by ID. AWS says IDs or names; instances of the cluster and nodes of the NLB tell which is
    /// which.
    fn zones_of(&self, service: &EndpointService) -> Result<BTreeSet<AzId>, Missing> {
        let name = || service.name.clone();
        if service.az_ids.is_empty() && service.az_names.is_empty() {
            return Err(Missing::Zones(name()));
        }
        if service.az_ids.len() >= service.az_names.len() {
            return Ok(service.az_ids.clone());
        }
        let mut ids = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        for zone in &service.az_names {
            match self.id_of(zone) {
                Some(id) => _ = ids.insert(id.clone()),
                None => _ = unknown.insert(zone.clone()),
            }
        }
        match unknown.is_empty() {
            true => Ok(ids),
            false => Err(Missing::ZoneIds(name(), unknown)),
        }
    }

    fn id_of(&self, zone: &AzName) -> Option<&AzId> {
        let instances = self.instances.values();
        let placed = instances.map(|instance| (&instance.az_name, &instance.az_id));
        let nodes = self.observed.nodes.iter().flatten();
        let nodes = nodes.map(|node| (&node.az_name, &node.az_id));
        let mut there = placed
            .chain(nodes)
            .filter(|(name, _)| name.as_ref() == Some(zone));
        there.find_map(|(_, id)| id.as_ref())
    }
}
