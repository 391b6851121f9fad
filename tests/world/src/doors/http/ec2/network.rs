//! `DescribeNetworkInterfaces` of load balancers, and `DescribeVpcEndpointServiceConfigurations`.

use super::{Filter, check_size, next, one, unknown};
use crate::doors::http::query::{list, parsed_option};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::words::LoadBalancerArn;
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
    let filter = one(asked.filter)?;
    let [description] = filter.value.as_slice() else {
        return Err(unknown(&filter));
    };
    // The description of a node's interface is the end of its load balancer's ARN (F48).
    let Some(end) = description.strip_prefix("ELB ") else {
        return Err(unknown(&filter));
    };
    if filter.name != "description" {
        return Err(unknown(&filter));
    }
    let settings = model.settings().clone();
    let resource = format!("loadbalancer/{end}");
    let arn = LoadBalancerArn::new(settings.arn("elasticloadbalancing", &resource));
    let token = asked.next_token.map(PageToken);
    let page = model.describe_network_interfaces(now, &arn, token.as_ref())?;
    let mut xml = Xml::new();
    xml.list("networkInterfaceSet", "item", &page.items, |xml, node| {
        let zone = node.az_id.as_ref().and_then(|id| settings.zone(id));
        let address = u32::from(node.address);
        xml.text("networkInterfaceId", format!("eni-{address:017x}"));
        xml.text("description", description);
        xml.text("interfaceType", "network_load_balancer");
        xml.text("requesterManaged", true);
        xml.text("status", "in-use");
        if let Some(zone) = zone {
            xml.text("subnetId", zone.subnet());
            xml.text("availabilityZone", &zone.name);
            xml.text("availabilityZoneId", &zone.id);
        }
        xml.text("vpcId", &settings.vpc);
        xml.text("privateIpAddress", node.address);
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
            let id = service.name.rsplit('.').next().unwrap_or_default();
            xml.text("serviceId", id);
            xml.text("serviceName", &service.name);
            xml.text("serviceState", "Available");
            xml.text("acceptanceRequired", true);
            texts(xml, "availabilityZoneIdSet", &service.az_ids);
            texts(xml, "networkLoadBalancerArnSet", &service.load_balancers);
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
