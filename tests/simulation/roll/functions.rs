//! push-listeners and register-brokers on their way, call by call; probe-brokers is what they ask.

use super::history::History;
use super::setup::Mood;
use crate::healing::Healing;
use crate::listeners::Listeners;
use crate::mapping::Mapping;
use crate::moment::Window;
use crate::part::{Done, Part};
use crate::process::{Process, Run, request};
use cloud::call::Call;
use fleet::observed::Gap;
use fleet::report::Taken;
use jiff::Timestamp;
use std::time::Duration;
use tests::healing::HEAL_BROKERS;
use tests::listeners::PUSH_LISTENERS;
use world::deployment::REGISTER_BROKERS;
use world::model::CommandRecord;
use world::template::FunctionStack;

/// The shortest time in which somebody waits who makes no call.
const MOMENT: Duration = Duration::from_millis(250);
/// The longest that passes at once meanwhile.
const LONGEST: Duration = Duration::from_secs(2);

/// A function in a history.
pub struct Function<'a> {
    stack: &'a FunctionStack,
    part: Box<dyn Part>,
    runs: Vec<Going>,
    warm: Option<Process>,
}

/// A run on its way.
struct Going {
    run: Run,
    /// When it asked the probe last.
    asked: Option<Timestamp>,
    /// What it sent.
    sent: Vec<CommandRecord>,
}

impl<'a> Function<'a> {
    /// push-listeners first, then register-brokers; where brokers fall ill heal-brokers, too.
    pub fn all(stacks: &'a [FunctionStack], mood: Mood) -> Vec<Self> {
        let mut parts: Vec<Box<dyn Part>> = vec![Box::new(Listeners), Box::new(Mapping::of(true))];
        match mood {
            Mood::Any | Mood::Rolls | Mood::Scales => {}
            Mood::Ill => parts.push(Box::new(Healing::of(0))),
        }
        let functions = parts.into_iter().map(|part| {
            let named = |it: &&FunctionStack| it.function.binary == part.name();
            Self {
                stack: stacks.iter().find(named).expect("a function"),
                part,
                runs: Vec::new(),
                warm: None,
            }
        });
        functions.collect()
    }

    /// When Lambda kills a run.
    pub fn time_out(&self) -> Duration {
        self.stack.function.timeout
    }
}

impl History<'_> {
    /// Whether a run is on its way.
    pub(super) fn is_running(&self) -> bool {
        self.functions.iter().any(|it| !it.runs.is_empty())
    }

    /// How many calls wait.
    fn waiting(&self) -> usize {
        let runs = self.functions.iter().flat_map(|it| &it.runs);
        runs.map(|it| it.run.waiting()).sum()
    }

    /// A run begins, if none is on its way: by its event or its sweep. Sometimes one of an old version does so
    /// beside it.
    pub(super) async fn wake(&mut self, of: usize) {
        let now = self.stage.now();
        let is_old = self.setup.two_versions && self.setup.dice.u32(..4) == 0;
        let function = &mut self.functions[of];
        if function.runs.len() > usize::from(is_old) {
            return;
        }
        let cold = || Process::new(&self.stage, function.part.name());
        let process = function.warm.take().unwrap_or_else(cold);
        self.figures.runs += 1;
        let batch = (Vec::new(), request(&[]));
        let (part, time_out) = (&*function.part, function.stack.function.timeout);
        let run = Run::start(
            self.figures.runs,
            part,
            &self.stage,
            process,
            batch,
            time_out,
        );
        let what = format!("run {} begins", run.number);
        function.runs.push(Going {
            run,
            asked: None,
            sent: Vec::new(),
        });
        let (who, at) = (function.part.name(), function.runs.len() - 1);
        self.tell(who, &what);
        if self.strikes_now(8) && who == PUSH_LISTENERS {
            let what = self.blind();
            self.tell("happens", &what);
        }
        if let Some(done) = self.functions[of].runs[at].run.go_on(now).await {
            self.finish(of, at, &done);
        }
    }

    /// Lets so many calls pass, of whichever run, and as much time as nobody calls.
    pub(super) async fn play(&mut self, calls: usize) {
        let (mut left, mut moment) = (calls, MOMENT);
        while left > 0 && self.is_running() {
            match self.waiting() {
                0 => {
                    self.pass(moment).await;
                    moment = (moment * 2).min(LONGEST);
                }
                waiting => {
                    let nth = self.setup.dice.usize(..waiting);
                    self.let_pass(nth).await;
                    (left, moment) = (left - 1, MOMENT);
                }
            }
        }
    }

    async fn let_pass(&mut self, mut nth: usize) {
        let now = self.stage.now();
        for of in 0..self.functions.len() {
            for at in 0..self.functions[of].runs.len() {
                let going = &mut self.functions[of].runs[at];
                let here = going.run.waiting();
                if nth >= here {
                    nth -= here;
                    continue;
                }
                let Some(call) = going.run.let_pass(nth) else {
                    return;
                };
                if call == Call::InvokeFunction {
                    going.asked = Some(now);
                }
                self.figures.calls += 1;
                if call == Call::InvokeFunction && of == 1 {
                    self.look_at_names(true);
                }
                let done = self.functions[of].runs[at].run.go_on(now).await;
                if call == Call::SendCommand {
                    self.look_at_commands(of, at);
                } else if call.is_write() && of == 2 {
                    let began = self.functions[of].runs[at].run.started;
                    self.look_at_healing(began);
                } else if call.is_write() {
                    self.tell(REGISTER_BROKERS, &call.to_string());
                    self.look_at_ports();
                }
                self.look();
                if let Some(done) = done {
                    self.finish(of, at, &done);
                }
                return;
            }
        }
    }

    /// Looks at the commands that a run has sent just now.
    fn look_at_commands(&mut self, of: usize, at: usize) {
        let model = self.stage.model();
        let new = model.commands().filter(|it| !self.known.contains(&it.id));
        let new: Vec<CommandRecord> = new.cloned().collect();
        drop(model);
        for command in new {
            self.figures.commands += 1;
            self.known.insert(command.id.clone());
            let mode = super::orders::mode(&command);
            self.tell("sent", &format!("{} {mode}", command.comment));
            let going = &mut self.functions[of].runs[at];
            going.sent.push(command.clone());
            let (began, asked) = (going.run.started, going.asked);
            if going.sent.len() > 1 {
                self.breaks(format!("one command in a run, and not {}", command.comment));
            }
            self.check_order(began, asked, &command);
            let at = self.place_of(&command.instance);
            if let Some(at) = at.filter(|_| !mode.is_empty() && self.strikes_now(4)) {
                let what = self.meanwhile(at);
                self.tell("happens", &what);
            }
        }
    }

    /// A run is done, and its laws are looked at.
    fn finish(&mut self, of: usize, at: usize, done: &Done) {
        let function = &mut self.functions[of];
        let Going { run, sent, .. } = function.runs.remove(at);
        let name = function.part.name();
        let mut laws = Ok(());
        let is_long = matches!(self.setup.mood, Mood::Ill | Mood::Scales);
        let kinds = |all: &[fleet::plan::Said]| {
            let kinds = all.iter().map(|it| match is_long {
                true => it.to_string(),
                false => it.kind.clone(),
            });
            kinds.collect::<Vec<String>>()
        };
        let actions: Vec<String> = done
            .actions
            .iter()
            .map(|it| format!("{} ({}): {:?}", it.step, it.reason, it.outcome))
            .collect();
        if name == HEAL_BROKERS {
            let nothing = Window {
                seen: Vec::new(),
                since: Vec::new(),
                agreed: Vec::new(),
            };
            laws = done.check(&nothing);
        }
        let (held, gaps) = (kinds(&done.held), done.gaps.len());
        let what = format!(
            "run {} did {actions:?}, held {held:?}, {gaps} gaps",
            run.number
        );
        function.warm = self.setup.dice.bool().then_some(run.process);
        self.tell(name, &what);
        self.law(laws);
        let last = &mut self.last[of];
        last.held.clone_from(&done.held);
        // Who does not answer is looked at every two minutes, as long as nobody puts it right.
        let mut actions = done.actions.iter();
        let looks =
            |it: &Taken| it.step.starts_with("inspect") && it.reason.contains("does not answer");
        last.is_quiet = actions.all(looks) && done.gaps.is_empty();
        // What AWS takes back is stopped although the gate could not be asked.
        let changes = |mode: &str| !["", "stop"].contains(&mode);
        let mut changes = sent.iter().filter(|it| changes(&super::orders::mode(it)));
        let changes = changes.next();
        // When its group began to make an instance wait only tells how long it still may.
        let is_of_time = |gap: &&Gap| gap.read.starts_with("DescribeScalingActivities");
        let mut gaps = done.gaps.iter().filter(|gap| !is_of_time(gap));
        if let (Some(gap), Some(command), PUSH_LISTENERS) = (gaps.next(), changes, name) {
            let comment = &command.comment;
            self.breaks(format!(
                "(e) nothing is changed on a gap ({gap}): {comment}"
            ));
        }
    }

    /// Moves on whoever has waited for this moment; what a time-out cuts off is killed.
    pub(super) async fn go_on(&mut self) {
        let now = self.stage.now();
        for of in 0..self.functions.len() {
            let mut at = 0;
            while at < self.functions[of].runs.len() {
                let time_out = self.functions[of].time_out();
                let going = &mut self.functions[of].runs[at];
                if now.duration_since(going.run.started).unsigned_abs() >= time_out {
                    self.end(of, at, "timed out");
                    continue;
                }
                match going.run.go_on(now).await {
                    Some(done) => self.finish(of, at, &done),
                    None => at += 1,
                }
            }
        }
    }

    /// One of the processes ends, wherever it is.
    pub(super) fn kill(&mut self) {
        let running: usize = self.functions.iter().map(|it| it.runs.len()).sum();
        if running == 0 {
            return;
        }
        let mut nth = self.setup.dice.usize(..running);
        for of in 0..self.functions.len() {
            let here = self.functions[of].runs.len();
            if nth < here {
                return self.end(of, nth, "killed");
            }
            nth -= here;
        }
    }

    fn end(&mut self, of: usize, at: usize, how: &str) {
        let function = &mut self.functions[of];
        let (number, name) = (function.runs.remove(at).run.number, function.part.name());
        self.figures.killed += 1;
        self.tell(name, &format!("run {number} {how}"));
    }
}
