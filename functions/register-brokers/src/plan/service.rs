//! The endpoint service that leads to the NLB, from AWS's own answer: one, alone, available, with zones.

use super::view::View;
use crate::observed::Observed;
use fleet::handover::Missing;
use fleet::observed::{EndpointService, ServiceState};
use fleet::service::{Found, service_of};
use fleet::words::{AzId, AzName};
use std::collections::BTreeSet;

/// An endpoint service and the IDs of its zones.
type Service<'a> = (&'a EndpointService, BTreeSet<AzId>);

impl<'a> View<'a> {
    /// The endpoint service and the IDs of its zones, or what is missing for it to be handed over;
    /// `None` while the services cannot be read, which the gap says.
    pub(super) fn endpoint_service(&self) -> Option<Result<Service<'a>, Missing>> {
        let services = self.observed.endpoint_services.as_deref().ok()?;
        Some(endpoint_service(self.observed, services))
    }
}

/// Of these services the one of the stack's NLB and the IDs of its zones, or what it lacks.
pub(crate) fn endpoint_service<'a>(
    observed: &'a Observed,
    services: &'a [EndpointService],
) -> Result<Service<'a>, Missing> {
    let nlb = &observed.load_balancer_arn;
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
    Ok((service, zones_of(observed, service)?))
}

/// The zones of a service by ID. AWS says IDs or names; instances of the cluster and nodes of the NLB tell which is
/// which.
fn zones_of(observed: &Observed, service: &EndpointService) -> Result<BTreeSet<AzId>, Missing> {
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
        match id_of(observed, zone) {
            Some(id) => _ = ids.insert(id.clone()),
            None => _ = unknown.insert(zone.clone()),
        }
    }
    match unknown.is_empty() {
        true => Ok(ids),
        false => Err(Missing::ZoneIds(name(), unknown)),
    }
}

fn id_of<'a>(observed: &'a Observed, zone: &AzName) -> Option<&'a AzId> {
    let instances = observed.instances.iter().flatten();
    let placed = instances.map(|instance| (&instance.az_name, &instance.az_id));
    let nodes = observed.nodes.iter().flatten();
    let nodes = nodes.map(|node| (&node.az_name, &node.az_id));
    let mut there = placed
        .chain(nodes)
        .filter(|(name, _)| name.as_ref() == Some(zone));
    there.find_map(|(_, id)| id.as_ref())
}
