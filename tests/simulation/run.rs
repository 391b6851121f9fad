//! One history: steps with faults, in any order, and after every step every law is looked at.

use crate::budget;
use crate::figures::Figures;
use crate::function::Function;
use crate::moment::{Moment, Past};
use crate::part;
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
    /// The functions that the template wakes.
    pub functions: Vec<Function<'a>>,
    /// What the seed says.
    pub setup: Setup,
    /// AWS, and what people want of it.
    pub world: World,
    /// Rules, schedule, queues.
    pub bus: Bus,
    /// What there was a while ago.
    pub past: Past,
    /// What happened so far, in numbers.
    pub figures: Figures,
    /// What happened so far, a line for each step.
    pub trace: String,
    pub(crate) arrived: Vec<Value>,
    pub(crate) lag: Duration,
    pub(crate) begin: Timestamp,
    pub(crate) noted: Option<u64>,
    pub(crate) flips: u32,
}

impl<'a> Simulation<'a> {
    /// The world of a seed, before anything goes wrong.
    pub async fn begin(seed: u64, stacks: &'a [FunctionStack]) -> Self {
        let setup = Setup::of(seed);
        let world = World::with(setup.settings.clone(), setup.first);
        for node in 1..=setup.brokers {
            world.stage.broker(node, tests::ZONES[node as usize % 3]);
        }
        if setup.brokers > 0 {
            world.stage.settle().await;
        }
        let mut bus = Bus::default();
        for stack in stacks {
            stack.add_to(&mut bus).expect("a bus by the template");
        }
        let mut simulation = Self {
            functions: Function::all(stacks, part::all(seed, &setup)),
            bus,
            lag: setup.faults.longest_lag(),
            begin: world.stage.now(),
            setup,
            world,
            past: Past::default(),
            figures: Figures::default(),
            trace: String::new(),
            arrived: Vec::new(),
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
        match self.setup.dice.u32(..1065) {
            0..780 if self.waiting() > 0 => self.pass_a_call().await?,
            0..880 => self.pass_time().await?,
            880..915 => self.deliver()?,
            915..960 => self.start_any().await?,
            960..1010 => self.outside().await,
            1010..1060 => self.outside_of_functions().await,
            1060..1065 => self.kill(),
            1065.. => unreachable!("as many sides"),
        }
        self.after_step()
    }

    /// The laws that any step could break.
    pub fn after_step(&mut self) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let events = self.world.stage.model().take_events();
        self.setup.courier.take_in(now, events);
        self.bus.pass(now).map_err(|error| error.to_string())?;
        for function in &mut self.functions {
            let (queue, dead) = (&function.stack.mapping.queue, function.dead_letters());
            budget::messages(&mut self.bus, queue, &dead, now).map_err(|e| e.to_string())??;
            for run in &mut function.runs {
                budget::rate(&mut run.process, now)?;
            }
        }
        Ok(())
    }

    /// Takes note of what there is, if anything has changed.
    pub fn note(&mut self) {
        let changes = self.world.stage.model().changes();
        if self.noted.replace(changes) == Some(changes) {
            return;
        }
        let longest = self.functions.iter().map(Function::time_out).max();
        let keep = self.lag + longest.unwrap_or_default() + Duration::from_secs(5);
        self.past.push(Moment::now(&self.world), keep);
    }

    /// What happened so far, in numbers, of each function too.
    pub fn figures(&mut self) -> Figures {
        let mut figures = std::mem::take(&mut self.figures);
        let functions = self.functions.iter();
        figures.functions = functions.map(|of| (of.name(), of.count)).collect();
        figures
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
}
