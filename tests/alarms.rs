//! The template's alarms on the stage: they watch the metrics that runs write.

use crate::healing::Healing;
use crate::listeners::Listeners;
use crate::principals::Principals;
use crate::{Stage, TEMPLATE, deployed};
use activation::metrics::of_run;
use register_brokers::LastProof;
use std::cell::RefCell;
use std::time::Duration;
use world::model::{AlarmState, Watched};

const MINUTE: Duration = Duration::from_secs(60);

/// Every function, and the alarms of the stack.
pub struct Watch<'a> {
    stage: &'a Stage,
    last_proof: LastProof,
    principals: Principals,
    listeners: Listeners,
    healing: Healing,
    /// What functions held last.
    held: RefCell<Vec<String>>,
}

impl<'a> Watch<'a> {
    /// Makes every alarm of the template.
    pub fn on(stage: &'a Stage) -> Self {
        let template = deployed(TEMPLATE).expect("a template");
        for alarm in template.alarms().expect("alarms that are understood") {
            stage
                .edit(|model, now| model.put_alarm(now, &alarm.name, alarm.watched, alarm.periods));
        }
        Self {
            stage,
            last_proof: LastProof::default(),
            principals: Principals::on(stage),
            listeners: Listeners::on(stage),
            healing: Healing::on(stage),
            held: RefCell::default(),
        }
    }

    /// Minutes, until this alarm of the template is in this state: in each, every function runs and writes its metrics.
    ///
    /// # Panics
    /// It is not so within two hours.
    pub async fn until(&self, alarm: &str, state: AlarmState) {
        for _ in 0..120 {
            self.minute().await;
            if self.state(alarm) == state {
                return;
            }
        }
        let state = self.state(alarm);
        let (on, held) = (self.ringing(), self.held.borrow());
        panic!("{alarm} is {state:?}, {on:?} are on: {held:#?}");
    }

    /// A minute, in which every function runs.
    pub async fn minute(&self) {
        let stage = self.stage;
        stage.pass(MINUTE).await;
        let mut held = Vec::new();
        let run = stage.activate().await;
        held.extend(run.report.held.iter().map(ToString::to_string));
        self.measured(&stage.metrics_after(&run, &self.last_proof));
        let run = self.principals.run(stage).await;
        self.measured(&told(of_run(&self.principals.duty(), &run)));
        let run = self.listeners.run(stage).await;
        held.extend(run.report.held.iter().map(ToString::to_string));
        self.measured(&told(of_run(&self.listeners.duty(), &run)));
        let run = self.healing.run(stage).await;
        held.extend(run.report.held.iter().map(ToString::to_string));
        *self.held.borrow_mut() = held;
        self.measured(&told(of_run(&self.healing.duty(), &run)));
    }

    fn measured(&self, lines: &str) {
        let written = self
            .stage
            .edit(|model, now| model.write_metrics(now, lines));
        written.expect("lines in the Embedded Metric Format");
    }

    /// The state of an alarm, by its name.
    pub fn state(&self, name: &str) -> AlarmState {
        let model = self.stage.model();
        let mut alarms = model.alarms();
        let found = alarms.find(|it| it.name == name);
        found.expect("an alarm of the template").state
    }

    /// The alarms on metrics that functions write.
    pub fn on_metrics(&self) -> Vec<String> {
        self.named(|_| true)
    }

    /// Those of them that are on.
    pub fn ringing(&self) -> Vec<String> {
        self.named(|state| state == AlarmState::Alarm)
    }

    fn named(&self, is_so: impl Fn(AlarmState) -> bool) -> Vec<String> {
        let model = self.stage.model();
        let watched = model
            .alarms()
            .filter(|it| matches!(it.watched, Watched::Metrics(_)) && is_so(it.state));
        watched.map(|it| it.name.clone()).collect()
    }
}

fn told<E: std::fmt::Debug>(lines: Result<String, E>) -> String {
    lines.expect("metrics")
}
