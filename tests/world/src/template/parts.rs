//! The resources around one function, each with the properties that are understood. Properties in
//! the lists named `WITHOUT_EFFECT` change nothing that the world shows.

use super::node::Node;
use super::properties::{flag, number_or, of_type, queue_of, seconds_or, typed};
use super::resolve::Resolver;
use super::wakes::{rule, schedule};
use super::{FunctionSettings, FunctionStack, MappingSettings, QueueWithRedrive, TemplateError};
use crate::events::queue_settings::QueueSettings;
use std::collections::BTreeMap;

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

/// What makes a function run.
pub(super) fn function_stack(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
    function: FunctionSettings,
) -> Result<FunctionStack, TemplateError> {
    let mapping = mapping(resources, resolver, &function.name)?;
    let mut rules = Vec::new();
    for (name, properties) in of_type(resources, resolver, "AWS::Events::Rule")? {
        rules.extend(rule(name, &properties, resolver)?);
    }
    rules.retain(|rule| rule.target.queue == mapping.queue);
    let mut schedules = Vec::new();
    for (name, properties) in of_type(resources, resolver, "AWS::Scheduler::Schedule")? {
        schedules.push(schedule(name, &properties, resolver)?);
    }
    schedules.retain(|schedule| schedule.target.queue == mapping.queue);
    Ok(FunctionStack {
        function,
        queues: queues(resources, resolver, &mapping.queue)?,
        mapping,
        rules,
        schedules,
    })
}

/// The one mapping of the function of this logical id.
fn mapping(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
    logical_id: &str,
) -> Result<MappingSettings, TemplateError> {
    let mut found = None;
    for properties in mappings_of(resources, resolver, logical_id)? {
        properties.only(&["FunctionName", "EventSourceArn", "BatchSize"])?;
        if found.is_some() {
            return Err(properties.wrong(format!("a second mapping of {logical_id}")));
        }
        let queue_arn = resolver.text(&properties.need("EventSourceArn")?)?;
        found = Some(MappingSettings {
            queue: queue_of(&queue_arn),
            queue_arn,
            // The default for SQS (Lambda API reference, CreateEventSourceMapping).
            batch_size: number_or(&properties, resolver, "BatchSize", 10)? as usize,
        });
    }
    found.ok_or_else(|| resources.wrong(format!("no event source mapping of {logical_id}")))
}

/// The properties of every mapping of the function of this logical id.
pub(super) fn mappings_of<'a>(
    resources: &Node<'a>,
    resolver: &Resolver<'_>,
    logical_id: &str,
) -> Result<Vec<Node<'a>>, TemplateError> {
    let mut of_it = Vec::new();
    for (_, properties) in of_type(resources, resolver, "AWS::Lambda::EventSourceMapping")? {
        if resolver.text(&properties.need("FunctionName")?)? == logical_id {
            of_it.push(properties);
        }
    }
    Ok(of_it)
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
    let (mut json_logs, mut log_group) = (false, None);
    if let Some(logging) = properties.get("LoggingConfig") {
        logging.only(&["LogFormat", "LogGroup"])?;
        if let Some(format) = logging.get("LogFormat") {
            json_logs = resolver.text(&format)? == "JSON";
        }
        let group = logging.get("LogGroup");
        log_group = group.map(|group| resolver.text(&group)).transpose()?;
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
        log_group,
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
