//! What was made a moment ago, and is not known everywhere yet.

use super::{create, listen, register, step, take, target_group};
use crate::plan::Step;
use cloud::call::Call;
use cloud::fake::{Fake, owner};
use fleet::naming;
use fleet::report::Outcome;

/// A new group of broker 7, whose tags are there.
fn new_group() -> (Fake, Vec<Step>) {
    let mut aws = Fake::of(2);
    let steps = [create(), register(["i-7"]), listen(9099)].map(|action| step(owner(7), action));
    let (cluster, group) = ("orders".into(), "EXTERNAL".into());
    let protocol = fleet::listener::Protocol::Ssl;
    let tags = naming::target_group_tags(&cluster, &group, owner(7), super::port(9099), protocol);
    let arn = format!("arn:new:{}", target_group(&steps[0]));
    aws.tags = [(arn, tags)].into();
    (aws, steps.into())
}

#[tokio::test(start_paused = true)]
async fn a_call_about_something_new_that_is_not_known_or_not_allowed_yet_is_made_once_more() {
    for (call, code) in [
        (Call::DescribeTags, "TargetGroupNotFound"),
        (Call::RegisterTargets, "TargetGroupNotFound"),
        (Call::RegisterTargets, "AccessDenied"),
        (Call::CreateListener, "TargetGroupNotFound"),
        (Call::ModifyListenerAttributes, "ListenerNotFound"),
        (Call::ModifyListenerAttributes, "AccessDenied"),
    ] {
        let (aws, steps) = new_group();
        aws.fails(call, "", code);
        let outcomes = take(&aws, steps).await;
        assert_eq!(
            outcomes,
            [Outcome::Done, Outcome::Done, Outcome::Done],
            "{call} {code}"
        );
        let asked = aws.asked().into_iter().filter(|asked| asked.call == call);
        let moments: Vec<_> = asked.map(|asked| asked.at).collect();
        assert_eq!(
            (moments[1] - moments[0]).as_millis(),
            1_500,
            "{call} {code}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_stays_unknown_while_it_is_new_is_left_to_the_next_run_and_is_no_failure() {
    for (call, code, nth) in [
        (Call::RegisterTargets, "AccessDenied", 1),
        (Call::RegisterTargets, "TargetGroupNotFound", 1),
        (Call::ModifyListenerAttributes, "AccessDenied", 2),
        (Call::ModifyListenerAttributes, "ListenerNotFound", 2),
    ] {
        let (aws, steps) = new_group();
        aws.fails(call, "", code);
        aws.fails(call, "", code);
        let outcomes = take(&aws, steps).await;
        let Outcome::Deferred(why) = &outcomes[nth] else {
            panic!("{call} {code}: {outcomes:?}");
        };
        assert!(
            why.contains("made a moment ago") && why.contains(code),
            "{why}"
        );
        assert!(!outcomes.iter().any(Outcome::is_failure), "{outcomes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_new_is_denied_at_once() {
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "", "AccessDenied");
    let outcomes = take(&aws, vec![step(owner(1), register(["i-1"]))]).await;
    assert!(outcomes[0].is_failure(), "{outcomes:?}");
    assert_eq!(aws.asked_of(Call::RegisterTargets).len(), 1);
}
