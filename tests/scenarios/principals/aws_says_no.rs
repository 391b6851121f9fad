//! AWS denies, throttles, loses answers: it is told with the way out, and repaired by later runs.

use super::*;
use world::faults::{Fault, Faults, Level};

const CALLS: [Call; 12] = [
    Call::GetParametersByPath,
    Call::DescribeLoadBalancers,
    Call::DescribeTargetGroups,
    Call::DescribeTags,
    Call::DescribeTargetHealth,
    Call::DescribeVpcEndpointServiceConfigurations,
    Call::DescribeVpcEndpointServicePermissions,
    Call::DescribeVpcEndpointConnections,
    Call::ModifyVpcEndpointServicePermissions,
    Call::CreateTags,
    Call::AcceptVpcEndpointConnections,
    Call::RejectVpcEndpointConnections,
];

/// There is something of everything to do: BOB leaves with a connection, CAT comes, ANN waits.
async fn busy() -> (Stage, Principals, [fleet::words::VpcEndpointId; 2]) {
    let (stage, principals) = allowing(&[ANN, BOB]).await;
    let bob = stage.connect(BOB).expect("BOB may connect");
    principals.settle(&stage).await;
    let ann = stage.connect(ANN).expect("ANN may connect");
    stage.put("principals", &format!("{ANN}\n{CAT}"));
    (stage, principals, [ann, bob])
}

fn everything_is_done(stage: &Stage, [ann, bob]: &[fleet::words::VpcEndpointId; 2]) {
    assert_eq!(recorded(stage), roots(&[ANN, CAT]));
    assert_eq!(stage.allowed(), roots(&[ANN, CAT]));
    assert_eq!(stage.state_of(ann), "available");
    assert_eq!(stage.state_of(bob), "rejected");
}

#[tokio::test(start_paused = true)]
async fn each_call_that_is_denied_is_named_with_its_action_and_repaired_once_it_is_allowed() {
    for call in CALLS {
        let (stage, principals, endpoints) = busy().await;
        stage.model().deny(call);
        let mut told = String::new();
        for _ in 0..3 {
            let synced = principals.run(&stage).await;
            told += &gaps(&synced);
            told += &taken(&synced).join("\n");
            stage.pass(MINUTE).await;
            let allowed = stage.allowed();
            assert!(allowed.contains(&root(ANN)), "{call}");
        }
        assert!(
            told.contains(&format!("allow {}", call.action())),
            "{call}: {told}"
        );
        stage.model().allow(call);
        principals.settle(&stage).await;
        stage.pass(MINUTE).await;
        everything_is_done(&stage, &endpoints);
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_without_the_clusters_tag_is_told_with_the_tag_that_it_needs() {
    let (stage, principals) = served().await;
    stage.put("principals", ANN);
    let name = stage.endpoint_service();
    for value in [None, Some("sales")] {
        stage
            .edit(|model, now| {
                model.edit_endpoint_service(now, &name, |record| {
                    record.tags = value
                        .map(|value| (tags::CLUSTER.to_owned(), value.to_owned()))
                        .into_iter()
                        .collect();
                })
            })
            .expect("edited");
        let synced = principals.settle(&stage).await;
        let denied = "allow ec2:DescribeVpcEndpointServicePermissions in the function's role";
        assert!(gaps(&synced).contains(denied), "{}", gaps(&synced));
        says(
            &synced,
            &format!("the permissions of the endpoint service {name} could not be read"),
        );
        says(&synced, "has the tag kafka-privatelink:cluster=orders");
        assert_eq!(stage.writes(), []);
    }
}

#[tokio::test(start_paused = true)]
async fn f20_throttling_ends_in_gaps_and_failures_and_later_runs_repair_it() {
    let (mut seen, mut struck) = (String::new(), 0);
    for seed in 0..8 {
        let (stage, principals, endpoints) = busy().await;
        let faults = Faults::new(seed)
            .with(Fault::Throttling, Level::Storm)
            .with(Fault::LostAnswers, Level::Often)
            .with(Fault::ServerErrors, Level::Often)
            .with(Fault::PartialRejections, Level::Often)
            .with(Fault::LateTags, Level::Often)
            .with(Fault::ShortPages, Level::Often);
        stage.model().set_faults(faults);
        for _ in 0..10 {
            let synced = principals.run(&stage).await;
            seen += &gaps(&synced);
            seen += &taken(&synced).join("\n");
            assert!(stage.allowed().contains(&root(ANN)), "seed {seed}");
            stage.pass(MINUTE).await;
        }
        let faults = stage.model().faults().expect("faults").struck()[&Fault::Throttling];
        struck += faults;
        stage.model().end_faults();
        principals.settle(&stage).await;
        stage.pass(MINUTE).await;
        everything_is_done(&stage, &endpoints);
        each_wrote_its_own(&stage);
    }
    assert!(struck > 100, "{struck}");
    assert!(seen.contains("was throttled"), "{seen}");
}

#[tokio::test(start_paused = true)]
async fn a_gap_in_what_everything_depends_on_changes_nothing() {
    for call in [
        Call::GetParametersByPath,
        Call::DescribeVpcEndpointServiceConfigurations,
        Call::DescribeVpcEndpointServicePermissions,
        Call::DescribeVpcEndpointConnections,
    ] {
        let (stage, principals, _) = busy().await;
        stage.model().deny(call);
        stage.forget_calls();
        let synced = principals.settle(&stage).await;
        says(&synced, "nothing is changed, because");
        assert_eq!(
            (stage.writes(), synced.report.gaps.len()),
            (Vec::new(), 1),
            "{call}"
        );
    }
}
