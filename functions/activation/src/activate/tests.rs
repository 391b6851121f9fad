//! The loop, over a duty that is as small as one can be: a lamp that is to be on.

use super::*;
use crate::duty::{Counts, Metric, Ran};
use cloud::calls::SsmReads;
use cloud::fake::{Fake, soon};
use cloud::pacing::{Pace, Paced};
use cloud::steps::Hands;
use fleet::plan::{Change, Said};
use fleet::report::Outcome;
use fleet::words::ClusterName;
use serde::Serialize;
use std::cell::Cell;
use std::fmt;

/// A lamp, as it is seen in each look.
struct Lamp<'a> {
    aws: Paced<'a, Fake>,
    cluster: ClusterName,
    looks: Cell<usize>,
    /// How long a look takes.
    takes: Duration,
    switched: Cell<usize>,
    fails: bool,
}

/// The look in which it was seen.
type Look = usize;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct SwitchOn;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Light {
    seen_in: Look,
}

impl fmt::Display for SwitchOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("switch it on")
    }
}

impl fmt::Display for Light {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seen in look {}", self.seen_in)
    }
}

impl Change for SwitchOn {
    fn expects(&self) -> &'static str {
        "there is a switch"
    }

    fn carries(&self, _: &Self) -> bool {
        false
    }
}

impl Picture for Light {
    type Told = Self;

    fn told(&self) -> Self {
        self.clone()
    }
}

impl Hands<SwitchOn> for &Lamp<'_> {
    async fn take(&mut self, _: &SwitchOn) -> Outcome {
        self.switched.set(self.switched.get() + 1);
        match self.fails {
            true => Outcome::Failed("the bulb is broken".to_owned()),
            false => Outcome::Done,
        }
    }
}

impl<'w> Duty for Lamp<'w> {
    const NAME: &'static str = "lamp";
    type Aws = Fake;
    type Observed = Look;
    type Change = SwitchOn;
    type Doubt = String;
    type Picture = Light;

    fn aws(&self) -> Paced<'w, Fake> {
        self.aws
    }

    fn cluster(&self) -> &ClusterName {
        &self.cluster
    }

    async fn observe(&self, until: Instant) -> Look {
        let aws = self.aws.aws;
        let call = cloud::call::Call::GetParametersByPath;
        let asked = self
            .aws
            .call(call, until, || aws.get_parameters_by_path("/", None));
        drop(asked.await);
        tokio::time::sleep(self.takes).await;
        self.looks.set(self.looks.get() + 1);
        self.looks.get()
    }

    /// One look is not enough.
    fn plan(look: &Look, agreed: &BTreeSet<String>) -> PlanOf<Self> {
        let mut plan = Plan {
            picture: Light { seen_in: *look },
            ..Plan::default()
        };
        match agreed.contains("it is dark") {
            true => plan.steps.push(fleet::plan::Step {
                change: SwitchOn,
                reason: Said {
                    kind: "Dark".to_owned(),
                    sentence: "it is dark".to_owned(),
                },
            }),
            false => drop(plan.doubts.insert("it is dark".to_owned())),
        }
        plan
    }

    fn hands(&self, _: &Look, _: Instant) -> impl Hands<SwitchOn> {
        self
    }

    fn metrics(&self, counts: &Counts, _: Option<Ran<'_, PlanOf<Self>>>) -> Vec<Metric> {
        vec![Metric::new("Wakes", counts.wakes)]
    }
}

fn lamp<'a>(aws: &'a Fake, pace: &'a Pace) -> Lamp<'a> {
    Lamp {
        aws: Paced { aws, pace },
        cluster: "orders".into(),
        looks: Cell::new(0),
        takes: Duration::ZERO,
        switched: Cell::new(0),
        fails: false,
    }
}

fn wake() -> Request {
    Request::Wake(Wakes {
        kinds: [("aws.scheduler/x".to_owned(), 2)].into(),
        queued: None,
    })
}

#[tokio::test(start_paused = true)]
async fn what_one_look_doubts_is_looked_at_again_five_seconds_later_and_then_done() {
    let (aws, pace) = (Fake::of(0), Pace::default());
    let lamp = lamp(&aws, &pace);
    let began = Instant::now();
    let done = activate(&lamp, wake(), soon()).await;
    assert_eq!((lamp.looks.get(), lamp.switched.get()), (2, 1));
    assert_eq!(began.elapsed(), SECOND_LOOK_AFTER);
    assert!(done.is_complete());
    assert_eq!(done.now, cloud::fake::noon());
    let report = serde_json::to_value(&done.report).expect("JSON");
    let told = serde_json::json!({
        "function": "lamp", "cluster": "orders", "wakes": {"aws.scheduler/x": 2},
        "actions": [{"step": "switch it on", "reason": "it is dark", "outcome": "done"}],
        "held": [], "gaps": [], "seen_in": 2, "calls": {"GetParametersByPath": 2},
        "milliseconds": 5000,
    });
    assert_eq!(report, told);
}

#[tokio::test(start_paused = true)]
async fn a_plan_changes_nothing_and_shows_what_would_be_done() {
    let (aws, pace) = (Fake::of(0), Pace::default());
    let lamp = lamp(&aws, &pace);
    let planned = activate(&lamp, Request::Plan, soon()).await;
    assert_eq!((lamp.looks.get(), lamp.switched.get()), (2, 0));
    assert_eq!(
        crate::text::plan_text(&planned.plan),
        "seen in look 2\n\nTo do: 1\n  1. switch it on: it is dark\n     expects: there is a switch\n"
    );
}

#[tokio::test(start_paused = true)]
async fn without_time_for_a_second_look_a_doubt_stays_one() {
    let (aws, pace) = (Fake::of(0), Pace::default());
    let mut lamp = lamp(&aws, &pace);
    // Two looks of 21 s and the 5 s between them take the whole time; a little more is too much.
    for (takes, looks) in [(20_999, 2), (21_001, 1)] {
        lamp.takes = Duration::from_millis(takes);
        (lamp.looks, lamp.switched) = Default::default();
        let done = activate(&lamp, wake(), soon()).await;
        assert_eq!(lamp.looks.get(), looks, "{takes}");
        assert_eq!(lamp.switched.get(), looks - 1);
        assert_eq!(done.is_complete(), looks == 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_failed_is_not_complete() {
    let (aws, pace) = (Fake::of(0), Pace::default());
    let mut lamp = lamp(&aws, &pace);
    lamp.fails = true;
    assert!(!activate(&lamp, wake(), soon()).await.is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_aws_told_no_time_is_dated_by_the_machine_and_not_1970() {
    let (mut aws, pace) = (Fake::of(0), Pace::default());
    aws.date = None;
    let done = activate(&lamp(&aws, &pace), wake(), soon()).await;
    assert!(Timestamp::now().duration_since(done.now).as_hours() < 1);
}

#[tokio::test(start_paused = true)]
async fn a_function_without_a_doctor_says_who_has_one_and_reads_nothing() {
    let (aws, pace) = (Fake::of(0), Pace::default());
    let lamp = lamp(&aws, &pace);
    let refused = crate::examined(&lamp, soon()).await.expect_err("refused");
    assert_eq!(refused.error_type, "UnknownRequest");
    let said = "lamp does not answer {\"action\":\"doctor\"}, and register-brokers does; nothing was read or written: ";
    assert!(refused.error_message.starts_with(said), "{refused:?}");
    assert_eq!((lamp.looks.get(), aws.asked().len()), (0, 0));
}
