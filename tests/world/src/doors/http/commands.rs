//! SSM Run Command in AWS JSON 1.1.

use super::parameters::refuse_if;
use super::refusal::Refusal;
use crate::model::{Model, SendCommand as Asked, coarse};
use cloud::calls::{CommandFilter, Page, PageToken};
use fleet::observed::{Command, CommandInvocation, ManagedInstance};
use fleet::tags;
use fleet::words::{ClusterName, CommandId, DocumentName, InstanceId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The page size that is asked for; a page may always be smaller.
const PAGE: u32 = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SendCommand {
    document_name: DocumentName,
    document_version: String,
    instance_ids: Vec<InstanceId>,
    #[serde(default)]
    parameters: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    comment: String,
    timeout_seconds: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct List {
    filters: Vec<Filter>,
    /// Of invocations only.
    #[serde(default)]
    details: bool,
    max_results: Option<u32>,
    next_token: Option<String>,
}

/// Its fields have small letters, unlike all others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetCommandInvocation {
    command_id: CommandId,
    instance_id: InstanceId,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeInstanceInformation {
    filters: Vec<InstanceFilter>,
    max_results: Option<u32>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct InstanceFilter {
    key: String,
    values: Vec<String>,
}

pub(super) fn send(
    model: &mut Model,
    now: Timestamp,
    asked: SendCommand,
) -> Result<Value, Refusal> {
    refuse_if(
        asked.document_version != "$DEFAULT",
        "another DocumentVersion than $DEFAULT",
    )?;
    let [instance] = asked.instance_ids.as_slice() else {
        return Err(Refusal::bad_parameter("not one instance is not known here"));
    };
    let asked = Asked {
        document: asked.document_name,
        instance: instance.clone(),
        parameters: asked.parameters,
        comment: asked.comment,
        timeout_seconds: asked.timeout_seconds,
    };
    let sent = model.send_command(now, &asked)?;
    Ok(json!({"Command": command(&sent)}))
}

pub(super) fn list(model: &mut Model, now: Timestamp, asked: List) -> Result<Value, Refusal> {
    refuse_if(asked.details, "ListCommands with Details")?;
    let (filter, token) = filter(asked)?;
    let page = model.list_commands(now, &filter, token.as_ref())?;
    Ok(answer("Commands", &page, command))
}

pub(super) fn list_invocations(
    model: &mut Model,
    now: Timestamp,
    asked: List,
) -> Result<Value, Refusal> {
    refuse_if(asked.details, "ListCommandInvocations with Details")?;
    let (filter, token) = filter(asked)?;
    let page = model.list_command_invocations(now, &filter, token.as_ref())?;
    Ok(answer("CommandInvocations", &page, invocation))
}

pub(super) fn get(
    model: &mut Model,
    now: Timestamp,
    asked: &GetCommandInvocation,
) -> Result<Value, Refusal> {
    let found = model.get_command_invocation(now, &asked.command_id, &asked.instance_id)?;
    Ok(json!({
        "CommandId": found.command,
        "InstanceId": found.instance,
        "PluginName": "aws:runShellScript",
        "ResponseCode": found.exit_code.unwrap_or(-1),
        "ExecutionEndDateTime": found.ended_at.map(|at| at.to_string()).unwrap_or_default(),
        "Status": coarse(&found.status),
        "StatusDetails": found.status.as_str(),
        "StandardOutputContent": found.stdout,
        "StandardOutputUrl": "",
        "StandardErrorContent": found.stderr,
        "StandardErrorUrl": "",
    }))
}

pub(super) fn instances(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeInstanceInformation,
) -> Result<Value, Refusal> {
    check_size(asked.max_results)?;
    let by_cluster = format!("tag:{}", tags::CLUSTER);
    let cluster = match asked.filters.as_slice() {
        [InstanceFilter { key, values }] if *key == by_cluster && values.len() == 1 => {
            ClusterName::new(values[0].clone())
        }
        _ => return Err(Refusal::bad_parameter("other Filters are not known here")),
    };
    let token = asked.next_token.map(PageToken);
    let page = model.describe_instance_information(now, &cluster, token.as_ref())?;
    Ok(answer("InstanceInformationList", &page, instance))
}

fn check_size(asked: Option<u32>) -> Result<(), Refusal> {
    let other = asked.is_some_and(|size| size != PAGE);
    refuse_if(other, "another MaxResults than 50")
}

/// The filters that are asked for together.
fn filter(asked: List) -> Result<(CommandFilter, Option<PageToken>), Refusal> {
    check_size(asked.max_results)?;
    let mut filters = asked.filters;
    filters.sort_by(|a, b| a.key.cmp(&b.key));
    let (document, after, before) = match filters.as_slice() {
        [document, after] => (document, after, None),
        [document, after, before] => (document, after, Some(before)),
        _ => return Err(Refusal::bad_parameter("other Filters are not known here")),
    };
    let is_known = document.key == "DocumentName"
        && after.key == "InvokedAfter"
        && before.is_none_or(|it| it.key == "InvokedBefore");
    refuse_if(!is_known, "other Filters")?;
    let time = |value: &str| {
        let time = value.parse();
        time.map_err(|_| Refusal::bad_parameter(format!("{value} is no time")))
    };
    let filter = CommandFilter {
        document: DocumentName::new(document.value.clone()),
        invoked_after: time(&after.value)?,
        invoked_before: before.map(|it| time(&it.value)).transpose()?,
    };
    Ok((filter, asked.next_token.map(PageToken)))
}

fn answer<T>(list: &str, page: &Page<T>, shape: fn(&T) -> Value) -> Value {
    let items: Vec<Value> = page.items.iter().map(shape).collect();
    let mut answer = json!({ list: items });
    if let Some(PageToken(next)) = &page.next {
        answer["NextToken"] = json!(next);
    }
    answer
}

/// Dates are epoch seconds with a fraction.
fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}

fn command(found: &Command) -> Value {
    json!({
        "CommandId": found.id,
        "DocumentName": found.document,
        "DocumentVersion": "$DEFAULT",
        "Comment": found.comment,
        "InstanceIds": found.instances,
        "Targets": [],
        "RequestedDateTime": seconds(found.requested_at),
        "ExpiresAfter": found.expires_at.map(seconds),
        "Status": coarse(&found.status),
        "StatusDetails": found.status.as_str(),
        "MaxConcurrency": "50",
        "MaxErrors": "0",
    })
}

fn invocation(found: &CommandInvocation) -> Value {
    json!({
        "CommandId": found.command,
        "InstanceId": found.instance,
        "InstanceName": "",
        "Comment": found.comment,
        "DocumentName": found.document,
        "DocumentVersion": "$DEFAULT",
        "RequestedDateTime": seconds(found.requested_at),
        "Status": coarse(&found.status),
        "StatusDetails": found.status.as_str(),
        "CommandPlugins": [],
    })
}

fn instance(found: &ManagedInstance) -> Value {
    json!({
        "InstanceId": found.id,
        "PingStatus": found.ping.as_str(),
        "AgentVersion": found.agent_version,
        "PlatformType": found.platform,
        "ResourceType": "EC2Instance",
    })
}
