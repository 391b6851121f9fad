//! What does not go well on the host is taken back, once, and told.

use super::*;
use fleet::words::Port;

fn external() -> Port {
    Port::new(39092).expect("a port")
}

/// A program takes EXTERNAL's port between the inspection and the restart of Kafka.
fn takes_the_port(stage: &Stage, broker: &InstanceId) {
    stage.on_host(broker, |host, _| {
        host.others.insert(external(), "nginx".to_owned());
    });
}

#[tokio::test(start_paused = true)]
async fn a_port_that_is_taken_is_seen_before_anything_is_changed() {
    let (stage, listeners, broker) = may_restart().await;
    takes_the_port(&stage, &broker);
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect"]);
    assert_eq!(kinds(&pushed), ["PortUsed"], "{}", held(&pushed));
    says(&pushed, "process 77 (nginx) listens there on IPv4");
    assert!(is_first(&stage, &broker));
    // Freed, it goes on by itself, once the host is looked at again.
    stage.on_host(&broker, |host, _| host.others.clear());
    stage.pass(MINUTE * 60).await;
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn a_port_that_is_taken_after_the_look_is_refused_by_the_host() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    takes_the_port(&stage, &broker);
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["edit", "inspect"]);
    says(&pushed, "process 77 (nginx) listens there");
    assert_eq!(processes(&stage, &broker), 1);
}

#[tokio::test(start_paused = true)]
async fn what_exits_within_the_command_is_taken_back_and_told_and_not_tried_again() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    // Nobody sees this port before Kafka binds it.
    stage.on_host(&broker, |host, _| _ = host.races.insert(external()));
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["edit", "inspect"]);
    assert_eq!(kinds(&pushed), ["Failed"], "{}", held(&pushed));
    says(&pushed, "its old file and process are back");
    says(
        &pushed,
        "Kafka said: ERROR Socket server failed to bind to 0.0.0.0:39092",
    );
    assert!(is_first(&stage, &broker));
    assert_eq!(processes(&stage, &broker), 3);
    let before = self::sent(&stage);
    for _ in 0..3 * 60 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        let looks = |step: &String| step.starts_with("inspect");
        let is_held = kinds(&pushed) == ["Failed"] || steps(&pushed).iter().any(looks);
        assert!(is_held, "{}", held(&pushed));
    }
    // A look each hour, and nothing more.
    assert!(self::sent(&stage) - before <= 3);
    assert_eq!(processes(&stage, &broker), 3);
    // The same text again is enough.
    stage.on_host(&broker, |host, _| host.races.clear());
    stage.put("listeners/EXTERNAL", tests::PATTERN);
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn what_exits_after_the_command_has_ended_is_taken_back_by_the_next_one() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    stage.on_host(&broker, |host, _| {
        _ = host.races.insert(external());
        host.loads_for = MINUTE * 3;
    });
    let (pushed, mut sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["edit", "inspect"]);
    assert_eq!(kinds(&pushed), ["Starting"], "{}", held(&pushed));
    // The new process exits, and the old one takes as long to load.
    for _ in 0..2 {
        stage.pass(MINUTE * 3).await;
        sent.extend(listeners.settle(&stage).await.1);
    }
    let backs = sent.iter().filter(|step| step.starts_with("give broker 1"));
    assert_eq!(backs.count(), 1, "{sent:?}");
    stage.pass(MINUTE).await;
    let pushed = listeners.run(&stage).await;
    assert_eq!(kinds(&pushed), ["Failed"], "{}", held(&pushed));
    assert!(is_first(&stage, &broker));
    assert_eq!(processes(&stage, &broker), 3);
}

#[tokio::test(start_paused = true)]
async fn if_the_old_one_exits_too_nothing_more_is_tried() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    stage.on_host(&broker, |host, _| {
        host.fails = Some("FATAL disk".to_owned())
    });
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["edit", "inspect"]);
    assert_eq!(kinds(&pushed), ["Failed"], "{}", held(&pushed));
    says(
        &pushed,
        "its old file is back, and its old process exited, too",
    );
    says(&pushed, "Kafka said: FATAL disk");
    assert!(is_first(&stage, &broker));
    let started = processes(&stage, &broker);
    for _ in 0..30 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        let inspects = |step: &String| step.starts_with("inspect");
        assert!(steps(&pushed).iter().all(inspects));
    }
    assert_eq!(processes(&stage, &broker), started);
}

#[tokio::test(start_paused = true)]
async fn slow_is_no_exit() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    stage.on_host(&broker, |host, _| host.loads_for = MINUTE * 90);
    until_sent(&stage, &listeners, "edit").await;
    for _ in 0..60 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(&stage).await;
        assert!(
            kinds(&pushed)
                .iter()
                .all(|kind| ["Starting", "InFlight"].contains(kind)
                    || steps(&pushed)[0].starts_with("inspect")),
            "{}",
            held(&pushed)
        );
    }
    assert_eq!(processes(&stage, &broker), 2);
    stage.pass(MINUTE * 60).await;
    let pushed = listeners.run(&stage).await;
    assert_eq!(kinds(&pushed), Vec::<&str>::new(), "{}", held(&pushed));
}

#[tokio::test(start_paused = true)]
async fn a_script_that_is_killed_in_any_phase_is_ended_by_the_next_command() {
    for phase in [
        "prepared", "replaced", "stopping", "stopped", "starting", "started",
    ] {
        let (stage, listeners, broker) = may_restart().await;
        until_sent(&stage, &listeners, "inspect").await;
        stage.on_host(&broker, |host, _| host.kills_in = Some(phase.to_owned()));
        let (_, mut sent) = listeners.settle(&stage).await;
        // What is put back because it never came to the stop is tried again some minutes later.
        stage.pass(MINUTE * 11).await;
        let (pushed, more) = listeners.settle(&stage).await;
        sent.extend(more);
        let told = format!("{phase}: {sent:?}: {}", held(&pushed));
        assert!(processes(&stage, &broker) <= 2, "{told}");
        if phase == "stopping" {
            // Nobody knows whether it hangs: it is not restarted again and again.
            says(
                &pushed,
                "broker 1 did not stop for its new listeners, or our command was",
            );
            assert!(is_first(&stage, &broker), "{told}");
            stage.put("listeners/EXTERNAL", tests::PATTERN);
            listeners.settle(&stage).await;
        } else {
            assert_eq!(kinds(&pushed), Vec::<&str>::new(), "{told}");
        }
        assert!(has_external(&stage, &broker), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_does_not_stop_is_waited_for() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    stage.on_host(&broker, |host, _| host.never_stops = true);
    let (pushed, _) = listeners.settle(&stage).await;
    assert_eq!(processes(&stage, &broker), 1);
    assert_eq!(kinds(&pushed), ["Stopping"], "{}", held(&pushed));
}
