//! Auto Scaling `DescribeAutoScalingGroups` in the AWS query protocol.

use super::query::{parameters, parsed_option};
use super::refusal::Refusal;
use super::xml::Xml;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::observed::AutoScalingGroup;
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

pub(super) fn answer(
    model: &mut Model,
    now: Timestamp,
    action: &str,
    asked: Value,
) -> Result<Xml, Refusal> {
    if action != "DescribeAutoScalingGroups" {
        return Err(Refusal::unknown_action(action));
    }
    let asked: DescribeAutoScalingGroups = parameters(asked)?;
    if asked.max_records != Some(PAGE) {
        return Err(Refusal::bad_parameter(format!(
            "MaxRecords of {:?} is not known here, only {PAGE}",
            asked.max_records
        )));
    }
    let token = asked.next_token.map(PageToken);
    let page = model.describe_auto_scaling_groups(now, token.as_ref())?;
    let mut xml = Xml::new();
    xml.list("AutoScalingGroups", "member", &page.items, shape);
    if let Some(PageToken(next)) = page.next {
        xml.text("NextToken", next);
    }
    Ok(xml)
}

fn shape(xml: &mut Xml, group: &AutoScalingGroup) {
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
}
