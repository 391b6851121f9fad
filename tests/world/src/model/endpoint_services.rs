//! EC2: the endpoint services of PrivateLink.

use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::EndpointService;
use fleet::words::LoadBalancerArn;
use jiff::Timestamp;

/// `DescribeVpcEndpointServiceConfigurations` gives at most 1000 on a page.
const PAGE: usize = 1000;

impl Model {
    /// EC2 `DescribeVpcEndpointServiceConfigurations`: all of the account and Region.
    pub fn describe_endpoint_services(
        &mut self,
        now: Timestamp,
        token: Option<&PageToken>,
    ) -> Result<Page<EndpointService>, ApiError> {
        let call = Call::DescribeVpcEndpointServiceConfigurations;
        self.read(now, call, |model| {
            let shown = model.endpoint_services.iter().map(|(name, behind)| {
                let records = behind
                    .iter()
                    .filter_map(|arn| model.load_balancers.get(arn));
                let zones = records.flat_map(|record| &record.nodes);
                let service = EndpointService {
                    name: name.clone(),
                    load_balancers: behind.clone(),
                    az_ids: zones.map(|node| node.az_id.clone()).collect(),
                };
                (name.clone(), service)
            });
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// Makes the endpoint service of a load balancer, as `infra/privatelink.yaml` does; answers its
    /// name. A load balancer belongs to one service at most (F18).
    pub fn create_endpoint_service(
        &mut self,
        now: Timestamp,
        load_balancer: &LoadBalancerArn,
    ) -> Result<String, ApiError> {
        self.advance(now);
        let arn = self.balancer(load_balancer)?.arn.clone();
        if self
            .endpoint_services
            .values()
            .any(|behind| behind.contains(&arn))
        {
            return Err(ApiError::refused(
                "InvalidParameter",
                format!("{arn} is already associated with an endpoint service"),
            ));
        }
        // The id of its load balancer makes its own, so that no other id of the world is another one.
        let id = arn.as_str().rsplit('/').next().unwrap_or_default();
        let region = &self.settings.region;
        let prefix = self.settings.endpoint_service_prefix();
        let name = format!("{prefix}.{region}.vpce-svc-0{id}");
        self.endpoint_services.insert(name.clone(), [arn].into());
        self.changed();
        Ok(name)
    }

    /// Deletes an endpoint service.
    pub fn delete_endpoint_service(&mut self, now: Timestamp, name: &str) -> Result<(), ApiError> {
        self.advance(now);
        if self.endpoint_services.remove(name).is_none() {
            return Err(ApiError::refused(
                "InvalidVpcEndpointServiceId.NotFound",
                format!("The VpcEndpointService Id '{name}' does not exist"),
            ));
        }
        self.changed();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

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
        assert_eq!(model.disable_zone(at(1), &nlb, &"usw2-az2".into()), Ok(()));
        let seen = |model: &mut Model| model.describe_endpoint_services(at(1), None).unwrap().items;
        let expected = EndpointService {
            name: name.clone(),
            load_balancers: [nlb.clone()].into(),
            az_ids: ["usw2-az1".into(), "usw2-az3".into()].into(),
        };
        assert_eq!(seen(&mut model), [expected]);
        assert_eq!(model.delete_load_balancer(at(1), &nlb), Ok(()));
        assert!(seen(&mut model)[0].load_balancers.is_empty());
        assert_eq!(model.delete_endpoint_service(at(1), &name), Ok(()));
        assert_eq!(seen(&mut model), []);
    }
}
