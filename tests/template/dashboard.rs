//! The dashboard: the picture on top, then figures that somebody writes.

use crate::alarms::written;
use crate::longest::longest;
use crate::stack::{Complaints, Stack, TEXT, complains, holds, said};
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::BTreeSet;
use world::iam::{Attached, Effect};

const DASHBOARD: &str = "AWS::CloudWatch::Dashboard";
/// The function that draws, by its logical id.
const DRAWS: &str = "ShowMappingFunction";
/// What the NLB counts itself (NLB guide, "CloudWatch metrics for your Network Load Balancer").
const OF_THE_NLB: [&str; 2] = ["ProcessedBytes", "NewFlowCount"];

/// The body of each dashboard, with the longest parameters.
fn bodies(stack: &Stack) -> Result<Vec<Json>, String> {
    let texts = stack.with(&longest())?.texts();
    let texts = texts.map_err(|error| error.to_string())?.into_iter();
    let bodies = texts.filter(|text| text.kind == DASHBOARD && text.path == "DashboardBody");
    let read = |text: String| serde_json::from_str(&text).map_err(|error| error.to_string());
    bodies.map(|text| read(text.text)).collect()
}

fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

/// The place of a widget: `x`, `y`, `width`, `height`, in a grid of 24 columns.
fn place(widget: &Json) -> Option<[u64; 4]> {
    let number = |name: &str| widget[name].as_u64();
    Some([
        number("x")?,
        number("y")?,
        number("width")?,
        number("height")?,
    ])
}

/// The picture stands on top over the whole width, and no two widgets overlap.
pub fn the_picture_is_on_top(stack: &Stack) -> Complaints {
    let bodies = match bodies(stack) {
        Ok(bodies) if bodies.len() == 1 => bodies,
        Ok(bodies) => return vec![format!("{} dashboards", bodies.len())],
        Err(error) => return vec![format!("the dashboard: {error}")],
    };
    let widgets: Vec<&Json> = list(&bodies[0]["widgets"]).collect();
    let mut complaints = Complaints::new();
    let drawn: Vec<&&Json> = widgets.iter().filter(|it| it["type"] == "custom").collect();
    let endpoint = |it: &Json| it["properties"]["endpoint"].as_str().map(str::to_owned);
    match drawn[..] {
        [first] if place(first).is_some_and(|[x, y, width, _]| (x, y, width) == (0, 0, 24)) => {
            let ends =
                endpoint(first).is_some_and(|arn| arn.ends_with(&format!(":function:{DRAWS}")));
            if !ends {
                complaints.push(format!("the picture is drawn by {:?}", endpoint(first)));
            }
        }
        _ => complaints.push(format!("{} pictures, or not on top", drawn.len())),
    }
    let mut taken = BTreeSet::new();
    for widget in widgets {
        let Some([x, y, width, height]) = place(widget) else {
            complaints.push(format!("a widget without a place: {widget}"));
            continue;
        };
        if x + width > 24 || height == 0 {
            complaints.push(format!("a widget that does not fit: {widget}"));
        }
        let cells = (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y)));
        if cells.map(|cell| taken.insert(cell)).any(|is_free| !is_free) {
            complaints.push(format!("two widgets on one place: {widget}"));
        }
    }
    complaints
}

#[test]
fn the_dashboard_has_the_picture_on_top_and_no_two_widgets_on_one_place() {
    holds(the_picture_is_on_top);
}

/// A figure that nobody writes would stay empty.
pub fn every_figure_is_written(stack: &Stack) -> Complaints {
    let Ok(bodies) = bodies(stack) else {
        return vec!["the dashboard cannot be read".to_owned()];
    };
    let widgets = bodies.iter().flat_map(|body| list(&body["widgets"]));
    let figures = widgets.flat_map(|it| list(&it["properties"]["metrics"]));
    let mut complaints = Complaints::new();
    for figure in figures {
        let words: Vec<&str> = list(figure).filter_map(Json::as_str).collect();
        let is_known = match words[..] {
            ["KafkaPrivatelink", name, "Cluster", _] => {
                written().contains(&(name.to_owned(), ["Cluster".to_owned()].into()))
            }
            ["AWS/NetworkELB", name, "LoadBalancer", nlb] => {
                OF_THE_NLB.contains(&name) && nlb.starts_with("net/")
            }
            // The search of all listener groups.
            [] => written().iter().any(|(name, dimensions)| {
                let search = figure[0]["expression"].as_str().unwrap_or_default();
                let dimensions: Vec<&str> = dimensions.iter().map(String::as_str).collect();
                let of = format!("{{KafkaPrivatelink,{}}}", dimensions.join(","));
                search.contains(&of) && search.contains(&format!("MetricName=\"{name}\""))
            }),
            _ => false,
        };
        if !is_known {
            complaints.push(format!("nobody writes {figure}"));
        }
    }
    complaints
}

#[test]
fn every_figure_of_the_dashboard_is_written_by_a_run_or_by_the_nlb() {
    let bodies = bodies(&Stack::of(TEXT)).expect("the dashboard");
    let figures = list(&bodies[0]["widgets"]).flat_map(|it| list(&it["properties"]["metrics"]));
    assert!(figures.count() > 10);
    holds(every_figure_is_written);
}

/// What the binary reads is what the template sets, and nothing wakes it.
pub fn it_is_only_asked(stack: &Stack) -> Complaints {
    let set = match stack.function_settings(DRAWS) {
        Ok(settings) => settings.environment,
        Err(error) => return vec![error],
    };
    let read = RefCell::new(BTreeSet::new());
    let cluster = activation::environment::cluster(|name| {
        read.borrow_mut().insert(name.to_owned());
        set.get(name).cloned()
    });
    let mut complaints: Complaints = cluster.err().map(|e| e.to_string()).into_iter().collect();
    let read = read.into_inner();
    let unread = set.keys().filter(|name| !read.contains(*name));
    complaints.extend(unread.map(|name| format!("{name} is set, and nobody reads it")));
    let woken = stack.all("AWS::Lambda::EventSourceMapping").into_iter();
    let woken = woken.filter(|(_, it)| said(&it["FunctionName"]) == Some(DRAWS));
    complaints.extend(woken.map(|(id, _)| format!("{id} wakes it")));
    complaints
}

#[test]
fn the_function_that_draws_reads_what_is_set_and_nothing_wakes_it() {
    holds(it_is_only_asked);
}

/// Whoever may look makes it run, so it may only read, whichever policy allows it something.
pub fn it_can_write_nothing(stack: &Stack) -> Complaints {
    let (policies, role) = match (stack.policies(), stack.function_settings(DRAWS)) {
        (Ok(policies), Ok(function)) => (policies, Attached::Role(function.role)),
        (Err(error), _) | (_, Err(error)) => return vec![error],
    };
    let of_role = policies.0.iter().filter(|policy| policy.attached == role);
    let statements = of_role.flat_map(|policy| &policy.statements);
    let statements = statements.filter(|it| it.effect == Effect::Allow);
    let actions: Vec<&String> = statements.flat_map(|it| &it.actions).collect();
    if actions.is_empty() {
        return vec!["it may not even write its log".to_owned()];
    }
    let allowed = [
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:FilterLogEvents",
    ];
    let others = actions
        .into_iter()
        .filter(|it| !allowed.contains(&it.as_str()));
    others.map(|action| format!("it may {action}")).collect()
}

#[test]
fn the_function_that_draws_can_write_nothing_but_its_own_log() {
    holds(it_can_write_nothing);
}

/// What is there only with the dashboard.
#[test]
fn without_the_dashboard_there_is_neither_the_function_nor_its_role() {
    let mut values = longest();
    values.insert("Dashboard".to_owned(), "no".to_owned());
    let template = Stack::of(TEXT).with(&values).expect("a template");
    assert!(template.function_settings("show-mapping").is_err());
    let with = Stack::of(TEXT).with(&longest()).expect("a template");
    let statements = |template: &world::template::Template| {
        template.policies().expect("policies").statements().count()
    };
    assert_eq!(statements(&with), statements(&template) + 3);
}

#[test]
fn a_template_with_a_bad_dashboard_is_complained_of() {
    for (old, new, complaint) in [
        (
            "\"start\": \"-PT3H\",",
            "\"start\": \"-PT3H\"",
            "the dashboard: expected",
        ),
        (
            "\"x\": 8, \"y\": 22",
            "\"x\": 4, \"y\": 22",
            "two widgets on one place",
        ),
        (
            "\"x\": 16, \"y\": 28",
            "\"x\": 17, \"y\": 28",
            "a widget that does not fit",
        ),
        (
            "${ShowMappingFunction.Arn}",
            "${ProbeBrokersFunction.Arn}",
            "the picture is drawn by",
        ),
        (
            "\"width\": 24",
            "\"width\": 23",
            "1 pictures, or not on top",
        ),
    ] {
        complains(the_picture_is_on_top, TEXT, old, new, complaint);
    }
    for (old, new) in [
        ("\"PortsProven\"", "\"PortsProved\""),
        ("\"NewFlowCount\"", "\"NewFlows\""),
        (
            "MetricName=\\\"BrokersServing",
            "MetricName=\\\"BrokersServed",
        ),
    ] {
        complains(every_figure_is_written, TEXT, old, new, "nobody writes");
    }
    let set = "LogGroup: !Ref ShowMappingLogGroup\n      Environment:\n        Variables:\n          CLUSTER: !Ref ClusterName";
    let more = format!("{set}\n          LEVEL: debug");
    let trigger = "      FunctionName: !Ref RegisterBrokersFunction\n      EventSourceArn";
    for (old, new, complaint) in [
        (set, more.as_str(), "LEVEL is set, and nobody reads it"),
        (
            trigger,
            "      FunctionName: !Ref ShowMappingFunction\n      EventSourceArn",
            "RegisterBrokersTrigger wakes it",
        ),
    ] {
        complains(it_is_only_asked, TEXT, old, new, complaint);
    }
    let policy = "  MappingDashboard:\n";
    let more = format!(
        "  More:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: more\n      Roles: [!Ref ShowMappingRole]\n      \
         PolicyDocument:\n        Version: \"2012-10-17\"\n        Statement:\n          - Sid: More\n            Effect: Allow\n            \
         Action: ec2:RebootInstances\n            Resource: \"*\"\n\n{policy}"
    );
    for (old, new, complaint) in [
        (
            "                Action: logs:FilterLogEvents\n",
            "                Action: [logs:FilterLogEvents, logs:DeleteLogGroup]\n",
            "it may logs:DeleteLogGroup",
        ),
        (policy, more.as_str(), "it may ec2:RebootInstances"),
    ] {
        complains(it_can_write_nothing, TEXT, old, new, complaint);
    }
}
