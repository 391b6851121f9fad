//! `DescribeNetworkInterfaces` of load balancers, and `DescribeVpcEndpointServiceConfigurations`.

use super::{Filter, check_size, next, unknown};
use crate::doors::http::query::{list, parsed_option};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::{AzIds, InterfaceFilter, Model};
use cloud::calls::PageToken;
use fleet::words::VpcId;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeNetworkInterfaces {
    #[serde(default, deserialize_with = "list")]
    filter: Vec<Filter>,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeEndpointServices {
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

pub(super) fn interfaces(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeNetworkInterfaces,
) -> Result<Xml, Refusal> {
    check_size(asked.max_results)?;
    let mut wanted = InterfaceFilter::default();
    for filter in asked.filter {
        let [value] = filter.value.as_slice() else {
            return Err(unknown(&filter));
        };
        match (filter.name.as_str(), value.as_str()) {
            ("description", text) => wanted.description = Some(text.to_owned()),
            ("interface-type", kind) => wanted.kind = Some(kind.to_owned()),
            ("requester-managed", "true") => wanted.requester_managed = Some(true),
            ("requester-managed", "false") => wanted.requester_managed = Some(false),
            ("vpc-id", vpc) => wanted.vpc = Some(VpcId::from(vpc)),
            _ => return Err(unknown(&filter)),
        }
    }
    let settings = model.settings().clone();
    let token = asked.next_token.map(PageToken);
    let page = model.describe_network_interfaces(now, &wanted, token.as_ref())?;
    let mut xml = Xml::new();
    xml.list("networkInterfaceSet", "item", &page.items, |xml, found| {
        let address = u32::from(found.address);
        xml.text("networkInterfaceId", format!("eni-{address:017x}"));
        xml.text("description", &found.description);
        xml.text("interfaceType", &found.kind);
        xml.text("requesterManaged", found.requester_managed);
        xml.text("status", "in-use");
        if let Some(zone) = settings.zone(&found.az_id) {
            xml.text("subnetId", zone.subnet());
            xml.text("availabilityZone", &zone.name);
            if settings.az_ids != AzIds::Nowhere {
                xml.text("availabilityZoneId", &zone.id);
            }
        }
        xml.text("vpcId", &found.vpc);
        xml.text("privateIpAddress", found.address);
    });
    next(&mut xml, page);
    Ok(xml)
}

pub(super) fn endpoint_services(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeEndpointServices,
) -> Result<Xml, Refusal> {
    check_size(asked.max_results)?;
    let token = asked.next_token.map(PageToken);
    let page = model.describe_endpoint_services(now, token.as_ref())?;
    let mut xml = Xml::new();
    let services = &page.items;
    xml.list(
        "serviceConfigurationSet",
        "item",
        services,
        |xml, service| {
            xml.text("serviceId", &service.id);
            xml.text("serviceName", &service.name);
            xml.text("serviceState", service.state.as_str());
            if let Some(required) = service.acceptance_required {
                xml.text("acceptanceRequired", required);
            }
            if !service.az_ids.is_empty() {
                texts(xml, "availabilityZoneIdSet", &service.az_ids);
            }
            if !service.az_names.is_empty() {
                texts(xml, "availabilityZoneSet", &service.az_names);
            }
            texts(xml, "networkLoadBalancerArnSet", &service.load_balancers);
            if let Some(name) = &service.private_dns_name {
                xml.text("privateDnsName", name);
            }
            let regions = &service.regions;
            xml.list(
                "supportedRegionSet",
                "item",
                regions,
                |xml, (region, state)| {
                    xml.text("region", region);
                    xml.text("serviceState", state.as_str());
                },
            );
        },
    );
    next(&mut xml, page);
    Ok(xml)
}

fn texts<T: std::fmt::Display>(xml: &mut Xml, name: &str, items: impl IntoIterator<Item = T>) {
    xml.structure(name, |xml| {
        for item in items {
            xml.text("item", item);
        }
    });
}
