//! Tags, instances and load balancers that are not as they should be: each is named with the way
//! out, and nothing is lost or changed.

use fleet::tags;
use fleet::words::VpcId;
use tests::{CLUSTER, Stage, ZONES, held, is_held, tagged};
use world::model::{Launch, NewLoadBalancer};

#[tokio::test(start_paused = true)]
async fn tags_that_make_no_broker_are_named_with_the_way_out() {
    for (tag, says) in [
        (None, "kafka-privatelink:node-id is missing"),
        (Some(""), "is empty"),
        (Some("two"), "\"two\" is not a whole number"),
        (Some("-2"), "\"-2\" is negative"),
        (Some("02"), "leading zero"),
        (Some("2147483648"), "above 2147483647"),
    ] {
        let stage = Stage::three().await;
        let before = stage.mapping();
        let mut launch = Launch::in_zone(ZONES[0]).tag(tags::CLUSTER, CLUSTER);
        if let Some(tag) = tag {
            launch = launch.tag(tags::NODE_ID, tag);
        }
        let misfit = stage.launch(launch);
        stage.forget_calls();
        let settled = stage.settle().await;
        assert!(
            held(&settled).contains(misfit.as_str()),
            "{tag:?}: {}",
            held(&settled)
        );
        assert!(held(&settled).contains(says), "{tag:?}: {}", held(&settled));
        assert_eq!(stage.writes(), [], "{tag:?}");
        assert_eq!(stage.mapping(), before);
    }
    let stage = Stage::new();
    stage.launch(tagged(ZONES[0], "1").tag(tags::ROLE, "boss"));
    assert!(
        held(&stage.settle().await)
            .contains("is \"boss\"; write broker, or controller, or broker,controller")
    );
}

#[tokio::test(start_paused = true)]
async fn a_broker_in_another_vpc_is_held() {
    let stage = Stage::three().await;
    stage.launch(tagged(ZONES[0], "4").vpc(VpcId::from("vpc-00000000000000099")));
    stage.forget_calls();
    let settled = stage.settle().await;
    assert!(
        is_held(&settled, |held| held.kind == "OtherVpc"
            && held.sentence.contains("broker 4 ")),
        "{}",
        held(&settled)
    );
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_is_none_or_no_nlb_is_refused() {
    let mut stage = Stage::new();
    stage.broker(1, ZONES[0]);
    let application = stage.edit(|model, now| {
        let new = NewLoadBalancer {
            kind: "application".to_owned(),
            ..NewLoadBalancer::named("web")
        };
        model
            .create_load_balancer(now, new)
            .expect("a load balancer")
    });
    stage.scope.load_balancer = application;
    assert!(held(&stage.settle().await).contains("is a load balancer of type application"));
    assert_eq!(stage.model().target_groups().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_brokers_or_parameters_nothing_happens() {
    let stage = Stage::new();
    assert_eq!(held(&stage.settle().await), "");
    stage.delete("listeners/EXTERNAL");
    stage.broker(1, ZONES[0]);
    assert_eq!(held(&stage.settle().await), "");
    assert_eq!(stage.writes(), []);
}
