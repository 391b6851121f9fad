//! Brokers on Spot Instances that AWS takes back, two minutes after its notice.

use super::*;
use world::model::TakenBack;

/// So long after the notice its event has woken the function.
const WOKEN: Duration = Duration::from_secs(6);

/// Three brokers that are as they should be, all on Spot Instances, and nobody may restart.
async fn spot() -> (Stage, Listeners, Vec<InstanceId>) {
    let stage = Stage::new();
    let (listeners, brokers) = stage.rolled(3).await;
    stage.put("restarts", "any-time");
    listeners.settle(&stage).await;
    stage.put("restarts", "never");
    brokers.iter().for_each(|id| stage.is_spot(id));
    for _ in 0..3 {
        stage.pass(MINUTE).await;
        listeners.run(&stage).await;
    }
    stage.forget_calls();
    (stage, listeners, brokers)
}

/// Runs as its own commands wake it, until one begins so; and how long after the notice that was.
async fn until_stops(stage: &Stage, listeners: &Listeners, id: &InstanceId) -> (Pushed, Duration) {
    let begin = stage.now();
    stage.pass(WOKEN).await;
    let stops = |pushed: &Pushed| {
        let mut steps = steps(pushed).into_iter();
        steps.any(|step| step.starts_with("stop ") && step.ends_with(id.as_str()))
    };
    loop {
        let pushed = listeners.run(stage).await;
        let took = stage.now().duration_since(begin).unsigned_abs();
        if stops(&pushed) {
            return (pushed, took);
        }
        assert!(took < Duration::from_secs(120), "{}", held(&pushed));
        stage.pass(Duration::from_secs(5)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn its_broker_is_stopped_within_the_two_minutes_however_it_is_taken_back() {
    for how in [
        TakenBack::ForCapacity,
        TakenBack::ForPrice,
        TakenBack::Stopped,
    ] {
        let (stage, listeners, brokers) = spot().await;
        stage.take_back(&brokers[1], how);
        let (_, took) = until_stops(&stage, &listeners, &brokers[1]).await;
        assert!(took < MINUTE, "{how:?}: {took:?}");
        stage.pass(Duration::from_secs(30)).await;
        let down: Vec<String> = stage.down().iter().map(ToString::to_string).collect();
        assert_eq!(down, ["2"], "{how:?}");
        let model = stage.model();
        let instance = model.instance(&brokers[1]).expect("an instance");
        assert_eq!(instance.state.as_str(), "running", "{how:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_gate_says_is_told_and_keeps_nothing() {
    let (stage, listeners, brokers) = spot().await;
    stage.take_back(&brokers[0], TakenBack::ForCapacity);
    until_stops(&stage, &listeners, &brokers[0]).await;
    stage.pass(Duration::from_secs(20)).await;
    stage.take_back(&brokers[1], TakenBack::ForCapacity);
    let (pushed, took) = until_stops(&stage, &listeners, &brokers[1]).await;
    says(
        &pushed,
        "broker 2 is stopped although it should not be, since AWS takes its Spot Instance back",
    );
    assert!(took < MINUTE, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_next_sweep_sees_a_notice_that_never_came() {
    let (stage, listeners, brokers) = spot().await;
    stage.take_back(&brokers[2], TakenBack::ForCapacity);
    stage.pass(Duration::from_secs(60)).await;
    let (_, took) = until_stops(&stage, &listeners, &brokers[2]).await;
    assert!(took < MINUTE, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_restarted_beside_it_until_it_is_gone_and_back() {
    let (stage, listeners, brokers) = spot().await;
    stage.put(
        "listeners/EXTERNAL",
        &tests::PATTERN.replace(".abc.", ".def."),
    );
    stage.put("restarts", "any-time");
    stage.take_back(&brokers[1], TakenBack::Stopped);
    let (pushed, _) = until_stops(&stage, &listeners, &brokers[1]).await;
    assert!(kinds(&pushed).contains(&"RollWaits") || steps(&pushed).len() == 1);
    for _ in 0..20 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        let restarts = steps(&pushed).into_iter();
        let restarts: Vec<String> = restarts.filter(|it| !it.starts_with("inspect")).collect();
        assert_eq!(restarts, Vec::<String>::new());
        assert!(stage.down().len() < 2, "{:?}", stage.down());
    }
}

#[tokio::test(start_paused = true)]
async fn a_rebalance_recommendation_stops_nobody() {
    let (stage, listeners, brokers) = spot().await;
    let told = stage.edit(|model, now| model.recommend_rebalance(now, &brokers[1]));
    told.expect("an instance");
    for _ in 0..5 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        assert!(steps(&pushed).is_empty(), "{:?}", steps(&pushed));
    }
    assert!(stage.down().is_empty());
}
