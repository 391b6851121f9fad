//! A direct invocation: it plans, or it is refused.

use serde_json::json;
use std::collections::BTreeMap;
use tests::handler::{Handler, SCALE, THREE, with_one_sweep};
use tests::principals::SYNC_PRINCIPALS;
use world::deployment::REGISTER_BROKERS;
use world::lambda::function_error::FunctionError;
use world::model::Settings;

#[tokio::test]
async fn a_direct_invocation_that_plans_changes_nothing() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.at_rest().await;
    handler.aws.bus().lose("aws.ec2");
    handler.broker("4", "usw2-az1");
    let function = handler.aws.function(REGISTER_BROKERS).expect("a function");
    let answer = function.invoke(json!({"action": "plan"})).await;
    let answer = answer.expect("a plan");
    assert!(
        answer["plan"]["steps"]
            .as_array()
            .is_some_and(|steps| !steps.is_empty()),
        "{answer}"
    );
    assert!(
        answer["text"]
            .as_str()
            .is_some_and(|text| text.contains("broker 4")),
        "{answer}"
    );
    assert_eq!(handler.aws.model().writes(), []);
    handler.settled(&THREE).await;
}

#[tokio::test]
async fn what_the_deployed_function_observes_is_planned_again_elsewhere() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.at_rest().await;
    handler.aws.model().forget_calls();
    let function = handler.aws.function(REGISTER_BROKERS).expect("a function");
    for payload in [
        json!({"action": "observe"}),
        json!({"action": "observe", "masked": true}),
    ] {
        let saved = function.invoke(payload).await.expect("an observation");
        let planned = replay::replay(&saved.to_string()).expect("a plan");
        assert!(
            planned.text.contains("EXTERNAL 9093  broker 1"),
            "{}",
            planned.text
        );
    }
    let slip = json!({"action": "observe", "mask": true});
    let refused = function.invoke(slip).await.expect_err("refused");
    assert!(refused.to_string().contains("mask"), "{refused}");
    assert_eq!(handler.aws.model().writes(), []);
}

#[tokio::test]
async fn the_doctor_is_register_brokers_and_whoever_else_is_asked_says_so() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.drained().await;
    handler.aws.model().forget_calls();
    let doctor = json!({"action": "doctor"});
    let function = handler.aws.function(REGISTER_BROKERS).expect("a function");
    let answer = function.invoke(doctor.clone()).await.expect("an answer");
    assert_eq!(
        answer["doctor"]["walks"][0]["group"], "EXTERNAL",
        "{answer}"
    );
    let said = answer["text"].as_str().expect("a text");
    assert!(
        said.contains("✓ tags of instances: brokers 1, 2, 3"),
        "{said}"
    );
    assert_eq!(handler.aws.model().writes(), []);
    let other = handler.aws.function(SYNC_PRINCIPALS).expect("a function");
    let Err(FunctionError::Reported(refused)) = other.invoke(doctor).await else {
        panic!("sync-principals answered");
    };
    assert_eq!(refused.error_type, "UnknownRequest");
    let who = "sync-principals does not answer {\"action\":\"doctor\"}, and register-brokers does";
    assert!(refused.error_message.starts_with(who), "{refused}");
}

#[tokio::test]
async fn a_direct_invocation_that_is_neither_the_plan_nor_a_batch_is_refused_without_an_aws_call() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.at_rest().await;
    handler.aws.model().forget_calls();
    let function = handler.aws.function(REGISTER_BROKERS).expect("a function");
    for payload in [
        json!({"action": "deploy"}),
        json!({"Records": [{"eventSource": "aws:s3"}]}),
        json!([]),
    ] {
        let Err(FunctionError::Reported(refused)) = function.invoke(payload.clone()).await else {
            panic!("{payload} was not refused");
        };
        assert_eq!(refused.error_type, "UnknownRequest", "{payload}");
        assert!(
            refused
                .error_message
                .contains("nothing was read or written"),
            "{refused}"
        );
    }
    assert_eq!(handler.aws.model().calls(), &BTreeMap::new());
}
