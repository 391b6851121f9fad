//! The template's alarms on metrics that functions write: each rings by itself for what it is for, and ends.

use cloud::call::Call;
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::alarms::Watch;
use tests::listeners::kafka;
use tests::{PATTERN, Stage, TEMPLATE, ZONES, deployed};
use world::model::{AlarmState, KafkaState, MetricId, Transition, Watched};

const MINUTE: Duration = Duration::from_secs(60);

/// What an alarm is for, and what ends it.
type Case<'a> = (&'a str, &'a dyn Fn(&Stage), &'a dyn Fn(&Stage));

/// Each rings when something has happened, and not before, and ends when that is over.
async fn ring(stage: &Stage, cases: &[Case<'_>]) {
    let watch = Watch::on(stage);
    for _ in 0..35 {
        watch.minute().await;
    }
    for (alarm, begins, ends) in cases {
        assert_ne!(
            watch.state(alarm),
            AlarmState::Alarm,
            "{alarm} rings before"
        );
        begins(stage);
        watch.until(alarm, AlarmState::Alarm).await;
        ends(stage);
        watch.until(alarm, AlarmState::Ok).await;
        for _ in 0..35 {
            watch.minute().await;
        }
    }
}

fn instance(stage: &Stage, node: u32) -> InstanceId {
    let model = stage.model();
    let mut all = model.instances();
    let is_it = |it: &&world::model::InstanceRecord| {
        it.kafka.node_id == NodeId::new(node) && it.state.as_str() == "running"
    };
    all.find(is_it).expect("a broker").id.clone()
}

fn is(node: u32, state: KafkaState) -> impl Fn(&Stage) {
    move |stage| stage.kafka_is(&instance(stage, node), state)
}

#[tokio::test(start_paused = true)]
async fn those_of_the_mapping_ring_and_end() {
    let stage = Stage::three().await;
    let denied = |stage: &Stage| stage.model().deny(Call::InvokeFunction);
    let allowed = |stage: &Stage| stage.model().allow(Call::InvokeFunction);
    ring(
        &stage,
        &[
            (
                "kafka-privatelink-orders-not-serving",
                &is(2, KafkaState::Down),
                &is(2, KafkaState::Answers),
            ),
            ("kafka-privatelink-orders-no-proof", &denied, &allowed),
            (
                "RegisterBrokersHeldAlarm",
                &|stage| _ = stage.broker(3, ZONES[0]),
                &|stage| {
                    let twin = instance(stage, 3);
                    let model = stage.model();
                    let twins = model.instances();
                    let of = |it: &&world::model::InstanceRecord| {
                        it.kafka.node_id == NodeId::new(3) && it.id != twin
                    };
                    let id = twins.filter(of).map(|it| it.id.clone()).last();
                    drop(model);
                    stage.terminate(&id.expect("a twin"));
                },
            ),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_port_that_leads_to_another_broker_rings() {
    let stage = Stage::three().await;
    // What one look may mend is mended by it: here it may not.
    let named = |node: u32| {
        move |stage: &Stage| {
            match node {
                2 => stage.delete("paused"),
                _ => stage.put("paused", "true"),
            }
            let id = instance(stage, if node == 2 { 7 } else { 2 });
            stage
                .edit(|model, _| model.edit_kafka(&id, |it| it.node_id = NodeId::new(node)))
                .expect("a broker");
        }
    };
    ring(
        &stage,
        &[("kafka-privatelink-orders-wrong-port", &named(7), &named(2))],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_waits_for_long_rings() {
    let stage = Stage::three().await;
    let hooks = [
        ("kafka-privatelink-launch", Transition::Launching),
        ("kafka-privatelink-terminate", Transition::Terminating),
    ];
    stage.scaling_group("broker-4", 4, &hooks);
    let launched = |stage: &Stage| {
        stage.scale("broker-4", 1);
        let members = stage.lifecycle("broker-4").into_keys();
        members.for_each(|id| stage.kafka_is(&id, KafkaState::Down));
    };
    let answers = |stage: &Stage| {
        let members = stage.lifecycle("broker-4").into_keys();
        members.for_each(|id| stage.kafka_is(&id, KafkaState::Answers));
    };
    ring(&stage, &[("HooksHeldAlarm", &launched, &answers)]).await;
}

/// Three brokers with hosts, which may be restarted at any time, and were for the last time more than an hour ago: what
/// exits before has exited because of it.
async fn hosted() -> Stage {
    let stage = Stage::new();
    let (listeners, _) = stage.rolled(3).await;
    stage.put("restarts", &tests::listeners::alone("any-time"));
    for _ in 0..30 {
        stage.pass(MINUTE).await;
        stage.activate().await;
        listeners.run(&stage).await;
    }
    stage.pass(70 * MINUTE).await;
    stage
}

#[tokio::test(start_paused = true)]
async fn that_of_principals_rings_and_ends() {
    let stage = Stage::three().await;
    ring(
        &stage,
        &[(
            "SyncPrincipalsHeldAlarm",
            &|stage| stage.put("principals", "everybody"),
            &|stage| stage.delete("principals"),
        )],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn those_of_listeners_ring_and_end() {
    let stage = hosted().await;
    let consents = |stage: &Stage| stage.put("restarts", &tests::listeners::alone("any-time"));
    let refused = |stage: &Stage| {
        stage.put("restarts", "soon");
        stage.put("listeners/EXTERNAL", &PATTERN.replace(".abc.", ".def."));
    };
    let fails = |fails: bool| {
        move |stage: &Stage| {
            for node in 1..=3 {
                stage.on_host(&instance(stage, node), |host, now| {
                    host.fails = fails.then(|| "FATAL no disk".to_owned());
                    if !fails && host.living(now).is_none() {
                        kafka::start(host, now);
                    }
                });
            }
            stage.put("listeners/EXTERNAL", PATTERN);
        }
    };
    ring(
        &stage,
        &[
            ("PushListenersHeldAlarm", &refused, &consents),
            ("PushListenersRollStoppedAlarm", &fails(true), &fails(false)),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn that_of_healing_rings_and_ends() {
    let stage = hosted().await;
    ring(
        &stage,
        &[(
            "HealBrokersHeldAlarm",
            &|stage| stage.on_host(&instance(stage, 2), |host, _| kafka::kill(host)),
            &|stage| stage.on_host(&instance(stage, 2), kafka::start),
        )],
    )
    .await;
}

/// Every one has a test above, and watches what a run writes.
#[tokio::test(start_paused = true)]
async fn every_alarm_on_our_metrics_is_played_and_its_metrics_are_written() {
    let stage = Stage::three().await;
    let watch = Watch::on(&stage);
    watch.minute().await;
    let source = include_str!("alarms.rs");
    for alarm in watch.on_metrics() {
        assert!(
            source.contains(&format!("{alarm}\"")),
            "nobody plays {alarm}"
        );
    }
    let template = deployed(TEMPLATE).expect("a template");
    let model = stage.model();
    let written: BTreeSet<&MetricId> = model.metrics().collect();
    for alarm in template.alarms().expect("alarms") {
        if let Watched::Metrics(watched) = &alarm.watched {
            for metric in watched.metrics() {
                assert!(
                    written.contains(metric),
                    "{}: nobody writes {metric:?}",
                    alarm.id
                );
            }
        }
    }
}
