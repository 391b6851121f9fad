//! Auto Scaling in the AWS query protocol: 6 actions.

use super::query::{parameters, parsed_option};
use super::refusal::Refusal;
use super::xml::Xml;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::observed::{AutoScalingGroup, LifecycleHook, LifecycleResult, ScalingActivity};
use fleet::words::{AutoScalingGroupName, InstanceId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The page size that is asked for; a page may always be smaller.
const PAGE: u32 = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeAutoScalingGroups {
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_records: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeLifecycleHooks {
    auto_scaling_group_name: AutoScalingGroupName,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct DescribeScalingActivities {
    auto_scaling_group_name: AutoScalingGroupName,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_records: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CompleteLifecycleAction {
    auto_scaling_group_name: AutoScalingGroupName,
    lifecycle_hook_name: String,
    instance_id: InstanceId,
    lifecycle_action_result: LifecycleResult,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RecordLifecycleActionHeartbeat {
    auto_scaling_group_name: AutoScalingGroupName,
    lifecycle_hook_name: String,
    instance_id: InstanceId,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SetInstanceHealth {
    instance_id: InstanceId,
    health_status: String,
}

pub(super) fn answer(
    model: &mut Model,
    now: Timestamp,
    action: &str,
    asked: Value,
) -> Result<Xml, Refusal> {
    match action {
        "DescribeAutoScalingGroups" => groups(model, now, parameters(asked)?),
        "DescribeLifecycleHooks" => hooks(model, now, &parameters(asked)?),
        "DescribeScalingActivities" => activities(model, now, parameters(asked)?),
        "CompleteLifecycleAction" => complete(model, now, &parameters(asked)?),
        "RecordLifecycleActionHeartbeat" => heartbeat(model, now, &parameters(asked)?),
        "SetInstanceHealth" => set_health(model, now, &parameters(asked)?),
        _ => Err(Refusal::unknown_action(action)),
    }
}

fn groups(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeAutoScalingGroups,
) -> Result<Xml, Refusal> {
    whole_page(asked.max_records)?;
    let token = asked.next_token.map(PageToken);
    let page = model.describe_auto_scaling_groups(now, token.as_ref())?;
    let mut xml = Xml::new();
    xml.list("AutoScalingGroups", "member", &page.items, group);
    if let Some(PageToken(next)) = page.next {
        xml.text("NextToken", next);
    }
    Ok(xml)
}

fn hooks(
    model: &mut Model,
    now: Timestamp,
    asked: &DescribeLifecycleHooks,
) -> Result<Xml, Refusal> {
    let hooks = model.describe_lifecycle_hooks(now, &asked.auto_scaling_group_name)?;
    let mut xml = Xml::new();
    xml.list("LifecycleHooks", "member", &hooks, hook);
    Ok(xml)
}

fn activities(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeScalingActivities,
) -> Result<Xml, Refusal> {
    whole_page(asked.max_records)?;
    let (group, token) = (
        asked.auto_scaling_group_name,
        asked.next_token.map(PageToken),
    );
    let page = model.describe_scaling_activities(now, &group, token.as_ref())?;
    let mut xml = Xml::new();
    xml.list("Activities", "member", &page.items, activity);
    if let Some(PageToken(next)) = page.next {
        xml.text("NextToken", next);
    }
    Ok(xml)
}

fn complete(
    model: &mut Model,
    now: Timestamp,
    asked: &CompleteLifecycleAction,
) -> Result<Xml, Refusal> {
    let (group, hook) = (&asked.auto_scaling_group_name, &asked.lifecycle_hook_name);
    let result = asked.lifecycle_action_result;
    model.complete_lifecycle_action(now, group, hook, &asked.instance_id, result)?;
    Ok(Xml::new())
}

fn heartbeat(
    model: &mut Model,
    now: Timestamp,
    asked: &RecordLifecycleActionHeartbeat,
) -> Result<Xml, Refusal> {
    let (group, hook) = (&asked.auto_scaling_group_name, &asked.lifecycle_hook_name);
    model.record_lifecycle_action_heartbeat(now, group, hook, &asked.instance_id)?;
    Ok(Xml::new())
}

fn set_health(
    model: &mut Model,
    now: Timestamp,
    asked: &SetInstanceHealth,
) -> Result<Xml, Refusal> {
    if asked.health_status != "Unhealthy" {
        return Err(Refusal::bad_parameter("another health is not known here"));
    }
    model.set_unhealthy(now, &asked.instance_id)?;
    Ok(Xml::new())
}

fn whole_page(max_records: Option<u32>) -> Result<(), Refusal> {
    if max_records == Some(PAGE) {
        return Ok(());
    }
    Err(Refusal::bad_parameter(format!(
        "MaxRecords of {max_records:?} is not known here, only {PAGE}"
    )))
}

fn hook(xml: &mut Xml, hook: &LifecycleHook) {
    xml.text("AutoScalingGroupName", &hook.group);
    xml.text("LifecycleHookName", &hook.name);
    xml.text("LifecycleTransition", hook.transition.as_str());
    xml.text("HeartbeatTimeout", hook.heartbeat_timeout_seconds);
    xml.text("GlobalTimeout", hook.global_timeout_seconds);
    xml.text("DefaultResult", &hook.default_result);
    if let Some(metadata) = &hook.notification_metadata {
        xml.text("NotificationMetadata", metadata);
    }
}

fn activity(xml: &mut Xml, activity: &ScalingActivity) {
    xml.text("AutoScalingGroupName", &activity.group);
    xml.text("Description", &activity.description);
    xml.text("StartTime", activity.started_at);
    if let Some(ended) = activity.ended_at {
        xml.text("EndTime", ended);
    }
    xml.text("StatusCode", &activity.status);
    if let Some(cause) = &activity.cause {
        xml.text("Cause", cause);
    }
}

fn group(xml: &mut Xml, group: &AutoScalingGroup) {
    xml.text("AutoScalingGroupName", &group.name);
    xml.structure("TargetGroupARNs", |xml| {
        for arn in &group.target_groups {
            xml.text("member", arn);
        }
    });
    // An attached target group is shown as a traffic source, too (TrafficSourceIdentifier).
    xml.list(
        "TrafficSources",
        "member",
        &group.target_groups,
        |xml, arn| {
            xml.text("Identifier", arn);
            xml.text("Type", "elbv2");
        },
    );
    xml.list(
        "Instances",
        "member",
        &group.instances,
        |xml, (id, state)| {
            xml.text("InstanceId", id);
            xml.text("LifecycleState", state);
        },
    );
    xml.list(
        "SuspendedProcesses",
        "member",
        &group.suspended,
        |xml, process| xml.text("ProcessName", process),
    );
    if let Some(desired) = group.desired {
        xml.text("DesiredCapacity", desired);
    }
    if group.reuses {
        xml.structure("WarmPoolConfiguration", |xml| {
            xml.structure("InstanceReusePolicy", |xml| {
                xml.text("ReuseOnScaleIn", true);
            });
        });
    }
    xml.list("Tags", "member", &group.tags, |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
        xml.text("PropagateAtLaunch", true);
    });
}
