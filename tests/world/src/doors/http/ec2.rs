//! EC2 `DescribeInstances` in the EC2 query protocol.

use super::query::{list, parameters, parsed_option};
use super::refusal::Refusal;
use super::xml::Xml;
use crate::model::Model;
use cloud::calls::{InstanceFilter, PageToken};
use fleet::observed::{Instance, InstanceState};
use fleet::tags::CLUSTER;
use fleet::words::{ClusterName, InstanceId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The page size that is asked for; a page may always be smaller.
const PAGE: u32 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeInstances {
    #[serde(default, deserialize_with = "list")]
    filter: Vec<Filter>,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    name: String,
    #[serde(default, deserialize_with = "list")]
    value: Vec<String>,
}

pub(super) fn answer(
    model: &mut Model,
    now: Timestamp,
    action: &str,
    asked: Value,
) -> Result<Xml, Refusal> {
    if action != "DescribeInstances" {
        return Err(Refusal::unknown_action(action));
    }
    let asked: DescribeInstances = parameters(asked)?;
    if let Some(size) = asked.max_results.filter(|size| *size != PAGE) {
        return Err(Refusal::bad_parameter(format!(
            "MaxResults of {size} is not known here, only {PAGE}"
        )));
    }
    let filter = instance_filter(asked.filter)?;
    let page = model.describe_instances(now, &filter, asked.next_token.map(PageToken).as_ref())?;
    let owner = model.settings().account.clone();
    let mut xml = Xml::new();
    xml.list("reservationSet", "item", &page.items, |xml, instance| {
        // Each instance is launched by itself.
        let id = instance.id.as_str();
        xml.text("reservationId", id.replacen("i-", "r-", 1));
        xml.text("ownerId", &owner);
        xml.list("instancesSet", "item", [instance], shape);
    });
    if let Some(PageToken(next)) = page.next {
        xml.text("nextToken", next);
    }
    Ok(xml)
}

fn instance_filter(filters: Vec<Filter>) -> Result<InstanceFilter, Refusal> {
    let [filter] = <[Filter; 1]>::try_from(filters).map_err(|filters| {
        let count = filters.len();
        Refusal::bad_parameter(format!("{count} filters are not known here, only one"))
    })?;
    match (filter.name.strip_prefix("tag:"), filter.value.as_slice()) {
        (Some(CLUSTER), [cluster]) => Ok(InstanceFilter::Cluster(ClusterName::new(cluster))),
        (None, ids) if filter.name == "instance-id" => Ok(InstanceFilter::Ids(
            ids.iter().map(InstanceId::new).collect(),
        )),
        _ => Err(Refusal::surprising(
            400,
            "InvalidParameterValue",
            format!("The filter '{}' is invalid", filter.name),
        )),
    }
}

fn shape(xml: &mut Xml, instance: &Instance) {
    xml.text("instanceId", &instance.id);
    xml.structure("instanceState", |xml| {
        xml.text("code", code(&instance.state));
        xml.text("name", instance.state.as_str());
    });
    xml.structure("placement", |xml| {
        if let Some(name) = &instance.az_name {
            xml.text("availabilityZone", name);
        }
        if let Some(id) = &instance.az_id {
            xml.text("availabilityZoneId", id);
        }
    });
    if let Some(vpc) = &instance.vpc {
        xml.text("vpcId", vpc);
    }
    xml.list("tagSet", "item", &instance.tags, |xml, (key, value)| {
        xml.text("key", key);
        xml.text("value", value);
    });
}

/// EC2 API reference, `InstanceState`.
fn code(state: &InstanceState) -> u8 {
    match state {
        InstanceState::Pending | InstanceState::Unknown(_) => 0,
        InstanceState::Running => 16,
        InstanceState::ShuttingDown => 32,
        InstanceState::Terminated => 48,
        InstanceState::Stopping => 64,
        InstanceState::Stopped => 80,
    }
}
