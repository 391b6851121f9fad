//! What AWS's own services do with the stack's roles and queues: none of it is a call of our code, so
//! none of it is recorded. Each with where AWS says so.

use world::iam::Request;
use world::template::{FunctionSettings, FunctionStack, ScheduleSettings, Template};

const ACCOUNT: &str = "123456789012";

/// Each request of a service that the stack needs.
pub fn requests(template: &Template) -> Vec<Request> {
    let stacks = template.functions().expect("the functions' stacks");
    let mut all = lambda_in_the_vpc(&probe(template));
    all.extend(dashboard(template, &stacks));
    for stack in &stacks {
        all.extend(lambda(stack));
        all.extend(event_bridge(stack));
        all.extend(stack.schedules.iter().flat_map(scheduler));
    }
    all
}

/// The function that draws is run by whoever looks at the dashboard, and reads what every function that is woken
/// reports. AWS authorises that on the log group, and names it so when it is denied.
fn dashboard(template: &Template, stacks: &[FunctionStack]) -> Vec<Request> {
    let draws = drawing(template);
    let by = draws.role.as_str().into();
    let mut all = runs(&draws);
    for stack in stacks {
        let group = stack.function.log_group.as_deref().expect("a log group");
        let group = arn("logs", &format!("log-group:{group}:log-stream:"));
        all.push(Request::new(&by, "logs:FilterLogEvents", group));
    }
    all
}

/// The function that draws.
pub fn drawing(template: &Template) -> FunctionSettings {
    let drawing = template.function_settings("show-mapping");
    drawing.expect("show-mapping")
}

/// The function that is invoked.
pub fn probe(template: &Template) -> FunctionSettings {
    let probe = template.function_settings("probe-brokers");
    probe.expect("probe-brokers")
}

/// The ARN of a function.
pub fn function_arn(function: &FunctionSettings) -> String {
    arn("lambda", &format!("function:{}", function.name))
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:us-west-2:{ACCOUNT}:{rest}")
}

/// Lambda takes on a function's role, and with it takes batches from the queue (Lambda guide, "SQS:
/// execution role permissions").
fn lambda(stack: &FunctionStack) -> Vec<Request> {
    let by = stack.function.role.as_str().into();
    let mut all = runs(&stack.function);
    for action in ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] {
        let queue = stack.mapping.queue_arn.clone();
        all.push(Request::new(&by, format!("sqs:{action}"), queue));
    }
    all
}

/// Lambda takes on a function's role, and writes its log ("Sending function logs to CloudWatch Logs").
fn runs(function: &FunctionSettings) -> Vec<Request> {
    let by = function.role.as_str().into();
    let service = "lambda.amazonaws.com".into();
    let mut all = vec![Request::new(
        &service,
        "sts:AssumeRole",
        function.role.clone(),
    )];
    let group = function.log_group.as_deref().expect("a log group");
    let stream = format!("log-group:{group}:log-stream:2026/11/22/[1]a");
    for action in ["CreateLogStream", "PutLogEvents"] {
        let stream = arn("logs", &stream);
        all.push(Request::new(&by, format!("logs:{action}"), stream));
    }
    all
}

/// With the role of a function in a VPC, Lambda makes and removes its network interfaces (Lambda guide,
/// "Giving Lambda functions access to resources in an Amazon VPC": required IAM permissions).
fn lambda_in_the_vpc(function: &FunctionSettings) -> Vec<Request> {
    let by = function.role.as_str().into();
    let mut all = runs(function);
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

/// A rule sends as the service, and names itself: to the queue, and to that of what could not be sent
/// (EventBridge guide, "Using resource-based policies"; "Using dead-letter queues").
fn event_bridge(stack: &FunctionStack) -> Vec<Request> {
    let by = "events.amazonaws.com".into();
    let each_rule = stack.rules.iter().flat_map(|rule| {
        let name = arn("events", &format!("rule/{}", rule.name));
        let undelivered = rule.undelivered.clone().expect("dead letters");
        [stack.mapping.queue_arn.clone(), undelivered].map(|queue| {
            Request::new(&by, "sqs:SendMessage", queue).with("aws:SourceArn", [name.as_str()])
        })
    });
    each_rule.collect()
}

/// A schedule's role is taken on in the name of the schedule's group, and it sends (Scheduler guide,
/// "Confused deputy prevention", "Configuring a dead-letter queue").
fn scheduler(schedule: &ScheduleSettings) -> Vec<Request> {
    let service = "scheduler.amazonaws.com".into();
    let group = arn("scheduler", "schedule-group/default");
    let role = schedule.role.clone().expect("a role");
    let by = role.as_str().into();
    let queue = arn("sqs", &schedule.target.queue);
    let undelivered = schedule.undelivered.clone().expect("dead letters");
    let sends = [queue, undelivered].map(|queue| Request::new(&by, "sqs:SendMessage", queue));
    let takes_on = Request::new(&service, "sts:AssumeRole", role);
    let takes_on = takes_on
        .with("aws:SourceAccount", [ACCOUNT])
        .with("aws:SourceArn", [group]);
    [takes_on].into_iter().chain(sends).collect()
}
