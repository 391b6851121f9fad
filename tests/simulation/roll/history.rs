//! One history: its world, and its steps.

use super::brokers::Broker;
use super::facts::Facts;
use super::figures::Figures;
use super::functions::Function;
use super::ill::care::Cares;
use super::ports::Ports;
use super::scaling::{self, life::Lives};
use super::setup::{Mood, Setup};
use fleet::observed::Parameter;
use fleet::plan::Said;
use fleet::words::{CommandId, InstanceId};
use jiff::{SignedDuration, Timestamp};
use push_listeners::restarts::Restarts;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::Duration;
use tests::Stage;
use tests::history::Broken;
use world::template::FunctionStack;

/// Who looks does so at least as often.
const LOOKS_EVERY: Duration = Duration::from_secs(30);

/// A history on its way.
pub struct History<'a> {
    pub(super) setup: Setup,
    pub(super) stage: Stage,
    pub(super) functions: Vec<Function<'a>>,
    pub(super) brokers: Vec<Broker>,
    /// How old an answer may be.
    pub(super) lag: SignedDuration,
    /// How much later than usual a command may be shown that was sent.
    pub(super) shown_after: SignedDuration,
    /// What was so, oldest first.
    pub(super) facts: VecDeque<Facts>,
    /// `restarts`, what it says, and since when.
    pub(super) restarts: (Option<Parameter>, Option<Rc<Restarts>>, Timestamp),
    pub(super) ports: Ports,
    /// Groups that were retired at any time.
    pub(super) was_retired: BTreeSet<String>,
    /// How often a broker was stopped for a generation and its wish.
    pub(super) restarts_of: BTreeMap<(InstanceId, i64, String), u32>,
    /// Commands that were looked at.
    pub(super) known: BTreeSet<CommandId>,
    /// How often the script of each was started.
    pub(super) starts: BTreeMap<CommandId, u32>,
    /// How the newest run of each function ended.
    pub(super) last: Vec<Last>,
    /// The health of brokers.
    pub(super) cares: Cares,
    /// What becomes of instances by their Auto Scaling groups.
    pub(super) lives: Lives,
    /// How often a parameter still flips.
    pub(super) flips: u32,
    pub(super) noted: Option<u64>,
    /// What happened so far, in numbers.
    pub figures: Figures,
    /// What happened so far, a line for each step.
    pub trace: String,
    begin: Timestamp,
    answered: BTreeSet<CommandId>,
    /// Each law that broke, as it did first.
    pub broken: BTreeMap<String, Broken>,
    /// Whether faults have ended.
    pub(super) is_calm: bool,
}

/// How a run ended.
#[derive(Default)]
pub struct Last {
    /// What it held.
    pub held: Vec<Said>,
    /// Whether it saw everything, and did nothing.
    pub is_quiet: bool,
}

impl<'a> History<'a> {
    /// The world of a setup, before anything goes wrong.
    pub async fn begin(mut setup: Setup, stacks: &'a [FunctionStack]) -> Self {
        let stage = Stage::with(setup.settings());
        let launched = (1..).zip(setup.launch(&stage));
        let brokers = launched.map(|(number, (id, file))| Broker::new(number, id, file));
        let brokers = brokers.collect();
        stage.pass(Duration::from_secs(60)).await;
        if setup.mood == Mood::Scales {
            scaling::put_hooks(&stage, setup.brokers);
        }
        if setup.mood != Mood::Any || setup.dice.u32(..4) > 0 {
            stage.activate().await;
        }
        let functions = Function::all(stacks, setup.mood);
        if setup.mood == Mood::Ill {
            stage.put("healing", "replace");
            stage.alarm(true);
        }
        let now = stage.now();
        let writes = stage.model().writes().len();
        let mut history = Self {
            lag: setup.lag(),
            shown_after: setup.shown_after(),
            last: functions.iter().map(|_| Last::default()).collect(),
            functions,
            brokers,
            facts: VecDeque::new(),
            restarts: (None, None, now),
            ports: Ports::default(),
            was_retired: BTreeSet::new(),
            restarts_of: BTreeMap::new(),
            known: BTreeSet::new(),
            starts: BTreeMap::new(),
            cares: Cares::after(writes),
            lives: Lives::default(),
            flips: 0,
            noted: None,
            figures: Figures {
                seeds: 1,
                ..Figures::default()
            },
            trace: String::new(),
            begin: now,
            answered: BTreeSet::new(),
            broken: BTreeMap::new(),
            is_calm: false,
            setup,
            stage,
        };
        let what = format!(
            "seed {}, {:?}, {} brokers, {:?}, two versions: {}",
            history.setup.seed,
            history.setup.mood,
            history.brokers.len(),
            history.setup.levels,
            history.setup.two_versions
        );
        history.tell("begin", &what);
        history.begin_on_spot();
        let faults = history.setup.faults.clone();
        history.stage.model().set_faults(faults);
        history.look();
        history
    }

    /// Faults end, everything is put in order, and what is then so in the end is checked.
    pub async fn settle(&mut self) -> Result<(), Broken> {
        match self.setup.mood {
            Mood::Any | Mood::Rolls => self.calm_down().await,
            Mood::Ill => self.recover().await,
            Mood::Scales => self.come_to_rest().await,
        }
    }

    /// One step: calls pass, time passes, a function wakes, something happens, or a process ends.
    pub async fn step(&mut self) {
        if self.setup.mood == Mood::Ill {
            return self.ill_step().await;
        }
        if self.setup.mood == Mood::Scales {
            return self.scaling_step().await;
        }
        self.take_back_some();
        match (self.setup.dice.u32(..100), self.setup.mood) {
            (0..38, _) => {
                let calls = self.setup.dice.usize(1..=24);
                self.play(calls).await;
            }
            (59..69 | 88..98, Mood::Rolls) => self.go_through().await,
            (38..52, _) => self.wake(0).await,
            (52..59, _) => self.wake(1).await,
            (59..78, _) => self.pass_some().await,
            (78..98, _) => self.happen(),
            (_, _) => self.kill(),
        }
    }

    /// push-listeners comes to its end, and what it began has some time.
    async fn go_through(&mut self) {
        let of = usize::from(self.setup.dice.u32(..4) == 0);
        self.wake(of).await;
        self.play(usize::MAX).await;
        let time = Duration::from_secs(self.setup.dice.u64(5..90));
        self.pass(time).await;
    }

    pub(super) async fn pass_some(&mut self) {
        let is_running = self.is_running();
        let dice = &mut self.setup.dice;
        let time = match dice.u32(..40) {
            _ if self.flips > 0 => Duration::from_secs(10),
            0..8 if is_running && self.setup.mood == Mood::Rolls => Duration::from_secs(5),
            0 => Duration::from_secs(dice.u64(600..7200)),
            1..8 => Duration::from_secs(dice.u64(60..700)),
            _ if is_running => Duration::from_millis(dice.u64(1..8000)),
            _ => Duration::from_millis(dice.u64(500..60_000)),
        };
        if self.flips > 0 {
            self.flip();
        }
        self.pass(time).await;
    }

    /// Lets time pass for everybody, from one moment to the next at which something happens by itself.
    pub(super) async fn pass(&mut self, time: Duration) {
        let until = self.stage.now() + time;
        loop {
            let now = self.stage.now();
            let left = until.duration_since(now).unsigned_abs();
            if now >= until {
                return;
            }
            let due = self.stage.model().next_due();
            let next = due.map(|due| due.duration_since(now).unsigned_abs());
            let next = next.unwrap_or(left).max(Duration::from_millis(1));
            // Timers know no shorter time.
            let step = Duration::from_millis(next.as_micros().div_ceil(1000) as u64);
            tokio::time::advance(step.min(left).min(LOOKS_EVERY)).await;
            let now = self.stage.now();
            self.stage.model().advance(now);
            self.give_back();
            self.look_at_names(false);
            self.look();
            self.tell_answers();
            self.go_on().await;
        }
    }

    /// Whether something comes just now, once in so many times.
    pub(super) fn strikes_now(&mut self, once_in: u32) -> bool {
        let is_calm = self.is_calm || self.setup.mood != Mood::Rolls;
        !is_calm && self.setup.dice.u32(..once_in) == 0
    }

    /// Takes note of a law that is broken, which its first word names.
    pub(super) fn breaks(&mut self, how: Broken) {
        self.tell("broken", &how);
        let law = how.split(' ').next().unwrap_or_default().to_owned();
        self.broken.entry(law).or_insert(how);
    }

    /// Takes note of what was found of a law.
    pub(super) fn law(&mut self, found: Result<(), Broken>) {
        if let Err(how) = found {
            self.breaks(how);
        }
    }

    /// Writes a line of the trace.
    pub(super) fn tell(&mut self, who: &str, what: &str) {
        let at = self.stage.now().duration_since(self.begin).as_secs_f64();
        // Writing into a string cannot fail.
        writeln!(self.trace, "{at:>10.3} {who:>16}  {what}").ok();
    }

    /// Writes what commands have answered since.
    fn tell_answers(&mut self) {
        let model = self.stage.model();
        let ended = model.commands().filter(|it| it.status.has_ended());
        let new = ended.filter(|it| !self.answered.contains(&it.id));
        let new: Vec<_> = new
            .map(|it| {
                let told = it.told.as_ref().map_or("", |ran| ran.stdout.as_str());
                let line = told.lines().next().unwrap_or_default();
                let answer: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
                let state = &answer["state"];
                let said = [
                    &answer["outcome"],
                    &answer["why"],
                    &state["phase"],
                    &state["heading"],
                ];
                let said = said.map(ToString::to_string).join(" ");
                (
                    it.id.clone(),
                    format!("{}: {}, {said}", it.comment, it.status),
                )
            })
            .collect();
        drop(model);
        for (id, what) in new {
            self.answered.insert(id);
            self.tell("answer", &what);
        }
    }
}
