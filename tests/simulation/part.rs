//! What the stage has to know of a function: how it runs, whose writes are its, and its laws. A further
//! function is one more [`Part`], and nothing else of the simulation changes for it.

use crate::harm::Act;
use crate::healing::Healing;
use crate::listeners::Listeners;
use crate::mapping::Mapping;
use crate::moment::{Moment, Window};
use crate::principals::Principals;
use crate::seed::Setup;
use activation::activate::Activated;
use activation::request::Request;
use cloud::call::{Call, Writes};
use cloud::pacing::Pace;
use fleet::observed::Gap;
use fleet::plan::{Change, Plan, Said};
use fleet::report::{Report, Taken};
use futures::future::LocalBoxFuture;
use jiff::Timestamp;
use std::sync::Arc;
use tests::Stage;
use tests::history::Broken;
use tests::history::event::Event;
use tests::history::happen::World;
use tokio::time::Instant;
use world::doors::memory::MemoryDoor;

/// One of the functions in a history.
pub trait Part {
    /// The name of its binary.
    fn name(&self) -> &'static str;

    /// Whose writes are its; it makes no others.
    fn writes(&self) -> Writes;

    /// Reads without which it writes nothing.
    fn eyes(&self) -> &'static [&'static str];

    /// What happens outside that is about this function alone, if anything does.
    fn event(&mut self) -> Option<Event>;

    /// A run.
    fn run(&self, begin: Begin<'_>) -> LocalBoxFuture<'static, Done>;

    /// The laws of one of its writes: the one that is broken.
    fn harm(&self, act: &Act<'_>) -> Result<(), Broken>;

    /// What is not so after a run, although the world has settled.
    fn settled(&self, end: &End<'_>) -> Result<(), Broken>;
}

/// The parts of a history, one for each function that the template wakes.
pub fn all(seed: u64, setup: &Setup) -> Vec<Box<dyn Part>> {
    vec![
        Box::new(Mapping::of(setup.people)),
        Box::new(Principals::of(seed)),
        Box::new(Listeners),
        Box::new(Healing::of(seed)),
    ]
}

/// What a run begins with.
pub struct Begin<'a> {
    /// Its AWS.
    pub door: Arc<MemoryDoor>,
    /// The pace of its process.
    pub pace: Arc<Pace>,
    /// Where it runs.
    pub stage: &'a Stage,
    /// What is asked of it.
    pub request: Request,
    /// No step begins after this.
    pub until: Instant,
}

/// A finished run, of whichever function.
pub struct Done {
    /// AWS's time when it began.
    pub now: Timestamp,
    /// Whether everything was seen and done.
    pub is_complete: bool,
    /// What it did.
    pub actions: Vec<Taken>,
    /// What it held.
    pub held: Vec<Said>,
    /// What it could not see.
    pub gaps: Vec<Gap>,
    /// Whether it did something because a time had run out: a new event, whenever it comes.
    pub is_late: bool,
    laws: Laws,
}

/// The laws of one run, of which its function is forgotten.
type Laws = Box<dyn Fn(&Window) -> Result<(), Broken>>;

impl Done {
    /// A finished run, with the reasons for which a step is late, and the laws of such a run.
    pub fn of<C: Change + 'static, D: 'static, P: 'static, T: 'static>(
        run: Activated<Plan<C, D, P>, T>,
        late: &[&str],
        laws: impl Fn(&Activated<Plan<C, D, P>, T>, &Window) -> Result<(), Broken> + 'static,
    ) -> Self {
        let mut steps = run.plan.steps.iter();
        let report = &run.report;
        Self {
            now: run.now,
            is_complete: run.is_complete(),
            actions: report.actions.clone(),
            held: report.held.clone(),
            gaps: report.gaps.clone(),
            is_late: steps.any(|step| late.contains(&step.reason.kind.as_str())),
            laws: Box::new(move |window| laws(&run, window)),
        }
    }

    /// Looks at the laws of a run of its function.
    pub fn check(&self, window: &Window) -> Result<(), Broken> {
        (self.laws)(window)
    }
}

/// Whether a run looked at least twice, by a call that each look makes.
pub fn has_looked_twice<T>(report: &Report<T>, call: Call) -> bool {
    let looks = report.calls.get(&call.to_string());
    looks.is_some_and(|looks| *looks >= 2)
}

/// What there is when a run has ended in the calm.
pub struct End<'a> {
    /// The world.
    pub world: &'a World,
    /// What the run may have seen.
    pub window: &'a Window,
    /// What it held.
    pub held: &'a [Said],
    /// Whether people put everything in order.
    pub mends: bool,
}

impl End<'_> {
    /// The moment at which it has ended.
    pub fn now(&self) -> &Moment {
        let newest = self.window.seen.first();
        newest.expect("the moment at which the run began, at least")
    }
}
