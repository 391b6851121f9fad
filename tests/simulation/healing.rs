//! heal-brokers in the simulation of all functions: its runs, its laws, and what happens to the health of brokers. Nobody
//! inspects these hosts, so what is healed are instances that fail their status checks.

use crate::harm::{self, Act};
use crate::moment::Window;
use crate::part::{Begin, Done, End, Part, has_looked_twice};
use crate::seed::Outside;
use activation::activate::activate;
use cloud::call::{Call, Writes};
use cloud::pacing::Paced;
use fleet::healing::Rung;
use futures::future::LocalBoxFuture;
use heal_brokers::change::Action;
use heal_brokers::{HealBrokers, Scope};
use tests::CLUSTER;
use tests::healing::{HEAL_BROKERS, Healed};
use tests::history::Broken;
use tests::history::event::Event;
use tests::history::healing::events;

/// Reads that everything depends on.
const EYES: [&str; 8] = [
    "DescribeAlarms",
    "GetResources",
    "GetParametersByPath",
    "DescribeInstances",
    "DescribeAutoScalingGroups",
    "DescribeTargetGroups",
    "ListCommands",
    "DescribeInstanceStatus",
];

/// heal-brokers in a history.
pub struct Healing {
    outside: Outside,
}

impl Healing {
    /// In the history of a seed, by dice of its own.
    pub fn of(seed: u64) -> Self {
        let seed = seed.rotate_left(32) ^ !0x0048_6561_6c65_7273;
        Self {
            outside: Outside::new(seed, events()),
        }
    }
}

impl Part for Healing {
    fn name(&self) -> &'static str {
        HEAL_BROKERS
    }

    fn writes(&self) -> Writes {
        Writes::Healing
    }

    fn eyes(&self) -> &'static [&'static str] {
        &EYES
    }

    fn event(&mut self) -> Option<Event> {
        Some(self.outside.next())
    }

    fn run(&self, begin: Begin<'_>) -> LocalBoxFuture<'static, Done> {
        let scope = Scope {
            cluster: CLUSTER.into(),
            probe: begin.stage.scope.probe.clone(),
        };
        let Begin {
            door,
            pace,
            request,
            until,
            ..
        } = begin;
        Box::pin(async move {
            let (aws, pace, scope) = (&*door, &*pace, &scope);
            let aws = Paced { aws, pace };
            let duty = HealBrokers { aws, scope };
            Done::of(activate(&duty, request, until).await, &[], check)
        })
    }

    fn harm(&self, act: &Act<'_>) -> Result<(), Broken> {
        harm::of_healing(act)
    }

    fn settled(&self, _: &End<'_>) -> Result<(), Broken> {
        Ok(())
    }
}

/// The laws of a run.
fn check(run: &Healed, _: &Window) -> Result<(), Broken> {
    let begun = run.plan.steps.iter();
    let begun = begun.filter_map(|step| match step.change.action {
        Action::Tag { begins, .. } => begins,
        Action::Untag { .. } | Action::Reboot | Action::Replace => None,
    });
    let begun: Vec<Rung> = begun.collect();
    if begun.is_empty() {
        return Ok(());
    }
    if !run.plan.gaps.is_empty() {
        return Err("nobody is healed from a gap".to_owned());
    }
    if begun.len() > 1 && begun.iter().any(|rung| *rung != Rung::Start) {
        return Err("one broker is healed at a time".to_owned());
    }
    match has_looked_twice(&run.report, Call::DescribeAlarms) {
        true => Ok(()),
        false => Err("one look heals nobody (P-15)".to_owned()),
    }
}
