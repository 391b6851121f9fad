//! CloudWatch in AWS JSON 1.0, and Resource Groups Tagging in AWS JSON 1.1: one action each.

use super::parameters::read;
use super::refusal::Refusal;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::observed::Alarm;
use fleet::tags::{CLUSTER, Tags};
use fleet::words::ClusterName;
use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// The page size that is asked for; a page may always be smaller.
const PAGE: u32 = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeAlarms {
    alarm_types: Vec<String>,
    state_value: String,
    max_records: u32,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct GetResources {
    tag_filters: Vec<TagFilter>,
    resource_type_filters: Vec<String>,
    resources_per_page: u32,
    pagination_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TagFilter {
    key: String,
    values: Vec<String>,
}

/// The action in `X-Amz-Target`.
pub(super) fn action(headers: &HeaderMap) -> Result<String, Refusal> {
    let target = headers.get("x-amz-target");
    let target = target.and_then(|it| it.to_str().ok()).unwrap_or_default();
    match target {
        "GraniteServiceVersion20100801.DescribeAlarms" => Ok("DescribeAlarms".to_owned()),
        "ResourceGroupsTaggingAPI_20170126.GetResources" => Ok("GetResources".to_owned()),
        _ => Err(Refusal::surprising(
            400,
            "UnknownOperationException",
            target,
        )),
    }
}

pub(super) fn answer(
    model: &mut Model,
    now: Timestamp,
    action: &str,
    body: &[u8],
) -> Result<Value, Refusal> {
    match action {
        "DescribeAlarms" => alarms(model, now, read(body)?),
        "GetResources" => resources(model, now, read(body)?),
        _ => Err(Refusal::unknown_action(action)),
    }
}

fn alarms(model: &mut Model, now: Timestamp, asked: DescribeAlarms) -> Result<Value, Refusal> {
    let types: Vec<&str> = asked.alarm_types.iter().map(String::as_str).collect();
    let known = ["MetricAlarm", "CompositeAlarm"];
    if types != known || asked.state_value != "ALARM" || asked.max_records != PAGE {
        return Err(Refusal::bad_parameter(
            "only alarms of both types that are on are known here",
        ));
    }
    let page = model.describe_alarms(now, asked.next_token.map(PageToken).as_ref())?;
    // A composite alarm is the only kind that can be suppressed.
    let (composite, metric): (Vec<&Alarm>, Vec<&Alarm>) =
        page.items.iter().partition(|it| it.suppressed_by.is_some());
    let mut answer = json!({
        "MetricAlarms": metric.into_iter().map(alarm).collect::<Vec<_>>(),
        "CompositeAlarms": composite.into_iter().map(alarm).collect::<Vec<_>>(),
    });
    if let Some(PageToken(next)) = page.next {
        answer["NextToken"] = Value::String(next);
    }
    Ok(answer)
}

fn alarm(alarm: &Alarm) -> Value {
    let mut shown = json!({
        "AlarmName": alarm.name,
        "AlarmArn": alarm.arn,
        "ActionsEnabled": alarm.actions_enabled,
        "StateValue": "ALARM",
        "StateUpdatedTimestamp": alarm.since.as_second(),
    });
    if let Some(by) = &alarm.suppressed_by {
        shown["ActionsSuppressedBy"] = Value::String(by.clone());
    }
    shown
}

fn resources(model: &mut Model, now: Timestamp, asked: GetResources) -> Result<Value, Refusal> {
    let kinds: Vec<&str> = asked
        .resource_type_filters
        .iter()
        .map(String::as_str)
        .collect();
    let cluster = match asked.tag_filters.as_slice() {
        [TagFilter { key, values }] if key == CLUSTER && values.len() == 1 => {
            ClusterName::new(values[0].as_str())
        }
        _ => {
            return Err(Refusal::bad_parameter(
                "other TagFilters are not known here",
            ));
        }
    };
    if kinds != ["cloudwatch:alarm", "ec2:instance"] || asked.resources_per_page != PAGE {
        return Err(Refusal::bad_parameter("other resources are not known here"));
    }
    let token = asked.pagination_token.map(PageToken);
    let page = model.get_resources(now, &cluster, token.as_ref())?;
    let tags = |tags: &Tags| {
        let pairs = tags.iter();
        let pairs = pairs.map(|(key, value)| json!({"Key": key, "Value": value}));
        pairs.collect::<Vec<_>>()
    };
    let list = page.items.iter();
    let list = list.map(|it| json!({"ResourceARN": it.arn, "Tags": tags(&it.tags)}));
    Ok(json!({
        "ResourceTagMappingList": list.collect::<Vec<_>>(),
        // Empty on the last page.
        "PaginationToken": page.next.map(|PageToken(next)| next).unwrap_or_default(),
    }))
}
