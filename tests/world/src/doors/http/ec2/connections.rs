//! `DescribeVpcEndpointConnections`, and accepting and rejecting them.

use super::{Filter, check_size, next, one_value};
use crate::doors::http::query::{list, parsed_option};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::{PageToken, Unsuccessful};
use fleet::words::{EndpointServiceId, VpcEndpointId};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeConnections {
    #[serde(default, deserialize_with = "list")]
    filter: Vec<Filter>,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

/// What accepting and rejecting ask for.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Connections {
    service_id: String,
    #[serde(default, deserialize_with = "list")]
    vpc_endpoint_id: Vec<String>,
}

pub(super) fn describe(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeConnections,
) -> Result<Xml, Refusal> {
    check_size(asked.max_results)?;
    let service = EndpointServiceId::new(one_value(asked.filter, "service-id")?);
    let token = asked.next_token.map(PageToken);
    let page = model.describe_endpoint_connections(now, &service, token.as_ref())?;
    let mut xml = Xml::new();
    let connections = &page.items;
    xml.list(
        "vpcEndpointConnectionSet",
        "item",
        connections,
        |xml, found| {
            xml.text("serviceId", &service);
            xml.text("vpcEndpointId", &found.endpoint);
            xml.text("vpcEndpointOwner", &found.owner);
            if !found.state.as_str().is_empty() {
                xml.text("vpcEndpointState", found.state.as_str());
            }
            if let Some(created) = found.created {
                xml.text("creationTimestamp", created);
            }
            if let Some(region) = &found.region {
                xml.text("vpcEndpointRegion", region);
            }
        },
    );
    next(&mut xml, page);
    Ok(xml)
}

pub(super) fn accept(
    model: &mut Model,
    now: Timestamp,
    asked: Connections,
) -> Result<Xml, Refusal> {
    let (service, endpoints) = asked.named();
    let not = model.accept_connections(now, &service, &endpoints)?;
    Ok(unsuccessful(&not))
}

pub(super) fn reject(
    model: &mut Model,
    now: Timestamp,
    asked: Connections,
) -> Result<Xml, Refusal> {
    let (service, endpoints) = asked.named();
    let not = model.reject_connections(now, &service, &endpoints)?;
    Ok(unsuccessful(&not))
}

impl Connections {
    fn named(self) -> (EndpointServiceId, Vec<VpcEndpointId>) {
        let endpoints = self.vpc_endpoint_id.into_iter();
        (
            EndpointServiceId::new(self.service_id),
            endpoints.map(VpcEndpointId::new).collect(),
        )
    }
}

fn unsuccessful(items: &[Unsuccessful]) -> Xml {
    let mut xml = Xml::new();
    xml.list("unsuccessful", "item", items, |xml, item| {
        xml.structure("error", |xml| {
            xml.text("code", &item.code);
            xml.text("message", &item.message);
        });
        xml.text("resourceId", &item.endpoint);
    });
    xml
}
