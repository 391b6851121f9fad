//! Activations of the function: one is started by a batch, its calls pass one by one, it finishes or
//! is killed.

use crate::figures::Last;
use crate::function::{Process, Run};
use crate::harm::{self, Act};
use crate::run::Simulation;
use cloud::call::Call;
use fleet::plan::Said;
use jiff::{SignedDuration, Timestamp};
use tests::Activated;
use tests::history::Broken;
use tests::history::look::{EYES, Write};
use tests::history::proof::is_noted;
use tests::history::rules::Seen;
use world::events::message::Message;

impl Simulation<'_> {
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
        let proof = run.proof();
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
                proof: &proof,
            })?;
        }
        match done {
            Some(activated) => self.finish(at, &activated),
            None => Ok(()),
        }
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

    /// Lambda deletes the batch of an activation that is done, and its laws are looked at.
    pub fn finish(&mut self, at: usize, activated: &Activated) -> Result<(), Broken> {
        let run = self.runs.remove(at);
        let report = &activated.report;
        let name = format!("run {}", run.number);
        for taken in &report.actions {
            let what = format!("{} ({}): {:?}", taken.step, taken.reason, taken.outcome);
            self.trace(&name, format_args!("{what}"));
        }
        let moments = self.past.since(run.started);
        tests::history::proof::check(activated, |instance, node| {
            let mut moments = moments.iter();
            moments.any(|moment| is_noted(&moment.look, instance, node))
        })?;
        let lag = SignedDuration::try_from(self.lag).unwrap_or(SignedDuration::MAX);
        let began = run.started.checked_sub(lag).unwrap_or(run.started);
        let window = self.past.since(began);
        let without = |group: &str, node| window.iter().any(|m| m.leaves_out(group, node));
        let seen = Seen {
            looks: window.iter().map(|moment| &moment.look).collect(),
            without: &without,
        };
        tests::history::rules::check(activated, &seen)?;
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
        let on_absence = |reason: &Said| {
            matches!(
                reason.kind.as_str(),
                "Gone" | "Vanished" | "ReservationOver" | "GivenUp"
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
        // A reservation, a place that is kept or a grace that runs out is a new event, whenever it comes.
        let mut steps = activated.plan.steps.iter();
        let late = steps.any(|step| {
            matches!(
                step.reason.kind.as_str(),
                "ReservationOver" | "PlaceGivenUp" | "Retired"
            )
        });
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

    /// One of the processes ends, wherever it is.
    pub fn kill(&mut self) {
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
}
