//! EC2: the endpoint services of PrivateLink.

use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{EndpointService, ServicePermission, ServiceState};
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, LoadBalancerArn, ServicePermissionId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// `DescribeVpcEndpointServiceConfigurations` gives at most 1000 on a page.
const PAGE: usize = 1000;

/// An endpoint service as it is made and changed. Its zones are those of its load balancers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointServiceRecord {
    /// The NLBs behind it.
    pub load_balancers: BTreeSet<LoadBalancerArn>,
    /// Its state.
    pub state: ServiceState,
    /// Whether answers have the IDs of its zones: a young field, that older parts of AWS leave out.
    pub shows_az_ids: bool,
    /// Whether answers have the names of its zones.
    pub shows_az_names: bool,
    /// Whether somebody must accept each connection.
    pub acceptance_required: bool,
    /// Its private DNS name.
    pub private_dns_name: Option<String>,
    /// Regions from which it can be reached beside its own.
    pub further_regions: BTreeMap<String, ServiceState>,
    /// Its tags.
    pub tags: Tags,
    /// Who may connect; a principal is allowed once.
    pub(super) permissions: BTreeMap<ServicePermissionId, ServicePermission>,
}

impl Model {
    /// EC2 `DescribeVpcEndpointServiceConfigurations`: all of the account and Region.
    pub fn describe_endpoint_services(
        &mut self,
        now: Timestamp,
        token: Option<&PageToken>,
    ) -> Result<Page<EndpointService>, ApiError> {
        let call = Call::DescribeVpcEndpointServiceConfigurations;
        self.read(now, call, |model| {
            let services = model.endpoint_services.iter();
            let shown = services.map(|(name, record)| (name.clone(), model.shown(name, record)));
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    fn shown(&self, name: &str, record: &EndpointServiceRecord) -> EndpointService {
        let balancers = record.load_balancers.iter();
        let nodes = balancers
            .filter_map(|arn| self.load_balancers.get(arn))
            .flat_map(|balancer| &balancer.nodes);
        let mut service = EndpointService {
            id: service_id(name),
            name: name.to_owned(),
            state: record.state.clone(),
            az_ids: nodes.clone().map(|node| node.az_id.clone()).collect(),
            az_names: nodes.map(|node| node.zone.clone()).collect(),
            load_balancers: record.load_balancers.clone(),
            acceptance_required: Some(record.acceptance_required),
            regions: record.further_regions.clone(),
            private_dns_name: record.private_dns_name.clone(),
        };
        if !record.shows_az_ids {
            service.az_ids.clear();
        }
        if !record.shows_az_names {
            service.az_names.clear();
        }
        let own = self.settings.region.clone();
        service.regions.insert(own, ServiceState::Available);
        service
    }

    /// Makes the endpoint service of a load balancer, as `infra/privatelink.yaml` does; answers its
    /// name. A load balancer belongs to one service at most (F18), and it is a Network Load Balancer.
    pub fn create_endpoint_service(
        &mut self,
        now: Timestamp,
        load_balancer: &LoadBalancerArn,
    ) -> Result<String, ApiError> {
        self.advance(now);
        let arn = self.free_balancer(load_balancer)?;
        // The id of its load balancer makes its own, so that no other id of the world is another one.
        let id = arn.as_str().rsplit('/').next().unwrap_or_default();
        let region = &self.settings.region;
        let prefix = self.settings.endpoint_service_prefix();
        let name = format!("{prefix}.{region}.vpce-svc-0{id}");
        let record = EndpointServiceRecord {
            load_balancers: [arn].into(),
            state: ServiceState::Available,
            shows_az_ids: true,
            shows_az_names: true,
            acceptance_required: true,
            private_dns_name: None,
            further_regions: BTreeMap::new(),
            tags: Tags::new(),
            permissions: BTreeMap::new(),
        };
        self.endpoint_services.insert(name.clone(), record);
        self.changed();
        Ok(name)
    }

    /// EC2 `ModifyVpcEndpointServiceConfiguration`: puts one more NLB behind a service (F18).
    pub fn add_to_endpoint_service(
        &mut self,
        now: Timestamp,
        name: &str,
        load_balancer: &LoadBalancerArn,
    ) -> Result<(), ApiError> {
        self.advance(now);
        let arn = self.free_balancer(load_balancer)?;
        self.edit_endpoint_service(now, name, |record| _ = record.load_balancers.insert(arn))
    }

    /// Changes a service, also into what AWS's own calls would not make: answers can be odd.
    pub fn edit_endpoint_service(
        &mut self,
        now: Timestamp,
        name: &str,
        edit: impl FnOnce(&mut EndpointServiceRecord),
    ) -> Result<(), ApiError> {
        self.advance(now);
        let found = self.endpoint_services.get_mut(name);
        edit(found.ok_or_else(|| not_found(name))?);
        self.changed();
        Ok(())
    }

    /// Deletes an endpoint service.
    pub fn delete_endpoint_service(&mut self, now: Timestamp, name: &str) -> Result<(), ApiError> {
        self.advance(now);
        if self.endpoint_services.remove(name).is_none() {
            return Err(not_found(name));
        }
        self.changed();
        Ok(())
    }

    /// The service with this id.
    pub fn endpoint_service(
        &self,
        id: &EndpointServiceId,
    ) -> Result<&EndpointServiceRecord, ApiError> {
        let mut all = self.endpoint_services.iter();
        let found = all.find(|(name, _)| service_id(name) == *id);
        found
            .map(|(_, record)| record)
            .ok_or_else(|| not_found(id.as_str()))
    }

    pub(super) fn endpoint_service_mut(
        &mut self,
        id: &EndpointServiceId,
    ) -> Result<&mut EndpointServiceRecord, ApiError> {
        let mut all = self.endpoint_services.iter_mut();
        let found = all.find(|(name, _)| service_id(name) == *id);
        found
            .map(|(_, record)| record)
            .ok_or_else(|| not_found(id.as_str()))
    }

    /// Whether a service stands on a load balancer.
    pub(super) fn has_endpoint_service(&self, load_balancer: &LoadBalancerArn) -> bool {
        let mut all = self.endpoint_services.values();
        all.any(|record| record.load_balancers.contains(load_balancer))
    }

    fn free_balancer(&self, load_balancer: &LoadBalancerArn) -> Result<LoadBalancerArn, ApiError> {
        let balancer = self.balancer(load_balancer)?;
        let arn = balancer.arn.clone();
        let wrong = |why: &str| {
            Err(ApiError::refused(
                "InvalidParameter",
                format!("{arn} {why}"),
            ))
        };
        if balancer.kind != "network" {
            return wrong("is not a Network Load Balancer");
        }
        if self.has_endpoint_service(&arn) {
            return wrong("is already associated with an endpoint service");
        }
        Ok(arn)
    }
}

/// The id of a service is the end of its name.
pub fn service_id(name: &str) -> EndpointServiceId {
    EndpointServiceId::new(name.rsplit('.').next().unwrap_or_default())
}

pub(super) fn not_found(name: &str) -> ApiError {
    ApiError::refused(
        "InvalidVpcEndpointServiceId.NotFound",
        format!("The VpcEndpointService Id '{name}' does not exist"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::NewLoadBalancer;
    use super::super::world::{at, world};
    use super::*;

    fn seen(model: &mut Model) -> Vec<EndpointService> {
        model.describe_endpoint_services(at(1), None).unwrap().items
    }

    #[test]
    fn f18_a_load_balancer_belongs_to_one_service_whose_zones_are_its_own() {
        let mut model = world();
        let nlb = model.with_nlb();
        let name = model.create_endpoint_service(at(0), &nlb).unwrap();
        assert!(
            name.starts_with("com.amazonaws.vpce.us-west-2.vpce-svc-0"),
            "{name}"
        );
        assert!(model.create_endpoint_service(at(0), &nlb).is_err());
        assert!(model.add_to_endpoint_service(at(0), &name, &nlb).is_err());
        assert_eq!(model.disable_zone(at(1), &nlb, &"usw2-az2".into()), Ok(()));
        let expected = EndpointService {
            id: service_id(&name),
            name: name.clone(),
            state: ServiceState::Available,
            az_ids: ["usw2-az1".into(), "usw2-az3".into()].into(),
            az_names: ["us-west-2a".into(), "us-west-2b".into()].into(),
            load_balancers: [nlb.clone()].into(),
            acceptance_required: Some(true),
            regions: [("us-west-2".to_owned(), ServiceState::Available)].into(),
            private_dns_name: None,
        };
        assert_eq!(seen(&mut model), [expected]);
        // AWS refuses it (cloud-custodian/cloud-custodian#9921).
        let refused = model.delete_load_balancer(at(1), &nlb).unwrap_err();
        assert!(refused.to_string().contains("ResourceInUse"), "{refused}");
        assert_eq!(model.delete_endpoint_service(at(1), &name), Ok(()));
        assert_eq!(seen(&mut model), []);
        assert!(model.delete_endpoint_service(at(1), &name).is_err());
        assert_eq!(model.delete_load_balancer(at(1), &nlb), Ok(()));
    }

    #[test]
    fn a_service_may_have_several_network_load_balancers_and_an_answer_may_lack_its_zones() {
        let mut model = world();
        let nlb = model.with_nlb();
        let name = model.create_endpoint_service(at(0), &nlb).unwrap();
        let mut make = |new| model.create_load_balancer(at(0), new).unwrap();
        let second = make(NewLoadBalancer::named("second"));
        let mut application = NewLoadBalancer::named("web");
        application.kind = "application".to_owned();
        let application = make(application);
        assert!(model.create_endpoint_service(at(0), &application).is_err());
        let added = model.add_to_endpoint_service(at(0), &name, &second);
        assert_eq!(added, Ok(()));
        let edited = model.edit_endpoint_service(at(0), &name, |record| {
            record.state = ServiceState::Pending;
            record.shows_az_ids = false;
        });
        assert_eq!(edited, Ok(()));
        let service = seen(&mut model).remove(0);
        assert_eq!(service.load_balancers, [nlb, second].into());
        assert_eq!(service.state, ServiceState::Pending);
        assert_eq!((service.az_ids.len(), service.az_names.len()), (0, 3));
    }
}
