//! Clusters whose names begin alike, `orders` and `orders-second`: what is of one is never the other's.

use crate::stack::{CLUSTER, Complaints, Stack, TEXT, complains, holds, holds_everywhere, said};
use fleet::observed::Alarm;
use heal_brokers::observed::Observed;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use tests::healing::HEAL_BROKERS;
use world::events::pattern::Pattern;
use world::template::{AlarmSettings, FunctionStack};

const OURS: &str = "kafka-privatelink-${ClusterName}-";

/// A resource of cluster `orders` and one of `orders-second` would have one name.
pub fn no_two_clusters_make_one_name(stack: &Stack) -> Complaints {
    let mut ends: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (_, resource) in stack.section("Resources") {
        let kind = said(&resource["Type"]).unwrap_or_default();
        for (key, value) in resource["Properties"].as_mapping().into_iter().flatten() {
            let end = said(value).and_then(|name| name.strip_prefix(OURS));
            let Some((key, end)) = said(key).zip(end) else {
                continue;
            };
            ends.entry((kind, key)).or_default().push(end);
        }
    }
    let mut complaints = Complaints::new();
    for ((kind, key), ends) in ends {
        for (one, other) in ends
            .iter()
            .flat_map(|one| ends.iter().map(move |it| (one, it)))
        {
            if let Some(more) = one.strip_suffix(&format!("-{other}")) {
                complaints.push(format!(
                    "{kind} {key}: {one} of a cluster is {other} of the cluster with -{more} more"
                ));
            }
        }
    }
    complaints
}

#[test]
fn clusters_whose_names_begin_alike_have_no_name_in_common() {
    holds_everywhere(no_two_clusters_make_one_name);
    complains(
        no_two_clusters_make_one_name,
        TEXT,
        "${ClusterName}-not-serving-second",
        "${ClusterName}-second-not-serving",
        "second-not-serving of a cluster is not-serving",
    );
}

/// The alarms of the stack of a cluster, with two listener groups.
fn alarms(stack: &Stack, cluster: &str) -> Result<Vec<AlarmSettings>, String> {
    let mut values = crate::longest::longest();
    values.insert("ClusterName".to_owned(), cluster.to_owned());
    let alarms = stack.with(&values)?;
    alarms.alarms().map_err(|error| error.to_string())
}

/// What begins with the cluster's name and is no alarm of its stack wakes nobody, and every alarm with a name does.
pub fn alarms_wake_their_own_cluster_only(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    let (woken, ours, theirs) = match (
        stack.functions(),
        alarms(stack, CLUSTER),
        alarms(stack, &format!("{CLUSTER}-second")),
    ) {
        (Ok(woken), Ok(ours), Ok(theirs)) => (woken, ours, theirs),
        (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => return vec![error],
    };
    let wakes = |name: &str| woken.iter().any(|it| wakes(it, name));
    let prefix = format!("kafka-privatelink-{CLUSTER}-");
    for alarm in ours.iter().filter(|it| it.name.starts_with(&prefix)) {
        if !wakes(&alarm.name) {
            complaints.push(format!("{} wakes nobody", alarm.name));
        }
    }
    for alarm in theirs.iter().filter(|it| wakes(&it.name)) {
        complaints.push(format!("{} of another cluster wakes us", alarm.name));
    }
    complaints
}

/// Whether an alarm that goes on wakes a function.
fn wakes(function: &FunctionStack, alarm: &str) -> bool {
    let event = serde_json::json!({
        "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change",
        "detail": { "alarmName": alarm, "state": { "value": "ALARM" } },
    });
    let event = event.to_string();
    let mut patterns = function.rules.iter().map(|it| Pattern::new(&it.pattern));
    patterns.any(|it| it.is_ok_and(|it| it.matches(&event) == Ok(true)))
}

/// Whether the plan of heal-brokers takes an alarm for one of the cluster, if it is the only one that is on.
fn is_planned_by(alarm: &str) -> bool {
    let alarm = Alarm {
        arn: format!("arn:{alarm}"),
        name: alarm.to_owned(),
        since: Timestamp::UNIX_EPOCH,
        actions_enabled: true,
        suppressed_by: None,
    };
    let observed = Observed {
        now: Ok(Timestamp::UNIX_EPOCH),
        cluster: CLUSTER.into(),
        alarms: Ok(vec![alarm]),
        tagged: Ok(Vec::new()),
        ward: None,
    };
    let plan = heal_brokers::plan(&observed, &BTreeSet::new());
    heal_brokers::plan::is_on(&observed) && plan.picture.alarms.len() == 1
}

/// The names of the cluster's alarms that wake heal-brokers.
fn waking_heal_brokers(stack: &Stack) -> Result<Vec<String>, String> {
    let functions = stack.functions()?;
    let is_woken = |name: &String| {
        let mut healing = functions.iter();
        healing.any(|it| it.function.binary == HEAL_BROKERS && wakes(it, name))
    };
    let names = alarms(stack, CLUSTER)?.into_iter().map(|it| it.name);
    Ok(names.filter(is_woken).collect())
}

/// Each alarm that wakes heal-brokers is reason enough for it to look at the brokers, and no other one is.
pub fn alarms_that_wake_heal_brokers_are_those_of_its_plan(stack: &Stack) -> Complaints {
    let (waking, ours) = match (waking_heal_brokers(stack), alarms(stack, CLUSTER)) {
        (Ok(waking), Ok(ours)) => (waking, ours),
        (Err(error), _) | (_, Err(error)) => return vec![error],
    };
    let complaint = |alarm: AlarmSettings| {
        let name = alarm.name;
        match (waking.contains(&name), is_planned_by(&name)) {
            (true, false) => Some(format!("{name} wakes heal-brokers, which does not know it")),
            (false, true) => Some(format!(
                "{name} does not wake heal-brokers, which heals by it"
            )),
            (true, true) | (false, false) => None,
        }
    };
    ours.into_iter().filter_map(complaint).collect()
}

#[test]
fn each_alarm_that_wakes_heal_brokers_is_known_to_its_plan() {
    holds(alarms_that_wake_heal_brokers_are_those_of_its_plan);
    let waking = waking_heal_brokers(&Stack::of(TEXT)).expect("names");
    assert_eq!(waking.len(), 5, "{waking:?}");
    for name in waking {
        let said = name.replace(CLUSTER, "${ClusterName}");
        let misspelled = TEXT.replace(&format!("{said}\""), &format!("{said}-x\""));
        let complaints =
            alarms_that_wake_heal_brokers_are_those_of_its_plan(&Stack::of(&misspelled));
        let complaint = format!("{name}-x wakes heal-brokers, which does not know it");
        assert_eq!(complaints, [complaint]);
    }
    complains(
        alarms_that_wake_heal_brokers_are_those_of_its_plan,
        TEXT,
        "            - !Sub \"kafka-privatelink-${ClusterName}-no-proof\"\n",
        "",
        "orders-no-proof does not wake heal-brokers, which heals by it",
    );
}

#[test]
fn an_alarm_wakes_the_functions_of_its_own_cluster_only() {
    holds(alarms_wake_their_own_cluster_only);
    for (old, new, complaint) in [
        (
            "            - !Sub \"kafka-privatelink-${ClusterName}-no-proof\"\n",
            "",
            "orders-no-proof wakes nobody",
        ),
        (
            "            - !Sub \"kafka-privatelink-${ClusterName}-no-proof\"\n",
            "            - prefix: !Sub \"kafka-privatelink-${ClusterName}-\"\n",
            "orders-second-no-proof of another cluster wakes us",
        ),
    ] {
        complains(
            alarms_wake_their_own_cluster_only,
            TEXT,
            old,
            new,
            complaint,
        );
    }
}
