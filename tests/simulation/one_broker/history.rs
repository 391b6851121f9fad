//! One history: its world, and its steps.

use super::laws::Facts;
use fastrand::Rng;
use fleet::plan::Said;
use fleet::words::{CommandId, InstanceId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;
use tests::history::Broken;
use tests::listeners::{Listeners, Pushed, alone, first_file};
use tests::{Stage, ZONES};
use world::doors::memory::Strike;
use world::faults::{COMMAND_LAG, Fault, Faults, LAG, Level};
use world::model::{CommandRecord, Settings};

/// A history on its way.
pub struct History {
    pub(super) dice: Rng,
    pub(super) stage: Stage,
    pub(super) listeners: Listeners,
    pub(super) broker: InstanceId,
    /// How old an answer may be.
    pub(super) lag: Duration,
    /// How much later than usual a command may be shown that was sent.
    pub(super) shown_after: Duration,
    /// What was so, oldest first.
    pub(super) facts: Vec<Facts>,
    /// The file as it was first.
    pub(super) first: String,
    /// What nobody but people may change of the file.
    pub(super) theirs: Vec<String>,
    /// Whether people edited it.
    pub(super) is_edited: bool,
    /// What the last run held.
    pub(super) held: Vec<Said>,
    /// What happened so far, a line for each step.
    pub trace: String,
    told: BTreeSet<CommandId>,
    begin: Timestamp,
}

impl History {
    /// The world of a seed.
    pub async fn begin(seed: u64) -> Self {
        let mut dice = Rng::with_seed(seed);
        let settings = Settings {
            page_size: (dice.u32(..4) == 0).then(|| dice.usize(1..=3)),
            command_delivery_time: Duration::from_millis(dice.u64(100..4000)),
            ..Settings::default()
        };
        let faults = faults(&mut dice);
        let stage = Stage::with(settings);
        let first = file(&mut dice);
        let broker = stage.hosted(1, ZONES[0], &first);
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
        if dice.bool() {
            stage.put("restarts", &alone("any-time"));
        }
        let is_late = faults.1.iter().any(|(it, _)| *it == Fault::LateCommands);
        let mut history = Self {
            listeners: Listeners::on(&stage),
            broker,
            lag: faults.0.longest_lag() + LAG,
            shown_after: if is_late { COMMAND_LAG } else { Duration::ZERO },
            facts: Vec::new(),
            theirs: super::laws::others(&first),
            first,
            is_edited: false,
            held: Vec::new(),
            trace: String::new(),
            told: BTreeSet::new(),
            begin: stage.now(),
            stage,
            dice,
        };
        history.tell("begin", &format!("seed {seed}, {:?}", faults.1));
        history.stage.model().set_faults(faults.0);
        history.note();
        history
    }

    /// One step: time passes, a function runs, or something happens.
    pub async fn step(&mut self) -> Result<(), Broken> {
        match self.dice.u32(..100) {
            0..45 => self.pass_some().await,
            45..70 => self.push().await?,
            70..78 => self.register().await,
            _ => self.happen(),
        }
        self.note();
        self.check_file()
    }

    async fn pass_some(&mut self) {
        let time = match self.dice.u32(..20) {
            0 => Duration::from_secs(self.dice.u64(600..7200)),
            1..5 => Duration::from_secs(self.dice.u64(90..700)),
            _ => Duration::from_millis(self.dice.u64(500..60_000)),
        };
        self.stage.pass(time).await;
    }

    /// A run of push-listeners, whose process may end on the way.
    pub(super) async fn push(&mut self) -> Result<(), Broken> {
        if self.dice.u32(..12) == 0 {
            self.listeners = Listeners::on(&self.stage);
            let strike = match self.dice.bool() {
                true => Strike::EndBefore,
                false => Strike::EndAfter,
            };
            let door = self.listeners.process.door();
            door.strike(self.dice.usize(1..16), strike);
        }
        self.tell_answers();
        let (began, known) = (self.stage.now(), self.known());
        let run = tokio::select! {
            biased;
            () = self.listeners.process.door().ended() => None,
            run = self.listeners.run(&self.stage) => Some(run),
        };
        self.note();
        let sent = self.sent_since(&known);
        for command in &sent {
            self.tell(
                "sent",
                &format!("{} {}", command.comment, command.document.name),
            );
        }
        match &run {
            Some(run) => {
                let actions: Vec<_> = run.report.actions.iter().collect();
                let held: Vec<&str> = run.report.held.iter().map(|it| it.kind.as_str()).collect();
                let gaps = run.report.gaps.len();
                let line = format!("{actions:?}, held {held:?}, {gaps} gaps");
                self.tell("push", &line);
                self.held = run.report.held.clone();
            }
            None => {
                self.tell("push", "its process ended");
                self.listeners = Listeners::on(&self.stage);
            }
        }
        self.check_run(began, run.as_ref(), &sent)
    }

    /// A run of register-brokers.
    pub(super) async fn register(&mut self) {
        let run = self.stage.activate().await;
        let line = format!("{} actions", run.report.actions.len());
        self.tell("register", &line);
    }

    /// Writes a line of the trace.
    pub(super) fn tell(&mut self, who: &str, what: &str) {
        let at = self.stage.now().duration_since(self.begin).as_secs_f64();
        // Writing into a string cannot fail.
        writeln!(self.trace, "{at:>10.1} {who:>8}  {what}").ok();
    }

    /// Writes what commands have answered since.
    pub(super) fn tell_answers(&mut self) {
        let model = self.stage.model();
        let ended = model.commands().filter(|it| it.status.has_ended());
        let new = ended.filter(|it| !self.told.contains(&it.id));
        let new: Vec<_> = new
            .map(|it| (it.id.clone(), it.comment.clone(), answer(it)))
            .collect();
        drop(model);
        for (id, comment, answer) in new {
            self.told.insert(id);
            self.tell("answer", &format!("{comment}: {answer}"));
        }
    }

    /// The facts as far back as a run may see them.
    pub(super) fn window(&self, began: Timestamp) -> Vec<&Facts> {
        let lag = SignedDuration::try_from(self.lag).unwrap_or_default();
        let from = began - lag;
        let older = self.facts.iter().rev().find(|facts| facts.at < from);
        let window = self.facts.iter().filter(|facts| facts.at >= from);
        older.into_iter().chain(window).collect()
    }
}

/// What a command came to, and what it left.
fn answer(command: &CommandRecord) -> String {
    let said = command.told.as_ref().map_or("", |ran| ran.stdout.as_str());
    let line = said.lines().next().unwrap_or_default();
    let answer: Value = serde_json::from_str(line).unwrap_or_default();
    let state = &answer["state"];
    format!(
        "{}, {} {} {} {} {}",
        command.status,
        answer["outcome"],
        answer["why"],
        state["phase"],
        state["heading"],
        state["mode"]
    )
}

/// Whether a run held nothing but what passes by itself.
pub(super) fn is_quiet(run: &Pushed) -> bool {
    run.report.actions.is_empty() && run.report.gaps.is_empty()
}

/// A first file, in one of many forms.
fn file(dice: &mut Rng) -> String {
    let mut file = first_file(1);
    if dice.bool() {
        file.push('\n');
    }
    if dice.u32(..3) == 0 {
        file = file.replace("advertised.listeners=INTERNAL://b1.internal:9092\n", "");
        file = file.replace("INTERNAL://0.0.0.0", "INTERNAL://10.0.0.11");
    }
    if dice.u32(..3) == 0 {
        file = file.replace("listeners=INTERNAL", "listeners = \\\n  INTERNAL");
    }
    if dice.u32(..3) == 0 {
        file = file.replace('\n', "\r\n");
    }
    if dice.u32(..3) == 0 {
        file = format!("listeners=PLAINTEXT://:9092\n{file}");
    }
    file
}

/// Faults, and which may strike.
fn faults(dice: &mut Rng) -> (Faults, Vec<(Fault, Level)>) {
    let mut faults = Faults::new(dice.u64(..));
    let mut all = Vec::new();
    for fault in Fault::ALL {
        let level = match dice.u32(..20) {
            0 => Level::Often,
            1..5 => Level::Rare,
            _ => continue,
        };
        faults = faults.with(fault, level);
        all.push((fault, level));
    }
    (faults, all)
}
