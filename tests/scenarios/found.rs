//! Histories that broke a law once (`tests/laws`, `tests/simulation`), cut down to what matters.

use cloud::call::Call;
use fleet::plan::Said;
use fleet::words::Port;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{PATTERN, Stage, ZONES, held, is_held};
use world::model::ApiError;

const SECOND: &str = r#"{"pattern": "<b>.xyz.com:<p>", "bootstrap_port": 9092,
    "broker_ports": "9193-9240", "bind_port": 39093}"#;

/// Law 3: the bootstrap port of a frozen group was given to a second one, and both lost theirs.
#[tokio::test(start_paused = true)]
async fn the_bootstrap_port_of_a_frozen_group_is_not_given_to_another_one() {
    let stage = Stage::new();
    stage.broker(4, ZONES[0]);
    stage.pass(Duration::from_secs(60)).await;
    // Its bootstrap has a target group by now, and no listener before the broker is healthy.
    stage.activate().await;
    stage.put_broker_ports("9093-9095");
    stage.put("listeners/EXTERNAL2", SECOND);
    let settled = stage.settle().await;
    assert!(
        held(&settled).contains("9092 is given to EXTERNAL bootstrap"),
        "{}",
        held(&settled)
    );
    stage.put("listeners/EXTERNAL", PATTERN);
    stage.settle().await;
    assert_eq!(stage.behind(9092).len(), 1);
}

/// Law 7: a twin was taken out of bootstrap, because it was registered with another port.
#[tokio::test(start_paused = true)]
async fn p27_a_twin_with_a_port_override_stays_in_bootstrap_until_there_is_one() {
    let stage = Stage::three().await;
    let broker = stage.behind(9093).first().cloned().expect("a broker");
    let twin = stage.broker(1, ZONES[1]);
    stage.register(&broker, 9092, Some(9092));
    stage.forget_calls();
    stage.settle().await;
    assert_eq!(stage.writes(), []);
    stage.terminate(&twin);
    stage.settle().await;
    assert_eq!(stage.writes(), [Call::DeregisterTargets]);
    assert!(stage.behind(9092).contains(&broker));
}

/// Law 3: a broker that came back where it could not be mapped, and left again, lost its port,
/// because the reservation was counted from its first absence.
#[tokio::test(start_paused = true)]
async fn a_reservation_is_counted_from_the_last_absence_even_of_a_broker_that_cannot_be_mapped() {
    for twins in [false, true] {
        let stage = Stage::three().await;
        stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
        stage.settle().await;
        stage.pass(Duration::from_secs(20 * 3600)).await;
        let nlb = stage.nlb();
        let mut back = BTreeSet::from([stage.broker(2, ZONES[1])]);
        if twins {
            back.insert(stage.broker(2, ZONES[1]));
        } else {
            stage
                .edit(|model, now| model.disable_zone(now, &nlb, &ZONES[1].into()))
                .expect("disabled");
        }
        stage.settle().await;
        for instance in &back {
            stage.terminate(instance);
        }
        stage.pass(Duration::from_secs(5 * 3600)).await;
        stage.settle().await;
        assert!(stage.find_group(9094).is_some(), "twins: {twins}");
    }
}

/// Law 2: a vacancy was given up although its targets could not be read.
#[tokio::test(start_paused = true)]
async fn a_vacancy_whose_targets_are_unseen_is_not_given_up() {
    let stage = Stage::new();
    stage.put_broker_ports("9093-9095");
    let brokers = stage.three_brokers();
    stage.settle().await;
    stage.terminate(&brokers[2]);
    stage.settle().await;
    stage.broker(9, ZONES[0]);
    stage.pass(Duration::from_secs(60)).await;
    let call = Call::DescribeTargetHealth;
    stage
        .model()
        .fail_next(call, ApiError::internal(call), 2 * 4);
    stage.forget_calls();
    stage.activate().await;
    assert_eq!(stage.writes(), []);
    stage.model().end_faults();
    stage.settle().await;
    assert_eq!(stage.behind(9095).len(), 1);
}

/// Law 9: a broker entered bootstrap while its own port led to another one.
#[tokio::test(start_paused = true)]
async fn healthy_behind_another_brokers_port_is_not_healthy_behind_ones_own() {
    let stage = Stage::three().await;
    let broker = stage.behind(9094).first().cloned().expect("a broker");
    let (bootstrap, group) = (stage.group(9092), stage.group(9094));
    let (own, other) = (stage.listener(9094), stage.listener(9093));
    let port = Port::new(39092).expect("a port");
    stage.edit(|model, now| {
        model
            .deregister_targets(now, &bootstrap, &[(broker.clone(), Some(port))])
            .expect("deregistered");
        model
            .modify_listener(now, &other, &group)
            .expect("re-pointed");
        model.delete_listener(now, &own).expect("deleted");
    });
    stage.foreign_listener(9094);
    stage.activate().await;
    assert!(!stage.behind(9092).contains(&broker));
}

#[tokio::test(start_paused = true)]
async fn a_retired_group_that_an_orphan_listener_still_forwards_to_is_held_not_tried_for_ever() {
    let stage = Stage::three().await;
    let (orphan, gone, bootstrap) = (stage.listener(9094), stage.group(9094), stage.group(9092));
    stage.edit(|model, now| {
        model
            .modify_listener(now, &orphan, &bootstrap)
            .expect("re-pointed");
        model.delete_target_group(now, &gone).expect("deleted");
    });
    stage.put("listeners/EXTERNAL", r#"{"retired": true}"#);
    stage.settle().await;
    stage.pass(Duration::from_secs(16 * 60)).await;
    stage.settle().await;
    stage.forget_calls();
    let activated = stage.activate().await;
    assert_eq!(stage.model().calls().get(&Call::DeleteTargetGroup), None);
    assert!(
        is_held(&activated, |held| held.kind == "StillForwardedTo"
            && held.sentence.contains("listener 9094 ")),
        "{}",
        held(&activated)
    );
    stage
        .edit(|model, now| model.delete_listener(now, &orphan))
        .expect("deleted");
    stage.settle().await;
    assert_eq!(stage.model().target_groups().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_bootstrap_that_finds_the_nlb_full_is_held_not_tried_for_ever_f1() {
    let stage = Stage::new();
    stage.broker(1, ZONES[0]);
    stage.pass(Duration::from_secs(30)).await;
    // The broker gets its port; bootstrap waits until it is healthy. Then others take the rest.
    stage.activate().await;
    let left = 50 - stage.model().listeners().count();
    for port in (10_000..).take(left) {
        stage.foreign_listener(port);
    }
    stage.settle().await;
    stage.forget_calls();
    let activated = stage.activate().await;
    assert_eq!(stage.model().calls().get(&Call::CreateListener), None);
    let foreign =
        format!("bootstrap gets no listener: the NLB has all of its 50 ({left} of them not ours)");
    let says_so = |held: &Said| held.kind == "LoadBalancerFull" && held.sentence.contains(&foreign);
    assert!(is_held(&activated, says_so), "{}", held(&activated));
}
