//! What AWS answers when it says no, in the words of each service.

use crate::calls::{self, CALLS, Said};
use crate::wire::{PROBE, SECRET, Wire, every, new_group, port, tags};
use cloud::call::Call;
use cloud::calls::{Elbv2Reads, MappingWrites, Probes, SsmReads};
use cloud::error::{CallError, ErrorKind};
use std::collections::BTreeSet;
use std::sync::Arc;
use world::doors::http::Invoker;
use world::iam::Caller;
use world::lambda::function_error::FunctionError;
use world::model::{ApiError, Settings};
use world::template::Template;

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

/// Lets every call fail so, through both doors; says how each failed.
async fn every_call_fails(error: fn(Call) -> ApiError) -> Vec<CallError> {
    let wire = Wire::new().await;
    for call in every_kind().await {
        // DescribeInstances, GetParameter and others are made twice in a round.
        wire.model().fail_next(call, error(call), 4);
    }
    let memory = failed(calls::all(&wire.memory, &wire.account).await);
    wire.model().forget_calls();
    let sdk = failed(calls::all(&wire.sdk, &wire.account).await);
    assert_eq!(sdk, memory);
    let made: u64 = wire.model().calls().values().sum();
    assert_eq!(made, sdk.len() as u64, "the SDK retried");
    sdk
}

async fn every_kind() -> BTreeSet<Call> {
    let wire = Wire::new().await;
    let said = calls::all(&wire.memory, &wire.account).await;
    let kinds: BTreeSet<_> = said.iter().map(|(call, _)| *call).collect();
    assert_eq!(kinds.len(), CALLS);
    kinds
}

fn failed(said: Vec<Said>) -> Vec<CallError> {
    said.into_iter()
        .map(|(call, answer)| answer.expect_err(&call.to_string()))
        .collect()
}

fn codes(errors: &[CallError]) -> BTreeSet<&str> {
    errors.iter().map(|error| error.code.as_str()).collect()
}

#[tokio::test]
async fn every_call_can_be_throttled_and_the_sdk_does_not_retry() {
    let errors = every_call_fails(ApiError::throttled).await;
    assert!(
        errors
            .iter()
            .all(|error| error.kind == ErrorKind::Throttled)
    );
    assert_eq!(
        codes(&errors),
        [
            "RequestLimitExceeded",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException"
        ]
        .into()
    );
}

#[tokio::test]
async fn every_call_can_be_denied_and_names_the_action_to_allow() {
    let errors = every_call_fails(ApiError::denied).await;
    for error in &errors {
        assert_eq!(error.kind, ErrorKind::Denied);
        let text = error.to_string();
        assert!(text.contains(error.call.action()), "{text}");
    }
    assert_eq!(
        codes(&errors),
        [
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation"
        ]
        .into()
    );
}

#[tokio::test]
async fn p11_what_the_role_forbids_is_denied_at_both_doors_in_the_same_words() {
    let wire = Wire::new().await;
    let nlb = &wire.account.load_balancer;
    let settings = Settings::default();
    let template = Template::deployed(TEMPLATE, &settings, "payments", nlb).unwrap();
    let policies = Arc::new(template.policies().unwrap());
    let function = template.function("register-brokers").unwrap().function;
    let caller = Caller::new(&function.binary, &function.role, policies);
    let wire = wire.called_by(caller).await;
    let (group, listener) = (&wire.account.group, &wire.account.listener);
    let path = "/kafka-privatelink/orders";
    // Everything in the account is of the cluster orders, but the function is of another one.
    let (sdk, memory) = (&wire.sdk, &wire.memory);
    for (by_sdk, in_memory) in [
        (
            sdk.delete_target_group(group).await.unwrap_err(),
            memory.delete_target_group(group).await.unwrap_err(),
        ),
        (
            sdk.modify_listener(listener, group).await.unwrap_err(),
            memory.modify_listener(listener, group).await.unwrap_err(),
        ),
        (
            sdk.get_parameters_by_path(path, None).await.unwrap_err(),
            memory.get_parameters_by_path(path, None).await.unwrap_err(),
        ),
        (
            sdk.get_parameter(&SECRET.into()).await.unwrap_err(),
            memory.get_parameter(&SECRET.into()).await.unwrap_err(),
        ),
        (
            sdk.put_parameter(&SECRET.into(), "").await.unwrap_err(),
            memory.put_parameter(&SECRET.into(), "").await.unwrap_err(),
        ),
        (
            sdk.invoke(&"theirs".into(), "{}").await.unwrap_err(),
            memory.invoke(&"theirs".into(), "{}").await.unwrap_err(),
        ),
    ] {
        assert_eq!(by_sdk, in_memory);
        assert_eq!(by_sdk.kind, ErrorKind::Denied, "{by_sdk}");
    }
    assert!(sdk.describe_target_groups("", None).await.is_ok());
}

#[tokio::test]
async fn a_service_in_trouble_says_nothing_about_the_request() {
    let errors = every_call_fails(ApiError::internal).await;
    assert!(
        errors
            .iter()
            .all(|error| error.kind == ErrorKind::Retryable)
    );
    assert!(!codes(&errors).contains(""));
}

#[tokio::test]
async fn one_bad_target_rejects_the_whole_call() {
    let wire = Wire::new().await;
    let group = &wire.account.group;
    let targets = [wire.account.running.clone(), wire.account.pending.clone()];
    let error = wire
        .sdk
        .register_targets(group, &targets)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_str()),
        (ErrorKind::Refused, "InvalidTarget")
    );
    assert!(
        error.message.contains(wire.account.pending.as_str()),
        "{error}"
    );
    assert_eq!(wire.sdk.describe_target_health(group).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_probe_that_fails_is_a_refusal_in_its_own_words_at_both_doors() {
    let wire = Wire::new().await;
    let by_sdk = wire.sdk.invoke(&PROBE.into(), "{}").await.unwrap_err();
    let in_memory = wire.memory.invoke(&PROBE.into(), "{}").await.unwrap_err();
    assert_eq!(by_sdk, in_memory);
    assert_eq!(
        (by_sdk.kind, by_sdk.code.as_str()),
        (ErrorKind::Refused, "NotAnInquiry")
    );
    assert!(by_sdk.message.contains("groups"), "{by_sdk}");
    for payload in ["hello", ""] {
        let error = wire.sdk.invoke(&PROBE.into(), payload).await.unwrap_err();
        assert_eq!(error.code, "InvalidRequestContentException");
    }
    assert_eq!(wire.door.door().surprises(), Vec::<String>::new());
}

#[tokio::test]
async fn a_process_in_the_probes_place_is_asked_and_its_end_is_told() {
    let wire = Wire::new().await;
    let code: Invoker = Arc::new(|event| {
        let answer = match event["ends"].as_bool() {
            Some(true) => Err(FunctionError::Exited("signal: 9 (SIGKILL)".to_owned())),
            _ => Ok(event),
        };
        Box::pin(std::future::ready(answer))
    });
    wire.door.door().deploy_probe(code);
    let echo = wire.sdk.invoke(&PROBE.into(), r#"{"a":1}"#).await;
    assert_eq!(echo, Ok(r#"{"a":1}"#.to_owned()));
    let error = wire.sdk.invoke(&PROBE.into(), r#"{"ends":true}"#).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_str()),
        (ErrorKind::Refused, "Runtime.ExitError")
    );
    assert!(error.message.contains("SIGKILL"), "{error}");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_deleting_it_is_done() {
    let wire = Wire::new().await;
    let gone = |arn: &str| format!("{arn}-gone");
    let group = gone(wire.account.group.as_str()).as_str().into();
    let listener = gone(wire.account.listener.as_str()).as_str().into();
    let nlb = gone(wire.account.load_balancer.as_str()).as_str().into();
    let sdk = &wire.sdk;
    let not_found = [
        sdk.describe_load_balancer(&nlb).await.unwrap_err(),
        sdk.describe_listeners(&nlb, None).await.unwrap_err(),
        sdk.describe_target_health(&group).await.unwrap_err(),
        sdk.modify_target_group(&group, &every(10))
            .await
            .unwrap_err(),
        sdk.modify_listener(&listener, &wire.account.group)
            .await
            .unwrap_err(),
        sdk.get_parameter(&"/kafka-privatelink/no".into())
            .await
            .unwrap_err(),
        sdk.invoke(&"no".into(), "{}").await.unwrap_err(),
    ];
    for error in not_found {
        assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    }
    let error = sdk.delete_listener(&listener).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AlreadyDone, "{error}");
}

#[tokio::test]
async fn a_second_listener_on_a_port_is_a_duplicate() {
    let wire = Wire::new().await;
    let nlb = &wire.account.load_balancer;
    let spare = &wire.account.spare;
    let again = wire
        .sdk
        .create_listener(nlb, port(9092), spare, &tags())
        .await;
    let error = again.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_str()),
        (ErrorKind::Refused, "DuplicateListener")
    );
}

#[tokio::test]
async fn the_same_group_can_be_created_twice_and_another_one_of_its_name_cannot() {
    let wire = Wire::new().await;
    let same = wire.sdk.create_target_group(&new_group("kpl-1-one")).await;
    assert_eq!(same.as_ref(), Ok(&wire.account.group));
    let mut other = new_group("kpl-1-one");
    other.port = port(39093);
    let error = wire.sdk.create_target_group(&other).await.unwrap_err();
    assert_eq!(error.code, "DuplicateTargetGroupName");
}
