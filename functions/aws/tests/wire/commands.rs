//! Run Command: what AWS shows of a command from the call to its end, what it refuses, and what nobody
//! knows after an answer was lost.

use crate::canned::{answering, hanging_up};
use crate::wire::{APPLY, Wire, config, new_command, sent_before};
use aws::Aws;
use cloud::call::Call;
use cloud::calls::{CommandFilter, CommandReads, CommandWrites, NewCommand};
use cloud::error::{CallError, ErrorKind};
use cloud::pacing::Pace;
use fleet::observed::{CommandStatus, PingStatus};
use jiff::SignedDuration;
use std::time::Duration;
use tokio::time::Instant;
use world::iam::Caller;
use world::model::{ApiError, Model};

fn kind(error: &CallError) -> (ErrorKind, &str) {
    (error.kind, &error.code)
}

/// What both doors say to this command.
async fn refused(wire: &Wire, new: &NewCommand) -> CallError {
    let by_sdk = wire.sdk.send_command(new).await.unwrap_err();
    let in_memory = wire.memory.send_command(new).await;
    assert_eq!(in_memory.as_ref(), Err(&by_sdk));
    by_sdk
}

/// From now on everything is so much later.
fn later(wire: &Wire, seconds: i64) {
    let later = wire.clock.now() + SignedDuration::from_secs(seconds);
    wire.model().advance(later);
}

#[tokio::test]
async fn p51_a_command_is_there_when_it_is_sent_and_shown_a_while_later() {
    let wire = Wire::new().await;
    let (sdk, running) = (&wire.sdk, &wire.account.running);
    let filter = CommandFilter {
        document: APPLY.into(),
        ..sent_before()
    };
    let new = new_command(running);
    let id = sdk.send_command(&new).await.unwrap();
    let unseen = sdk.get_command_invocation(&id, running).await;
    assert_eq!(unseen, Ok(None), "it is no error");
    let page = sdk.list_commands(&filter, None).await.unwrap();
    assert_eq!(page.items, []);
    later(&wire, 1);
    let page = sdk.list_commands(&filter, None).await.unwrap();
    let [command] = page.items.as_slice() else {
        panic!("{page:?}");
    };
    assert_eq!((&command.id, &command.comment), (&id, &new.comment));
    assert_eq!(command.instances, [running.clone()].into());
    assert_eq!(command.status, CommandStatus::InProgress);
    let total = SignedDuration::from_secs(60 + 600);
    assert_eq!(command.expires_at, Some(command.requested_at + total));
    // F65: both filters together.
    for (seconds, found) in [(0, 0), (1, 1)] {
        let before = CommandFilter {
            invoked_before: Some(command.requested_at + SignedDuration::from_secs(seconds)),
            ..filter.clone()
        };
        let page = sdk.list_commands(&before, None).await.unwrap();
        assert_eq!(page.items.len(), found, "{seconds} s");
    }
    later(&wire, 10);
    let page = sdk.list_command_invocations(&filter, None).await.unwrap();
    assert_eq!(page.items[0].status, CommandStatus::Failed);
    let output = sdk.get_command_invocation(&id, running).await.unwrap();
    let output = output.expect("known");
    assert_eq!((output.exit_code, &*output.stderr), (Some(10), "refused\n"));
    assert_eq!(output.stdout, "{\"é\":\"\\u0000 & <\"}\n");
    assert_eq!(wire.door.door().surprises(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_not_there_or_not_as_it_must_be_is_refused_alike_by_both_doors() {
    let wire = Wire::new().await;
    let good = || new_command(&wire.account.running);
    for (new, expected) in [
        (
            NewCommand {
                document: "theirs".into(),
                ..good()
            },
            (ErrorKind::NotFound, "InvalidDocument"),
        ),
        (
            NewCommand {
                instance: wire.account.pending.clone(),
                ..good()
            },
            (ErrorKind::NotFound, "InvalidInstanceId"),
        ),
        (
            NewCommand {
                payload: "a b".to_owned(),
                ..good()
            },
            (ErrorKind::Refused, "InvalidParameters"),
        ),
        (
            NewCommand {
                comment: "x".repeat(101),
                ..good()
            },
            (ErrorKind::Refused, "ValidationException"),
        ),
    ] {
        let error = refused(&wire, &new).await;
        assert_eq!(kind(&error), expected);
        assert!(!error.is_outcome_unknown());
    }
    assert!(wire.model().writes().is_empty());
}

#[tokio::test]
async fn p52_a_command_whose_answer_was_lost_is_not_sent_again_and_found_by_its_comment() {
    let (wire, pace) = (Wire::new().await, Pace::default());
    let new = new_command(&wire.account.running);
    let soon = || Instant::now() + Duration::from_secs(30);
    wire.model().lose_next_answer(Call::SendCommand, 1);
    let send = || wire.sdk.send_command(&new);
    let lost = pace.call(&wire.sdk, Call::SendCommand, soon(), send).await;
    assert!(lost.unwrap_err().is_outcome_unknown());
    let sent = |model: &Model| {
        let sent = model.commands().filter(|sent| sent.comment == new.comment);
        sent.count()
    };
    assert_eq!(sent(&wire.model()), 1);
    wire.door.hang_up(1);
    let lost = pace.call(&wire.sdk, Call::SendCommand, soon(), send).await;
    let lost = lost.unwrap_err();
    assert_eq!(kind(&lost), (ErrorKind::Disconnected, ""));
    assert!(lost.is_outcome_unknown());
    assert_eq!(pace.take_tally().calls[&Call::SendCommand], 2);
    // A throttled one has not been sent, so it is sent again.
    let throttled = ApiError::throttled(Call::SendCommand);
    wire.model().fail_next(Call::SendCommand, throttled, 1);
    assert!(
        pace.call(&wire.sdk, Call::SendCommand, soon(), send)
            .await
            .is_ok()
    );
    assert_eq!(pace.take_tally().calls[&Call::SendCommand], 2);
    assert_eq!(sent(&wire.model()), 2);
}

#[tokio::test]
async fn an_answer_that_says_nothing_leaves_the_outcome_unknown() {
    let new = new_command(&"i-1".into());
    for url in [
        answering("200 OK", "{}").await,
        answering("200 OK", "{\"Command\":{}}").await,
        answering("200 OK", "hello").await,
        answering("503 Service Unavailable", "<html>busy</html>").await,
        hanging_up().await,
    ] {
        let sdk = Aws::from_config(config(&url)).await;
        let error = sdk.send_command(&new).await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn a_status_and_a_ping_of_tomorrow_are_kept() {
    let commands = "{\"CommandInvocations\":[{\"CommandId\":\"c\",\"InstanceId\":\"i\",\"DocumentName\":\"d\",\
                    \"RequestedDateTime\":1.5,\"Status\":\"InProgress\",\"StatusDetails\":\"Hovering\"}]}";
    let sdk = Aws::from_config(config(&answering("200 OK", commands).await)).await;
    let page = sdk.list_command_invocations(&sent_before(), None).await;
    let status = page.unwrap().items.remove(0).status;
    assert_eq!(status, CommandStatus::Unknown("Hovering".to_owned()));
    assert!(status.is_in_flight());
    let instances =
        "{\"InstanceInformationList\":[{\"InstanceId\":\"i\",\"PingStatus\":\"Asleep\"}]}";
    let sdk = Aws::from_config(config(&answering("200 OK", instances).await)).await;
    let page = sdk
        .describe_instance_information(&"orders".into(), None)
        .await;
    let ping = page.unwrap().items.remove(0).ping;
    assert_eq!(ping, PingStatus::Unknown("Asleep".to_owned()));
}

#[tokio::test]
async fn f49_a_role_without_permission_sends_nothing_and_both_doors_say_so() {
    let wire = Wire::new().await;
    let caller = Caller::new(
        "nobody",
        "arn:aws:iam::123456789012:role/Nobody",
        Default::default(),
    );
    let wire = wire.called_by(caller).await;
    let error = refused(&wire, &new_command(&wire.account.running)).await;
    assert_eq!(kind(&error), (ErrorKind::Denied, "AccessDeniedException"));
    let text = error.to_string();
    assert!(text.contains("ssm:SendCommand"), "{text}");
}
