//! Brokers that an Auto Scaling group with our hooks launches and terminates.

use super::*;
use fleet::words::NodeId;
use tests::listeners::file_of_many;
use world::model::KafkaTopic;

/// The file of broker 4, which does not vote.
fn file_of_fourth() -> String {
    let file = file_of_many(4, 3).replace("broker,controller", "broker");
    file.replace(",CONTROLLER://0.0.0.0:29092", "")
}

/// Three brokers that are as they should be, and one that enters.
async fn entering() -> (Stage, Listeners, String, InstanceId) {
    let stage = Stage::new();
    let (listeners, _) = stage.rolled(3).await;
    stage.put("restarts", "any-time");
    settle(&stage, &listeners).await;
    stage.put("restarts", "never");
    let (group, id) = stage.entering(4, &file_of_fourth()).await;
    (stage, listeners, group, id)
}

/// Both functions, a minute at a time, until nothing is done; what push-listeners did.
async fn settle(stage: &Stage, listeners: &Listeners) -> Vec<String> {
    let (mut quiet, mut sent) = (0, Vec::new());
    for _ in 0..90 {
        stage.pass(MINUTE).await;
        stage.activate().await;
        let pushed = listeners.run(stage).await;
        let done = steps(&pushed);
        let changes = done.iter().any(|step| !step.starts_with("inspect"));
        quiet = if changes || kinds(&pushed).contains(&"Settling") {
            0
        } else {
            quiet + 1
        };
        sent.extend(done.into_iter().filter(|step| !step.starts_with("inspect")));
        if quiet == 6 {
            return sent;
        }
    }
    panic!("it has not settled: {sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_enters_has_its_listener_before_its_first_start() {
    let (stage, listeners, group, id) = entering().await;
    let sent = settle(&stage, &listeners).await;
    assert_eq!(
        sent,
        [format!("edit the file of broker 4 on {id} and start it")]
    );
    assert!(has_external(&stage, &id));
    assert_eq!(processes(&stage, &id), 1, "it was started once");
    assert!(stage.down().is_empty(), "{:?}", stage.down());
    let states: Vec<String> = stage.lifecycle(&group).into_values().collect();
    assert_eq!(states, ["InService"], "register-brokers let it go on");
}

/// Broker 4 has entered, and has replicas of a topic or none; its group is scaled in.
async fn leaving(has_replicas: bool) -> (Stage, Listeners, InstanceId) {
    let (stage, listeners, group, id) = entering().await;
    settle(&stage, &listeners).await;
    if has_replicas {
        let nodes: Vec<NodeId> = [4, 1, 2].into_iter().filter_map(NodeId::new).collect();
        stage.edit_cluster(|cluster| {
            let topic = KafkaTopic::spread(3, 2, &nodes);
            cluster.topics.insert("payments".to_owned(), topic);
        });
    }
    stage.pass(MINUTE).await;
    stage.scale(&group, 0);
    (stage, listeners, id)
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_leaves_is_stopped_gracefully_and_no_other_one_is() {
    let (stage, listeners, id) = leaving(false).await;
    let sent = settle(&stage, &listeners).await;
    assert_eq!(sent, [format!("stop broker 4 on {id}")]);
    let left = stage.lifecycle("broker-4");
    assert!(left.is_empty(), "register-brokers let it go: {left:?}");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_leaves_with_replicas_serves_until_they_are_moved() {
    let (stage, listeners, id) = leaving(true).await;
    let sent = settle(&stage, &listeners).await;
    assert_eq!(sent, Vec::<String>::new());
    let pushed = listeners.run(&stage).await;
    says(
        &pushed,
        "it has replicas of these partitions: payments-0, payments-1, payments-2; reassign them",
    );
    assert!(stage.down().is_empty());
    stage.edit_cluster(|cluster| cluster.topics.remove("payments"));
    let sent = settle(&stage, &listeners).await;
    assert_eq!(sent, [format!("stop broker 4 on {id}")]);
}
