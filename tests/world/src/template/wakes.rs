//! What wakes a function: rules of EventBridge and schedules, each with its target.

use super::node::Node;
use super::properties::queue_of;
use super::resolve::Resolver;
use super::{RuleSettings, ScheduleSettings, TemplateError};
use crate::events::bus::Target;
use std::time::Duration;

const TARGET: &[&str] = &[
    "Arn",
    "SqsParameters",
    "Input",
    "RoleArn",
    "DeadLetterConfig",
];
/// Nothing here can fail to take a wake, so nothing is retried.
const TARGET_WITHOUT_EFFECT: &[&str] = &["Id", "RetryPolicy"];

pub(super) fn rule(
    name: &str,
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Vec<RuleSettings>, TemplateError> {
    properties.only(&["Name", "Description", "EventPattern", "Targets"])?;
    let name = match properties.get("Name") {
        Some(given) => resolver.text(&given)?,
        None => name.to_owned(),
    };
    let pattern = resolver.json(&properties.need("EventPattern")?)?;
    let targets = properties.need("Targets")?.items()?;
    targets
        .iter()
        .map(|target| {
            Ok(RuleSettings {
                name: name.clone(),
                pattern: pattern.clone(),
                target: queue_target(target, resolver)?,
                input: optional(target, resolver, "Input")?,
                undelivered: undelivered(target, resolver)?,
            })
        })
        .collect()
}

pub(super) fn schedule(
    name: &str,
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<ScheduleSettings, TemplateError> {
    properties.only(&[
        "Description",
        "ScheduleExpression",
        "FlexibleTimeWindow",
        "Target",
    ])?;
    let mode = properties.need("FlexibleTimeWindow")?.need("Mode")?;
    if resolver.text(&mode)? != "OFF" {
        return Err(mode.wrong("a flexible time window is not known here"));
    }
    let expression = properties.need("ScheduleExpression")?;
    let text = resolver.text(&expression)?;
    let target = properties.need("Target")?;
    Ok(ScheduleSettings {
        name: name.to_owned(),
        every: rate(&text).ok_or_else(|| expression.wrong(format!("{text} is no known rate")))?,
        target: queue_target(&target, resolver)?,
        input: resolver.text(&target.need("Input")?)?,
        role: optional(&target, resolver, "RoleArn")?,
        undelivered: undelivered(&target, resolver)?,
    })
}

/// The ARN of the queue that a target's dead letters go to.
fn undelivered(
    target: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Option<String>, TemplateError> {
    match target.get("DeadLetterConfig") {
        Some(letters) => optional(&letters, resolver, "Arn"),
        None => Ok(None),
    }
}

fn optional(
    node: &Node<'_>,
    resolver: &Resolver<'_>,
    key: &str,
) -> Result<Option<String>, TemplateError> {
    let value = node.get(key);
    value.map(|value| resolver.text(&value)).transpose()
}

fn queue_target(target: &Node<'_>, resolver: &Resolver<'_>) -> Result<Target, TemplateError> {
    target.only(&[TARGET, TARGET_WITHOUT_EFFECT].concat())?;
    let group = target.need("SqsParameters")?.need("MessageGroupId")?;
    Ok(Target {
        queue: queue_of(&resolver.text(&target.need("Arn")?)?),
        message_group: resolver.text(&group)?,
    })
}

/// `rate(1 minute)`: Scheduler user guide, "Rate-based schedules".
fn rate(text: &str) -> Option<Duration> {
    let inner = text.strip_prefix("rate(")?.strip_suffix(')')?;
    let (number, unit) = inner.split_once(' ')?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3600,
        "day" | "days" => 86_400,
        _ => return None,
    };
    number
        .parse::<u64>()
        .ok()?
        .checked_mul(seconds)
        .map(Duration::from_secs)
}
