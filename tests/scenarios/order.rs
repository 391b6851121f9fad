//! Make before break, and never act on one look.

use cloud::call::Call;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{Stage, ZONES, is_held};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn p32_the_new_instance_is_registered_before_the_old_one_is_deregistered() {
    let stage = Stage::three().await;
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.broker(2, ZONES[1]);
    stage.pass(Duration::from_secs(60)).await;
    stage.forget_calls();
    stage.activate().await;
    let writes = stage.writes();
    let register = writes
        .iter()
        .position(|call| *call == Call::RegisterTargets);
    let deregister = writes
        .iter()
        .position(|call| *call == Call::DeregisterTargets);
    assert!(register.is_some() && register < deregister, "{writes:?}");
}

#[tokio::test(start_paused = true)]
async fn p15_what_is_gone_is_looked_for_twice_five_seconds_apart() {
    let stage = Stage::three().await;
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.pass(Duration::from_secs(60)).await;
    let started = Instant::now();
    stage.activate().await;
    assert!(started.elapsed() >= Duration::from_secs(5));
    let started = Instant::now();
    stage.activate().await;
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "a reservation alone costs no second look"
    );
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_appears_between_the_two_looks_is_not_gone() {
    let stage = Stage::three().await;
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.pass(Duration::from_secs(60)).await;
    let (_, new) = tokio::join!(stage.activate(), async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        stage.broker(2, ZONES[1])
    });
    // Its port is kept, and its listener only while somebody stands behind it (F6).
    assert!(!stage.mapping().contains_key(&9094));
    let group = stage.group(9094);
    let is_vacant = stage.edit(|model, _| {
        let mut groups = model.target_groups();
        let kept = groups.find(|record| record.group.arn == group);
        let tags = &kept.expect("kept").group.tags;
        tags.contains_key(fleet::tags::VACANT_SINCE)
    });
    assert!(!is_vacant);
    stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([new]));
}

#[tokio::test(start_paused = true)]
async fn a_broker_enters_bootstrap_only_when_it_is_healthy_behind_its_own_port() {
    let stage = Stage::three().await;
    let fourth = stage.broker(4, ZONES[0]);
    stage.pass(Duration::from_secs(30)).await;
    stage.activate().await;
    assert_eq!(stage.behind(9096), BTreeSet::from([fourth.clone()]));
    for _ in 0..3 {
        assert!(!stage.behind(9092).contains(&fourth));
        stage.pass(Duration::from_secs(20)).await;
        stage.activate().await;
    }
    stage.settle().await;
    assert!(stage.behind(9092).contains(&fourth));
}

#[tokio::test(start_paused = true)]
async fn p33_ill_health_alone_never_removes_a_broker() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    let ill: Vec<_> = before[&9092].iter().cloned().collect();
    for instance in &ill {
        stage
            .edit(|model, _| model.set_accepting(instance, false))
            .expect("ill");
    }
    stage.forget_calls();
    stage.pass(Duration::from_secs(600)).await;
    stage.settle().await;
    assert_eq!(stage.writes(), []);
    assert_eq!(stage.mapping(), before);
}

#[tokio::test(start_paused = true)]
async fn p27_two_live_instances_with_one_node_id_change_nothing_for_either() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    let twin = stage.broker(2, ZONES[0]);
    stage.forget_calls();
    let settled = stage.settle().await;
    assert_eq!(stage.writes(), []);
    assert_eq!(stage.mapping(), before);
    let old = before[&9094].first().cloned().expect("a broker");
    assert!(is_held(&settled, |held| {
        let says = |id: &fleet::words::InstanceId| held.sentence.contains(id.as_str());
        held.kind == "Twins" && held.sentence.contains("broker 2;") && says(&twin) && says(&old)
    }));
    stage.terminate(&old);
    stage.settle().await;
    assert_eq!(stage.behind(9094), BTreeSet::from([twin]));
}

#[tokio::test(start_paused = true)]
async fn new_twins_get_no_port() {
    let stage = Stage::new();
    stage.broker(1, ZONES[0]);
    stage.broker(1, ZONES[1]);
    let settled = stage.settle().await;
    assert!(is_held(&settled, |held| held.kind == "Twins"));
    assert_eq!(stage.model().target_groups().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_activation_that_runs_out_of_time_leaves_the_rest_to_the_next_one() {
    let stage = Stage::new();
    stage.put_broker_ports("9093-9141");
    for node in 1..=49 {
        stage.broker(node, ZONES[node as usize % 3]);
    }
    stage.pass(Duration::from_secs(60)).await;
    let first = stage.activate().await;
    assert!(
        first.report.milliseconds < 50_000,
        "{}",
        first.report.milliseconds
    );
    let done = stage.mapping().len();
    assert!(
        done > 5 && done < 49,
        "whole brokers are done one after the other: {done}"
    );
    stage.settle().await;
    assert_eq!(stage.mapping().len(), 50);
}

#[tokio::test(start_paused = true)]
async fn p38_calls_keep_to_the_budget_in_any_second_and_any_minute() {
    let stage = Stage::new();
    for node in 1..=40 {
        stage.broker(node, ZONES[node as usize % 3]);
    }
    stage.pass(Duration::from_secs(60)).await;
    stage.forget_calls();
    stage.activate().await;
    let model = stage.model();
    let writes: Vec<f64> = model
        .writes()
        .iter()
        .map(|write| write.at.as_millisecond() as f64 / 1000.0)
        .collect();
    for (window, budget) in [(1.0, 3 + 3), (60.0, 3 + 180)] {
        for start in &writes {
            let within = writes
                .iter()
                .filter(|at| **at >= *start && **at < start + window)
                .count();
            assert!(within <= budget, "{within} writes within {window} s");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn p16_the_health_of_every_group_is_read_before_the_instances() {
    let stage = Stage::three().await;
    // Calls wait for nothing then, as no time passes below.
    stage.pass(Duration::from_secs(60)).await;
    stage.forget_calls();
    let count = |call: Call| {
        stage
            .model()
            .calls()
            .get(&call)
            .copied()
            .unwrap_or_default()
    };
    let first_look_at_instances = async {
        while count(Call::DescribeInstances) == 0 {
            tokio::task::yield_now().await;
        }
        count(Call::DescribeTargetHealth)
    };
    let (_, health) = tokio::join!(stage.activate(), first_look_at_instances);
    assert_eq!(health, 4);
}
