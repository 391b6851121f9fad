//! register-brokers in the simulation: its runs and its laws.

use crate::harm::{self, Act};
use crate::moment::Window;
use crate::part::{Begin, Done, End, Part, has_looked_twice};
use activation::activate::activate;
use cloud::call::{Call, Writes};
use cloud::pacing::Paced;
use fleet::plan::Said;
use futures::future::LocalBoxFuture;
use register_brokers::{LastProof, RegisterBrokers};
use tests::Activated;
use tests::history::event::Event;
use tests::history::look::EYES;
use tests::history::proof::{self, is_noted};
use tests::history::rules::{self, Seen};
use tests::history::{Broken, settled};
use world::deployment::REGISTER_BROKERS;

/// Reasons of steps that are due because a reservation, a place that is kept or a grace has run out.
const LATE: [&str; 3] = ["ReservationOver", "PlaceGivenUp", "Retired"];

/// What may stay held in the end though no hand explains it: odd launches, and more brokers than ports or
/// zones.
const EXPLAINED: [&str; 10] = [
    "Misfit",
    "OtherVpc",
    "NotRunning",
    "RangeFull",
    "ParameterRefused",
    "ParameterDeleted",
    "Retiring",
    "NoPattern",
    "BootstrapShut",
    "HandoverWaits",
];

/// register-brokers in a history.
pub struct Mapping {
    people: bool,
}

impl Mapping {
    /// In a history in which people edit by hand, or do not.
    pub fn of(people: bool) -> Self {
        Self { people }
    }
}

impl Part for Mapping {
    fn name(&self) -> &'static str {
        REGISTER_BROKERS
    }

    fn writes(&self) -> Writes {
        Writes::Mapping
    }

    fn eyes(&self) -> &'static [&'static str] {
        &EYES
    }

    /// What happens to instances, ports and listener parameters comes from the stage.
    fn event(&mut self) -> Option<Event> {
        None
    }

    fn run(&self, begin: Begin<'_>) -> LocalBoxFuture<'static, Done> {
        let scope = begin.stage.scope.clone();
        let Begin {
            door,
            pace,
            request,
            until,
            ..
        } = begin;
        Box::pin(async move {
            let (aws, pace, scope) = (&*door, &*pace, &scope);
            let duty = RegisterBrokers {
                aws: Paced { aws, pace },
                scope,
                last_proof: &LastProof::default(),
            };
            Done::of(activate(&duty, request, until).await, &LATE, check)
        })
    }

    fn harm(&self, act: &Act<'_>) -> Result<(), Broken> {
        harm::of_mapping(act)
    }

    fn settled(&self, end: &End<'_>) -> Result<(), Broken> {
        settled::check(end.world, &end.now().look, end.held)?;
        let is_strange = |held: &&Said| !EXPLAINED.contains(&held.kind.as_str());
        let strange = end.held.iter().find(is_strange);
        match strange.filter(|_| end.mends && !self.people) {
            Some(held) => Err(format!("nobody's hand explains what is held: {held}")),
            None => Ok(()),
        }
    }
}

/// The laws of a run.
fn check(run: &Activated, window: &Window) -> Result<(), Broken> {
    proof::check(run, |instance, node| {
        let mut moments = window.since.iter();
        moments.any(|moment| is_noted(&moment.look, instance, node))
    })?;
    let without = |group: &str, node| window.seen.iter().any(|m| m.leaves_out(group, node));
    let seen = Seen {
        looks: window.seen.iter().map(|moment| &moment.look).collect(),
        without: &without,
    };
    rules::check(run, &seen)?;
    let on_absence = |reason: &Said| {
        matches!(
            reason.kind.as_str(),
            "Gone" | "Vanished" | "ReservationOver" | "GivenUp"
        )
    };
    let mut steps = run.plan.steps.iter();
    let absent = steps.any(|step| on_absence(&step.reason));
    if absent && !has_looked_twice(&run.report, Call::DescribeInstances) {
        return Err("what is gone is looked for twice (P-15)".to_owned());
    }
    Ok(())
}
