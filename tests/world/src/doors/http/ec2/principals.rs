//! `DescribeVpcEndpointServicePermissions`, `ModifyVpcEndpointServicePermissions` and `CreateTags`.

use super::{check_size, next, tag_set};
use crate::doors::http::query::{list, parsed_option};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::observed::ServicePermission;
use fleet::tags::Tags;
use fleet::words::{EndpointServiceId, InstanceId, ServicePermissionId};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribePermissions {
    service_id: String,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ModifyPermissions {
    service_id: String,
    #[serde(default, deserialize_with = "list")]
    add_allowed_principals: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    remove_allowed_principals: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateTags {
    #[serde(default, deserialize_with = "list")]
    resource_id: Vec<String>,
    #[serde(default, deserialize_with = "list")]
    tag: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Tag {
    key: String,
    value: String,
}

pub(super) fn permissions(
    model: &mut Model,
    now: Timestamp,
    asked: DescribePermissions,
) -> Result<Xml, Refusal> {
    check_size(asked.max_results)?;
    let service = EndpointServiceId::new(asked.service_id);
    let token = asked.next_token.map(PageToken);
    let page = model.describe_service_permissions(now, &service, token.as_ref())?;
    let mut xml = Xml::new();
    xml.list("allowedPrincipals", "item", &page.items, |xml, found| {
        permission(xml, &service, found);
        tag_set(xml, &found.tags);
    });
    next(&mut xml, page);
    Ok(xml)
}

pub(super) fn modify(
    model: &mut Model,
    now: Timestamp,
    asked: ModifyPermissions,
) -> Result<Xml, Refusal> {
    let service = EndpointServiceId::new(asked.service_id);
    let (add, remove) = (
        asked.add_allowed_principals,
        asked.remove_allowed_principals,
    );
    let added = model.modify_service_permissions(now, &service, &add, &remove)?;
    let mut xml = Xml::new();
    xml.list("addedPrincipalSet", "item", &added, |xml, found| {
        permission(xml, &service, found);
    });
    xml.text("return", true);
    Ok(xml)
}

/// Permissions of endpoint services, or one instance.
pub(super) fn tag(model: &mut Model, now: Timestamp, asked: CreateTags) -> Result<Xml, Refusal> {
    let tags: Tags = asked
        .tag
        .into_iter()
        .map(|tag| (tag.key, tag.value))
        .collect();
    let mut xml = Xml::new();
    xml.text("return", true);
    if let [id] = asked.resource_id.as_slice()
        && id.starts_with("i-")
    {
        model.tag_instance(now, &InstanceId::from(id.as_str()), &tags)?;
        return Ok(xml);
    }
    let other = |id: &&String| !id.starts_with("vpce-svc-perm-");
    if let Some(other) = asked.resource_id.iter().find(other) {
        return Err(Refusal::bad_parameter(format!(
            "tags onto {other} are not known here"
        )));
    }
    let ids = asked.resource_id.into_iter();
    let ids: Vec<_> = ids.map(ServicePermissionId::new).collect();
    model.tag_permissions(now, &ids, &tags)?;
    Ok(xml)
}

fn permission(xml: &mut Xml, service: &EndpointServiceId, found: &ServicePermission) {
    xml.text("principalType", found.kind.as_str());
    xml.text("principal", &found.principal);
    xml.text("servicePermissionId", &found.id);
    xml.text("serviceId", service);
}
