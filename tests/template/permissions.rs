//! Policies: what the function calls is what its role allows, fenced, and each statement is named.

use crate::stack::{Complaints, Stack, each, holds, said};
use cloud::call::Call;
use std::collections::{BTreeMap, BTreeSet};
use yaml_serde::Value;

const README: &str = include_str!("../../infra/README.md");
const ROLE: &str = "RegisterBrokersRole";
/// The tag that fences writes (P-11).
const FENCES: [&str; 2] = [
    "aws:RequestTag/kafka-privatelink:cluster",
    "aws:ResourceTag/kafka-privatelink:cluster",
];

/// Lists the calls; a call that is missing here does not compile.
macro_rules! calls {
    ($($call:ident)*) => {
        const CALLS: &[Call] = &[$(Call::$call),*];
        const _: fn(Call) = |call| match call {
            $(Call::$call => (),)*
        };
    };
}

calls! {
    GetParametersByPath DescribeLoadBalancers DescribeListeners DescribeListenerAttributes
    DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth DescribeTags
    DescribeInstances DescribeAutoScalingGroups CreateTargetGroup ModifyTargetGroup
    ModifyTargetGroupAttributes RegisterTargets DeregisterTargets CreateListener ModifyListener
    ModifyListenerAttributes DeleteListener AddTags RemoveTags DeleteTargetGroup
}

/// Every statement of every policy, with the resource that it belongs to.
fn statements(stack: &Stack) -> Vec<(&str, &Value)> {
    let mut documents = Vec::new();
    for (id, role) in stack.all("AWS::IAM::Role") {
        documents.push((id, &role["AssumeRolePolicyDocument"]));
        let policies = each(&role["Policies"]).into_iter();
        documents.extend(policies.map(|policy| (id, &policy["PolicyDocument"])));
    }
    for (id, policy) in stack.all("AWS::SQS::QueuePolicy") {
        documents.push((id, &policy["PolicyDocument"]));
    }
    let statements = documents.into_iter();
    statements
        .flat_map(|(id, document)| {
            each(&document["Statement"])
                .into_iter()
                .map(move |s| (id, s))
        })
        .collect()
}

fn sid(statement: &Value) -> &str {
    statement["Sid"]
        .as_str()
        .unwrap_or("a statement without Sid")
}

/// The actions that the function's role allows, each with its statements.
fn allowed(stack: &Stack) -> BTreeMap<&str, Vec<&Value>> {
    let mut allowed = BTreeMap::<_, Vec<_>>::new();
    let of_role = statements(stack)
        .into_iter()
        .filter(|(id, statement)| *id == ROLE && statement["Effect"].as_str() == Some("Allow"));
    for (_, statement) in of_role {
        for action in each(&statement["Action"]).into_iter().filter_map(said) {
            allowed.entry(action).or_default().push(statement);
        }
    }
    allowed
}

/// A statement without a name cannot be explained.
pub fn statements_are_named(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    let mut known = BTreeSet::new();
    for (id, statement) in statements(stack) {
        match statement["Sid"].as_str() {
            Some(sid) if known.insert((id, sid)) => {}
            Some(sid) => complaints.push(format!("{id} has two statements {sid}")),
            None => complaints.push(format!("{id} has a statement without a Sid: {statement:?}")),
        }
    }
    complaints
}

#[test]
fn every_policy_statement_has_a_sid() {
    assert!(statements(&Stack::of(crate::stack::TEXT)).len() > 15);
    holds(statements_are_named);
}

/// One row of a table for each, and no row for what is not there any more.
pub fn the_readme_names_sids_and_alarms(stack: &Stack) -> Complaints {
    let sids: BTreeSet<&str> = statements(stack)
        .iter()
        .map(|(_, statement)| sid(statement))
        .collect();
    let alarms = stack.all("AWS::CloudWatch::Alarm").into_iter();
    let alarms: BTreeSet<&str> = alarms.map(|(id, _)| id).collect();
    let mut complaints = Complaints::new();
    for (title, there) in [("Every Sid", sids), ("Alarms", alarms)] {
        let rows = rows(title);
        let unsaid = there.difference(&rows);
        complaints.extend(unsaid.map(|name| format!("{title}: README.md does not name {name}")));
        let stale = rows.difference(&there);
        complaints.extend(stale.map(|name| format!("{title}: there is no {name}")));
    }
    complaints
}

/// The names in the first column of the table below a title of the README.
fn rows(title: &str) -> BTreeSet<&'static str> {
    let title = format!("\n## {title}\n");
    let section = README.split_once(&title).map_or("", |(_, after)| after);
    let section = section.split("\n## ").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.strip_prefix("| `"));
    names.filter_map(|row| row.split('`').next()).collect()
}

#[test]
fn the_readme_explains_each_sid_and_each_alarm_and_no_other() {
    holds(the_readme_names_sids_and_alarms);
}

/// A call that no statement allows would fail in every account.
pub fn calls_are_allowed(stack: &Stack) -> Complaints {
    let allowed = allowed(stack);
    let missing = CALLS.iter().map(|call| call.action());
    missing
        .filter(|action| !allowed.contains_key(action))
        .map(|action| format!("{ROLE} does not allow {action}"))
        .collect()
}

#[test]
fn every_call_that_we_make_is_allowed() {
    holds(calls_are_allowed);
}

/// Least privilege: beyond its queue and its log, nothing but what is called.
pub fn nothing_else_is_allowed(stack: &Stack) -> Complaints {
    let ours: BTreeSet<&str> = CALLS.iter().map(|call| call.action()).collect();
    let plumbing = [
        "sts:AssumeRole",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ];
    let allowed = allowed(stack);
    let others = allowed.keys();
    others
        .filter(|action| !ours.contains(*action) && !plumbing.contains(action))
        .map(|action| format!("{ROLE} allows {action}, which is not called"))
        .collect()
}

#[test]
fn nothing_is_allowed_that_we_do_not_call() {
    holds(nothing_else_is_allowed);
}

/// P-11: a write reaches only what carries this cluster's tag, and never every resource.
pub fn writes_are_fenced(stack: &Stack) -> Complaints {
    let allowed = allowed(stack);
    let mut complaints = Complaints::new();
    for call in CALLS.iter().filter(|call| call.is_write()) {
        for statement in allowed.get(call.action()).into_iter().flatten() {
            let equals = &statement["Condition"]["StringEquals"];
            let fenced = FENCES
                .iter()
                .any(|fence| equals.get(*fence).and_then(said) == Some("ClusterName"));
            let anything = each(&statement["Resource"])
                .into_iter()
                .any(|resource| said(resource) == Some("*"));
            if !fenced || anything {
                complaints.push(format!("{} does not fence {call}", sid(statement)));
            }
        }
    }
    complaints
}

#[test]
fn p11_every_write_is_fenced_by_the_clusters_tag() {
    holds(writes_are_fenced);
}
