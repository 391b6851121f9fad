//! What each answer of AWS makes of a step.

use super::{KEY, create, listen, step, take};
use crate::action::Action;
use cloud::call::Call;
use cloud::fake::{Fake, owner};
use fleet::report::Outcome;

/// What becomes of a step when its call is answered with this code.
async fn outcome(call: Call, action: Action, code: &str) -> Outcome {
    let aws = Fake::of(2);
    aws.fails(call, "", code);
    let mut outcomes = take(&aws, vec![step(owner(1), action)]).await;
    assert_eq!(aws.written().len(), 1, "asked once");
    outcomes.remove(0)
}

#[tokio::test(start_paused = true)]
async fn deleting_what_is_not_there_is_done_already() {
    let delete = Action::DeleteTargetGroup;
    let gone = outcome(Call::DeleteTargetGroup, delete, "TargetGroupNotFound").await;
    assert_eq!(gone, Outcome::AlreadyDone);
    let delete = Action::DeleteListener {
        listener: "arn:listener:9093".into(),
        port: super::port(9093),
    };
    let gone = outcome(Call::DeleteListener, delete, "ListenerNotFound").await;
    assert_eq!(gone, Outcome::AlreadyDone);
}

#[tokio::test(start_paused = true)]
async fn a_world_that_is_no_longer_what_was_seen_supersedes_the_step() {
    let unmark = || Action::RemoveTag { key: KEY };
    for (call, action, code) in [
        (Call::RemoveTags, unmark(), "TargetGroupNotFound"),
        (Call::CreateListener, listen(9093), "DuplicateListener"),
        (
            Call::DeleteTargetGroup,
            Action::DeleteTargetGroup,
            "ResourceInUse",
        ),
    ] {
        let why = format!("{call} answered {code}: as told");
        assert_eq!(outcome(call, action, code).await, Outcome::Superseded(why));
    }
}

#[tokio::test(start_paused = true)]
async fn every_other_error_is_a_failure_in_words() {
    for (call, action, code, why) in [
        (
            Call::CreateTargetGroup,
            create(),
            "DuplicateTargetGroupName",
            "CreateTargetGroup answered DuplicateTargetGroupName: as told",
        ),
        (
            Call::CreateListener,
            listen(9093),
            "TooManyListeners",
            "CreateListener answered TooManyListeners: as told",
        ),
        (
            Call::DeleteTargetGroup,
            Action::DeleteTargetGroup,
            "AccessDenied",
            "permission missing: allow elasticloadbalancing:DeleteTargetGroup in the function's role (AccessDenied)",
        ),
        (
            Call::DeleteTargetGroup,
            Action::DeleteTargetGroup,
            "InternalFailure",
            "DeleteTargetGroup answered InternalFailure: as told",
        ),
    ] {
        assert_eq!(
            outcome(call, action, code).await,
            Outcome::Failed(why.to_owned())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn p39_a_step_that_stays_throttled_has_failed() {
    let aws = Fake::of(2);
    for _ in 0..3 {
        aws.fails(Call::DeleteTargetGroup, "", "Throttling");
    }
    let outcomes = take(&aws, vec![step(owner(1), Action::DeleteTargetGroup)]).await;
    let why = "DeleteTargetGroup was throttled (Throttling)".to_owned();
    assert_eq!(outcomes, [Outcome::Failed(why)]);
    assert_eq!(aws.written().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_listener_without_its_attributes_is_partly_done_and_its_group_goes_on() {
    let aws = Fake::of(2);
    aws.fails(Call::ModifyListenerAttributes, "", "InternalFailure");
    let steps = vec![
        step(owner(1), listen(9093)),
        step(owner(1), Action::RemoveTag { key: KEY }),
    ];
    let why = "the listener is there, its attributes are not: ModifyListenerAttributes answered InternalFailure: as told";
    assert_eq!(
        take(&aws, steps).await,
        [Outcome::Partly(why.to_owned()), Outcome::Done]
    );
}
