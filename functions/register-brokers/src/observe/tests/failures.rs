//! A read that fails is a gap in just what it was to show, with the call and the resource in it.

use super::look;
use crate::observed::Observed;
use cloud::call::Call;
use cloud::fake::{Fake, arn, noon, owner};
use fleet::naming;
use fleet::observed::Gap;
use std::collections::BTreeSet;

const ALL: [&str; 6] = [
    "parameters",
    "load balancer",
    "listeners",
    "target groups",
    "instances",
    "scaling",
];

/// The big parts that are gaps, and all gaps.
fn gaps(seen: &Observed) -> (Vec<&'static str>, Vec<String>) {
    let parts = [
        seen.parameters.as_ref().err(),
        seen.load_balancer.as_ref().err(),
        seen.listeners.as_ref().err(),
        seen.target_groups.as_ref().err(),
        seen.instances.as_ref().err(),
        seen.auto_scaling_groups.as_ref().err(),
    ];
    let blind = ALL.into_iter().zip(parts).filter(|(_, gap)| gap.is_some());
    let health = seen.health.values().filter_map(|seen| seen.as_ref().err());
    let groups = seen.group_attributes.values();
    let groups = groups.filter_map(|seen| seen.as_ref().err());
    let listeners = seen.listener_attributes.values();
    let listeners = listeners.filter_map(|seen| seen.as_ref().err());
    let told: BTreeSet<&Gap> = parts
        .into_iter()
        .flatten()
        .chain(health)
        .chain(groups)
        .chain(listeners)
        .collect();
    let told = told.into_iter().map(ToString::to_string).collect();
    (blind.map(|(part, _)| part).collect(), told)
}

#[tokio::test(start_paused = true)]
async fn each_failed_read_is_a_gap_in_what_it_was_to_show_and_nowhere_else() {
    let name = naming::target_group_name(&"orders".into(), &"EXTERNAL".into(), owner(1));
    for (call, of, blind, read) in [
        (
            Call::GetParametersByPath,
            "",
            &["parameters"][..],
            "GetParametersByPath".to_owned(),
        ),
        (
            Call::DescribeLoadBalancers,
            "",
            &["load balancer"],
            "DescribeLoadBalancers".to_owned(),
        ),
        (
            Call::DescribeListeners,
            "",
            &["listeners"],
            "DescribeListeners".to_owned(),
        ),
        (
            Call::DescribeTargetGroups,
            "",
            &["target groups"],
            "DescribeTargetGroups".to_owned(),
        ),
        (
            Call::DescribeInstances,
            "",
            &["instances"],
            "DescribeInstances".to_owned(),
        ),
        (
            Call::DescribeAutoScalingGroups,
            "",
            &["scaling"],
            "DescribeAutoScalingGroups".to_owned(),
        ),
        (
            Call::DescribeTags,
            "arn:listener:",
            &["listeners"],
            "DescribeTags".to_owned(),
        ),
        (
            Call::DescribeTargetHealth,
            "arn:group:1",
            &[],
            format!("DescribeTargetHealth of {name}"),
        ),
        (
            Call::DescribeTargetGroupAttributes,
            "arn:group:1",
            &[],
            format!("DescribeTargetGroupAttributes of {name}"),
        ),
        (
            Call::DescribeListenerAttributes,
            "arn:listener:9093",
            &[],
            "DescribeListenerAttributes of arn:listener:9093".to_owned(),
        ),
    ] {
        let aws = Fake::of(2);
        aws.fails(call, of, "InternalFailure");
        let (gap, told) = gaps(&look(&aws).await);
        assert_eq!(gap, blind, "{call}");
        assert_eq!(
            told,
            [format!("{read}: {call} answered InternalFailure: as told")]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_nlb_that_aws_does_not_know_is_none_and_not_a_gap() {
    let aws = Fake::of(1);
    aws.fails(Call::DescribeLoadBalancers, "", "LoadBalancerNotFound");
    assert_eq!(look(&aws).await.load_balancer, Ok(None));
    aws.fails(Call::DescribeLoadBalancers, "", "AccessDenied");
    let denied = look(&aws).await.load_balancer.expect_err("a gap");
    assert_eq!(
        denied.reason,
        "permission missing: allow elasticloadbalancing:DescribeLoadBalancers in the function's role (AccessDenied)"
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_gap_of_a_list_is_kept_when_its_tags_fail_too() {
    let aws = Fake::of(1);
    aws.fails(Call::DescribeListeners, "", "InternalFailure");
    aws.fails(Call::DescribeTags, "", "InternalFailure");
    aws.fails(Call::DescribeTags, "", "InternalFailure");
    let seen = look(&aws).await;
    assert_eq!(seen.listeners.expect_err("a gap").read, "DescribeListeners");
    assert_eq!(seen.target_groups.expect_err("a gap").read, "DescribeTags");
}

#[tokio::test(start_paused = true)]
async fn one_failing_chunk_of_tags_is_a_gap_in_all_of_its_list() {
    let aws = Fake::of(30);
    aws.fails(
        Call::DescribeTags,
        arn(owner(9)).as_str(),
        "InternalFailure",
    );
    let (blind, _) = gaps(&look(&aws).await);
    assert_eq!(blind, ["target groups"]);
}

#[tokio::test(start_paused = true)]
async fn without_a_date_nothing_can_be_decided() {
    let mut aws = Fake::of(1);
    aws.date = None;
    let seen = look(&aws).await;
    assert_eq!(
        seen.now.expect_err("a gap").to_string(),
        "the time: no answer of AWS carried a Date header"
    );
    aws.date = Some(noon());
    let first = look(&Fake::of(1)).await;
    assert_eq!(first.now, Ok(noon()), "the first answer's, not the newest");
}

#[tokio::test(start_paused = true)]
async fn answers_whose_dates_disagree_are_no_time() {
    for wrong in [-24, 24 * 365] {
        for answer in [0, 1, 5] {
            let mut aws = Fake::of(1);
            let date = noon() + jiff::SignedDuration::from_hours(wrong);
            aws.wrong_dates = [(answer, date)].into();
            let seen = look(&aws).await;
            let gap = seen.now.expect_err("a gap").to_string();
            assert!(
                gap.starts_with("the time: answers of AWS disagree: "),
                "{gap}"
            );
            assert!(gap.contains(&date.to_string()), "{gap}");
        }
    }
}
