//! What fails alone, stops alone: calls that only tidy fail for ever, and brokers get on their ports
//! and off them all the same.

use cloud::call::Call;
use fleet::words::InstanceId;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{Stage, ZONES};
use world::model::ApiError;

/// Calls that only tidy, note or tell.
const TIDYING: [Call; 5] = [
    Call::ModifyTargetGroup,
    Call::ModifyTargetGroupAttributes,
    Call::ModifyListenerAttributes,
    Call::RemoveTags,
    Call::PutParameter,
];

/// A sweep each minute for so long.
async fn sweeps(stage: &Stage, minutes: u32) {
    for _ in 0..minutes {
        stage.activate().await;
        stage.pass(Duration::from_secs(60)).await;
    }
}

/// Broker 2 is replaced, broker 4 comes, and there is much to tidy.
async fn busy(stage: &Stage) -> (InstanceId, InstanceId) {
    stage.unsettle(9094);
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.settle().await;
    let replacement = stage.broker(2, ZONES[1]);
    let newcomer = stage.broker(4, ZONES[0]);
    stage.pass(Duration::from_secs(60)).await;
    (replacement, newcomer)
}

#[tokio::test(start_paused = true)]
async fn a_tidying_call_that_is_denied_or_fails_for_ever_keeps_nobody_off_a_port_or_on_one() {
    for call in TIDYING {
        for is_denied in [true, false] {
            let stage = Stage::three().await;
            match is_denied {
                true => stage.model().deny(call),
                false => stage
                    .model()
                    .fail_next(call, ApiError::internal(call), 10_000),
            }
            let (replacement, newcomer) = busy(&stage).await;
            sweeps(&stage, 12).await;
            let why = format!("{call}, denied: {is_denied}");
            assert_eq!(stage.behind(9094), [replacement.clone()].into(), "{why}");
            assert_eq!(stage.behind(9096), [newcomer.clone()].into(), "{why}");
            let bootstrap = stage.behind(9092);
            assert!(bootstrap.contains(&replacement), "{why}: {bootstrap:?}");
            stage.terminate(&newcomer);
            stage.pass(Duration::from_secs(60)).await;
            sweeps(&stage, 6).await;
            assert_eq!(stage.behind(9096), BTreeSet::new(), "{why}");
            assert!(!stage.behind(9092).contains(&newcomer), "{why}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_note_since_when_no_listener_goes_and_brokers_come_all_the_same() {
    let stage = Stage::three().await;
    stage.model().deny(Call::AddTags);
    let gone = stage.behind(9094).first().cloned().expect("a broker");
    stage.terminate(&gone);
    stage.pass(Duration::from_secs(60)).await;
    sweeps(&stage, 6).await;
    assert!(
        stage.mapping().contains_key(&9094),
        "its reservation would begin anew"
    );
    let newcomer = stage.broker(4, ZONES[0]);
    let replacement = stage.broker(2, ZONES[1]);
    stage.pass(Duration::from_secs(60)).await;
    sweeps(&stage, 12).await;
    assert_eq!(stage.behind(9096), [newcomer].into());
    assert_eq!(stage.behind(9094), [replacement].into());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_out_while_its_replacement_cannot_be_registered() {
    let stage = Stage::three().await;
    let before = stage.mapping();
    let call = Call::RegisterTargets;
    stage.model().deny(call);
    let gone = stage.behind(9094).first().cloned().expect("a broker");
    stage.broker(2, ZONES[1]);
    stage.pass(Duration::from_secs(60)).await;
    stage.terminate(&gone);
    sweeps(&stage, 6).await;
    assert_eq!(stage.mapping().len(), before.len());
    stage.model().allow(call);
    stage.settle().await;
    assert_eq!(stage.behind(9094).len(), 1);
    assert!(!stage.behind(9094).contains(&gone));
}
