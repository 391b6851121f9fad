//! What is odd is told, and nobody's broker is touched.

use super::*;
use jiff::SignedDuration;
use tests::listeners::{FILE, kafka};
use world::model::{Agent, KafkaState};

fn edit_agent(stage: &Stage, broker: &InstanceId, edit: impl FnOnce(&mut Agent)) {
    stage
        .edit(|model, now| model.edit_agent(now, broker, edit))
        .expect("an agent");
}

fn is(stage: &Stage, broker: &InstanceId, state: KafkaState) {
    stage
        .edit(|model, _| model.edit_kafka(broker, |kafka| kafka.state = state))
        .expect("a broker");
}

#[tokio::test(start_paused = true)]
async fn without_an_agent_nothing_is_sent_and_it_goes_on_once_there_is_one() {
    let (stage, listeners, broker) = may_restart().await;
    edit_agent(&stage, &broker, |agent| agent.is_registered = false);
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(sent, Vec::<String>::new());
    assert_eq!(kinds(&pushed), ["Unmanaged"]);
    says(&pushed, "Systems Manager does not know it");
    edit_agent(&stage, &broker, |agent| agent.is_registered = true);
    edit_agent(&stage, &broker, |agent| {
        agent.version = "3.2.985.0".to_owned()
    });
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(sent, Vec::<String>::new());
    says(
        &pushed,
        "its SSM agent is 3.2.985.0, and 3.3.2746.0 is needed",
    );
    edit_agent(&stage, &broker, |agent| *agent = Agent::default());
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_away_and_still_shown_online_gets_a_command_that_is_given_up() {
    let (stage, listeners, broker) = may_restart().await;
    stage
        .edit(|model, now| model.agent_goes(now, &broker))
        .expect("gone");
    stage.pass(MINUTE).await;
    let first = listeners.run(&stage).await;
    assert_eq!(steps(&first).len(), 1);
    let mut told = Vec::new();
    for _ in 0..15 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        told.extend(kinds(&pushed).into_iter().map(str::to_owned));
    }
    assert!(told.contains(&"InFlight".to_owned()), "{told:?}");
    assert_eq!(
        told.last().map(String::as_str),
        Some("Unmanaged"),
        "{told:?}"
    );
    assert_eq!(sent(&stage), 1);
    stage
        .edit(|model, now| model.agent_returns(now, &broker))
        .expect("there");
    stage.pass(MINUTE * 10).await;
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ten_seconds_slow_or_ahead_of_any_possible_look_is_held() {
    for off in [-10, 200] {
        let (stage, listeners, broker) = may_restart().await;
        stage.on_host(&broker, |host, _| {
            host.clock_ahead = SignedDuration::from_secs(off)
        });
        let (pushed, sent) = listeners.settle(&stage).await;
        assert_eq!(words(&sent), ["inspect"], "{off}");
        assert_eq!(kinds(&pushed), ["Host"], "{off}: {}", held(&pushed));
        says(&pushed, "s off, and 5 s are allowed; let chrony set it");
        assert!(is_first(&stage, &broker));
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_other_hands_edit_between_the_look_and_the_edit_is_not_touched() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    let theirs = first_file(1).replace("hunter2", "hunter3");
    stage.on_host(&broker, |host, _| {
        host.files.insert(FILE.to_owned(), theirs.clone().into())
    });
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["edit", "inspect"]);
    assert_eq!(kinds(&pushed), ["CommandFailed"]);
    says(
        &pushed,
        "its file changed after it was inspected; nothing was done",
    );
    assert_eq!(stage.file_of(&broker), theirs);
    assert_eq!(processes(&stage, &broker), 1);
    stage.pass(MINUTE * 11).await;
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
    assert!(stage.file_of(&broker).contains("hunter3"));
}

#[tokio::test(start_paused = true)]
async fn a_process_that_others_started_since_the_look_is_not_stopped_for_it() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    stage.on_host(&broker, kafka::start);
    stage.pass(MINUTE).await;
    let pushed = listeners.run(&stage).await;
    assert_eq!(steps(&pushed).len(), 1);
    stage.pass(MINUTE).await;
    listeners.run(&stage).await;
    stage.pass(MINUTE).await;
    let pushed = listeners.run(&stage).await;
    says(
        &pushed,
        "the broker's process is another one than was inspected, or is gone",
    );
    assert_eq!(processes(&stage, &broker), 2);
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_hangs_or_is_no_kafka_or_another_one_is_left_alone() {
    for (state, told) in [
        (
            KafkaState::Hangs,
            "does not answer on its admin listener, and that is not our doing",
        ),
        (KafkaState::Other, "it answered HTTP/1.1 400 Bad Request"),
        (KafkaState::Denies, "DescribeConfigs is denied"),
        (KafkaState::Down, "connection refused"),
    ] {
        let (stage, listeners, broker) = may_restart().await;
        is(&stage, &broker, state);
        let (pushed, sent) = listeners.settle(&stage).await;
        let looks = |step: &String| step.starts_with("inspect");
        assert!(sent.iter().all(looks), "{state:?}: {sent:?}");
        says(&pushed, told);
        is(&stage, &broker, KafkaState::Answers);
        listeners.settle(&stage).await;
        assert!(has_external(&stage, &broker), "{state:?}");
    }
    let (stage, listeners, broker) = may_restart().await;
    stage
        .edit(|model, _| {
            model.edit_kafka(&broker, |kafka| {
                kafka.node_id = fleet::words::NodeId::new(7)
            })
        })
        .expect("a broker");
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(sent, Vec::<String>::new());
    says(&pushed, "is tagged as broker 1, and broker 7 answers there");
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_hangs_after_the_restart_is_waited_for() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "edit").await;
    is(&stage, &broker, KafkaState::Hangs);
    for _ in 0..20 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        let inspects = |step: &String| step.starts_with("inspect");
        assert!(steps(&pushed).iter().all(inspects), "{:?}", steps(&pushed));
    }
    assert_eq!(processes(&stage, &broker), 2);
}

#[tokio::test(start_paused = true)]
async fn what_others_stop_is_not_started() {
    let (stage, listeners, broker) = with_external().await;
    stage.pass(MINUTE * 90).await;
    stage.on_host(&broker, |host, _| kafka::exit(host));
    let (pushed, _) = listeners.settle(&stage).await;
    assert_eq!(kinds(&pushed), ["Silent"], "{}", held(&pushed));
    assert_eq!(processes(&stage, &broker), 2);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_odd_is_told_with_its_line() {
    for (from, to, told) in [
        ("# ours", "# generated by acme", "a comment in its file"),
        (
            "ssl.keystore",
            "list\\u0065ners",
            "the key of this line is written with a backslash",
        ),
    ] {
        let stage = Stage::new();
        let broker = stage.hosted(1, ZONES[0], &first_file(1).replace(from, to));
        for _ in 0..4 {
            stage.pass(MINUTE).await;
            stage.activate().await;
        }
        stage.put("restarts", &alone("any-time"));
        // What Java refuses or nobody can tell runs all the same: it was started before.
        stage.on_host(&broker, |host, now| {
            let odd = host.files.insert(FILE.to_owned(), first_file(1).into());
            kafka::start(host, now);
            host.files.insert(FILE.to_owned(), odd.expect("a file"));
        });
        let listeners = Listeners::on(&stage);
        let (pushed, sent) = listeners.settle(&stage).await;
        assert_eq!(words(&sent), ["inspect"], "{to}: {}", held(&pushed));
        says(&pushed, told);
        assert_eq!(processes(&stage, &broker), 2);
    }
}
