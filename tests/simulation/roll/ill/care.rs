//! How brokers are from moment to moment, by the truth of the model, as far back as a run may still act on it.

use super::super::brokers::Broker;
use super::super::history::History;
use super::super::setup::Mood;
use fleet::healing::{Request, Rung};
use fleet::tags;
use fleet::wishes::Healing;
use fleet::words::{CommandId, InstanceId, NodeId};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tests::CLUSTER;
use tests::healing::ALARM;
use world::model::{AlarmState, InstanceRecord, KafkaState};

/// How far back is kept: late reads, a run's time-out, and how old an inspection may be.
const KEPT: SignedDuration = SignedDuration::from_mins(30);

/// What is known of the health of brokers.
#[derive(Default)]
pub struct Cares {
    /// What was so, oldest first.
    facts: VecDeque<Care>,
    /// Every healing that was begun, oldest first.
    pub begun: Vec<Begun>,
    /// Who was stopped by people, in an orderly way.
    pub on_purpose: BTreeSet<InstanceId>,
    /// Which process hangs, and since when.
    pub hangs: BTreeMap<InstanceId, (u64, Timestamp)>,
    /// Each process that was inspected while it answered.
    pub seen_up: BTreeSet<(InstanceId, u64)>,
    /// How often each host was booted.
    pub boots: BTreeMap<InstanceId, u32>,
    /// Nothing happens by other hands until then.
    pub quiet_until: Timestamp,
    /// How many writes were looked at.
    pub writes: usize,
    /// Inspections whose process is noted.
    pub noted: BTreeSet<CommandId>,
}

impl Cares {
    /// None yet, after so many writes.
    pub fn after(writes: usize) -> Self {
        Self {
            writes,
            ..Self::default()
        }
    }
}

/// A healing that was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// When it was written.
    pub at: Timestamp,
    /// The time in its tag: what belongs together has one.
    pub of: Timestamp,
    /// Whom.
    pub node: NodeId,
    /// How.
    pub rung: Rung,
}

/// What was so from a moment on.
#[derive(Clone, Debug)]
pub struct Care {
    /// From when on.
    pub at: Timestamp,
    /// What may be healed; none if everything is paused, or nobody understands the parameter.
    pub allowed: Option<Healing>,
    /// Whether an alarm is on that wakes.
    pub wakes: bool,
    /// Each broker.
    pub patients: Vec<OfPatient>,
}

/// A broker at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfPatient {
    /// Whether it serves, and answers.
    pub up: bool,
    /// Whether no process lives.
    pub gone: bool,
    /// Which process hangs, since when, and whether it was inspected while it answered.
    pub hangs: Option<(Timestamp, bool)>,
    /// Whether somebody stopped it on purpose.
    pub on_purpose: bool,
    /// Whether its instance fails a check, since when, and whether that is the system's.
    pub fails: Option<(Timestamp, bool)>,
    /// Whether its data survive its instance.
    pub keeps_disk: bool,
    /// Whether what lies on its disk is its own.
    pub own_disk: bool,
    /// Whether a partition needs what it has.
    pub is_needed: bool,
    /// What push-listeners is asked for.
    pub asked: Option<Request>,
    /// When its process began.
    pub began: Option<Timestamp>,
    /// A command that changes something is under way on its host, that nobody asked for.
    pub in_hand: Option<Timestamp>,
}

impl History<'_> {
    /// Follows what became of hosts: one that booted has no process of before, a hang goes with its process, and what
    /// replaces an instance has a machine of its own.
    pub(in super::super) fn follow(&mut self) {
        if self.setup.mood != Mood::Ill {
            return;
        }
        for at in 0..self.brokers.len() {
            self.adopt(at);
            self.boot(at);
            let id = self.brokers[at].id.clone();
            let record = self.stage.model().instance(&id).cloned();
            let pid = record.as_ref().and_then(|it| self.pid_of(it));
            let hangs = self.cares.hangs.get(&id).map(|(pid, _)| *pid);
            if hangs.is_some() && hangs != pid {
                self.cares.hangs.remove(&id);
                self.becomes(at, KafkaState::Answers);
            }
            if pid.is_some() {
                self.cares.on_purpose.remove(&id);
            }
        }
        self.note_inspections();
    }

    /// The living process of a host.
    pub(in super::super) fn pid_of(&self, record: &InstanceRecord) -> Option<u64> {
        let host = record.kafka.host.as_ref()?;
        host.living(self.stage.now()).map(|it| it.pid)
    }

    /// An inspection that was made while its broker answered knows its process.
    fn note_inspections(&mut self) {
        let model = self.stage.model();
        let new = model.commands().filter(|it| {
            let looked = it.comment.starts_with("inspect ") && it.status.has_ended();
            looked && !self.cares.noted.contains(&it.id)
        });
        let new = new.map(|it| {
            let said = it.told.as_ref().and_then(|ran| ran.stdout.lines().next());
            let said: serde_json::Value = said
                .and_then(|it| serde_json::from_str(it).ok())
                .unwrap_or_default();
            let pid = said["broker"]["pid"].as_u64();
            let pid = pid.filter(|_| !fleet::documents::was_silent(&it.comment));
            (it.id.clone(), it.instance.clone(), pid)
        });
        let new: Vec<_> = new.collect();
        drop(model);
        for (id, instance, pid) in new {
            self.cares.noted.insert(id);
            self.cares.seen_up.extend(pid.map(|pid| (instance, pid)));
        }
    }

    /// Takes note of what is so.
    pub(in super::super) fn push_care(&mut self) {
        if self.setup.mood != Mood::Ill {
            return;
        }
        let care = self.care();
        let same = |it: &Care| {
            (it.allowed, it.wakes) == (care.allowed, care.wakes) && it.patients == care.patients
        };
        if !self.cares.facts.back().is_some_and(same) {
            let oldest = care.at - KEPT;
            self.cares.facts.push_back(care);
            while self.cares.facts.get(1).is_some_and(|it| it.at < oldest) {
                self.cares.facts.pop_front();
            }
        }
    }

    /// What was so from this moment on, what had begun before included, the newest first.
    pub(super) fn care_since(&self, from: Timestamp) -> impl Iterator<Item = &Care> {
        let mut is_over = false;
        self.cares.facts.iter().rev().take_while(move |it| {
            let was_over = is_over;
            is_over = it.at <= from;
            !was_over
        })
    }

    fn care(&self) -> Care {
        let now = self.stage.now();
        let path = |name: &str| format!("/kafka-privatelink/{CLUSTER}/{name}");
        let model = self.stage.model();
        let is_paused = model.parameter(&path("paused")).is_some();
        let healing = match model.parameter(&path("healing")) {
            Some(parameter) => Healing::read(parameter).ok(),
            None => Some(Healing::Off),
        };
        let mut alarms = model.alarms().filter(|it| it.name == ALARM);
        let wakes = alarms.any(|it| {
            it.state == AlarmState::Alarm && it.suppressed_by.is_none() && it.actions_enabled
        });
        drop(alarms);
        drop(model);
        let needed = self.needed();
        let patients = self.brokers.iter();
        let patients = patients.map(|it| self.patient(it, now, needed.contains(&it.node)));
        Care {
            at: now,
            allowed: healing.filter(|_| !is_paused),
            wakes,
            patients: patients.collect(),
        }
    }

    /// Brokers that some partition needs.
    fn needed(&self) -> BTreeSet<NodeId> {
        self.with_cluster(|cluster| {
            let all = cluster.partitions();
            let alone = all.filter(|(_, _, it)| it.isr.len() == 1);
            alone.flat_map(|(_, _, it)| it.isr.clone()).collect()
        })
    }

    fn patient(&self, broker: &Broker, now: Timestamp, is_needed: bool) -> OfPatient {
        let model = self.stage.model();
        let record = model.instance(&broker.id).expect("an instance");
        let host = record.kafka.host.as_ref().expect("a host");
        let process = host.living(now);
        let tag = |key: &str| record.tags.get(key).map(String::as_str);
        let asked = tag(tags::RESTART).and_then(|it| Request::read(it, &broker.id).ok());
        let checks = record.failed_checks;
        let volume = tag(tags::KEEPS_DISK).map(Into::into);
        let hangs = self.cares.hangs.get(&broker.id);
        let is_asked = asked.is_some();
        let mut commands = model.commands().filter(|it| {
            it.instance == broker.id
                && !it.comment.starts_with("inspect ")
                && it.status.is_in_flight()
                && !is_asked
        });
        OfPatient {
            up: broker.is_up,
            gone: process.is_none(),
            hangs: hangs.map(|(pid, since)| {
                let key = (broker.id.clone(), *pid);
                (*since, self.cares.seen_up.contains(&key))
            }),
            on_purpose: self.cares.on_purpose.contains(&broker.id)
                || tag(tags::KEEP_STOPPED).is_some(),
            fails: match (checks.system, checks.reachability) {
                (Some(since), _) => Some((since, true)),
                (None, Some(since)) => Some((since, false)),
                (None, None) => None,
            },
            keeps_disk: volume.is_some_and(|it| record.volumes.get(&it) == Some(&false)),
            own_disk: host.disk_of.is_none() && !host.is_empty,
            is_needed,
            asked: asked.filter(|it| it.is_fresh(now)),
            began: process.map(|it| it.began_at),
            in_hand: commands.next().map(|it| it.requested_at),
        }
    }
}
