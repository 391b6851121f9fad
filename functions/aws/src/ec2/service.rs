//! Endpoint services of PrivateLink.

use crate::fields::Fields;
use aws_sdk_ec2::types;
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{EndpointService, ServiceState};
use fleet::words::{AzId, AzName, EndpointServiceId, LoadBalancerArn};

/// One for Gateway Load Balancers has no NLB behind it. What AWS leaves out is left out here: only for our
/// own service does it matter, and there the plan says what is missing.
pub(super) fn service(found: types::ServiceConfiguration) -> Answer<EndpointService> {
    let fields = Fields(Call::DescribeVpcEndpointServiceConfigurations);
    let load_balancers = found.network_load_balancer_arns.unwrap_or_default();
    let az_ids = found.availability_zone_ids.unwrap_or_default();
    let az_names = found.availability_zones.unwrap_or_default();
    let state = found.service_state.as_ref();
    let regions = found.supported_regions.unwrap_or_default().into_iter();
    let state_there =
        |text: Option<String>| ServiceState::parse(text.as_deref().unwrap_or_default());
    let id = fields.text("ServiceConfigurations.ServiceId", found.service_id)?;
    Ok(EndpointService {
        id: EndpointServiceId::new(id),
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
    fn a_service_is_read_in_awss_own_words() {
        let region = |name: &str, state: &str| {
            types::SupportedRegionDetail::builder()
                .region(name)
                .service_state(state)
                .build()
        };
        let found = types::ServiceConfiguration::builder()
            .service_id("vpce-svc-1")
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
                id: "vpce-svc-1".into(),
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
                .service_id("vpce-svc-1")
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
        assert_eq!(
            service(found().set_service_id(None).build())
                .unwrap_err()
                .message,
            "answer without ServiceConfigurations.ServiceId"
        );
    }
}
