//! `DescribeInstances`, `DescribeInstanceStatus`, `RebootInstances` and `DeleteTags`.

use super::{Filter, check_size, next, one, tag_set, unknown};
use crate::doors::http::query::{list, parsed_option};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::{InstanceFilter, PageToken};
use fleet::observed::{Instance, InstanceState};
use fleet::tags::CLUSTER;
use fleet::words::{ClusterName, InstanceId};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeInstances {
    #[serde(default, deserialize_with = "list")]
    filter: Vec<Filter>,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

pub(super) fn describe(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeInstances,
) -> Result<Xml, Refusal> {
    check_size(asked.max_results)?;
    let filter = instance_filter(one(asked.filter)?)?;
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
    next(&mut xml, page);
    Ok(xml)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Ids {
    #[serde(default, deserialize_with = "list")]
    instance_id: Vec<InstanceId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeleteTags {
    #[serde(default, deserialize_with = "list")]
    resource_id: Vec<InstanceId>,
    #[serde(default, deserialize_with = "list")]
    tag: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Key {
    key: String,
}

pub(super) fn status(model: &mut Model, now: Timestamp, asked: Ids) -> Result<Xml, Refusal> {
    let shown = model.describe_instance_status(now, &asked.instance_id)?;
    let mut xml = Xml::new();
    xml.list("instanceStatusSet", "item", &shown, |xml, it| {
        xml.text("instanceId", &it.instance);
        for (name, check) in [
            ("systemStatus", &it.system),
            ("instanceStatus", &it.reachability),
        ] {
            xml.structure(name, |xml| {
                xml.text("status", check.status.as_str());
                xml.list("details", "item", [check], |xml, check| {
                    xml.text("name", "reachability");
                    let passed = check.impaired_since.is_none();
                    xml.text("status", if passed { "passed" } else { "failed" });
                    if let Some(since) = check.impaired_since {
                        xml.text("impairedSince", since);
                    }
                });
            });
        }
    });
    Ok(xml)
}

pub(super) fn reboot(model: &mut Model, now: Timestamp, asked: Ids) -> Result<Xml, Refusal> {
    let id = only(&asked.instance_id)?;
    model.reboot_instances(now, id)?;
    Ok(done())
}

pub(super) fn untag(model: &mut Model, now: Timestamp, asked: DeleteTags) -> Result<Xml, Refusal> {
    let id = only(&asked.resource_id)?;
    let keys: Vec<String> = asked.tag.into_iter().map(|tag| tag.key).collect();
    model.untag_instance(now, id, &keys)?;
    Ok(done())
}

fn only(ids: &[InstanceId]) -> Result<&InstanceId, Refusal> {
    match ids {
        [id] => Ok(id),
        _ => Err(Refusal::bad_parameter("not one instance is not known here")),
    }
}

fn done() -> Xml {
    let mut xml = Xml::new();
    xml.text("return", true);
    xml
}

fn instance_filter(filter: Filter) -> Result<InstanceFilter, Refusal> {
    match (filter.name.strip_prefix("tag:"), filter.value.as_slice()) {
        (Some(CLUSTER), [cluster]) => Ok(InstanceFilter::Cluster(ClusterName::new(cluster))),
        (None, ids) if filter.name == "instance-id" => Ok(InstanceFilter::Ids(
            ids.iter().map(InstanceId::new).collect(),
        )),
        _ => Err(unknown(&filter)),
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
    if let Some(address) = &instance.private_ip {
        xml.text("privateIpAddress", address);
    }
    if let Some(request) = &instance.spot_request {
        xml.text("instanceLifecycle", "spot");
        xml.text("spotInstanceRequestId", request);
    }
    xml.list(
        "blockDeviceMapping",
        "item",
        &instance.volumes,
        |xml, (volume, goes)| {
            xml.structure("ebs", |xml| {
                xml.text("volumeId", volume);
                xml.text("deleteOnTermination", *goes);
            });
        },
    );
    tag_set(xml, &instance.tags);
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
