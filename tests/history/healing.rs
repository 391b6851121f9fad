//! What can happen to the health of brokers: alarms, status checks, what may be healed; and what there is of it.

use super::event::Event;
use super::happen::{World, pick};
use crate::healing::ALARM;
use fleet::healing::{COUNTS, Healed};
use fleet::tags;
use fleet::wishes::Healing;
use fleet::words::InstanceId;
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use world::model::{AlarmState, FailedChecks};

/// Something that happens to the health of brokers. A `u8` picks one of what there is then.
#[derive(Clone, Copy, Debug)]
pub enum Health {
    /// An alarm of the stack goes on or off.
    Alarm(bool),
    /// It is suppressed, or no longer.
    Suppress(bool),
    /// An instance begins to fail its own check, and a reboot helps or does not.
    Fail(u8, bool),
    /// An instance begins to fail the system check.
    Cut(u8),
    /// An instance passes its checks again.
    Pass(u8),
    /// The parameter says this.
    Allow(u8),
    /// The disk of an instance stays when it goes.
    KeepDisk(u8),
}

/// What there is of it.
#[derive(Clone, Debug)]
pub struct Care {
    /// What may be healed.
    pub allowed: Healing,
    /// Whether an alarm of the stack is on.
    pub on: bool,
    /// Whether it is suppressed.
    pub suppressed: bool,
    /// The instances of the cluster that fail a check and run.
    pub failing: BTreeSet<InstanceId>,
    /// When each instance was healed within a day, by its tag.
    pub healed: BTreeMap<InstanceId, Healed>,
}

impl Care {
    /// At this moment.
    pub fn at(world: &World) -> Self {
        let stage = &world.stage;
        let now = stage.now();
        let model = stage.model();
        let name = format!("/kafka-privatelink/{}/healing", crate::CLUSTER);
        let allowed = model.parameter(&name);
        let allowed = allowed.and_then(|it| Healing::read(it).ok());
        let alarm = model.alarms().find(|it| it.name == ALARM);
        let counts = |(at, _): &(Timestamp, _)| now.duration_since(*at) < COUNTS;
        let healed = model.instances().filter_map(|it| {
            let mut healed = Healed::read(it.tags.get(tags::HEALED_AT)?)?;
            healed.0.retain(counts);
            Some((it.id.clone(), healed))
        });
        let failing = model.instances().filter(|it| {
            let checks = it.failed_checks;
            it.state.as_str() == "running" && checks.system.or(checks.reachability).is_some()
        });
        Self {
            allowed: allowed.unwrap_or_default(),
            on: alarm.is_some_and(|it| it.state == AlarmState::Alarm),
            suppressed: alarm.is_some_and(|it| it.suppressed_by.is_some()),
            failing: failing.map(|it| it.id.clone()).collect(),
            healed: healed.collect(),
        }
    }
}

/// Events of it.
pub fn events() -> impl Strategy<Value = Event> {
    let pick = any::<u8>;
    let all = prop_oneof![
        4 => any::<bool>().prop_map(Health::Alarm),
        1 => any::<bool>().prop_map(Health::Suppress),
        4 => (pick(), any::<bool>()).prop_map(|(of, helps)| Health::Fail(of, helps)),
        3 => pick().prop_map(Health::Cut),
        2 => pick().prop_map(Health::Pass),
        4 => pick().prop_map(Health::Allow),
        4 => pick().prop_map(Health::KeepDisk),
    ];
    all.prop_map(Event::Health)
}

impl World {
    /// Lets it happen.
    pub(super) fn change_health(&self, event: Health) {
        let stage = &self.stage;
        let all: Vec<InstanceId> = {
            let model = stage.model();
            let running = model.instances();
            let running = running.filter(|it| it.state.as_str() == "running");
            running.map(|it| it.id.clone()).collect()
        };
        let of = |which: u8| (!all.is_empty()).then(|| pick(&all, which).clone());
        let fails = |which: u8, failed: &dyn Fn(Timestamp) -> FailedChecks| {
            if let Some(id) = of(which) {
                let failing = stage.edit(|model, now| model.fail_checks(now, &id, failed(now)));
                failing.expect("it runs");
            }
        };
        match event {
            Health::Alarm(is_on) => stage.alarm(is_on),
            Health::Suppress(is) => stage.edit(|model, now| {
                model.edit_alarm(now, ALARM, |mut it| {
                    it.suppressed_by = is.then(|| "Alarm".to_owned());
                    Some(it)
                });
            }),
            Health::Fail(which, helps) => fails(which, &|now| FailedChecks {
                system: None,
                reachability: Some(now),
                stays: !helps,
            }),
            Health::Cut(which) => fails(which, &|now| FailedChecks {
                system: Some(now),
                ..FailedChecks::default()
            }),
            Health::Pass(which) => fails(which, &|_| FailedChecks::default()),
            Health::Allow(which) => stage.put("healing", pick(&Healing::ALL, which).word()),
            Health::KeepDisk(which) => {
                if let Some(id) = of(which) {
                    stage.keeps_disk(&id);
                }
            }
        }
    }

    /// The alarm is off, and every instance passes its checks.
    pub(super) fn mend_health(&self) {
        self.stage.alarm(false);
        let all: Vec<InstanceId> = {
            let model = self.stage.model();
            model.instances().map(|it| it.id.clone()).collect()
        };
        for id in all {
            let well = FailedChecks::default();
            let mended = self
                .stage
                .edit(|model, now| model.fail_checks(now, &id, well));
            mended.expect("it is known");
        }
    }
}
