//! Names of resources, with the longest name of a stack. CloudFormation makes a name of the stack's
//! name, the logical id and a suffix ("Name type" of its reference), and shortens it to what the
//! service takes; of FIFO queues it does not (cloudformation-coverage-roadmap #280, aws-cdk #11041).

use crate::longest::longest;
use crate::stack::{Complaints, PRIVATELINK, Stack, TEXT, complains, holds_everywhere};
use std::collections::BTreeSet;
use yaml_serde::Value;

/// How a resource of a type comes by its name.
enum Named {
    /// This property must give it.
    Given(&'static str),
    /// CloudFormation makes it and shortens it to this length.
    Shortened(usize),
    /// CloudFormation makes it, and the service takes names of this length.
    Long(usize),
    /// It has an id of its service's own.
    Id,
}

/// Every type of the templates, with the limit of its service.
#[rustfmt::skip]
const TYPES: &[(&str, Named)] = &[
    // 80 with `.fifo` (SQS API, CreateQueue). The standard queue is named like the others.
    ("AWS::SQS::Queue", Named::Given("QueueName")),
    // The queues' policies name them before they are there.
    ("AWS::Events::Rule", Named::Given("Name")),
    ("AWS::Logs::LogGroup", Named::Given("LogGroupName")),
    // Lambda API, CreateFunction.
    ("AWS::Serverless::Function", Named::Shortened(64)),
    // IAM API, CreateRole.
    ("AWS::IAM::Role", Named::Shortened(64)),
    // EventBridge Scheduler API, CreateSchedule.
    ("AWS::Scheduler::Schedule", Named::Shortened(64)),
    // ELBv2 API, CreateLoadBalancer.
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", Named::Shortened(32)),
    // CloudWatch API, PutMetricAlarm.
    ("AWS::CloudWatch::Alarm", Named::Long(255)),
    // EC2 API, CreateSecurityGroup.
    ("AWS::EC2::SecurityGroup", Named::Long(255)),
    ("AWS::IAM::Policy", Named::Given("PolicyName")),
    // push-listeners knows its documents by their names.
    ("AWS::SSM::Document", Named::Given("Name")),
    // "CFN-", the logical id and a suffix, of 1,011 (SSM API, PutParameter: Name).
    ("AWS::SSM::Parameter", Named::Shortened(1011)),
    // EC2 API, CreateLaunchTemplate; IAM API, CreateInstanceProfile and CreatePolicy.
    ("AWS::EC2::LaunchTemplate", Named::Shortened(128)),
    ("AWS::IAM::InstanceProfile", Named::Shortened(128)),
    ("AWS::IAM::ManagedPolicy", Named::Shortened(128)),
    // EC2 Auto Scaling API, CreateAutoScalingGroup.
    ("AWS::AutoScaling::AutoScalingGroup", Named::Long(255)),
    ("AWS::EC2::EIP", Named::Id),
    ("AWS::EC2::Instance", Named::Id),
    ("AWS::EC2::InternetGateway", Named::Id),
    ("AWS::EC2::NatGateway", Named::Id),
    ("AWS::EC2::NetworkInterface", Named::Id),
    ("AWS::EC2::Route", Named::Id),
    ("AWS::EC2::RouteTable", Named::Id),
    ("AWS::EC2::SecurityGroupEgress", Named::Id),
    ("AWS::EC2::Subnet", Named::Id),
    ("AWS::EC2::SubnetRouteTableAssociation", Named::Id),
    ("AWS::EC2::VPC", Named::Id),
    ("AWS::EC2::VPCEndpoint", Named::Id),
    ("AWS::EC2::VPCGatewayAttachment", Named::Id),
    ("AWS::EC2::Volume", Named::Id),
    // CloudWatch API, PutDashboard.
    ("AWS::CloudWatch::Dashboard", Named::Long(255)),
    ("AWS::EC2::SecurityGroupIngress", Named::Id),
    ("AWS::EC2::VPCEndpointService", Named::Id),
    ("AWS::Lambda::EventSourceMapping", Named::Id),
    ("AWS::SQS::QueuePolicy", Named::Id),
];
/// A stack's name (CloudFormation API reference, CreateStack), and the suffix with its hyphens.
const STACK: usize = 128;
const SUFFIX: usize = 15;

/// Every resource gets a name that its service takes, whatever the stack is called.
pub fn long_stack_names_do_no_harm(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    for (id, resource) in stack.section("Resources") {
        let kind = resource["Type"].as_str().unwrap_or_default();
        let named = TYPES.iter().find(|(of, _)| *of == kind);
        let given = |property: &str| resource["Properties"].get(property).is_some();
        match named {
            None => complaints.push(format!("{id}: how does an {kind} come by its name?")),
            Some((_, Named::Given(property))) if !given(property) => {
                complaints.push(format!("{id} has no {property}"));
            }
            Some((_, Named::Long(most))) if STACK + id.len() + SUFFIX > *most => {
                complaints.push(format!("{id}: its name may be longer than {most}"));
            }
            // The logical id and the suffix stay whole (a name of 64 made of a longer one was
            // "MyStackDev-MyNestedApplicatio-MyLambdaFunctionName-1U44TLUZ7OR55").
            Some((_, Named::Shortened(most))) if id.len() + SUFFIX >= *most => {
                complaints.push(format!(
                    "{id}: nothing of {most} is left for the stack's name"
                ));
            }
            Some(_) => {}
        }
    }
    complaints
}

#[test]
fn a_stack_may_have_the_longest_name() {
    holds_everywhere(long_stack_names_do_no_harm);
}

/// Two stacks, or one that is deleted and made again, never want the same name.
pub fn given_names_are_of_one_stack(stack: &Stack) -> Complaints {
    let of_stack = |id: &str| {
        let mut longest = longest();
        let uuid = format!("{id}-89ab-cdef-0123-456789abcdef");
        let arn = format!("arn:aws:cloudformation:us-west-2:123456789012:stack/a/{uuid}");
        longest.insert("AWS::StackId".to_owned(), arn);
        let texts = stack.with(&longest)?.texts();
        let texts = texts.map_err(|error| error.to_string())?.into_iter();
        // Log groups and documents are named after the cluster, which has one stack.
        let names = texts.filter(|text| text.kind != "AWS::SSM::Document");
        let names = names.filter(|text| text.path == "QueueName" || text.path == "Name");
        Ok::<_, String>(names.map(|text| text.text).collect::<Vec<_>>())
    };
    let (one, other) = match (of_stack("01234567"), of_stack("76543210")) {
        (Ok(one), Ok(other)) => (one, other),
        (Err(error), _) | (_, Err(error)) => return vec![error],
    };
    let of_one: BTreeSet<&String> = one.iter().collect();
    let mut complaints = Complaints::new();
    if of_one.len() < one.len() {
        complaints.push(format!("two have the same name: {one:?}"));
    }
    let same = other.iter().filter(|name| of_one.contains(name));
    complaints.extend(same.map(|name| format!("{name} is a name in every stack")));
    complaints
}

#[test]
fn no_two_stacks_want_the_same_name() {
    holds_everywhere(given_names_are_of_one_stack);
}

/// An update cannot replace what has a name, so the properties whose change replaces it are constants.
pub fn what_is_named_is_never_replaced(stack: &Stack) -> Complaints {
    let queues = stack.all("AWS::SQS::Queue").into_iter();
    queues
        .filter(|(_, queue)| !matches!(queue.get("FifoQueue"), None | Some(Value::Bool(_))))
        .map(|(id, _)| format!("{id}: FifoQueue depends on something"))
        .collect()
}

#[test]
fn no_update_replaces_a_named_queue() {
    holds_everywhere(what_is_named_is_never_replaced);
}

#[test]
fn templates_with_a_bad_name_are_complained_of() {
    let lines = |text: &str, with: &str| {
        let mut lines = text.lines().filter(|line| line.contains(with));
        format!("{}\n", lines.next().expect(with))
    };
    let crashed = lines(TEXT, "-crashed.fifo");
    let state = lines(
        TEXT,
        "Name: !Sub [\"kafka-privatelink-${Stack}-auto-scaling\"",
    );
    let rule = long_stack_names_do_no_harm;
    complains(
        rule,
        TEXT,
        &crashed,
        "",
        "RegisterBrokersDeadLetterQueue has no QueueName",
    );
    complains(rule, TEXT, &state, "", "AutoScalingRule has no Name");
    let long = format!("  Probe{}Role:", "Brokers".repeat(8));
    complains(
        rule,
        TEXT,
        "  ProbeBrokersRole:",
        &long,
        "nothing of 64 is left",
    );
    let long = format!("  {}:", "Alarm".repeat(30));
    complains(rule, TEXT, "  NoProofAlarm:", &long, "longer than 255");
    let topic = "  Topic:\n    Type: AWS::SNS::Topic\n  LoadBalancer:\n";
    complains(
        rule,
        PRIVATELINK,
        "  LoadBalancer:\n",
        topic,
        "how does an AWS::SNS::Topic",
    );
    let rule = given_names_are_of_one_stack;
    let plain = "      QueueName: crashed.fifo\n";
    complains(
        rule,
        TEXT,
        &crashed,
        plain,
        "crashed.fifo is a name in every stack",
    );
    let twice = state.replace("auto-scaling", "instance-state");
    complains(rule, TEXT, &state, &twice, "two have the same name");
    let rule = what_is_named_is_never_replaced;
    let depends = "      FifoQueue: !Ref IsFifo";
    complains(
        rule,
        TEXT,
        "      FifoQueue: true",
        depends,
        "depends on something",
    );
}
