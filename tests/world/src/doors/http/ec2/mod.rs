//! EC2 in the EC2 query protocol: instances, network interfaces, endpoint services and who connects
//! to them, security groups.

mod connections;
mod instances;
mod network;
mod principals;
mod rules;
mod spot;

use super::query::parameters;
use super::refusal::Refusal;
use super::xml::Xml;
use crate::model::Model;
use cloud::calls::{Page, PageToken};
use fleet::tags::Tags;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The page size that is asked for; a page may always be smaller.
const PAGE: u32 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    name: String,
    #[serde(default, deserialize_with = "super::query::list")]
    value: Vec<String>,
}

pub(super) fn answer(
    model: &mut Model,
    now: Timestamp,
    action: &str,
    asked: Value,
) -> Result<Xml, Refusal> {
    match action {
        "DescribeInstances" => instances::describe(model, now, parameters(asked)?),
        "DescribeInstanceStatus" => instances::status(model, now, parameters(asked)?),
        "DescribeSpotInstanceRequests" => spot::requests(model, now, parameters(asked)?),
        "RebootInstances" => instances::reboot(model, now, parameters(asked)?),
        "DeleteTags" => instances::untag(model, now, parameters(asked)?),
        "DescribeNetworkInterfaces" => network::interfaces(model, now, parameters(asked)?),
        "DescribeVpcEndpointServiceConfigurations" => {
            network::endpoint_services(model, now, parameters(asked)?)
        }
        "DescribeVpcEndpointServicePermissions" => {
            principals::permissions(model, now, parameters(asked)?)
        }
        "ModifyVpcEndpointServicePermissions" => principals::modify(model, now, parameters(asked)?),
        "CreateTags" => principals::tag(model, now, parameters(asked)?),
        "DescribeVpcEndpointConnections" => connections::describe(model, now, parameters(asked)?),
        "AcceptVpcEndpointConnections" => connections::accept(model, now, parameters(asked)?),
        "RejectVpcEndpointConnections" => connections::reject(model, now, parameters(asked)?),
        "DescribeSecurityGroupRules" => rules::describe(model, now, parameters(asked)?),
        _ => Err(Refusal::unknown_action(action)),
    }
}

fn check_size(asked: Option<u32>) -> Result<(), Refusal> {
    match asked.filter(|size| *size != PAGE) {
        Some(size) => Err(Refusal::bad_parameter(format!(
            "MaxResults of {size} is not known here, only {PAGE}"
        ))),
        None => Ok(()),
    }
}

/// The only filter, or the one that is not known.
fn one(filters: Vec<Filter>) -> Result<Filter, Refusal> {
    let [filter] = <[Filter; 1]>::try_from(filters).map_err(|filters| {
        let count = filters.len();
        Refusal::bad_parameter(format!("{count} filters are not known here, only one"))
    })?;
    Ok(filter)
}

/// The value of the only filter, which must be this one and have one value.
fn one_value(filters: Vec<Filter>, name: &str) -> Result<String, Refusal> {
    let filter = one(filters)?;
    match filter.value.as_slice() {
        [value] if filter.name == name => Ok(value.clone()),
        _ => Err(unknown(&filter)),
    }
}

/// `<tagSet>`.
fn tag_set(xml: &mut Xml, tags: &Tags) {
    xml.list("tagSet", "item", tags, |xml, (key, value)| {
        xml.text("key", key);
        xml.text("value", value);
    });
}

fn unknown(filter: &Filter) -> Refusal {
    Refusal::surprising(
        400,
        "InvalidParameterValue",
        format!("The filter '{}' is invalid", filter.name),
    )
}

fn next<T>(xml: &mut Xml, page: Page<T>) {
    if let Some(PageToken(next)) = page.next {
        xml.text("nextToken", next);
    }
}
