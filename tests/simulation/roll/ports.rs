//! The laws of ports: one that was proven stays with its broker through a roll, and those of a retired group go
//! only when no broker has advertised the group for a quarter of an hour.

use super::history::History;
use super::setup::{Mood, long};
use fleet::observed::TargetState;
use fleet::tags;
use fleet::words::InstanceId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use tests::CLUSTER;
use tests::history::Broken;
use world::faults::Fault;
use world::model::KafkaState;

/// From the last broker's advertising to the removal of ports.
const GRACE: SignedDuration = SignedDuration::from_mins(15);
/// Who advertises for so long is seen by some run, whatever is lost.
const SEEN: SignedDuration = SignedDuration::from_mins(5);

/// What is known of ports.
#[derive(Default)]
pub struct Ports {
    /// Who was healthy behind a broker's port, by group and broker.
    proven: BTreeMap<(String, String), (u16, InstanceId)>,
    /// What the newest look found behind each port.
    found: BTreeMap<(String, String), Place>,
    /// By group: since when somebody advertises it without a break.
    since: BTreeMap<String, Timestamp>,
    /// When it was advertised last, as far as somebody could know.
    last: BTreeMap<String, Timestamp>,
}

/// A broker's port in the ledger.
struct Place {
    port: u16,
    has_listener: bool,
    targets: BTreeMap<InstanceId, TargetState>,
}

impl History<'_> {
    /// Takes note of what AWS has after register-brokers wrote something, or time has passed.
    pub(super) fn look_at_ports(&mut self) {
        // What an instance was proven by goes with it.
        if matches!(self.setup.mood, Mood::Ill | Mood::Scales) {
            return;
        }
        let found = self.places();
        let gone = self.ports.found.keys().filter(|key| {
            let had = |it: &Place| it.has_listener;
            self.ports.found.get(*key).is_some_and(had) && !found.get(*key).is_some_and(had)
        });
        let now = self.stage.now();
        // A run may have read what was so when it began, and reads may be late.
        let early = long(self.functions[1].time_out()) + self.lag;
        // Who seems to be another broker loses the port.
        let lies = self.setup.strikes(Fault::ProbeLies);
        let too_early = gone.filter(|_| !lies).filter_map(|(group, owner)| {
            let last = self.ports.last.get(group)?;
            let is_early = now.duration_since(*last) + early < GRACE;
            is_early.then(|| {
                format!("(g) the port of {owner} of {group} goes, which was advertised at {last}")
            })
        });
        let too_early: Vec<Broken> = too_early.collect();
        too_early.into_iter().for_each(|it| self.breaks(it));
        self.ports.found = found;
        self.law(self.check_ports());
        for (key, place) in &self.ports.found {
            let healthy = place.targets.iter();
            let mut healthy = healthy.filter(|(_, state)| **state == TargetState::Healthy);
            let is_brokers = key.1.parse::<u32>().is_ok() && !lies;
            if let Some((id, _)) = healthy.next().filter(|_| is_brokers) {
                let proven = (place.port, id.clone());
                self.ports.proven.insert(key.clone(), proven);
            }
        }
    }

    /// What was proven is there still, for as long as its group was never retired.
    fn check_ports(&self) -> Result<(), Broken> {
        for (key, (port, id)) in &self.ports.proven {
            let (group, owner) = key;
            if self.was_retired.contains(group) {
                continue;
            }
            let place = self.ports.found.get(key);
            let stays = place.is_some_and(|it| {
                let target = it.targets.get(id);
                let is_in = target.is_some_and(|it| *it != TargetState::Draining);
                it.port == *port && it.has_listener && is_in
            });
            if !stays {
                return Err(format!(
                    "(f) broker {owner} has lost port {port} of {group}, which led to {id}"
                ));
            }
        }
        Ok(())
    }

    /// Takes note of which groups are advertised; `is_asked` if register-brokers asks now.
    pub(super) fn look_at_names(&mut self, is_asked: bool) {
        let now = self.stage.now();
        for group in ["EXTERNAL", "EXTERNAL2"] {
            let is_advertised = {
                let model = self.stage.model();
                let mut hosts = self.brokers.iter().filter_map(|it| model.instance(&it.id));
                hosts.any(|record| {
                    let host = record.kafka.host.as_ref();
                    let process = host.and_then(|it| it.living(now));
                    let serves = process.filter(|it| it.serves_from <= now);
                    let is_heard = record.kafka.state == KafkaState::Answers;
                    is_heard && serves.is_some_and(|it| it.open.contains_key(group))
                })
            };
            if !is_advertised {
                self.ports.since.remove(group);
                continue;
            }
            let since = self.ports.since.entry(group.to_owned()).or_insert(now);
            if is_asked || now.duration_since(*since) >= SEEN {
                self.ports.last.insert(group.to_owned(), now);
            }
        }
    }

    fn places(&self) -> BTreeMap<(String, String), Place> {
        let now = self.stage.now();
        let mut model = self.stage.model();
        let own = model.target_groups().filter_map(|record| {
            let tag = |key: &str| record.group.tags.get(key);
            let owner = tag(tags::NODE_ID)?.clone();
            let is_ours = tag(tags::CLUSTER).is_some_and(|it| it == CLUSTER);
            let port: u16 = tag(tags::PORT)?.parse().ok()?;
            let key = (tag(tags::GROUP)?.clone(), owner);
            is_ours.then(|| (key, port, record.group.arn.clone()))
        });
        let own: Vec<_> = own.collect();
        let ours = own.into_iter().map(|(key, port, arn)| {
            let mut listeners = model.listeners();
            let has_listener = listeners.any(|it| it.port.get() == port && it.forwards_to == arn);
            drop(listeners);
            let health = model.by_hand(|model| model.describe_target_health(now, &arn));
            let targets = health.expect("a group").into_iter();
            let targets = targets.map(|it| (it.instance, it.state)).collect();
            let place = Place {
                port,
                has_listener,
                targets,
            };
            (key, place)
        });
        ours.collect()
    }

    /// Whether the ledger has any port.
    pub(super) fn has_ports(&self) -> bool {
        !self.places().is_empty()
    }
}
