//! What wakes the function: never what it writes itself, always what people write, one at a time.

use crate::dead_letters::targets;
use crate::stack::{CLUSTER, Complaints, Stack, holds, said};
use std::collections::BTreeSet;
use world::events::pattern::Pattern;

/// Without it, content de-duplication swallows four sweeps of five.
pub fn sweeps_differ(stack: &Stack) -> Complaints {
    let schedules = stack.all("AWS::Scheduler::Schedule");
    if schedules.is_empty() {
        return vec!["nothing sweeps".to_owned()];
    }
    let schedules = schedules.into_iter();
    schedules
        .filter(|(_, schedule)| {
            let input = said(&schedule["Target"]["Input"]).unwrap_or_default();
            !input.contains("<aws.scheduler.execution-id>")
        })
        .map(|(id, _)| format!("{id}: each of its wakes has the same body"))
        .collect()
}

#[test]
fn every_sweep_carries_its_execution_id() {
    holds(sweeps_differ);
}

/// One constant message group for each queue: one run at a time.
pub fn wakes_stand_in_one_line(stack: &Stack) -> Complaints {
    let lines: BTreeSet<_> = targets(stack)
        .into_iter()
        .map(|(_, target)| {
            let group = said(&target["SqsParameters"]["MessageGroupId"]);
            (said(&target["Arn"]), group)
        })
        .collect();
    let queues: BTreeSet<_> = lines.iter().map(|(queue, _)| queue).collect();
    let unnamed = lines.iter().any(|(_, group)| group.is_none());
    if unnamed || lines.len() != queues.len() {
        return vec![format!("queues and message groups: {lines:?}")];
    }
    Complaints::new()
}

#[test]
fn all_wakes_of_a_queue_are_in_one_message_group() {
    holds(wakes_stand_in_one_line);
}

/// P-43: names come with and without their leading slash.
pub fn what_people_write_wakes(stack: &Stack) -> Complaints {
    let wakes = |name: String| match is_matched(stack, &name) {
        Ok(true) => None,
        Ok(false) => Some(format!("{name} wakes nobody")),
        Err(error) => Some(error),
    };
    names(&["listeners/EXTERNAL", "listeners/x", "paused"], CLUSTER)
        .filter_map(wakes)
        .collect()
}

#[test]
fn p43_listener_parameters_and_the_pause_wake_with_and_without_the_leading_slash() {
    holds(what_people_write_wakes);
}

/// What we write ourselves must not wake us, nor what belongs to others.
pub fn what_we_write_does_not_wake(stack: &Stack) -> Complaints {
    let sleeps = |name: String| match is_matched(stack, &name) {
        Ok(false) => None,
        Ok(true) => Some(format!("{name} wakes")),
        Err(error) => Some(error),
    };
    let ours = names(&["handover/EXTERNAL", "handover/listeners/x"], CLUSTER);
    let theirs = names(&["listeners/EXTERNAL", "paused"], "payments");
    ours.chain(theirs).filter_map(sleeps).collect()
}

#[test]
fn our_own_hand_over_and_other_clusters_parameters_wake_nobody() {
    holds(what_we_write_does_not_wake);
}

fn names(of: &[&str], cluster: &str) -> impl Iterator<Item = String> {
    let names = of.iter().flat_map(move |name| {
        let bare = format!("kafka-privatelink/{cluster}/{name}");
        [format!("/{bare}"), bare]
    });
    names.collect::<Vec<_>>().into_iter()
}

/// Whether any rule matches the event that SSM sends when this parameter was written.
fn is_matched(stack: &Stack, name: &str) -> Result<bool, String> {
    let event = serde_json::json!({
        "source": "aws.ssm",
        "detail-type": "Parameter Store Change",
        "detail": { "name": name, "operation": "Update", "type": "String" },
    });
    let event = event.to_string();
    for rule in stack.register_brokers()?.rules {
        let pattern = Pattern::new(&rule.pattern).map_err(|error| error.to_string())?;
        if pattern.matches(&event)? {
            return Ok(true);
        }
    }
    Ok(false)
}
