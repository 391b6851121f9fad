//! push-listeners and register-brokers, from nothing to serving.

use super::*;
use register_brokers::mapping::RowState;

const SECOND_GROUP: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9200", "bind_port": 39093}"#;

/// Whether each port of EXTERNAL serves, bootstrap too.
async fn serves(stage: &Stage) -> bool {
    let report = stage.activate().await.report;
    let mut rows = report.picture.mapping.iter();
    report.actions.is_empty() && rows.all(|row| row.state == RowState::Serving)
}

#[tokio::test(start_paused = true)]
async fn a_port_that_is_not_given_yet_is_waited_for() {
    let stage = Stage::new();
    let broker = stage.hosted(1, ZONES[0], &first_file(1));
    stage.put("restarts", &alone("any-time"));
    let listeners = Listeners::on(&stage);
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(sent, Vec::<String>::new());
    assert_eq!(kinds(&pushed), ["NoPort"], "{}", held(&pushed));
    says(
        &pushed,
        "its port is not given yet; if that lasts, see what its report holds, the newest JSON line in the log group /kafka-privatelink/orders/register-brokers",
    );
    stage.pass(MINUTE).await;
    stage.activate().await;
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn both_functions_bring_a_broker_from_nothing_to_serving() {
    let stage = Stage::new();
    stage.put("restarts", &alone("any-time"));
    let broker = stage.hosted(1, ZONES[0], &first_file(1));
    let listeners = Listeners::on(&stage);
    let begin = stage.now();
    let mut open = None;
    for _ in 0..30 {
        stage.pass(MINUTE).await;
        let (_, is_served) = tokio::join!(listeners.run(&stage), serves(&stage));
        if open.is_none() && has_external(&stage, &broker) {
            open = Some(stage.now().duration_since(begin));
        }
        if is_served {
            break;
        }
    }
    assert!(serves(&stage).await);
    let served = stage.now().duration_since(begin);
    println!("from the parameter on: EXTERNAL open after {open:#?}, served after {served:#}");
    assert_eq!(stage.mapping()[&9092], [broker.clone()].into());
    assert_eq!(stage.mapping()[&9093], [broker.clone()].into());
    let model = stage.model();
    for write in model.writes() {
        let owner = match write.call {
            Call::SendCommand => PUSH_LISTENERS,
            _ => REGISTER_BROKERS,
        };
        assert_eq!(write.by.as_deref(), Some(owner), "{}", write.what);
    }
}

#[tokio::test(start_paused = true)]
async fn on_a_broker_that_is_served_a_second_group_and_its_end_are_one_restart_each() {
    let (stage, listeners, broker) = with_external().await;
    for _ in 0..10 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    assert!(serves(&stage).await);
    let file = stage.file_of(&broker);
    stage.put("listeners/EXTERNAL2", SECOND_GROUP);
    stage.activate().await;
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect", "edit"], "{}", held(&pushed));
    for _ in 0..10 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    assert!(serves(&stage).await);
    stage.put("listeners/EXTERNAL2", r#"{"retired": true}"#);
    for _ in 0..20 {
        stage.pass(MINUTE).await;
        tokio::join!(listeners.run(&stage), stage.activate());
    }
    assert_eq!(stage.file_of(&broker), file);
    assert_eq!(processes(&stage, &broker), 4);
}

#[tokio::test(start_paused = true)]
async fn two_groups_come_in_one_edit() {
    let (stage, listeners, broker) = given().await;
    stage.put("listeners/EXTERNAL2", SECOND_GROUP);
    for _ in 0..3 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    stage.put("restarts", &alone("any-time"));
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect", "edit"], "{}", held(&pushed));
    let open = stage.on_host(&broker, |host, _| {
        let process = host.process.as_ref().expect("a process");
        process.open.keys().cloned().collect::<Vec<_>>()
    });
    assert_eq!(open, ["CONTROLLER", "EXTERNAL", "EXTERNAL2", "INTERNAL"]);
    assert_eq!(processes(&stage, &broker), 2);
}

#[tokio::test(start_paused = true)]
async fn another_pattern_is_one_more_restart_and_is_handed_over_again() {
    let (stage, listeners, broker) = with_external().await;
    let other = tests::PATTERN.replace(".abc.", ".def.");
    stage.put("listeners/EXTERNAL", &other);
    let (_, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect", "edit"]);
    assert!(stage.file_of(&broker).contains("b1.usw2-az1.def.us-west-2"));
    for _ in 0..10 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    assert!(serves(&stage).await);
}
