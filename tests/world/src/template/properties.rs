//! Resources by their type, and a property or the default that AWS documents for it.

use super::TemplateError;
use super::node::Node;
use super::resolve::Resolver;
use std::time::Duration;

/// Name and properties of every resource of a type.
pub(super) fn of_type<'a>(
    resources: &Node<'a>,
    resolver: &Resolver<'_>,
    wanted: &str,
) -> Result<Vec<(&'a str, Node<'a>)>, TemplateError> {
    let mut found = Vec::new();
    for (name, resource) in resources.entries()? {
        if let Some(properties) = typed(&resource, resolver, wanted)? {
            found.push((name, properties));
        }
    }
    Ok(found)
}

/// The properties, if the resource is of this type.
pub(super) fn typed<'a>(
    resource: &Node<'a>,
    resolver: &Resolver<'_>,
    wanted: &str,
) -> Result<Option<Node<'a>>, TemplateError> {
    if resolver.text(&resource.need("Type")?)? != wanted {
        return Ok(None);
    }
    // Here everything is there at once, so nothing has to wait for something else.
    resource.only(&["Type", "Condition", "DependsOn", "Metadata", "Properties"])?;
    if let Some(condition) = resource.get("Condition")
        && !resolver.condition(&condition)?
    {
        return Ok(None);
    }
    resource.need("Properties").map(Some)
}

/// The queue's name is the last part of its ARN.
pub(super) fn queue_of(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or(arn).to_owned()
}

pub(super) fn number_or(
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
    key: &str,
    default: u32,
) -> Result<u32, TemplateError> {
    properties
        .get(key)
        .map_or(Ok(default), |node| resolver.number(&node))
}

pub(super) fn seconds_or(
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
    key: &str,
    default: u32,
) -> Result<Duration, TemplateError> {
    number_or(properties, resolver, key, default)
        .map(|seconds| Duration::from_secs(u64::from(seconds)))
}

pub(super) fn flag(
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
    key: &str,
) -> Result<bool, TemplateError> {
    properties
        .get(key)
        .map_or(Ok(false), |node| resolver.flag(&node))
}
