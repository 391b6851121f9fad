//! Queues: nothing that cannot be delivered or worked on is lost without a word.

use crate::stack::{Complaints, Stack, each, holds, said};
use std::collections::BTreeSet;
use yaml_serde::Value;

const QUEUE: &str = "AWS::SQS::Queue";

fn is_fifo(queue: &Value) -> bool {
    queue["FifoQueue"].as_bool() == Some(true)
}

/// Everything that sends: rules' targets and schedules' targets, each with its place.
pub fn targets(stack: &Stack) -> Vec<(&str, &Value)> {
    let rules = stack.all("AWS::Events::Rule").into_iter();
    let mut targets: Vec<_> = rules
        .flat_map(|(id, rule)| {
            each(&rule["Targets"])
                .into_iter()
                .map(move |target| (id, target))
        })
        .collect();
    let schedules = stack.all("AWS::Scheduler::Schedule").into_iter();
    targets.extend(schedules.map(|(id, schedule)| (id, &schedule["Target"])));
    targets
}

/// The logical ids of the queues that dead letters go to.
fn dead_letter_queues(stack: &Stack) -> BTreeSet<&str> {
    let of_targets = targets(stack)
        .into_iter()
        .filter_map(|(_, target)| said(&target["DeadLetterConfig"]["Arn"]));
    let of_queues = stack
        .all(QUEUE)
        .into_iter()
        .filter_map(|(_, queue)| said(&queue["RedrivePolicy"]["deadLetterTargetArn"]));
    of_targets
        .chain(of_queues)
        .filter_map(|arn| arn.strip_suffix(".Arn"))
        .collect()
}

/// P-9: a rule's or schedule's dead letters go to a standard queue.
pub fn senders_have_dead_letters(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    for (id, target) in targets(stack) {
        match stack.named(QUEUE, &target["DeadLetterConfig"]["Arn"]) {
            Some(queue) if is_fifo(queue) => {
                complaints.push(format!("{id}: its dead letters go to a FIFO queue"));
            }
            Some(_) => {}
            None => complaints.push(format!("{id}: its dead letters go nowhere")),
        }
    }
    complaints
}

#[test]
fn p9_every_rules_and_schedules_target_has_a_standard_queue_for_dead_letters() {
    assert!(targets(&Stack::of(crate::stack::TEXT)).len() >= 5);
    holds(senders_have_dead_letters);
}

/// A FIFO queue's dead letters go to a FIFO queue.
pub fn queues_have_dead_letters(stack: &Stack) -> Complaints {
    let dead = dead_letter_queues(stack);
    let mut complaints = Complaints::new();
    for (id, queue) in stack.all(QUEUE) {
        if dead.contains(id) {
            continue;
        }
        match stack.named(QUEUE, &queue["RedrivePolicy"]["deadLetterTargetArn"]) {
            Some(letters) if is_fifo(letters) == is_fifo(queue) => {}
            Some(_) => complaints.push(format!("{id}: its dead letters go to another kind")),
            None => complaints.push(format!("{id}: its dead letters go nowhere")),
        }
    }
    complaints
}

#[test]
fn every_queue_of_wakes_has_a_queue_of_its_own_kind_for_dead_letters() {
    holds(queues_have_dead_letters);
}

/// One message is enough for an alarm.
pub fn dead_letters_alarm(stack: &Stack) -> Complaints {
    let watched: BTreeSet<&str> = stack
        .all("AWS::CloudWatch::Alarm")
        .into_iter()
        .filter(|(_, alarm)| {
            alarm["Namespace"].as_str() == Some("AWS/SQS")
                && alarm["MetricName"].as_str() == Some("ApproximateNumberOfMessagesVisible")
                && alarm["ComparisonOperator"].as_str() == Some("GreaterThanThreshold")
                && alarm["Threshold"].as_u64() == Some(0)
                && alarm.get("AlarmActions").is_some()
        })
        .flat_map(|(_, alarm)| each(&alarm["Dimensions"]))
        .filter_map(|dimension| said(&dimension["Value"])?.strip_suffix(".QueueName"))
        .collect();
    let dead = dead_letter_queues(stack);
    let unwatched = dead.difference(&watched);
    unwatched
        .map(|queue| format!("no alarm says that {queue} is not empty"))
        .collect()
}

#[test]
fn every_queue_for_dead_letters_has_an_alarm() {
    assert!(dead_letter_queues(&Stack::of(crate::stack::TEXT)).len() >= 2);
    holds(dead_letters_alarm);
}

/// P-14: a queue under the AWS-managed KMS key cannot receive from EventBridge.
pub fn queues_are_encrypted_by_sqs(stack: &Stack) -> Complaints {
    let queues = stack.all(QUEUE).into_iter();
    queues
        .filter(|(_, queue)| {
            queue["SqsManagedSseEnabled"].as_bool() != Some(true)
                || queue.get("KmsMasterKeyId").is_some()
        })
        .map(|(id, _)| format!("{id} is not encrypted by SSE-SQS"))
        .collect()
}

#[test]
fn p14_every_queue_is_encrypted_by_sqs_itself() {
    holds(queues_are_encrypted_by_sqs);
}
