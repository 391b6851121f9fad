//! A direct invocation that only plans.

use serde_json::json;
use tests::handler::{Handler, SCALE, SEED, with_one_sweep};
use world::model::Settings;

#[tokio::test]
async fn a_direct_invocation_that_plans_changes_nothing() {
    let handler = Handler::deploy(Settings::default(), &with_one_sweep(), SCALE).await;
    handler.drained().await;
    handler.aws.bus().lose("aws.ec2");
    handler.broker("4", "usw2-az1");
    let function = handler.aws.function().expect("a function");
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
    handler.settled(&SEED).await;
}
