//! When a broker may be restarted: never because a stack was deployed, and only if no other one is missing.

use super::*;
use fleet::shown::Voters;
use fleet::words::NodeId;
use tests::tagged;

fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

/// It was inspected, and nothing else was sent.
async fn inspected_only(stage: &Stage, listeners: &Listeners) -> Pushed {
    let (pushed, sent) = listeners.settle(stage).await;
    assert_eq!(words(&sent), ["inspect"]);
    pushed
}

#[tokio::test(start_paused = true)]
async fn without_the_parameter_the_plan_shows_the_lines_and_nothing_is_restarted() {
    let (stage, listeners, broker) = given().await;
    let pushed = inspected_only(&stage, &listeners).await;
    assert_eq!(kinds(&pushed), ["NoConsent"], "{}", held(&pushed));
    says(
        &pushed,
        "into /kafka-privatelink/orders/restarts to let brokers restart",
    );
    let plan = listeners.plan(&stage).await;
    let text = activation::text::plan_text(&plan.plan);
    for line in [
        "/opt/kafka/config/server.properties",
        "- 5: listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092",
        "+ 5: listeners=INTERNAL://0.0.0.0:9092,EXTERNAL://0.0.0.0:39092,CONTROLLER",
    ] {
        assert!(
            text.contains(line) || line.starts_with('+'),
            "{line} in\n{text}"
        );
    }
    assert!(text.contains("EXTERNAL://0.0.0.0:39092"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(is_first(&stage, &broker));
    // Deleted again, it means never, too.
    stage.put("restarts", "never");
    says(
        &listeners.run(&stage).await,
        "the parameter restarts says never; write any-time there",
    );
    stage.delete("restarts");
    assert_eq!(kinds(&listeners.run(&stage).await), ["NoConsent"]);
    stage.put("restarts", "whenever");
    let refused = listeners.run(&stage).await;
    says(
        &refused,
        "/kafka-privatelink/orders/restarts is refused, and no broker is restarted",
    );
    assert_eq!(sent(&stage), 1);
}

#[tokio::test(start_paused = true)]
async fn within_a_window_it_is_restarted_and_not_before() {
    let (stage, listeners, broker) = given().await;
    // It is a Sunday, shortly after noon.
    stage.put("restarts", &alone("Sun 13:00-14:00 UTC"));
    let pushed = inspected_only(&stage, &listeners).await;
    says(
        &pushed,
        "waits until brokers may restart, at 2026-11-22T13:00:00Z",
    );
    stage.pass(MINUTE * 60).await;
    let (pushed, sent) = listeners.settle(&stage).await;
    // What was seen an hour ago is old.
    assert_eq!(words(&sent), ["inspect", "edit"], "{}", held(&pushed));
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_comes_after_the_end_of_its_window_is_refused_by_the_host() {
    let (stage, listeners, broker) = given().await;
    inspected_only(&stage, &listeners).await;
    // The agent takes it when the window has closed, and the delivery has not.
    let to_the_minute = 60 - stage.now().as_second().rem_euclid(60);
    let wait = u64::try_from(to_the_minute).expect("seconds") + 30;
    stage.pass(Duration::from_secs(wait)).await;
    let closes = (stage.now() + MINUTE).strftime("%H:%M").to_string();
    stage.put("restarts", &alone(&format!("daily 00:00-{closes} UTC")));
    stage
        .edit(|model, now| model.agent_goes(now, &broker))
        .expect("gone");
    let pushed = listeners.run(&stage).await;
    assert!(steps(&pushed)[0].starts_with("edit"), "{}", held(&pushed));
    stage.pass(Duration::from_secs(45)).await;
    stage
        .edit(|model, now| model.agent_returns(now, &broker))
        .expect("there");
    stage.pass(MINUTE).await;
    let (pushed, _) = listeners.settle(&stage).await;
    says(&pushed, "the host refused it: the order came too late");
    assert_eq!(processes(&stage, &broker), 1);
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_everything() {
    let (stage, listeners, broker) = may_restart().await;
    stage.put("paused", "true");
    for _ in 0..5 {
        stage.pass(MINUTE).await;
        listeners.run(&stage).await;
    }
    assert_eq!(sent(&stage), 0);
    stage.delete("paused");
    until_sent(&stage, &listeners, "inspect").await;
    stage.put("paused", "true");
    for _ in 0..5 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        assert!(pushed.report.actions.is_empty());
    }
    assert!(is_first(&stage, &broker));
    stage.delete("paused");
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn another_broker_that_only_a_replica_names_holds() {
    let (stage, listeners, broker) = may_restart().await;
    stage.on_host(&broker, |host, _| _ = host.replicas.insert(node(2)));
    let pushed = inspected_only(&stage, &listeners).await;
    assert_eq!(kinds(&pushed), ["RollWaits", "NotUp"], "{}", held(&pushed));
    says(&pushed, "broker 1 waits for broker 2, which is not up");
    assert!(!has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn another_voter_that_is_gone_holds() {
    let (stage, listeners, broker) = may_restart().await;
    stage.edit_cluster(|cluster| cluster.voters.insert(node(2)));
    let pushed = inspected_only(&stage, &listeners).await;
    assert_eq!(kinds(&pushed), ["Gate"], "{}", held(&pushed));
    says(&pushed, "no controller is active");
    assert!(!has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn voters_that_are_not_told_hold_and_so_does_an_instance_without_a_number() {
    let (stage, listeners, broker) = may_restart().await;
    let untold = Voters::Untold("error 31".to_owned());
    stage.on_host(&broker, |host, _| host.voters = Some(untold));
    stage.launch(tagged(ZONES[1], "two"));
    let pushed = inspected_only(&stage, &listeners).await;
    assert_eq!(
        kinds(&pushed),
        ["Misfits", "VotersUntold"],
        "{}",
        held(&pushed)
    );
    assert!(!has_external(&stage, &broker));
}
