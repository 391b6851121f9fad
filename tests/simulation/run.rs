//! One history: steps with faults, in any order, and after every step every law is looked at.

use crate::budget;
use crate::figures::Figures;
use crate::function::{Process, Run};
use crate::moment::{Moment, Past};
use crate::seed::Setup;
use fmt::Write as _;
use jiff::Timestamp;
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use tests::history::Broken;
use tests::history::happen::World;
use world::events::bus::Bus;
use world::template::FunctionStack;

/// A history on its way.
pub struct Simulation<'a> {
    /// What the template says of queue and function.
    pub stack: &'a FunctionStack,
    /// What the seed says.
    pub setup: Setup,
    /// AWS, and what people want of it.
    pub world: World,
    /// Rules, schedule, queues.
    pub bus: Bus,
    /// Activations on their way.
    pub runs: Vec<Run>,
    /// What there was a while ago.
    pub past: Past,
    /// What happened so far, in numbers.
    pub figures: Figures,
    /// What happened so far, a line for each step.
    pub trace: String,
    pub(crate) arrived: Vec<Value>,
    pub(crate) warm: Option<Process>,
    pub(crate) lag: Duration,
    pub(crate) begin: Timestamp,
    pub(crate) noted: Option<u64>,
    pub(crate) flips: u32,
}

impl<'a> Simulation<'a> {
    /// The world of a seed, before anything goes wrong.
    pub async fn begin(seed: u64, stack: &'a FunctionStack) -> Self {
        let setup = Setup::of(seed);
        let world = World::with(setup.settings.clone(), setup.first);
        for node in 1..=setup.brokers {
            world.stage.broker(node, tests::ZONES[node as usize % 3]);
        }
        if setup.brokers > 0 {
            world.stage.settle().await;
        }
        let mut simulation = Self {
            bus: stack.bus().expect("a bus by the template"),
            stack,
            lag: setup.faults.longest_lag(),
            begin: world.stage.now(),
            setup,
            world,
            runs: Vec::new(),
            past: Past::default(),
            figures: Figures::default(),
            trace: String::new(),
            arrived: Vec::new(),
            warm: None,
            noted: None,
            flips: 0,
        };
        let faults = simulation.setup.faults.clone();
        simulation.trace("begin", format_args!("seed {seed}, {faults:?}"));
        simulation.world.stage.model().set_faults(faults);
        simulation.note();
        simulation
    }

    /// One step: a call passes, time passes, an event arrives, an activation starts, something
    /// happens outside, or a process is killed.
    pub async fn step(&mut self) -> Result<(), Broken> {
        self.figures.steps += 1;
        let dice = self.setup.dice.u32(..1000);
        let waiting: usize = self.runs.iter().map(Run::waiting).sum();
        match dice {
            0..780 if waiting > 0 => self.pass_a_call().await?,
            0..880 => self.pass_time().await?,
            880..915 => self.deliver()?,
            915..945 => self.start().await?,
            945..995 => self.outside().await,
            995..1000 => self.kill(),
            1000.. => unreachable!("a thousand sides"),
        }
        self.after_step()
    }

    /// The laws that any step could break.
    pub fn after_step(&mut self) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let events = self.world.stage.model().take_events();
        self.setup.courier.take_in(now, events);
        self.bus.pass(now).map_err(|error| error.to_string())?;
        let dead = self.dead_letters();
        let queue = &self.stack.mapping.queue;
        budget::messages(&mut self.bus, queue, &dead, now).map_err(|error| error.to_string())??;
        for run in &mut self.runs {
            budget::rate(&mut run.process, now)?;
        }
        Ok(())
    }

    /// Takes note of what there is, if anything has changed.
    pub fn note(&mut self) {
        let changes = self.world.stage.model().changes();
        if self.noted.replace(changes) == Some(changes) {
            return;
        }
        let keep = self.lag + self.stack.function.timeout + Duration::from_secs(5);
        self.past.push(Moment::now(&self.world), keep);
    }

    /// Writes a line of the trace.
    pub fn trace(&mut self, who: &str, what: fmt::Arguments<'_>) {
        let at = self
            .world
            .stage
            .now()
            .duration_since(self.begin)
            .as_secs_f64();
        // Writing into a string cannot fail.
        writeln!(self.trace, "{at:>12.3} {who:>8}  {what}").ok();
    }

    fn dead_letters(&self) -> String {
        let queues = self.stack.queues.iter();
        let mut dead = queues.filter(|queue| queue.settings.name == self.stack.mapping.queue);
        let dead = dead.next().and_then(|queue| queue.dead_letters.clone());
        dead.expect("the queue has dead letters")
    }
}
