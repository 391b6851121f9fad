//! Activations of the functions: one is started by a batch, its calls pass one by one, in between those
//! of the others, it finishes or is killed.

use crate::function::{Function, Last};
use crate::harm::{self, Act};
use crate::part::Done;
use crate::process::{Process, Run, request};
use crate::run::Simulation;
use activation::request::Request;
use jiff::Timestamp;
use tests::history::Broken;
use tests::history::look::Write;
use world::events::message::Message;

impl Simulation<'_> {
    /// How many calls wait, of whichever activation.
    pub fn waiting(&self) -> usize {
        self.functions.iter().map(Function::waiting).sum()
    }

    /// Whether an activation is on its way.
    pub fn is_running(&self) -> bool {
        self.functions.iter().any(|of| !of.runs.is_empty())
    }

    /// Lets one of the waiting calls pass, any of them.
    pub async fn pass_a_call(&mut self) -> Result<(), Broken> {
        let mut nth = self.setup.dice.usize(..self.waiting().max(1));
        for of in 0..self.functions.len() {
            for at in 0..self.functions[of].runs.len() {
                let here = self.functions[of].runs[at].waiting();
                if nth < here {
                    return self.let_pass(of, at, nth).await;
                }
                nth -= here;
            }
        }
        Ok(())
    }

    /// Lets this call of this activation pass, and looks at what it wrote.
    async fn let_pass(&mut self, of: usize, at: usize, nth: usize) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let function = &mut self.functions[of];
        let run = &mut function.runs[at];
        let Some(call) = run.let_pass(nth) else {
            return Ok(());
        };
        function.count.calls += 1;
        self.world.stage.forget_calls();
        let done = run.go_on(now).await;
        let name = format!("run {}", run.number);
        self.trace(&name, format_args!("{call}"));
        if call.is_write() {
            self.look_at_writes(of, at, &name)?;
        }
        match done {
            Some(done) => self.finish(of, at, &done),
            None => Ok(()),
        }
    }

    /// Looks at what was written since calls were forgotten.
    fn look_at_writes(&mut self, of: usize, at: usize, name: &str) -> Result<(), Broken> {
        let writes = Write::all(&self.world.stage);
        let (function, before) = (&self.functions[of], self.past.last());
        let run = &function.runs[at];
        let (window, proof) = (self.past.window(run.started, self.lag), run.proof());
        self.note();
        for write in writes {
            self.trace(name, format_args!("wrote {write}"));
            let after = self.past.last();
            let function = &mut self.functions[of];
            let act = Act {
                write: &write,
                window: &window.seen,
                agreed: &window.agreed,
                earlier: &function.runs[at].writes,
                before: &before,
                after: &after,
                proof: &proof,
            };
            harm::of_all(&act, &*function.part)?;
            function.part.harm(&act)?;
            function.count.writes += 1;
            function.runs[at].writes.push(write);
        }
        Ok(())
    }

    /// Starts an activation of one of the functions, if its queue gives a batch. Lambda takes the next one
    /// when the batch before is done, and never two of one message group (P-4).
    pub async fn start_any(&mut self) -> Result<(), Broken> {
        let of = self.setup.dice.usize(..self.functions.len());
        self.start(of).await
    }

    /// The same of this function.
    pub async fn start(&mut self, of: usize) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let old_version = self.setup.two_versions && self.setup.dice.u32(..4) == 0;
        let function = &mut self.functions[of];
        if old_version {
            if function.runs.iter().all(|run| !run.batch.is_empty()) {
                let process = Process::new(&self.world.stage, function.name());
                let batch = (Vec::new(), request(&[]));
                self.run(of, process, batch, now).await?;
            }
            return Ok(());
        }
        let queue = function.queue(&mut self.bus);
        let queue = queue.map_err(|error| error.to_string())?;
        let batch = queue.receive(now, function.stack.mapping.batch_size);
        if batch.is_empty() {
            return Ok(());
        }
        let warm = function.warm.take();
        let process = warm.unwrap_or_else(|| Process::new(&self.world.stage, function.name()));
        let request = request(&batch);
        if process.covers(&request) {
            self.figures.covered += 1;
            function.warm = Some(process);
            function.done(&mut self.bus, now, &batch)?;
            self.trace("warm", format_args!("{} messages are covered", batch.len()));
            return Ok(());
        }
        self.run(of, process, (batch, request), now).await
    }

    async fn run(
        &mut self,
        of: usize,
        process: Process,
        batch: (Vec<Message>, Request),
        now: Timestamp,
    ) -> Result<(), Broken> {
        self.figures.activations += 1;
        let number = self.figures.activations;
        let function = &mut self.functions[of];
        function.count.activations += 1;
        let (part, time_out) = (&*function.part, function.time_out());
        let (name, messages) = (part.name(), batch.0.len());
        let run = Run::start(number, part, &self.world.stage, process, batch, time_out);
        function.runs.push(run);
        let what = format_args!("starts with {messages} messages, {name}");
        self.trace(&format!("run {number}"), what);
        let runs = &mut self.functions[of].runs;
        let at = runs.len() - 1;
        match runs[at].go_on(now).await {
            Some(done) => self.finish(of, at, &done),
            None => Ok(()),
        }
    }

    /// Lambda deletes the batch of an activation that is done, and its laws are looked at.
    pub fn finish(&mut self, of: usize, at: usize, done: &Done) -> Result<(), Broken> {
        let now = self.world.stage.now();
        let run = self.functions[of].runs.remove(at);
        let name = format!("run {}", run.number);
        for taken in &done.actions {
            let what = format!("{} ({}): {:?}", taken.step, taken.reason, taken.outcome);
            self.trace(&name, format_args!("{what}"));
        }
        done.check(&self.past.window(run.started, self.lag))?;
        let (held, gaps) = (done.held.len(), done.gaps.len());
        self.trace(&name, format_args!("is done; {held} held, {gaps} gaps"));
        let function = &mut self.functions[of];
        function.done(&mut self.bus, now, &run.batch)?;
        let is_eye = |read: &str| function.part.eyes().contains(&read);
        let blind = done.gaps.iter().find(|gap| is_eye(&gap.read));
        let mut writes = run.writes.iter();
        let changes = writes.any(|write| !write.keeps_waiting());
        if let Some(gap) = blind.filter(|_| changes) {
            return Err(format!("nothing is written on a gap: {gap}"));
        }
        function.last = Some(Last {
            started: run.started,
            held: done.held.clone(),
            writes: (run.writes.iter())
                .filter(|it| !it.looks() && !it.keeps_waiting())
                .count(),
            is_late: done.is_late,
        });
        if self.setup.dice.u32(..5) > 0 && !run.batch.is_empty() {
            function.warm = Some(run.process);
        }
        Ok(())
    }

    /// One of the processes ends, wherever it is.
    pub fn kill(&mut self) {
        let running: usize = self.functions.iter().map(|of| of.runs.len()).sum();
        if running == 0 {
            return;
        }
        let mut nth = self.setup.dice.usize(..running);
        for of in &mut self.functions {
            if nth < of.runs.len() {
                let number = of.runs.remove(nth).number;
                self.figures.killed += 1;
                self.trace(&format!("run {number}"), format_args!("killed"));
                return;
            }
            nth -= of.runs.len();
        }
    }

    /// Everybody's process ends.
    pub fn kill_all(&mut self) {
        for function in &mut self.functions {
            function.runs.clear();
            function.warm = None;
        }
    }
}
