//! What is read, in which order, and what becomes of each read that fails.

mod failures;
mod pages;
mod rotation;

use super::*;
use crate::look::scope;
use cloud::fake::{Fake, arn, ids, noon, owner, soon};
use cloud::pacing::Pace;
use fleet::look::scaling_group;
use fleet::naming::Owner;
use fleet::observed::{LifecycleHook, LifecycleTransition, LoadBalancerNode};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::Duration;

async fn look(aws: &Fake) -> Observed {
    look_until(aws, &Pace::default(), soon()).await
}

async fn look_until(aws: &Fake, pace: &Pace, until: Instant) -> Observed {
    let paced = Paced { aws, pace };
    read(&Eyes { paced, until }, &scope()).await
}

#[tokio::test(start_paused = true)]
async fn everything_is_seen_and_the_tags_are_put_where_they_belong() {
    let mut aws = Fake::of(2);
    aws.attributes.insert("key".to_owned(), "value".to_owned());
    let seen = look(&aws).await;
    assert_eq!(seen.now, Ok(noon()));
    assert_eq!(seen.cluster, scope().cluster);
    assert_eq!(seen.load_balancer_arn, scope().load_balancer);
    assert_eq!(seen.load_balancer, Ok(aws.load_balancer.clone()));
    assert_eq!(seen.parameters, Ok(aws.parameters.clone()));
    assert_eq!(seen.instances, Ok(aws.instances.clone()));
    assert_eq!(seen.auto_scaling_groups, Ok(Vec::new()));
    let groups = seen.target_groups.expect("groups");
    assert_eq!(groups.len(), 3);
    for group in &groups {
        assert_eq!(group.tags, aws.tags[group.arn.as_str()]);
        let health = aws.health.get(&group.arn).cloned().unwrap_or_default();
        assert_eq!(seen.health[&group.arn], Ok(health));
    }
    let attributes = seen.group_attributes.values();
    for attributes in attributes.chain(seen.listener_attributes.values()) {
        assert_eq!(*attributes, Ok(aws.attributes.clone()));
    }
    let listeners = seen.listeners.expect("listeners");
    assert_eq!(listeners.len(), 3);
    for listener in &listeners {
        assert_eq!(listener.tags, aws.tags[listener.arn.as_str()]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_run_makes_two_calls_for_each_group_and_at_most_fourteen_more() {
    for brokers in [1, 3, 20, 48] {
        let aws = Fake::of(brokers);
        look(&aws).await;
        let (calls, groups) = (aws.asked().len(), aws.groups.len());
        assert!(calls <= 2 * groups + 14, "{brokers} brokers: {calls} calls");
    }
}

#[tokio::test(start_paused = true)]
async fn only_target_groups_of_this_cluster_are_asked_about() {
    let mut aws = Fake::of(1);
    let mut other = aws.groups[0].clone();
    other.name = naming::target_group_name(&"sales".into(), &"EXTERNAL".into(), owner(1));
    other.arn = "arn:group:other".into();
    aws.groups.insert(0, other);
    let seen = look(&aws).await;
    assert_eq!(seen.target_groups.expect("groups").len(), 2);
    assert_eq!(seen.health.len(), 2);
    for asked in aws.asked() {
        assert!(!asked.of.contains("arn:group:other"), "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_page_of_every_list_is_read() {
    let mut aws = Fake::of(3);
    aws.parameter("paused", "false");
    for name in ["a", "b", "c"] {
        aws.scaling.push(scaling_group(name, &[]));
    }
    let whole = look(&aws).await;
    aws.page_size = Some(1);
    let paged = look(&aws).await;
    assert_eq!(paged.parameters, whole.parameters);
    assert_eq!(paged.listeners, whole.listeners);
    assert_eq!(paged.target_groups, whole.target_groups);
    assert_eq!(paged.instances, whole.instances);
    assert_eq!(paged.auto_scaling_groups, whole.auto_scaling_groups);
    assert_eq!(paged.auto_scaling_groups.expect("groups").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn hooks_are_read_only_of_groups_in_which_an_instance_of_the_cluster_waits() {
    let group = |name, instance, state| scaling_group(name, &[(instance, state)]);
    let hook = |group: &str, name: &str| LifecycleHook {
        group: group.into(),
        name: name.to_owned(),
        transition: LifecycleTransition::Terminating,
        heartbeat_timeout_seconds: 900,
        global_timeout_seconds: 90_000,
        default_result: "CONTINUE".to_owned(),
        notification_metadata: None,
    };
    let mut aws = Fake::of(2);
    aws.scaling = vec![
        group("rests", "i-1", "InService"),
        group("web", "i-web", "Terminating:Wait"),
    ];
    aws.hooks = vec![
        hook("theirs", "backup"),
        hook("ours", "kafka-privatelink-x"),
    ];
    let asked = |aws: &Fake| {
        let of = |call| aws.asked_of(call);
        (
            of(Call::DescribeLifecycleHooks),
            of(Call::DescribeScalingActivities),
        )
    };
    assert_eq!(look(&aws).await.lifecycles, []);
    assert_eq!(asked(&aws), (Vec::new(), Vec::new()));
    aws.scaling.push(group("theirs", "i-1", "Pending:Wait"));
    aws.scaling.push(group("ours", "i-2", "Terminating:Wait"));
    let seen = look(&aws).await;
    let of = |name: &str| name.to_owned();
    assert_eq!(
        asked(&aws),
        (vec![of("ours"), of("theirs")], vec![of("ours")])
    );
    assert_eq!(seen.lifecycles.len(), 2);
    aws.fails(Call::DescribeLifecycleHooks, "ours", "AccessDenied");
    let seen = look(&aws).await;
    let gaps: Vec<String> = seen.gaps().iter().map(ToString::to_string).collect();
    assert!(
        gaps.iter()
            .any(|gap| gap.starts_with("DescribeLifecycleHooks of ours: permission missing")),
        "{gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn p16_health_is_read_before_instances() {
    let mut aws = Fake::of(3);
    aws.latency = Duration::from_millis(100);
    look(&aws).await;
    let asked = aws.asked();
    let at = |call| asked.iter().filter(move |asked| asked.call == call);
    let answered = at(Call::DescribeTargetHealth).map(|asked| asked.at + aws.latency);
    let instances = at(Call::DescribeInstances).map(|asked| asked.at);
    assert!(answered.max() <= instances.min(), "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn sixteen_groups_are_asked_about_side_by_side() {
    let mut aws = Fake::of(15);
    aws.latency = Duration::from_millis(100);
    look(&aws).await;
    let asked = aws.asked().into_iter();
    let moments = asked.filter(|asked| asked.call == Call::DescribeTargetHealth);
    let moments: BTreeSet<_> = moments.map(|asked| asked.at).collect();
    assert_eq!(moments.len(), 1, "16 groups in one go");
}

#[tokio::test(start_paused = true)]
async fn p15_who_stands_in_a_group_without_being_of_the_cluster_is_asked_for_by_id() {
    let mut aws = Fake::of(1);
    aws.stands_in(owner(1), "i-foreign");
    aws.stands_in(Owner::Bootstrap, "i-unknown");
    aws.stands_in(Owner::Bootstrap, "i-foreign");
    aws.instance("i-foreign", "sales");
    let seen = look(&aws).await;
    let asked = aws.asked_of(Call::DescribeInstances);
    assert_eq!(asked, ["orders", "i-foreign i-unknown"]);
    let instances = seen.instances.expect("instances");
    let ids: Vec<&str> = instances.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["i-1", "i-foreign"], "an unknown id is no error");
    let strangers = Fake::of(1);
    look(&strangers).await;
    assert_eq!(strangers.asked_of(Call::DescribeInstances), ["orders"]);
}

#[tokio::test(start_paused = true)]
async fn a_placement_without_the_zones_id_has_that_of_an_instance_or_a_node_in_the_zone() {
    let mut aws = Fake::of(3);
    aws.instances[0].az_id = None;
    aws.instances[1].az_id = None;
    aws.instances[1].az_name = Some("us-west-2b".into());
    let seen = look(&aws).await.instances.expect("instances");
    let ids = seen.iter().map(|instance| instance.az_id.clone());
    let known = Some("usw2-az1".into());
    assert_eq!(
        ids.collect::<Vec<_>>(),
        [known.clone(), None, known.clone()]
    );

    aws.instances[2].az_id = None;
    aws.nodes.push(LoadBalancerNode {
        az_id: known.clone(),
        az_name: Some("us-west-2a".into()),
        address: Ipv4Addr::new(10, 0, 0, 200),
    });
    let seen = look(&aws).await.instances.expect("instances");
    let ids = seen.iter().map(|instance| instance.az_id.clone());
    assert_eq!(ids.collect::<Vec<_>>(), [known.clone(), None, known]);
}

#[tokio::test(start_paused = true)]
async fn strangers_are_asked_for_two_hundred_at_a_time() {
    let mut aws = Fake::of(0);
    for id in ids(1..=201) {
        aws.stands_in(Owner::Bootstrap, id.as_str());
        aws.instance(id.as_str(), "sales");
    }
    let seen = look(&aws).await;
    assert_eq!(seen.instances.expect("instances").len(), 201);
    let asked = aws.asked_of(Call::DescribeInstances);
    let counts: Vec<usize> = asked.iter().map(|of| of.split(' ').count()).collect();
    assert_eq!(counts, [1, 200, 1], "the cluster's, and then by id");
    assert_eq!(aws.health[&arn(Owner::Bootstrap)].len(), 201);
}

#[tokio::test(start_paused = true)]
async fn tags_are_read_for_twenty_things_of_one_type_at_a_time() {
    // 22 groups and 22 listeners.
    let aws = Fake::of(21);
    look(&aws).await;
    let asked = aws.asked_of(Call::DescribeTags);
    let mut counts: Vec<usize> = asked.iter().map(|of| of.split(' ').count()).collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 2, 20, 20]);
    for of in asked {
        let types = ["arn:group:", "arn:listener:"].map(|of_type| of.contains(of_type));
        assert_ne!(types, [true, true], "{of}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_resource_that_the_answer_leaves_out_is_not_seen_and_not_untagged() {
    let mut aws = Fake::of(2);
    aws.tags.remove("arn:listener:9093");
    let seen = look(&aws).await;
    let gap = seen.listeners.expect_err("a gap").to_string();
    assert_eq!(gap, "DescribeTags: the answer leaves out arn:listener:9093");
    assert!(seen.target_groups.is_ok());
}

#[tokio::test(start_paused = true)]
async fn slow_answers_are_seen_and_what_takes_too_long_is_a_gap() {
    let mut aws = Fake::of(3);
    aws.latency = Duration::from_millis(11_000);
    let begin = Instant::now();
    let until = begin + Duration::from_secs(30);
    let seen = look_until(&aws, &Pace::default(), until).await;
    assert_eq!(begin.elapsed(), Duration::from_secs(30));
    assert!(seen.parameters.is_ok() && seen.listeners.is_ok());
    let late = seen.instances.expect_err("a gap");
    assert!(late.reason.contains("no time was left"), "{late}");
    for attributes in seen.group_attributes.values() {
        assert!(attributes.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn an_aws_that_never_answers_is_gaps_in_time() {
    let mut aws = Fake::of(3);
    aws.latency = Duration::from_secs(1_000_000);
    let begin = Instant::now();
    let seen = look(&aws).await;
    assert_eq!(begin.elapsed(), Duration::from_secs(47));
    assert!(seen.now.is_err());
    let gap = seen.parameters.expect_err("a gap").to_string();
    assert!(gap.contains("GetParametersByPath got no answer"), "{gap}");
    assert!(seen.load_balancer.is_err() && seen.nodes.is_err());
}
