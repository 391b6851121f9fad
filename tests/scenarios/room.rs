//! An NLB of 50 listeners that is full, or nearly so: who gets the places.

use fleet::plan::Said;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{PATTERN, Stage, ZONES, held, is_held};

async fn sweeps(stage: &Stage, minutes: u32) {
    for _ in 0..minutes {
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
    }
}

/// Brokers 1, 2 and 3 are mapped, the NLB is full, and broker 4 waits.
async fn full() -> Stage {
    let stage = Stage::three().await;
    for port in 20_000..20_046 {
        stage.foreign_listener(port);
    }
    stage.broker(4, ZONES[0]);
    stage.settle().await;
    assert!(stage.behind(9096).is_empty());
    stage
}

#[tokio::test(start_paused = true)]
async fn a_replaced_broker_gets_its_place_back_although_another_one_waits() {
    let stage = full().await;
    stage.terminate(&stage.behind(9095).first().cloned().expect("a broker"));
    sweeps(&stage, 20).await;
    let waits = stage.activate().await;
    assert!(!stage.mapping().contains_key(&9096));
    assert!(!stage.mapping().contains_key(&9095));
    assert!(
        is_held(&waits, |held| held.kind == "PlaceKept"),
        "{}",
        held(&waits)
    );
    let back = stage.broker(3, ZONES[2]);
    stage.settle().await;
    assert_eq!(stage.behind(9095), BTreeSet::from([back]));
    assert!(stage.behind(9096).is_empty());
}

#[tokio::test(start_paused = true)]
async fn after_half_an_hour_the_one_that_waits_gets_the_place_and_it_is_said() {
    let stage = full().await;
    stage.terminate(&stage.behind(9095).first().cloned().expect("a broker"));
    let mut said = Vec::new();
    for _ in 0..40 {
        stage.pass(Duration::from_secs(60)).await;
        let actions = stage.activate().await.report.actions;
        said.extend(actions.into_iter().map(|action| action.reason.to_string()));
    }
    assert_eq!(stage.behind(9096).len(), 1);
    assert!(
        said.iter().any(|why| why.contains("is the oldest vacancy")),
        "{said:?}"
    );
    // Whoever comes back too late waits in turn, and is named.
    stage.broker(3, ZONES[2]);
    let late = stage.settle().await;
    assert!(
        held(&late).contains("EXTERNAL broker 3 gets no listener"),
        "{}",
        held(&late)
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_group_is_refused_beside_a_frozen_one_that_leaves_it_no_room() {
    let stage = Stage::new();
    for node in 1..=30 {
        stage.broker(node, ZONES[node as usize % 3]);
    }
    stage.settle().await;
    assert_eq!(stage.mapping().len(), 31);
    stage.put("listeners/EXTERNAL", "a typo");
    stage.put(
        "listeners/EXTERNAL2",
        r#"{"pattern": "<b>.<az>.xyz.example.com:<p>", "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#,
    );
    let frozen = stage.settle().await;
    assert!(
        held(&frozen).contains("24 brokers fit"),
        "{}",
        held(&frozen)
    );
    assert_eq!(stage.mapping().len(), 31);
    stage.put("listeners/EXTERNAL", PATTERN);
    let mended = stage.settle().await;
    assert!(
        held(&mended).contains("24 brokers fit"),
        "{}",
        held(&mended)
    );
    assert_eq!(stage.mapping().len(), 31);
}

#[tokio::test(start_paused = true)]
async fn an_nlb_that_is_made_anew_beside_the_old_one_is_told_who_has_the_target_groups() {
    let mut stage = Stage::three().await;
    let old = stage.nlb();
    let before = stage.mapping();
    stage.another_load_balancer("kafka-anew");
    stage.forget_calls();
    let told = stage.settle().await;
    let named = |it: &Said| it.kind == "RoutedElsewhere" && it.sentence.contains(old.as_str());
    assert!(is_held(&told, named), "{}", held(&told));
    assert_eq!(stage.writes(), [], "AWS would refuse it each minute");
    assert_eq!(
        stage.mapping(),
        before,
        "consumers go on through the old one"
    );
    // A broker is replaced, and the old NLB still leads to it.
    stage.terminate(&before[&9094].first().cloned().expect("a broker"));
    let new = stage.broker(2, ZONES[1]);
    sweeps(&stage, 10).await;
    assert_eq!(stage.behind(9094), BTreeSet::from([new]));
    // The way out. AWS deletes no NLB that an endpoint service stands on.
    stage.delete_endpoint_service_of(&old);
    stage
        .edit(|model, now| model.delete_load_balancer(now, &old))
        .expect("deleted");
    stage.settle().await;
    let ports: Vec<u16> = stage.mapping().into_keys().collect();
    assert_eq!(ports, [9092, 9093, 9094, 9095]);
    assert!(!is_held(&stage.activate().await, |it| it.kind == "RoutedElsewhere"));
}
