//! What has to be there before something else, while a stack is being made.

use crate::dead_letters::targets;
use crate::stack::{Complaints, Stack, TEXT, complains, each, holds, said};

/// EventBridge does not repeat what a queue's policy forbids (P-9), and SQS may take a minute to know a
/// policy. So what wakes a function comes after the policies of its queues, and after the trigger that
/// takes wakes: that takes longer, and nobody takes a wake before.
pub fn wakes_come_last(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    let policies = stack.all("AWS::SQS::QueuePolicy");
    let triggers = stack.all("AWS::Lambda::EventSourceMapping");
    for (sender, target) in targets(stack) {
        let waits_for = stack.depends_on(sender);
        for queue in [&target["Arn"], &target["DeadLetterConfig"]["Arn"]] {
            let queue = said(queue).and_then(|arn| arn.strip_suffix(".Arn"));
            let of_queue = policies.iter().filter(|(_, policy)| {
                let queues = each(&policy["Queues"]).into_iter();
                queues.filter_map(said).any(|named| Some(named) == queue)
            });
            let of_queue: Vec<&str> = of_queue.map(|(id, _)| *id).collect();
            if !of_queue.iter().any(|policy| waits_for.contains(policy)) {
                complaints.push(format!("{sender} does not wait for one of {of_queue:?}"));
            }
        }
        let trigger = triggers.iter().find(|(_, trigger)| {
            let queue = said(&trigger["EventSourceArn"]);
            queue.is_some() && queue == said(&target["Arn"])
        });
        if trigger.is_none_or(|(trigger, _)| !waits_for.contains(trigger)) {
            complaints.push(format!(
                "{sender} does not wait for the trigger of its queue"
            ));
        }
    }
    complaints
}

#[test]
fn p9_what_wakes_is_made_after_the_policies_of_its_queues_and_their_trigger() {
    holds(wakes_come_last);
}

#[test]
fn a_template_that_is_made_in_another_order_is_complained_of() {
    let rule = wakes_come_last;
    let sweep = "    Type: AWS::Scheduler::Schedule\n    DependsOn: *before-wakes\n";
    let sooner = "    Type: AWS::Scheduler::Schedule\n";
    complains(
        rule,
        TEXT,
        sweep,
        sooner,
        "RegisterBrokersSweep does not wait for the trigger",
    );
    let state = "      - UndeliveredQueuePolicy\n      - Reg";
    let said = "InstanceStateRule does not wait for one of [\"UndeliveredQueuePolicy\"]";
    complains(rule, TEXT, state, "      - Reg", said);
}
