//! What wakes each function: never what we write ourselves, always what people write, one at a time.

use crate::dead_letters::targets;
use crate::stack::{CLUSTER, Complaints, Stack, holds, said};
use std::collections::BTreeSet;
use world::events::pattern::Pattern;
use world::template::FunctionStack;

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

/// The parameters by which people tell a function something, below the cluster's path; none of a function
/// that is not known.
fn told_by(function: &str) -> Option<&'static [&'static str]> {
    match function {
        "register-brokers" => Some(&["listeners/EXTERNAL", "listeners/x", "paused"]),
        "sync-principals" => Some(&["principals", "paused"]),
        "heal-brokers" => Some(&["healing", "paused"]),
        "push-listeners" => Some(&[
            "listeners/EXTERNAL",
            "listeners/x",
            "restarts",
            "admin",
            "paused",
        ]),
        _ => None,
    }
}

/// Every parameter there is, of people and our own; and some that are none.
const PARAMETERS: [&str; 13] = [
    "listeners/EXTERNAL",
    "listeners/x",
    "paused",
    "principals",
    "handover/EXTERNAL",
    "handover/listeners/x",
    "secrets/probe",
    "admin",
    "restarts",
    "healing",
    "restarts/x",
    "principals2",
    "x/paused",
];

/// P-43: names come with and without their leading slash.
pub fn what_people_write_wakes(stack: &Stack) -> Complaints {
    of_each(stack, |function, told| {
        let wakes = |name: String| match is_matched(function, &name) {
            Ok(true) => None,
            Ok(false) => Some(format!("{name} wakes nobody")),
            Err(error) => Some(error),
        };
        names(told, CLUSTER).filter_map(wakes).collect()
    })
}

#[test]
fn p43_parameters_and_the_pause_wake_each_function_with_and_without_the_leading_slash() {
    holds(what_people_write_wakes);
}

/// What we write ourselves must not wake us, nor what is for another function, nor what belongs to others.
pub fn what_we_write_does_not_wake(stack: &Stack) -> Complaints {
    of_each(stack, |function, told| {
        let sleeps = |name: String| match is_matched(function, &name) {
            Ok(false) => None,
            Ok(true) => Some(format!("{name} wakes {}", function.function.binary)),
            Err(error) => Some(error),
        };
        let others: Vec<&str> = PARAMETERS
            .into_iter()
            .filter(|name| !told.contains(name))
            .collect();
        let theirs = names(&PARAMETERS, "payments");
        let others = names(&others, CLUSTER);
        others.chain(theirs).filter_map(sleeps).collect()
    })
}

#[test]
fn our_own_hand_over_and_what_is_for_others_wakes_nobody() {
    holds(what_we_write_does_not_wake);
}

/// What there is to complain of each function, by what it is told by.
fn of_each(stack: &Stack, complain: impl Fn(&FunctionStack, &[&str]) -> Complaints) -> Complaints {
    let functions = match stack.functions() {
        Ok(functions) => functions,
        Err(error) => return vec![error],
    };
    let each = functions.iter().flat_map(|function| {
        let name = &function.function.binary;
        match told_by(name) {
            Some(told) => complain(function, told),
            None => vec![format!("what wakes {name}?")],
        }
    });
    each.collect()
}

fn names(of: &[&str], cluster: &str) -> impl Iterator<Item = String> {
    let names = of.iter().flat_map(move |name| {
        let bare = format!("kafka-privatelink/{cluster}/{name}");
        [format!("/{bare}"), bare]
    });
    names.collect::<Vec<_>>().into_iter()
}

/// Whether a rule of the function matches the event that SSM sends when this parameter was written.
fn is_matched(function: &FunctionStack, name: &str) -> Result<bool, String> {
    let event = serde_json::json!({
        "source": "aws.ssm",
        "detail-type": "Parameter Store Change",
        "detail": { "name": name, "operation": "Update", "type": "String" },
    });
    let event = event.to_string();
    for rule in &function.rules {
        let pattern = Pattern::new(&rule.pattern).map_err(|error| error.to_string())?;
        if pattern.matches(&event)? {
            return Ok(true);
        }
    }
    Ok(false)
}
