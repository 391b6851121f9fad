//! Each function itself: its time, its environment, its log, how it takes batches.

use crate::stack::{Complaints, Stack, each, holds, said};
use activation::coalescing::LAG;
use std::cell::RefCell;
use std::collections::BTreeSet;
use world::template::FunctionSettings;

pub const FUNCTION: &str = "AWS::Serverless::Function";
const MAPPING: &str = "AWS::Lambda::EventSourceMapping";

/// F38: a run that hangs is over before its batch shows up again.
pub fn time_is_up_before_the_batch_shows_up_again(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    let mappings = stack.all(MAPPING);
    if mappings.is_empty() {
        complaints.push("no function takes wakes from a queue".to_owned());
    }
    for (id, mapping) in mappings {
        let timeout = stack
            .named(FUNCTION, &mapping["FunctionName"])
            .and_then(|function| function["Timeout"].as_u64());
        let visibility = stack
            .named("AWS::SQS::Queue", &mapping["EventSourceArn"])
            .and_then(|queue| queue["VisibilityTimeout"].as_u64());
        match (timeout, visibility) {
            (Some(timeout), Some(visibility)) if timeout < visibility => {}
            other => complaints.push(format!("{id}: timeout, visibility {other:?}")),
        }
    }
    complaints
}

#[test]
fn f38_the_function_times_out_before_its_batch_shows_up_again() {
    holds(time_is_up_before_the_batch_shows_up_again);
}

/// Gives the value of a variable.
type Get<'g> = &'g dyn Fn(&str) -> Option<String>;
/// Reads the environment; answers why it refuses.
type Reader = fn(Get<'_>) -> Option<String>;

/// What reads the environment of a function; none of a function that is not known.
fn reader(function: &str) -> Option<Reader> {
    match function {
        "register-brokers" => Some(|read| {
            let scope = register_brokers::Scope::read(read);
            scope.err().map(|error| error.to_string())
        }),
        "push-listeners" => Some(|read| {
            let scope = push_listeners::Scope::read(read);
            scope.err().map(|error| error.to_string())
        }),
        "heal-brokers" => Some(|read| {
            let scope = heal_brokers::Scope::read(read);
            scope.err().map(|error| error.to_string())
        }),
        "sync-principals" => Some(|read| {
            let scope = sync_principals::Scope::read(read);
            scope.err().map(|error| error.to_string())
        }),
        _ => None,
    }
}

/// What each binary reads is what the template sets.
pub fn the_environment_is_what_is_read(stack: &Stack) -> Complaints {
    match stack.functions() {
        Ok(stacks) => stacks
            .iter()
            .flat_map(|stack| of(&stack.function))
            .collect(),
        Err(error) => vec![error],
    }
}

fn of(function: &FunctionSettings) -> Complaints {
    let Some(reads) = reader(&function.binary) else {
        return vec![format!("what does {} read?", function.binary)];
    };
    let set = &function.environment;
    let read = RefCell::new(BTreeSet::new());
    let refused = reads(&|name| {
        read.borrow_mut().insert(name.to_owned());
        set.get(name).cloned()
    });
    let mut complaints: Complaints = refused.into_iter().collect();
    let read = read.into_inner();
    let unread = set.keys().filter(|name| !read.contains(*name));
    complaints.extend(unread.map(|name| format!("{name} is set, and nobody reads it")));
    complaints
}

#[test]
fn the_environment_variables_are_those_that_each_function_reads() {
    holds(the_environment_is_what_is_read);
}

/// P-6: throttled pollers would send good messages to the dead letters.
pub fn concurrency_is_not_reserved(stack: &Stack) -> Complaints {
    let functions = stack.all(FUNCTION).into_iter();
    functions
        .filter(|(_, function)| function.get("ReservedConcurrentExecutions").is_some())
        .map(|(id, _)| format!("{id} reserves concurrency"))
        .collect()
}

#[test]
fn p6_no_function_reserves_concurrency() {
    holds(concurrency_is_not_reserved);
}

/// Without a group of its own, a function's log is kept for ever.
pub fn logs_go_away(stack: &Stack) -> Complaints {
    const GROUP: &str = "AWS::Logs::LogGroup";
    let groups = stack.all(GROUP).into_iter();
    let mut complaints: Complaints = groups
        .filter(|(_, group)| group.get("RetentionInDays").is_none())
        .map(|(id, _)| format!("{id} keeps its lines for ever"))
        .collect();
    for (id, function) in stack.all(FUNCTION) {
        if stack
            .named(GROUP, &function["LoggingConfig"]["LogGroup"])
            .is_none()
        {
            complaints.push(format!("{id} logs into no group of this stack"));
        }
    }
    complaints
}

#[test]
fn every_log_has_a_retention() {
    holds(logs_go_away);
}

/// The whole batch is one activation: only a crash leaves messages.
pub fn batches_are_taken_whole(stack: &Stack) -> Complaints {
    let mappings = stack.all(MAPPING).into_iter();
    mappings
        .filter(|(_, mapping)| {
            let types = each(&mapping["FunctionResponseTypes"]);
            types.into_iter().filter_map(said).count() > 0
        })
        .map(|(id, _)| format!("{id} takes partial batch responses"))
        .collect()
}

#[test]
fn no_batch_is_answered_in_part() {
    holds(batches_are_taken_whole);
}

/// A run covers messages that it could have had in its own batch, so none may come sooner than
/// reads can be trusted (P-15).
pub fn wakes_wait_as_long_as_reads_may_lag(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    for (id, mapping) in stack.all(MAPPING) {
        let queue = stack.named("AWS::SQS::Queue", &mapping["EventSourceArn"]);
        let delay = queue.and_then(|queue| queue["DelaySeconds"].as_i64());
        if delay.is_none_or(|delay| delay < LAG.as_secs()) {
            complaints.push(format!(
                "{id}: its wakes are delayed by {delay:?}, not by {LAG:?}"
            ));
        }
    }
    complaints
}

#[test]
fn p15_a_wake_waits_on_the_queue_as_long_as_reads_may_lag() {
    holds(wakes_wait_as_long_as_reads_may_lag);
}
