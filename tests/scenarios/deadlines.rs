//! Whatever AWS does, there is a report in time; and what time it is, one wrong answer cannot say.

use cloud::call::Call;
use cloud::steps::LAST_CALL;
use jiff::SignedDuration;
use std::time::Duration;
use tests::Activated;
use tests::{Stage, ZONES};
use tokio::time::Instant;
use world::model::ApiError;

/// The time that the stage gives an activation until its last step.
const UNTIL: Duration = Duration::from_secs(47);

/// A stage with something to do, whose doubts want a second look.
async fn busy() -> Stage {
    let stage = Stage::three().await;
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.broker(4, ZONES[0]);
    stage.pass(Duration::from_secs(60)).await;
    stage
}

/// A run and a plan by hand, each in time.
async fn in_time(stage: &Stage) -> Activated {
    let begin = Instant::now();
    stage.plan().await;
    assert!(begin.elapsed() <= UNTIL, "{:?}", begin.elapsed());
    let begin = Instant::now();
    let activated = stage.activate().await;
    assert!(
        begin.elapsed() <= UNTIL + LAST_CALL,
        "{:?}",
        begin.elapsed()
    );
    activated
}

fn gaps(activated: &Activated) -> Vec<String> {
    let gaps = activated.report.gaps.iter();
    gaps.map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn slow_answers_and_none_at_all_are_gaps_in_time() {
    for milliseconds in [100, 1_000, 3_000, 9_900, 20_000, 1_000_000_000] {
        let stage = busy().await;
        stage.door().delay(Duration::from_millis(milliseconds));
        let activated = in_time(&stage).await;
        let gaps = gaps(&activated);
        assert_eq!(
            gaps.is_empty(),
            milliseconds <= 9_900,
            "{milliseconds}: {gaps:?}"
        );
        if milliseconds >= 20_000 {
            assert!(
                gaps.iter().any(|gap| gap.contains("no time was left")),
                "{gaps:?}"
            );
            assert_eq!(activated.report.actions, []);
            // CloudWatch drops what is older than two weeks, and then no alarm hears of these gaps.
            let told = activated.now;
            assert!(told > stage.now() - SignedDuration::from_hours(1), "{told}");
        }
        stage.door().delay(Duration::ZERO);
        stage.settle().await;
        assert_eq!(stage.behind(9096).len(), 1, "{milliseconds}");
        assert!(!stage.mapping().contains_key(&9094), "{milliseconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_aws_that_throttles_for_ever_is_gaps_in_time() {
    for call in [
        Call::DescribeTargetHealth,
        Call::DescribeInstances,
        Call::InvokeFunction,
    ] {
        let stage = busy().await;
        stage
            .model()
            .fail_next(call, ApiError::throttled(call), 100_000);
        let activated = in_time(&stage).await;
        let gaps = gaps(&activated);
        assert!(
            gaps.iter().any(|gap| gap.contains("throttled")),
            "{call}: {gaps:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn one_answer_with_a_date_of_yesterday_or_of_next_year_decides_nothing() {
    for days in [-1, 365] {
        let stage = busy().await;
        let before = stage.mapping();
        stage.forget_calls();
        stage
            .model()
            .misdate_next(SignedDuration::from_hours(24 * days));
        // The first look is held, and so there is no second one.
        let activated = stage.activate().await;
        assert_eq!(stage.writes(), [], "{days}");
        let gaps = gaps(&activated);
        assert!(
            gaps[0].starts_with("the time: answers of AWS disagree"),
            "{gaps:?}"
        );
        assert_eq!(stage.mapping(), before);
        // And in the same process it is forgotten.
        stage.settle().await;
        assert!(!stage.mapping().contains_key(&9094), "{days}");
        assert!(stage.find_group(9094).is_some(), "its port is kept: {days}");
    }
}
