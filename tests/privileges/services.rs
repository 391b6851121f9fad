//! What AWS's own services do with the stack's roles and queues: none of it is a call of our code, so
//! none of it is recorded. Each with where AWS says so.

use world::iam::Request;
use world::template::{FunctionStack, Template};

const ACCOUNT: &str = "123456789012";
const SWEEP_ROLE: &str = "arn:aws:iam::123456789012:role/RegisterBrokersSweepRole";
/// The role of probe-brokers, and its code.
pub const PROBE_ROLE: &str = "arn:aws:iam::123456789012:role/ProbeBrokersRole";
pub const PROBE: &str = "arn:aws:lambda:us-west-2:123456789012:function:ProbeBrokersFunction";
const PROBE_LOG: &str =
    "log-group:/kafka-privatelink/orders/probe-brokers:log-stream:2026/11/22/[1]b";
const LOG: &str = "log-group:/kafka-privatelink/orders/register-brokers:log-stream:2026/11/22/[1]a";

/// Each request of a service that the stack needs.
pub fn requests(template: &Template) -> Vec<Request> {
    let stack = template
        .function("register-brokers")
        .expect("the function's stack");
    let mut all = lambda(&stack);
    all.extend(lambda_in_the_vpc());
    all.extend(event_bridge(&stack));
    all.extend(scheduler(&stack));
    all
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:us-west-2:{ACCOUNT}:{rest}")
}

/// Where wakes go, and where they go if that fails.
fn queues(stack: &FunctionStack) -> [String; 2] {
    let undelivered = arn("sqs", "kafka-privatelink-01234567-undelivered");
    [stack.mapping.queue_arn.clone(), undelivered]
}

/// Lambda takes on the function's role, and with it takes batches from the queue (Lambda guide, "SQS:
/// execution role permissions") and writes the log ("Sending function logs to CloudWatch Logs").
fn lambda(stack: &FunctionStack) -> Vec<Request> {
    let role = stack.function.role.as_str();
    let by = role.into();
    let mut all = vec![Request::new(
        &"lambda.amazonaws.com".into(),
        "sts:AssumeRole",
        role.to_owned(),
    )];
    for action in ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] {
        let queue = stack.mapping.queue_arn.clone();
        all.push(Request::new(&by, format!("sqs:{action}"), queue));
    }
    for action in ["CreateLogStream", "PutLogEvents"] {
        let stream = arn("logs", LOG);
        all.push(Request::new(&by, format!("logs:{action}"), stream));
    }
    all
}

/// Lambda takes on the probe's role, writes its log, and with it makes and removes the network
/// interfaces of a function in a VPC (Lambda guide, "Giving Lambda functions access to resources in an
/// Amazon VPC": required IAM permissions).
fn lambda_in_the_vpc() -> Vec<Request> {
    let by = PROBE_ROLE.into();
    let mut all = vec![Request::new(
        &"lambda.amazonaws.com".into(),
        "sts:AssumeRole",
        PROBE_ROLE,
    )];
    for action in ["CreateLogStream", "PutLogEvents"] {
        all.push(Request::new(
            &by,
            format!("logs:{action}"),
            arn("logs", PROBE_LOG),
        ));
    }
    for action in [
        "CreateNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    ] {
        all.push(Request::new(&by, format!("ec2:{action}"), "*"));
    }
    all
}

/// A rule sends as the service, and names itself (EventBridge guide, "Using resource-based policies";
/// "Using dead-letter queues").
fn event_bridge(stack: &FunctionStack) -> Vec<Request> {
    let by = "events.amazonaws.com".into();
    let each_rule = stack.rules.iter().flat_map(|rule| {
        let rule = arn("events", &format!("rule/{}", rule.name));
        queues(stack).map(|queue| {
            Request::new(&by, "sqs:SendMessage", queue).with("aws:SourceArn", [rule.as_str()])
        })
    });
    each_rule.collect()
}

/// A schedule's role is taken on in the name of the schedule's group, and it sends (Scheduler guide,
/// "Confused deputy prevention", "Configuring a dead-letter queue").
fn scheduler(stack: &FunctionStack) -> Vec<Request> {
    let service = "scheduler.amazonaws.com".into();
    let group = arn("scheduler", "schedule-group/default");
    let mut all = vec![
        Request::new(&service, "sts:AssumeRole", SWEEP_ROLE)
            .with("aws:SourceAccount", [ACCOUNT])
            .with("aws:SourceArn", [group]),
    ];
    let by = SWEEP_ROLE.into();
    all.extend(queues(stack).map(|queue| Request::new(&by, "sqs:SendMessage", queue)));
    all
}
