//! AWS loses, cuts, doubles and denies; Kafka has the last word.

use super::*;
use std::sync::Arc;
use tests::listeners::{Scripts, kafka};
use world::model::{HostShell, Scripted, Started};

/// What hosts say is cut after so many characters, if their order is one of these.
fn cuts(stage: &Stage, document: &'static str, to: usize) {
    let shell = Scripted(move |run: &world::model::ScriptRun, host: &mut _| {
        let started = Scripts.start(run, host);
        match started {
            Started::Ends(took, mut ran) if run.document.as_str().ends_with(document) => {
                ran.stdout.truncate(to);
                Started::Ends(took, ran)
            }
            started => started,
        }
    });
    stage.model().set_shell(Arc::new(shell));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_cut_is_no_answer_and_is_asked_for_again_later() {
    let (stage, listeners, broker) = may_restart().await;
    cuts(&stage, "inspect", 500);
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect"]);
    says(
        &pushed,
        "its output does not end with our checksum: it was cut after 500 characters",
    );
    stage.model().set_shell(Arc::new(Scripts));
    stage.pass(MINUTE * 10).await;
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn an_edit_whose_answer_was_cut_is_judged_by_kafka() {
    let (stage, listeners, broker) = may_restart().await;
    cuts(&stage, "apply", 10);
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect", "edit"]);
    assert_eq!(kinds(&pushed), Vec::<&str>::new(), "{}", held(&pushed));
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn success_says_nothing_of_a_broker_that_died() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "edit").await;
    stage.pass(MINUTE).await;
    let status = |stage: &Stage| {
        let model = stage.model();
        let mut commands: Vec<_> = model.commands().cloned().collect();
        commands.sort_by_key(|command| command.requested_at);
        commands.pop().expect("a command").status
    };
    assert_eq!(status(&stage), fleet::observed::CommandStatus::Success);
    stage.on_host(&broker, |host, _| kafka::exit(host));
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!(
        words(&sent),
        ["inspect", "give", "inspect"],
        "{}",
        held(&pushed)
    );
    assert!(is_first(&stage, &broker));
    assert_eq!(kinds(&pushed), ["Failed"], "{}", held(&pushed));
}

#[tokio::test(start_paused = true)]
async fn a_command_that_is_denied_is_told_and_sent_later() {
    let (stage, listeners, broker) = may_restart().await;
    stage.model().deny(Call::SendCommand);
    stage.pass(MINUTE).await;
    let pushed = listeners.run(&stage).await;
    let outcome = format!("{:?}", pushed.report.actions[0].outcome);
    assert!(outcome.contains("Failed"), "{outcome}");
    assert!(stage.model().commands().next().is_none());
    stage.model().allow(Call::SendCommand);
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
}

#[tokio::test(start_paused = true)]
async fn a_command_that_comes_twice_is_carried_out_once() {
    let (stage, listeners, broker) = may_restart().await;
    stage
        .edit(|model, now| model.edit_agent(now, &broker, |agent| agent.runs_twice = true))
        .expect("an agent");
    listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker));
    assert_eq!(processes(&stage, &broker), 2);
    let model = stage.model();
    let mut starts = model.commands().map(|command| command.starts);
    assert!(starts.all(|starts| starts == 2));
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_goes_while_the_broker_restarts_leaves_a_command_that_is_waited_for() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    stage.pass(MINUTE).await;
    listeners.run(&stage).await;
    stage.pass(Duration::from_secs(5)).await;
    stage
        .edit(|model, now| model.agent_goes(now, &broker))
        .expect("gone");
    // Kafka shows it long before the command ends.
    stage.pass(MINUTE).await;
    let pushed = listeners.run(&stage).await;
    assert!(has_external(&stage, &broker));
    assert_eq!(kinds(&pushed), ["InFlight"], "{}", held(&pushed));
    let (pushed, sent) = listeners.settle(&stage).await;
    assert_eq!((sent, kinds(&pushed)), (Vec::new(), Vec::new()));
    assert_eq!(processes(&stage, &broker), 2);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_dies_while_the_broker_restarts_is_looked_at_once_it_is_back() {
    let (stage, listeners, broker) = may_restart().await;
    until_sent(&stage, &listeners, "inspect").await;
    stage.on_host(&broker, |host, _| {
        host.kills_in = Some("stopped".to_owned())
    });
    stage.pass(MINUTE).await;
    listeners.run(&stage).await;
    stage.pass(Duration::from_secs(3)).await;
    stage
        .edit(|model, now| model.reboot_instance(now, &broker))
        .expect("rebooted");
    let (pushed, sent) = listeners.settle(&stage).await;
    assert!(has_external(&stage, &broker), "{sent:?}: {}", held(&pushed));
    assert_eq!(processes(&stage, &broker), 2);
}
