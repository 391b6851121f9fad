//! Alarms: what they watch is what is written.

use crate::longest::longest;
use crate::stack::{Complaints, Stack, TEXT, each, holds, said};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use tests::Stage;
use tests::healing::Healing;
use tests::listeners::Listeners;
use tests::principals::Principals;
use world::template::Text;
use yaml_serde::Value;

/// A metric's name and the names of its dimensions.
pub type Metric = (String, BTreeSet<String>);

/// What a run of each function writes.
pub fn written() -> &'static BTreeSet<Metric> {
    static WRITTEN: OnceLock<BTreeSet<Metric>> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let lines = runtime.block_on(async {
            let stage = Stage::three().await;
            let run = stage.activate().await;
            let principals = Principals::on(&stage);
            let synced = principals.run(&stage).await;
            let synced = activation::metrics::of_run(&principals.duty(), &synced);
            let listeners = Listeners::on(&stage);
            let pushed = listeners.run(&stage).await;
            let pushed = activation::metrics::of_run(&listeners.duty(), &pushed);
            let healing = Healing::on(&stage);
            let healed = healing.run(&stage).await;
            let healed = activation::metrics::of_run(&healing.duty(), &healed);
            let others = [synced, pushed, healed].map(|it| it.expect("metrics"));
            stage.metrics(&run) + &others.concat()
        });
        metrics(&lines)
    })
}

fn metrics(lines: &str) -> BTreeSet<Metric> {
    let directives = lines.lines().flat_map(|line| {
        let line: Json = serde_json::from_str(line).expect("JSON");
        let all = line["_aws"]["CloudWatchMetrics"].as_array().cloned();
        all.unwrap_or_default()
    });
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let texts = |value: &Json| value.as_array().into_iter().flatten().map(text).collect();
    let mut all = BTreeSet::new();
    for directive in directives {
        let dimensions: BTreeSet<String> = texts(&directive["Dimensions"][0]);
        for metric in directive["Metrics"].as_array().into_iter().flatten() {
            all.insert((text(&metric["Name"]), dimensions.clone()));
        }
    }
    all
}

/// A metric that nobody writes would never alarm.
pub fn what_is_watched_is_written(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    for (id, alarm) in stack.all("AWS::CloudWatch::Alarm") {
        let several = each(&alarm["Metrics"]).into_iter();
        let several = several.map(|metric| &metric["MetricStat"]["Metric"]);
        let watched = several.chain([alarm]);
        for metric in watched.filter(|m| m["Namespace"].as_str() == Some("KafkaPrivatelink")) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let dimensions = each(&metric["Dimensions"]).into_iter();
            let dimensions = dimensions
                .map(|dimension| text(&dimension["Name"]))
                .collect();
            let watched = (text(&metric["MetricName"]), dimensions);
            if !written().contains(&watched) {
                complaints.push(format!("{id}: nobody writes {watched:?}"));
            }
        }
    }
    complaints
}

/// A port that is wrong for a minute, so in two looks, and one
/// that is not proven for ten. What is mended by the look that saw it alarms nobody.
pub fn proof_alarms_after_one_minute_and_ten(stack: &Stack) -> Complaints {
    let wanted = [
        ("PortsWrong", "GreaterThanThreshold", 0, 120),
        (
            "SecondsSinceProof",
            "GreaterThanOrEqualToThreshold",
            600,
            60,
        ),
    ];
    let alarms = stack.all("AWS::CloudWatch::Alarm");
    let is_there = |(metric, comparison, threshold, seconds): &(&str, &str, u64, u64)| {
        alarms.iter().any(|(_, alarm)| {
            let number = |key: &str| alarm[key].as_u64().unwrap_or_default();
            alarm["MetricName"].as_str() == Some(metric)
                && alarm["ComparisonOperator"].as_str() == Some(comparison)
                && alarm["Statistic"].as_str() == Some("Minimum")
                && number("Threshold") == *threshold
                && number("Period") * number("EvaluationPeriods") == *seconds
        })
    };
    let missing = wanted.iter().filter(|wanted| !is_there(wanted));
    missing
        .map(|(metric, comparison, threshold, seconds)| {
            format!("no alarm on {metric} {comparison} {threshold} for {seconds} s")
        })
        .collect()
}

/// Of each function: an alarm on wakes that nobody takes, and one on runs that crash.
pub fn every_function_is_watched(stack: &Stack) -> Complaints {
    const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
    let alarms = stack.all("AWS::CloudWatch::Alarm");
    let watched = |metric: &str, what: &str| {
        alarms.iter().any(|(_, alarm)| {
            let mut dimensions = each(&alarm["Dimensions"]).into_iter();
            alarm["MetricName"].as_str() == Some(metric)
                && alarm.get("AlarmActions").is_some()
                && dimensions.any(|dimension| said(&dimension["Value"]) == Some(what))
        })
    };
    let mut complaints = Complaints::new();
    for (id, mapping) in stack.all(MAPPING) {
        let function = said(&mapping["FunctionName"]).unwrap_or_default();
        let queue = said(&mapping["EventSourceArn"]).unwrap_or_default();
        let queue = format!("{}.QueueName", queue.trim_end_matches(".Arn"));
        for (metric, of) in [
            ("ApproximateAgeOfOldestMessage", queue.as_str()),
            ("Errors", function),
        ] {
            if !watched(metric, of) {
                complaints.push(format!("{id}: no alarm on {metric} of {of}"));
            }
        }
    }
    complaints
}

#[test]
fn every_function_has_alarms_on_wakes_that_wait_and_runs_that_crash() {
    holds(every_function_is_watched);
}

/// Connections that the NLB drops show nowhere else (P-36). The dimension is the end of the ARN, as ELB
/// writes it (ELB guide, "CloudWatch metrics for your Network Load Balancer").
#[test]
fn connections_that_the_nlb_drops_have_an_alarm() {
    let template = Stack::of(TEXT).with(&longest()).expect("a template");
    let texts = template.texts().expect("texts");
    let of = |resource: &str, path: &str| -> Vec<&str> {
        let of = |text: &&Text| text.resource == resource && text.path == path;
        texts
            .iter()
            .filter(of)
            .map(|text| text.text.as_str())
            .collect()
    };
    let alarm = "PortAllocationAlarm";
    assert_eq!(of(alarm, "Namespace"), ["AWS/NetworkELB"]);
    assert_eq!(of(alarm, "MetricName"), ["PortAllocationErrorCount"]);
    assert_eq!(of(alarm, "Statistic"), ["Sum"]);
    assert_eq!(of(alarm, "Dimensions.Name"), ["LoadBalancer"]);
    let values = of(alarm, "Dimensions.Value");
    let arn = &longest()["LoadBalancerArn"];
    assert!(
        values.len() == 1 && values[0].starts_with("net/"),
        "{values:?}"
    );
    assert!(arn.ends_with(values[0]), "{values:?} of {arn}");
}

#[test]
fn the_proof_has_alarms() {
    holds(proof_alarms_after_one_minute_and_ten);
}

#[test]
fn every_metric_of_ours_that_an_alarm_watches_is_written_by_a_run() {
    holds(what_is_watched_is_written);
}
