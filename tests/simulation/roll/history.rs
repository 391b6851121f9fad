//! One history: its world, its steps, and its end.

use fastrand::Rng;
use fleet::words::{CommandId, InstanceId, NodeId};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;
use tests::Stage;
use tests::history::Broken;
use tests::listeners::Listeners;
use world::faults::{Fault, Faults, Level};
use world::model::Settings;

const MINUTE: Duration = Duration::from_secs(60);
/// What is put in order comes to rest within so many minutes: a restart of each broker, twice, and an
/// inspection that is good for an hour.
const LONGEST: u32 = 200;

/// A history on its way.
pub struct History {
    pub(super) dice: Rng,
    pub(super) stage: Stage,
    pub(super) listeners: Listeners,
    pub(super) brokers: Vec<InstanceId>,
    /// Brokers that are down by other hands than ours.
    pub(super) theirs: BTreeSet<NodeId>,
    /// Commands that were looked at.
    pub(super) known: BTreeSet<CommandId>,
    /// What happened so far, a line for each step.
    pub trace: String,
    held: Vec<String>,
    begin: Timestamp,
}

impl History {
    /// The world of a seed.
    pub async fn begin(seed: u64) -> Self {
        let mut dice = Rng::with_seed(seed);
        let settings = Settings {
            command_delivery_time: Duration::from_millis(dice.u64(100..4000)),
            ..Settings::default()
        };
        let stage = Stage::with(settings);
        let (listeners, brokers) = stage.rolled(dice.u32(1..=5)).await;
        let catch_up = Duration::from_secs(dice.u64(1..200));
        stage.edit_cluster(|cluster| cluster.catch_up = catch_up);
        let mut faults = Faults::new(dice.u64(..));
        for fault in Fault::ALL {
            faults = match dice.u32(..20) {
                0 => faults.with(fault, Level::Often),
                1..4 => faults.with(fault, Level::Rare),
                _ => faults,
            };
        }
        stage.model().set_faults(faults);
        let mut history = Self {
            begin: stage.now(),
            dice,
            listeners,
            brokers,
            theirs: BTreeSet::new(),
            known: BTreeSet::new(),
            trace: String::new(),
            held: Vec::new(),
            stage,
        };
        history.tell("begin", &format!("{} brokers", history.brokers.len()));
        history
    }

    /// One step: time passes, functions run, or something happens.
    pub async fn step(&mut self) -> Result<(), Broken> {
        match self.dice.u32(..100) {
            0..45 => {
                let time = match self.dice.u32(..20) {
                    0 => self.dice.u64(600..7200),
                    1..5 => self.dice.u64(90..700),
                    _ => self.dice.u64(1..60),
                };
                self.pass(Duration::from_secs(time)).await?;
            }
            45..85 => self.run().await?,
            _ => self.happen(),
        }
        self.check()
    }

    /// Lets time pass, and looks every few seconds.
    async fn pass(&mut self, mut time: Duration) -> Result<(), Broken> {
        while !time.is_zero() {
            let step = time.min(Duration::from_secs(5));
            self.stage.pass(step).await;
            time -= step;
            self.check()?;
        }
        Ok(())
    }

    /// Both functions run beside each other.
    async fn run(&mut self) -> Result<(), Broken> {
        let (pushed, _) = tokio::join!(self.listeners.run(&self.stage), self.stage.activate());
        let steps: Vec<&str> = pushed
            .report
            .actions
            .iter()
            .map(|it| it.step.as_str())
            .collect();
        let held: Vec<&str> = pushed
            .report
            .held
            .iter()
            .map(|it| it.kind.as_str())
            .collect();
        let line = format!("{steps:?}, held {held:?}");
        self.held = pushed.report.held.iter().map(ToString::to_string).collect();
        let is_gap = !pushed.report.gaps.is_empty();
        self.tell("push", &line);
        self.check_sent(is_gap)
    }

    /// Ends the faults; people put everything in order, and it comes to rest.
    pub async fn calm_down(&mut self) -> Result<(), Broken> {
        self.tell("calm", "faults end");
        self.put_in_order();
        let mut quiet = 0;
        for minute in 0..LONGEST {
            self.pass(MINUTE).await?;
            self.run().await?;
            // What failed is tried again for a text that is put again.
            if minute % 60 == 59 {
                self.put_in_order();
            }
            quiet = match self.is_right() && self.held.is_empty() {
                true => quiet + 1,
                false => 0,
            };
            if quiet == 3 {
                return Ok(());
            }
        }
        Err(format!("it has not come to rest: {:#?}", self.held))
    }

    /// Whether each broker has what is wanted.
    fn is_right(&self) -> bool {
        let mut brokers = self.brokers.iter();
        brokers.all(|id| {
            self.stage.on_host(id, |host, now| {
                let process = host.living(now).filter(|it| it.serves_from <= now);
                let external = process.and_then(|it| it.open.get("EXTERNAL"));
                let shown = external.and_then(|it| it.advertised.as_deref());
                shown.is_some_and(|name| name.contains(".abc."))
            })
        })
    }

    /// Writes a line of the trace.
    pub(super) fn tell(&mut self, who: &str, what: &str) {
        let at = self.stage.now().duration_since(self.begin).as_secs_f64();
        // Writing into a string cannot fail.
        writeln!(self.trace, "{at:>10.1} {who:>8}  {what}").ok();
    }
}
