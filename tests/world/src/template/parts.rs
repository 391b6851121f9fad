//! The resources around one function, each with the properties that are understood. Properties in
//! the lists named `WITHOUT_EFFECT` change nothing that the world shows.

use super::node::Node;
use super::resolve::Resolver;
use super::{
    FunctionSettings, FunctionStack, MappingSettings, QueueWithRedrive, RuleSettings,
    ScheduleSettings, TemplateError,
};
use crate::events::bus::Target;
use crate::events::queue_settings::QueueSettings;
use std::collections::BTreeMap;
use std::time::Duration;

const FUNCTION: &[&str] = &[
    "Timeout",
    "MemorySize",
    "LoggingConfig",
    "Environment",
    "Role",
];
const FUNCTION_WITHOUT_EFFECT: &[&str] = &[
    "Description",
    "CodeUri",
    "Handler",
    "Runtime",
    "Architectures",
    "Tags",
    "VpcConfig",
];
const QUEUE: &[&str] = &[
    "QueueName",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DelaySeconds",
    "VisibilityTimeout",
    "MessageRetentionPeriod",
    "RedrivePolicy",
];
const QUEUE_WITHOUT_EFFECT: &[&str] = &["SqsManagedSseEnabled", "Tags"];
const TARGET: &[&str] = &["Arn", "SqsParameters", "Input"];
/// Nothing here can fail to take a wake, so nothing is retried or undeliverable.
const TARGET_WITHOUT_EFFECT: &[&str] = &["Id", "RoleArn", "DeadLetterConfig", "RetryPolicy"];

/// What makes a function run.
pub(super) fn function_stack(
    resources: Node<'_>,
    resolver: &Resolver<'_>,
    logical_id: &str,
) -> Result<FunctionStack, TemplateError> {
    let mut mapping = None;
    for (_, properties) in of_type(&resources, resolver, "AWS::Lambda::EventSourceMapping")? {
        properties.only(&["FunctionName", "EventSourceArn", "BatchSize"])?;
        if resolver.text(&properties.need("FunctionName")?)? != logical_id {
            continue;
        }
        if mapping.is_some() {
            return Err(properties.wrong(format!("a second mapping of {logical_id}")));
        }
        let queue_arn = resolver.text(&properties.need("EventSourceArn")?)?;
        mapping = Some(MappingSettings {
            queue: queue_of(&queue_arn),
            queue_arn,
            // The default for SQS (Lambda API reference, CreateEventSourceMapping).
            batch_size: number_or(&properties, resolver, "BatchSize", 10)? as usize,
        });
    }
    let mapping = mapping
        .ok_or_else(|| resources.wrong(format!("no event source mapping of {logical_id}")))?;
    let mut rules = Vec::new();
    for (name, properties) in of_type(&resources, resolver, "AWS::Events::Rule")? {
        rules.extend(rule(name, &properties, resolver)?);
    }
    rules.retain(|rule| rule.target.queue == mapping.queue);
    let mut schedules = Vec::new();
    for (name, properties) in of_type(&resources, resolver, "AWS::Scheduler::Schedule")? {
        schedules.push(schedule(name, &properties, resolver)?);
    }
    schedules.retain(|schedule| schedule.target.queue == mapping.queue);
    Ok(FunctionStack {
        function: function(&resources, resolver, logical_id)?,
        queues: queues(&resources, resolver, &mapping.queue)?,
        mapping,
        rules,
        schedules,
    })
}

/// The function of this logical id.
pub(super) fn function(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
    logical_id: &str,
) -> Result<FunctionSettings, TemplateError> {
    let resource = resources.need(logical_id)?;
    let properties = typed(&resource, resolver, "AWS::Serverless::Function")?
        .ok_or_else(|| resource.wrong("a function is wanted"))?;
    properties.only(&[FUNCTION, FUNCTION_WITHOUT_EFFECT].concat())?;
    let mut json_logs = false;
    if let Some(logging) = properties.get("LoggingConfig") {
        logging.only(&["LogFormat", "LogGroup"])?;
        if let Some(format) = logging.get("LogFormat") {
            json_logs = resolver.text(&format)? == "JSON";
        }
    }
    let mut environment = BTreeMap::new();
    if let Some(section) = properties.get("Environment") {
        section.only(&["Variables"])?;
        for (name, value) in section.need("Variables")?.entries()? {
            environment.insert(name.to_owned(), resolver.text(&value)?);
        }
    }
    let build = resource.need("Metadata")?.need("BuildProperties")?;
    // The defaults are Lambda's: 3 s and 128 MB (API reference, CreateFunction).
    Ok(FunctionSettings {
        name: logical_id.to_owned(),
        binary: resolver.text(&build.need("Binary")?)?,
        timeout: seconds_or(&properties, resolver, "Timeout", 3)?,
        memory_mib: number_or(&properties, resolver, "MemorySize", 128)?,
        role: resolver.text(&properties.need("Role")?)?,
        json_logs,
        environment,
    })
}

/// The queue of this name and, before it, the queue of its dead letters.
fn queues(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
    name: &str,
) -> Result<Vec<QueueWithRedrive>, TemplateError> {
    let mut found = None;
    for (logical_id, properties) in of_type(resources, resolver, "AWS::SQS::Queue")? {
        if resolver.queue_name(logical_id)? == name {
            found = Some(properties);
        }
    }
    let properties = found.ok_or_else(|| resources.wrong(format!("no queue is named {name}")))?;
    properties.only(&[QUEUE, QUEUE_WITHOUT_EFFECT].concat())?;
    if !flag(&properties, resolver, "FifoQueue")? {
        return Err(properties.wrong("a standard queue is not known here"));
    }
    let (mut max_receive_count, mut dead_letters) = (None, None);
    if let Some(redrive) = properties.get("RedrivePolicy") {
        redrive.only(&["deadLetterTargetArn", "maxReceiveCount"])?;
        max_receive_count = Some(resolver.number(&redrive.need("maxReceiveCount")?)?);
        let arn = resolver.text(&redrive.need("deadLetterTargetArn")?)?;
        dead_letters = Some(queue_of(&arn));
    }
    let mut all = match &dead_letters {
        Some(dead) if dead == name => {
            return Err(properties.wrong("its dead letters go to itself"));
        }
        Some(dead) => queues(resources, resolver, dead)?,
        None => Vec::new(),
    };
    // Defaults: SQS API reference, CreateQueue.
    all.push(QueueWithRedrive {
        settings: QueueSettings {
            name: name.to_owned(),
            delay: seconds_or(&properties, resolver, "DelaySeconds", 0)?,
            visibility_timeout: seconds_or(&properties, resolver, "VisibilityTimeout", 30)?,
            retention: seconds_or(&properties, resolver, "MessageRetentionPeriod", 345_600)?,
            content_based_deduplication: flag(&properties, resolver, "ContentBasedDeduplication")?,
            max_receive_count,
        },
        dead_letters,
    });
    Ok(all)
}

fn rule(
    name: &str,
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Vec<RuleSettings>, TemplateError> {
    properties.only(&["Description", "EventPattern", "Targets"])?;
    let pattern = resolver.json(&properties.need("EventPattern")?)?;
    let targets = properties.need("Targets")?.items()?;
    targets
        .iter()
        .map(|target| {
            Ok(RuleSettings {
                name: name.to_owned(),
                pattern: pattern.clone(),
                target: queue_target(target, resolver)?,
                input: target.get("Input").map(|i| resolver.text(&i)).transpose()?,
            })
        })
        .collect()
}

fn schedule(
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
    })
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
fn typed<'a>(
    resource: &Node<'a>,
    resolver: &Resolver<'_>,
    wanted: &str,
) -> Result<Option<Node<'a>>, TemplateError> {
    if resolver.text(&resource.need("Type")?)? != wanted {
        return Ok(None);
    }
    resource.only(&["Type", "Metadata", "Properties"])?;
    resource.need("Properties").map(Some)
}

/// The queue's name is the last part of its ARN.
fn queue_of(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or(arn).to_owned()
}

fn number_or(
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
    key: &str,
    default: u32,
) -> Result<u32, TemplateError> {
    properties
        .get(key)
        .map_or(Ok(default), |node| resolver.number(&node))
}

fn seconds_or(
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
    key: &str,
    default: u32,
) -> Result<Duration, TemplateError> {
    number_or(properties, resolver, key, default)
        .map(|seconds| Duration::from_secs(u64::from(seconds)))
}

fn flag(properties: &Node<'_>, resolver: &Resolver<'_>, key: &str) -> Result<bool, TemplateError> {
    properties
        .get(key)
        .map_or(Ok(false), |node| resolver.flag(&node))
}
