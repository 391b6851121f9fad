//! Steps in their order: what becomes of those behind one that did not succeed.

mod alone;
mod answers;
mod calls;
mod new;
mod targets;

use super::*;
use crate::action::Place;
use crate::look::scope;
use crate::observe::observe;
use crate::plan::{Plan, Step};
use crate::reason::Reason;
use cloud::fake::{Fake, owner, soon};
use cloud::pacing::Pace;
use fleet::listener::Protocol;
use fleet::naming::Owner;
use fleet::observed::Attributes;
use fleet::plan::Said;
use fleet::report::Taken;
use fleet::words::{InstanceId, Port};
use std::time::Duration;

const KEY: &str = fleet::tags::VACANT_SINCE;

fn port(port: u16) -> Port {
    cloud::fake::port(port)
}

/// A step about an owner's target group.
fn step(owner: Owner, action: Action) -> Step {
    let group = "EXTERNAL".into();
    let place = Place {
        target_group: naming::target_group_name(&"orders".into(), &group, owner),
        group,
        owner,
    };
    let change = Change {
        place: Some(place),
        action,
    };
    let reason = Said::of(&Reason::SettingsDiffer);
    Step { change, reason }
}

/// The target group that a step is about.
fn target_group(step: &Step) -> &TargetGroupName {
    &step.change.place.as_ref().expect("a port").target_group
}

fn create() -> Action {
    Action::CreateTargetGroup {
        vpc: "vpc-1".into(),
        port: port(9099),
        bind_port: port(39092),
        protocol: Protocol::Ssl,
    }
}

fn register<const N: usize>(instances: [&str; N]) -> Action {
    let instances = instances.map(InstanceId::from).into();
    Action::RegisterTargets { instances }
}

fn listen(at: u16) -> Action {
    Action::CreateListener {
        port: port(at),
        attributes: Attributes::from([("idle".to_owned(), "660".to_owned())]),
    }
}

async fn execute(aws: &Fake, plan: &Plan, until: Duration) -> Vec<Taken> {
    let (there, before, pace) = (Fake::of(2), Pace::default(), Pace::default());
    let seen = Paced {
        aws: &there,
        pace: &before,
    };
    let observed = observe(seen, &scope(), soon()).await;
    let until = Instant::now() + until;
    let paced = Paced { aws, pace: &pace };
    steps::take(&mut hands(paced, &observed, until), plan, until).await
}

/// Takes these steps before brokers 1 and 2, which are there.
async fn take_until(aws: &Fake, steps: Vec<Step>, until: Duration) -> Vec<Outcome> {
    let plan = Plan {
        steps,
        ..Plan::default()
    };
    let taken = execute(aws, &plan, until).await;
    assert_eq!(taken.len(), plan.steps.len(), "every step has an outcome");
    for (step, taken) in plan.steps.iter().zip(&taken) {
        assert_eq!(taken.step, step.change.to_string());
    }
    taken.into_iter().map(|taken| taken.outcome).collect()
}

async fn take(aws: &Fake, steps: Vec<Step>) -> Vec<Outcome> {
    take_until(aws, steps, Duration::from_secs(3600)).await
}

#[tokio::test(start_paused = true)]
async fn a_paused_plan_takes_no_step() {
    let aws = Fake::of(2);
    let plan = Plan {
        steps: vec![step(owner(1), Action::DeleteTargetGroup)],
        paused: Some("it is true".to_owned()),
        ..Plan::default()
    };
    let until = Duration::from_secs(3600);
    assert_eq!(execute(&aws, &plan, until).await, []);
    assert_eq!(aws.asked(), []);
}

#[tokio::test(start_paused = true)]
async fn a_failure_stops_what_needs_it_and_no_other_group() {
    let aws = Fake::of(2);
    aws.fails(Call::RegisterTargets, "arn:group:1", "InternalFailure");
    let steps = vec![
        step(owner(1), register(["i-1"])),
        step(owner(2), register(["i-2"])),
        step(owner(1), listen(9093)),
        step(owner(1), Action::DeleteTargetGroup),
        step(owner(2), listen(9094)),
    ];
    let why = "RegisterTargets answered InternalFailure: as told".to_owned();
    assert_eq!(
        take(&aws, steps).await,
        [
            Outcome::Failed(why),
            Outcome::Done,
            Outcome::Skipped,
            Outcome::Skipped,
            Outcome::Done
        ]
    );
    let group_1 = aws
        .written()
        .into_iter()
        .filter(|of| of.contains("arn:group:1"));
    assert_eq!(group_1.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_not_there_is_superseded_and_nothing_is_asked() {
    let aws = Fake::of(2);
    let lost = step(owner(9), register(["i-9"]));
    let why = format!("target group {} is not there", target_group(&lost));
    let steps = vec![lost, step(owner(9), listen(9101))];
    assert_eq!(
        take(&aws, steps).await,
        [Outcome::Superseded(why), Outcome::Skipped]
    );
    assert_eq!(aws.written(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_there_is_no_time_for_is_deferred() {
    let mut aws = Fake::of(2);
    aws.latency = Duration::from_secs(2);
    let steps = || {
        vec![
            step(owner(1), register(["i-1"])),
            step(owner(2), Action::RemoveTag { key: KEY }),
            step(owner(1), Action::DeleteTargetGroup),
            step(owner(2), Action::DeleteTargetGroup),
        ]
    };
    use Outcome::{Done, Skipped};
    let late = || Outcome::Deferred("no time was left".to_owned());
    let outcomes = take_until(&aws, steps(), Duration::from_secs(3)).await;
    assert_eq!(outcomes, [Done, Done, late(), late()]);
    // At the very moment it is over.
    assert_eq!(
        take_until(&aws, steps(), Duration::ZERO).await,
        [late(), late(), Skipped, late()]
    );
    assert_eq!(
        take_until(&aws, steps(), Duration::from_secs(2)).await[..2],
        [Done, late()]
    );
}

#[tokio::test(start_paused = true)]
async fn a_write_that_gets_no_answer_ends_soon_after_the_last_step_may_begin() {
    let mut aws = Fake::of(2);
    aws.latency = Duration::from_secs(1_000_000);
    let begin = Instant::now();
    let steps = vec![step(owner(1), listen(9093)), step(owner(2), listen(9094))];
    let outcomes = take_until(&aws, steps, Duration::from_secs(3)).await;
    assert_eq!(begin.elapsed(), Duration::from_secs(3) + LAST_CALL);
    let why = "CreateListener got no answer: no time was left for it in this run".to_owned();
    let late = Outcome::Deferred("no time was left".to_owned());
    assert_eq!(outcomes, [Outcome::Failed(why), late]);
}
