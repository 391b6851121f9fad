//! Clusters whose names begin alike, `orders` and `orders-second`: what is of one is never the other's.

use crate::stack::{CLUSTER, Complaints, Stack, TEXT, complains, holds, holds_everywhere, said};
use std::collections::BTreeMap;
use world::events::pattern::Pattern;
use world::template::AlarmSettings;

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
    let rules = woken.iter().flat_map(|it| &it.rules);
    let patterns: Vec<Pattern> = rules
        .filter_map(|it| Pattern::new(&it.pattern).ok())
        .collect();
    let wakes = |name: &str| {
        let event = serde_json::json!({
            "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change",
            "detail": { "alarmName": name, "state": { "value": "ALARM" } },
        });
        let event = event.to_string();
        patterns.iter().any(|it| it.matches(&event) == Ok(true))
    };
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
