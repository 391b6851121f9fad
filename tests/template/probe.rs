//! probe-brokers: whom it can reach, what its code may do, who may ask it.

use crate::function::FUNCTION;
use crate::stack::{Complaints, Stack, each, holds, said};
use std::cell::RefCell;
use std::collections::BTreeSet;
use world::iam::{Attached, Effect, Request};
use yaml_serde::Value;

/// Its logical id.
const PROBE: &str = "ProbeBrokersFunction";

/// What the binary reads is what the template sets.
pub fn the_environment_is_what_is_read(stack: &Stack) -> Complaints {
    let set = match stack.function_settings(PROBE) {
        Ok(settings) => settings.environment,
        Err(error) => return vec![error],
    };
    let read = RefCell::new(BTreeSet::new());
    let bounds = probe_brokers::Bounds::read(|name| {
        read.borrow_mut().insert(name.to_owned());
        set.get(name).cloned()
    });
    let mut complaints: Complaints = bounds.err().map(|e| e.to_string()).into_iter().collect();
    let read = read.into_inner();
    let unread = set.keys().filter(|name| !read.contains(*name));
    complaints.extend(unread.map(|name| format!("{name} is set, and nobody reads it")));
    complaints
}

#[test]
fn the_environment_variables_are_those_that_the_probe_reads() {
    holds(the_environment_is_what_is_read);
}

/// Where a rule of a security group leads: the text of its range, and its ports.
type Way = (String, String, String);

/// The ways out of the probe's security group.
fn ways_out(stack: &Stack) -> Option<Vec<Way>> {
    let function = stack.named(FUNCTION, &Value::String(PROBE.to_owned()))?;
    let groups = each(&function["VpcConfig"]["SecurityGroupIds"]);
    let [group] = groups[..] else { return None };
    let group = stack.named("AWS::EC2::SecurityGroup", group)?;
    let rules = each(&group["SecurityGroupEgress"]).into_iter();
    // `!If` has the rule second.
    let rules = rules.map(|rule| match rule {
        Value::Tagged(branches) => &branches.value[1],
        rule => rule,
    });
    let ways = rules.map(|rule| {
        let text = |key: &str| said(&rule[key]).map(str::to_owned);
        let range = serde_json::to_string(&rule["CidrIp"]).ok()?;
        let tcp = rule["IpProtocol"].as_str() == Some("tcp");
        tcp.then_some((range, text("FromPort")?, text("ToPort")?))
    });
    ways.collect()
}

/// Whatever is let out may be dialled, and the reverse: each range on each span of `PORTS`.
pub fn what_is_let_out_is_what_may_be_dialled(stack: &Stack) -> Complaints {
    let Some(ways) = ways_out(stack) else {
        return vec!["the probe has not one security group whose rules are all of TCP".to_owned()];
    };
    let function = stack.named(FUNCTION, &Value::String(PROBE.to_owned()));
    let variables = function.map(|function| &function["Environment"]["Variables"]);
    let ports = variables.and_then(|variables| said(&variables["PORTS"]));
    let name = |text: &str| text.trim_matches(['$', '{', '}']).to_owned();
    let spans: BTreeSet<_> = ports.unwrap_or_default().split(',').collect();
    let spans: BTreeSet<(String, String)> = spans
        .into_iter()
        .map(|span| span.split_once('-').unwrap_or((span, span)))
        .map(|(from, to)| (name(from), name(to)))
        .collect();
    let let_out: BTreeSet<_> = ways
        .iter()
        .map(|(_, from, to)| (from.clone(), to.clone()))
        .collect();
    let mut complaints = Complaints::new();
    if let_out != spans {
        complaints.push(format!("let out to {let_out:?}, and PORTS is {spans:?}"));
    }
    let ranges: BTreeSet<_> = ways.iter().map(|(range, ..)| range).collect();
    if ways.len() != ranges.len() * let_out.len() {
        complaints.push(format!("not every range has every port: {ways:?}"));
    }
    let foreign = ranges
        .iter()
        .filter(|range| !range.contains("AddressRanges"));
    complaints.extend(foreign.map(|range| format!("{range} is not one of AddressRanges")));
    let ranges_set = variables.and_then(|variables| said(&variables["ADDRESS_RANGES"]));
    if ranges_set != Some("AddressRanges") {
        complaints.push(format!("ADDRESS_RANGES is {ranges_set:?}"));
    }
    complaints
}

#[test]
fn the_probes_security_group_lets_out_what_its_environment_allows() {
    assert_eq!(ways_out(&Stack::of(crate::stack::TEXT)).unwrap().len(), 9);
    holds(what_is_let_out_is_what_may_be_dialled);
}

/// F40: what Lambda needs for a function in a VPC is kept from the function's code.
pub fn the_probes_code_may_do_nothing(stack: &Stack) -> Complaints {
    let (policies, function) = match (stack.policies(), stack.function_settings(PROBE)) {
        (Ok(policies), Ok(function)) => (policies, function),
        (Err(error), _) | (_, Err(error)) => return vec![error],
    };
    let by = function.role.as_str().into();
    let code = format!("arn:aws:lambda:us-west-2:123456789012:function:{PROBE}");
    let of_role = policies.0.iter().filter(
        |policy| matches!(&policy.attached, Attached::Role(role) if *role == function.role),
    );
    let allowed = of_role
        .flat_map(|policy| &policy.statements)
        .filter(|statement| statement.effect == Effect::Allow)
        .flat_map(|statement| &statement.actions)
        // What the function writes to its output, Lambda logs in its name.
        .filter(|action| !action.starts_with("logs:"));
    let by_its_code = allowed.filter(|action| {
        let request = Request::new(&by, action.to_string(), "*");
        policies.allow(&request.with("lambda:SourceFunctionArn", [code.as_str()]))
    });
    by_its_code
        .map(|action| format!("the probe's code may {action}"))
        .collect()
}

#[test]
fn f40_the_probes_code_has_no_permission() {
    holds(the_probes_code_may_do_nothing);
}

/// In one account a role's policy is enough, so nothing else is there.
pub fn only_our_functions_invoke_it(stack: &Stack) -> Complaints {
    let open = ["AWS::Lambda::Permission", "AWS::Lambda::Url"];
    let open = open.into_iter().flat_map(|kind| stack.all(kind));
    let mut complaints: Complaints = open
        .map(|(id, _)| format!("{id} lets others invoke"))
        .collect();
    let policies = match stack.policies() {
        Ok(policies) => policies,
        Err(error) => return vec![error],
    };
    let roles: Vec<Attached> = stack
        .all(FUNCTION)
        .into_iter()
        .filter_map(|(id, _)| Some(Attached::Role(stack.function_settings(id).ok()?.role)))
        .collect();
    for policy in &policies.0 {
        let mut invoking = policy.statements.iter().filter(|statement| {
            let mut actions = statement.actions.iter();
            actions.any(|action| action.starts_with("lambda:"))
        });
        if invoking.next().is_some() && !roles.contains(&policy.attached) {
            complaints.push(format!("{:?} may invoke", policy.attached));
        }
    }
    let events = stack.all(FUNCTION).into_iter();
    let events = events.filter(|(_, function)| function.get("Events").is_some());
    complaints.extend(events.map(|(id, _)| format!("{id} has events of its own")));
    complaints
}

#[test]
fn the_probe_is_invoked_by_our_functions_only() {
    holds(only_our_functions_invoke_it);
}
