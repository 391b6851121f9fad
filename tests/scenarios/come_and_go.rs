//! Brokers come and go, and the mapping follows.

use cloud::call::Call;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{Stage, ZONES, held, is_held, tagged};
use world::model::Settings;

#[tokio::test(start_paused = true)]
async fn p27_a_replaced_broker_keeps_its_port_and_the_others_are_not_touched() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    let old = before[&9094].first().cloned().expect("a broker");
    stage.terminate(&old);
    let new = stage.broker(2, ZONES[1]);
    stage.forget_calls();
    stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([new.clone()]));
    assert_eq!(stage.behind(9093), before[&9093]);
    assert_eq!(stage.behind(9095), before[&9095]);
    assert!(stage.behind(9092).contains(&new) && !stage.behind(9092).contains(&old));
    assert!(
        !stage.writes().contains(&Call::DeleteListener),
        "{:?}",
        stage.writes()
    );
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_is_gone_loses_its_listener_and_its_port_stays_reserved_for_a_day() {
    let stage = Stage::three().await;
    let old = stage.behind(9094).first().cloned().expect("a broker");
    stage.terminate(&old);
    stage.settle().await;
    assert!(!stage.mapping().contains_key(&9094));
    assert!(stage.find_group(9094).is_some());
    assert!(!stage.behind(9092).contains(&old));

    stage.pass(Duration::from_secs(23 * 3600)).await;
    let newcomer = stage.broker(7, ZONES[0]);
    stage.settle().await;
    assert_eq!(
        stage.behind(9099),
        BTreeSet::from([newcomer]),
        "7 takes its own number, not 2's"
    );
    let back = stage.broker(2, ZONES[1]);
    stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([back]));
}

#[tokio::test(start_paused = true)]
async fn after_a_day_of_sweeps_the_reservation_ends_and_not_before() {
    let stage = Stage::three().await;
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.settle().await;
    for _ in 0..23 {
        stage.pass(Duration::from_secs(3600)).await;
        stage.activate().await;
        assert!(stage.find_group(9094).is_some());
    }
    stage.pass(Duration::from_secs(3600)).await;
    stage.settle().await;
    assert_eq!(stage.find_group(9094), None);
}

#[tokio::test(start_paused = true)]
async fn a_fourth_broker_gets_9096_and_keeps_it_through_stop_and_start() {
    let stage = Stage::three().await;
    let fourth = stage.broker(4, ZONES[0]);
    stage.settle().await;
    assert_eq!(stage.behind(9096), BTreeSet::from([fourth.clone()]));
    stage.forget_calls();
    stage
        .edit(|model, now| model.stop_instance(now, &fourth))
        .expect("stopped");
    for _ in 0..5 {
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
    }
    // P-29: never deregistered for a restart.
    assert_eq!(stage.writes(), []);
    stage
        .edit(|model, now| model.start_instance(now, &fourth))
        .expect("started");
    stage.settle().await;
    assert_eq!(stage.behind(9096), BTreeSet::from([fourth.clone()]));
    assert!(stage.behind(9092).contains(&fourth));
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn p30_a_pending_broker_has_its_port_reserved_and_is_registered_when_it_runs() {
    let stage = Stage::with(Settings {
        boot_time: Duration::from_secs(600),
        ..Settings::default()
    });
    let slow = stage.broker(1, ZONES[0]);
    let first = stage.activate().await;
    assert!(
        is_held(&first, |held| held.kind == "NotRunning"),
        "{}",
        held(&first)
    );
    assert!(stage.find_group(9093).is_some());
    assert_eq!(
        stage.mapping().len(),
        0,
        "a listener with an empty group fails open (F6)"
    );
    stage.pass(Duration::from_secs(600)).await;
    stage.settle().await;
    assert_eq!(stage.behind(9093), BTreeSet::from([slow]));
}

#[tokio::test(start_paused = true)]
async fn p21_an_instance_that_its_group_terminates_leaves_bootstrap_and_keeps_its_port_until_it_is_gone()
 {
    let stage = Stage::three().await;
    let group = fleet::words::AutoScalingGroupName::from("brokers-4");
    stage
        .edit(|model, now| {
            model.create_auto_scaling_group(
                now,
                world::model::NewAutoScalingGroup {
                    name: group.clone(),
                    zones: vec![ZONES[0].into()],
                    desired_capacity: 1,
                    tags: tagged(ZONES[0], "4").tags,
                },
            )
        })
        .expect("a group");
    stage.settle().await;
    let fourth = stage.behind(9096).first().cloned().expect("broker 4");
    assert!(stage.behind(9092).contains(&fourth));
    stage
        .edit(|model, now| model.set_lifecycle_state(now, &fourth, "Terminating:Wait"))
        .expect("set");
    stage.activate().await;
    assert!(!stage.behind(9092).contains(&fourth));
    assert!(
        stage.behind(9096).contains(&fourth),
        "its group had a healthy target, and it lives"
    );
}

#[tokio::test(start_paused = true)]
async fn when_the_range_is_full_the_oldest_vacancy_is_given_up_and_said() {
    let stage = Stage::new();
    stage.put_broker_ports("9093-9095");
    let brokers = stage.three_brokers();
    stage.settle().await;
    stage.terminate(&brokers[2]);
    stage.settle().await;
    stage.pass(Duration::from_secs(3600)).await;
    stage.terminate(&brokers[0]);
    stage.settle().await;
    let newcomer = stage.broker(9, ZONES[0]);
    stage.pass(Duration::from_secs(30)).await;
    let activated = stage.activate().await;
    assert!(
        activated
            .report
            .actions
            .iter()
            .any(|taken| taken.reason.contains("broker 3")
                && taken.reason.contains("oldest vacancy")),
        "{:?}",
        activated.report.actions
    );
    stage.settle().await;
    assert_eq!(stage.behind(9095), BTreeSet::from([newcomer]));
    let full = stage.broker(10, ZONES[0]);
    stage.broker(11, ZONES[0]);
    let settled = stage.settle().await;
    assert_eq!(stage.behind(9093), BTreeSet::from([full]));
    assert!(
        is_held(&settled, |held| held.kind == "RangeFull"
            && held.sentence.contains("broker 11 ")),
        "{}",
        held(&settled)
    );
}

#[tokio::test(start_paused = true)]
async fn a_large_node_id_takes_the_lowest_free_port() {
    let stage = Stage::three().await;
    let large = stage.broker(2_147_483_647, ZONES[0]);
    stage.settle().await;
    assert_eq!(stage.behind(9096), BTreeSet::from([large.clone()]));
    // 4 would prefer 9096, which is given: once given, a port stays.
    let fourth = stage.broker(4, ZONES[1]);
    stage.settle().await;
    assert_eq!(stage.behind(9096), BTreeSet::from([large]));
    assert_eq!(stage.behind(9097), BTreeSet::from([fourth]));
}

#[tokio::test(start_paused = true)]
async fn p23_scale_in_to_a_warm_pool_frees_bootstrap_keeps_the_port_and_holds_nothing() {
    let stage = Stage::three().await;
    stage
        .edit(|model, now| {
            model.create_auto_scaling_group(
                now,
                world::model::NewAutoScalingGroup {
                    name: "broker-4".into(),
                    zones: vec![ZONES[0].into()],
                    desired_capacity: 1,
                    tags: tagged(ZONES[0], "4").tags,
                },
            )
        })
        .expect("a group");
    stage.settle().await;
    let fourth = stage.behind(9096).first().cloned().expect("broker 4");
    let set = |state: &str| {
        stage
            .edit(|model, now| model.set_lifecycle_state(now, &fourth, state))
            .expect("set");
    };
    set("Warmed:Stopped");
    stage
        .edit(|model, now| model.stop_instance(now, &fourth))
        .expect("stopped");
    let settled = stage.settle().await;
    assert_eq!(held(&settled), "");
    assert!(
        !stage.mapping().contains_key(&9096),
        "it would fail open (F6)"
    );
    assert!(!stage.behind(9092).contains(&fourth));
    let row = settled
        .report
        .picture
        .mapping
        .iter()
        .find(|row| row.port.get() == 9096);
    assert_eq!(
        row.expect("a row").state,
        register_brokers::mapping::RowState::Warm
    );
    stage.forget_calls();
    stage.pass(Duration::from_secs(3600)).await;
    assert_eq!(held(&stage.activate().await), "");
    assert_eq!(stage.writes(), []);

    set("InService");
    stage
        .edit(|model, now| model.start_instance(now, &fourth))
        .expect("started");
    stage.settle().await;
    assert_eq!(stage.behind(9096), BTreeSet::from([fourth.clone()]));
    assert!(stage.behind(9092).contains(&fourth));
}
