//! One history: steps with faults, in any order, and after every step every law is looked at.

use crate::budget;
use crate::figures::{Figures, Last};
use crate::function::{Process, Run};
use crate::harm::{self, Act};
use crate::moment::{Moment, Past};
use crate::seed::Setup;
use activation::activate::Activated;
use cloud::call::Call;
use fleet::reason::Reason;
use fmt::Write as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::fmt;
use std::time::Duration;
use tests::history::Broken;
use tests::history::event::Event;
use tests::history::happen::World;
use tests::history::look::Write;
use world::events::bus::Bus;
use world::events::message::Message;
use world::template::FunctionStack;

/// Reads that everything depends on: without one of them nothing is written.
const EYES: [&str; 6] = [
    "GetParametersByPath",
    "DescribeLoadBalancers",
    "DescribeListeners",
    "DescribeTargetGroups",
    "DescribeTags",
    "DescribeInstances",
];

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
    arrived: Vec<Value>,
    warm: Option<Process>,
    lag: Duration,
    begin: Timestamp,
    noted: Option<u64>,
    flips: u32,
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

    /// Lets one of the waiting calls pass, any of them.
    pub async fn pass_a_call(&mut self) -> Result<(), Broken> {
        let waiting: usize = self.runs.iter().map(Run::waiting).sum();
        let mut nth = self.setup.dice.usize(..waiting.max(1));
        for at in 0..self.runs.len() {
            let here = self.runs[at].waiting();
            if nth < here {
                return self.let_pass(at, nth).await;
            }
            nth -= here;
        }
        Ok(())
    }

    /// Lets this call of this activation pass, and looks at what it wrote.
    pub async fn let_pass(&mut self, at: usize, nth: usize) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let run = &mut self.runs[at];
        let Some(call) = run.let_pass(nth) else {
            return Ok(());
        };
        self.figures.calls += 1;
        self.world.stage.forget_calls();
        let done = run.go_on(now).await;
        let writes = Write::all(&self.world.stage);
        let number = run.number;
        run.writes += writes.len();
        self.figures.writes += writes.len();
        let before = self.past.last();
        let lag = SignedDuration::try_from(self.lag).unwrap_or(SignedDuration::MAX);
        let window = self
            .past
            .since(run.started.checked_sub(lag).unwrap_or(run.started));
        if call.is_write() {
            self.note();
        }
        self.trace(&format!("run {number}"), format_args!("{call}"));
        for write in &writes {
            self.trace(&format!("run {number}"), format_args!("wrote {write}"));
            let after = self.past.last();
            harm::check(&Act {
                write,
                window: &window,
                before: &before,
                after: &after,
            })?;
        }
        match done {
            Some(activated) => self.finish(at, &activated),
            None => Ok(()),
        }
    }

    /// Time passes for everybody; what a time-out cuts off is killed.
    pub async fn pass(&mut self, time: Duration) -> Result<(), Broken> {
        tokio::time::advance(time).await;
        let now = self.world.stage.now();
        self.world.stage.edit(|model, now| model.advance(now));
        self.note();
        self.trace("time", format_args!("{time:?}"));
        self.bus.pass(now).map_err(|error| error.to_string())?;
        let arrived = self.setup.courier.due(now);
        self.arrived.extend(arrived);
        let time_out = self.stack.function.timeout;
        let mut at = 0;
        while at < self.runs.len() {
            if now.duration_since(self.runs[at].started).unsigned_abs() >= time_out {
                self.figures.timed_out += 1;
                let number = self.runs.remove(at).number;
                self.trace(&format!("run {number}"), format_args!("timed out"));
                continue;
            }
            match self.runs[at].go_on(now).await {
                Some(activated) => self.finish(at, &activated)?,
                None => at += 1,
            }
        }
        Ok(())
    }

    /// Starts an activation, if the queue gives a batch. Lambda takes the next one when the batch
    /// before is done, and never two of one message group (P-4).
    pub async fn start(&mut self) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let old_version = self.setup.two_versions && self.setup.dice.u32(..4) == 0;
        if old_version {
            if self.runs.iter().all(|run| !run.batch.is_empty()) {
                let process = Process::new(&self.world.stage);
                self.run(process, Vec::new(), now).await?;
            }
            return Ok(());
        }
        let settings = &self.stack.mapping;
        let queue = self
            .bus
            .queue(&settings.queue)
            .map_err(|error| error.to_string())?;
        let batch = queue.receive(now, settings.batch_size);
        if batch.is_empty() {
            return Ok(());
        }
        let warm = self.warm.take();
        let process = warm.unwrap_or_else(|| Process::new(&self.world.stage));
        if process.covers(&batch) {
            self.figures.covered += 1;
            self.trace("warm", format_args!("{} messages are covered", batch.len()));
            self.warm = Some(process);
            return self.done(&batch);
        }
        self.run(process, batch, now).await
    }

    async fn run(
        &mut self,
        process: Process,
        batch: Vec<Message>,
        now: Timestamp,
    ) -> Result<(), Broken> {
        self.figures.activations += 1;
        let number = self.figures.activations;
        let name = format!("run {number}");
        self.trace(&name, format_args!("starts with {} messages", batch.len()));
        let time_out = self.stack.function.timeout;
        let run = Run::start(number, &self.world.stage, process, batch, time_out);
        self.runs.push(run);
        let at = self.runs.len() - 1;
        match self.runs[at].go_on(now).await {
            Some(activated) => self.finish(at, &activated),
            None => Ok(()),
        }
    }

    fn finish(&mut self, at: usize, activated: &Activated) -> Result<(), Broken> {
        let run = self.runs.remove(at);
        let report = &activated.report;
        let name = format!("run {}", run.number);
        for taken in &report.actions {
            let what = format!("{} ({}): {:?}", taken.step, taken.reason, taken.outcome);
            self.trace(&name, format_args!("{what}"));
        }
        let (held, gaps) = (report.held.len(), report.gaps.len());
        self.trace(&name, format_args!("is done; {held} held, {gaps} gaps"));
        self.done(&run.batch)?;
        let blind = report
            .gaps
            .iter()
            .find(|gap| EYES.contains(&gap.read.as_str()));
        if let Some(gap) = blind.filter(|_| run.writes > 0) {
            return Err(format!("nothing is written on a gap: {gap}"));
        }
        let on_absence = |reason: &Reason| {
            matches!(
                reason,
                Reason::Gone(_)
                    | Reason::Vanished
                    | Reason::ReservationOver(_)
                    | Reason::GivenUp { .. }
            )
        };
        let mut steps = activated.plan.steps.iter();
        let absent = steps.any(|step| on_absence(&step.reason));
        let looks = report.calls.get(&Call::DescribeInstances.to_string());
        if absent && looks.is_none_or(|looks| *looks < 2) {
            return Err("what is gone is looked for twice (P-15)".to_owned());
        }
        if self.setup.dice.u32(..5) > 0 && !run.batch.is_empty() {
            self.warm = Some(run.process);
        }
        // A reservation or a grace that runs out is a new event, whenever it comes.
        let mut steps = activated.plan.steps.iter();
        let late =
            steps.any(|step| matches!(step.reason, Reason::ReservationOver(_) | Reason::Retired));
        self.figures.last = Some(Last {
            held: report.held.clone(),
            writes: run.writes,
            late,
        });
        Ok(())
    }

    /// Deletes the messages of a batch, as Lambda does after success.
    fn done(&mut self, batch: &[Message]) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let queue = self.bus.queue(&self.stack.mapping.queue);
        let queue = queue.map_err(|error| error.to_string())?;
        batch.iter().try_for_each(|message| {
            let deleted = queue.delete(now, &message.receipt_handle);
            deleted.map_err(|error| format!("a batch is done before it is visible again: {error}"))
        })
    }

    async fn pass_time(&mut self) -> Result<(), Broken> {
        let dice = &mut self.setup.dice;
        let time = match dice.u32(..1000) {
            _ if self.flips > 0 => Duration::from_secs(10),
            0..450 => Duration::from_millis(dice.u64(1..1000)),
            450..850 => Duration::from_millis(dice.u64(1000..8000)),
            850..970 => Duration::from_secs(dice.u64(10..90)),
            970..990 => Duration::from_secs(dice.u64(90..900)),
            _ if self.setup.pauses => Duration::from_secs(dice.u64(3600..86_400)),
            _ => Duration::from_secs(60),
        };
        if self.flips > 0 {
            self.flip().await;
        }
        self.pass(time).await
    }

    /// Somebody writes the parameter every 10 s, back and forth.
    async fn flip(&mut self) {
        use tests::history::event::Value;
        self.flips -= 1;
        let value = match self.flips % 3 {
            0 => Value::Plain,
            1 => Value::Error,
            _ => Value::TwoZones,
        };
        self.happen(Event::Put("EXTERNAL", value)).await;
    }

    fn deliver(&mut self) -> Result<(), Broken> {
        if self.arrived.is_empty() {
            return Ok(());
        }
        let nth = self.setup.dice.usize(..self.arrived.len());
        let event = self.arrived.swap_remove(nth);
        self.publish(&event)
    }

    /// Whatever is on its way arrives now.
    pub fn deliver_all(&mut self) -> Result<(), Broken> {
        let all = self.setup.courier.due(Timestamp::MAX);
        self.arrived.extend(all);
        for event in std::mem::take(&mut self.arrived) {
            self.publish(&event)?;
        }
        Ok(())
    }

    fn publish(&mut self, event: &Value) -> Result<(), Broken> {
        let now = self.world.stage.now();
        self.trace(
            "event",
            format_args!("{} {}", event["detail-type"], event["detail"]),
        );
        let sent = self.bus.publish(now, event);
        sent.map(drop).map_err(|error| error.to_string())
    }

    async fn outside(&mut self) {
        let event = self.setup.outside.next();
        // Late reads show the same, and the window knows of them.
        if matches!(event, Event::Hide(..)) {
            return;
        }
        if matches!(event, Event::Put("EXTERNAL", _)) && self.setup.dice.u32(..4) == 0 {
            self.flips = 9;
        }
        self.happen(event).await;
    }

    async fn happen(&mut self, event: Event) {
        self.figures.outside += 1;
        self.trace("outside", format_args!("{event:?}"));
        self.world.happen(&event).await;
        self.note();
    }

    fn kill(&mut self) {
        if self.runs.is_empty() {
            return;
        }
        let at = self.setup.dice.usize(..self.runs.len());
        let number = self.runs.remove(at).number;
        self.figures.killed += 1;
        self.trace(&format!("run {number}"), format_args!("killed"));
    }

    /// Everybody's process ends.
    pub fn kill_all(&mut self) {
        self.runs.clear();
        self.warm = None;
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
