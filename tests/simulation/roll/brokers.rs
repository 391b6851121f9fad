//! The brokers of a history as they are found from moment to moment, and by whose hand they are down.

use super::facts::Facts;
use super::history::History;
use super::scaling::scaled::Scaled;
use super::stops::Started;
use fleet::documents::Document;
use fleet::observed::InstanceState;
use fleet::words::{InstanceId, NodeId};
use std::collections::BTreeSet;
use tests::CLUSTER;
use tests::listeners::FILE;
use world::model::{KafkaCluster, KafkaPartition, KafkaProcess, KafkaState};

/// By whose hand something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A script of ours.
    Us,
    /// Anybody else.
    Others,
}

/// A broker, and what was found of it last.
pub struct Broker {
    /// Its instance.
    pub id: InstanceId,
    /// Its number.
    pub node: NodeId,
    /// The file as it was first.
    pub first: String,
    /// The lines that nobody but people may change.
    pub theirs: Vec<String>,
    /// Whether people edited the file.
    pub is_edited: bool,
    /// A listener of ours that people moved by hand, as it was and as it is.
    pub moved: Option<(String, String)>,
    /// The file.
    pub file: Vec<u8>,
    /// Its process, if it lives.
    pub pid: Option<u64>,
    /// Whether it serves, and answers.
    pub is_up: bool,
    /// By whose hand it is not in sync, since it was down last.
    pub missing: Option<By>,
}

/// A broker at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfBroker {
    /// Whether its process lives.
    pub runs: bool,
    /// Whether all others are up, and enough replicas are in sync without it.
    pub can_stop: bool,
    /// Whether AWS takes its instance back.
    pub is_taken_back: bool,
    /// What its Auto Scaling group does with it.
    pub scaled: Scaled,
    /// The same, if it hangs: what nobody but it has is lost already.
    pub can_revive: bool,
    /// Whether something is lost while it is down that no gate can save.
    pub needs_word: bool,
}

/// What a host shows.
struct Found {
    pid: Option<u64>,
    is_up: bool,
    file: Vec<u8>,
}

impl Broker {
    /// One that nobody has touched.
    pub fn new(number: u32, id: InstanceId, first: String) -> Self {
        Self {
            id,
            node: NodeId::new(number).expect("a node"),
            theirs: super::laws::others(&first),
            file: first.clone().into_bytes(),
            first,
            is_edited: false,
            moved: None,
            pid: None,
            is_up: false,
            missing: None,
        }
    }
}

impl History<'_> {
    /// Finds out what has become of every broker, and looks at every law.
    pub(super) fn look(&mut self) {
        self.follow();
        self.follow_groups();
        let now = self.stage.now();
        let changes = self.stage.model().changes();
        let is_new = self.noted.replace(changes) != Some(changes);
        if is_new {
            let started = self.started();
            for at in 0..self.brokers.len() {
                let found = self.find(at);
                let own = started
                    .iter()
                    .filter(|it| it.instance == self.brokers[at].id);
                let own: Vec<&Started> = own.collect();
                self.law(self.check_script(at, &own, &found.file));
                let broker = &mut self.brokers[at];
                let (was, is) = (broker.pid, found.pid);
                let by = if own.is_empty() { By::Others } else { By::Us };
                let is_stopped = was.is_some() && was != is && by == By::Us;
                if is_stopped && self.brokers[at].is_up {
                    self.check_stop(at, &own);
                }
                // Whom AWS takes back ends by its hand, and who leaves for good is missed by nobody.
                let by = if self.is_taken_back(at) || self.is_nobodys_loss(at) {
                    By::Others
                } else {
                    by
                };
                let broker = &mut self.brokers[at];
                let falls = broker.is_up && !found.is_up;
                if falls || was != is && by == By::Others {
                    broker.missing = Some(by);
                }
                broker.pid = is;
                broker.is_up = found.is_up;
                broker.file = found.file;
            }
        }
        let facts = self.facts(now);
        if is_new {
            self.take_in_sync();
            self.check();
        }
        self.push(facts);
        self.push_care();
    }

    fn find(&self, at: usize) -> Found {
        let now = self.stage.now();
        let model = self.stage.model();
        let record = model.instance(&self.brokers[at].id);
        let machine = record.and_then(|it| Some((it, it.kafka.host.as_ref()?)));
        let Some((record, host)) = machine else {
            // Its group has ended it, and nothing came in its place.
            return Found {
                pid: None,
                is_up: false,
                file: self.brokers[at].file.clone(),
            };
        };
        let process = host.living(now);
        let checks = record.failed_checks;
        let is_well = record.state == InstanceState::Running
            && checks.system.or(checks.reachability).is_none();
        Found {
            pid: process.map(|it| it.pid),
            is_up: is_well
                && process.is_some_and(|it| it.serves_from <= now)
                && record.kafka.state == KafkaState::Answers,
            file: host.files[FILE].clone(),
        }
    }

    /// The place of a broker by its instance, or by the one that is to follow it.
    pub(super) fn place_of(&self, id: &InstanceId) -> Option<usize> {
        let own = self.brokers.iter().position(|it| it.id == *id);
        own.or_else(|| self.lives.place_of_next(id))
    }

    /// Who is up and in sync again is nobody's matter any more.
    fn take_in_sync(&mut self) {
        let missing = self.with_cluster(|cluster| {
            let all = cluster.partitions();
            let out = all.flat_map(|(_, _, it)| {
                let replicas = it.replicas.iter();
                replicas.filter(|node| !it.isr.contains(node)).copied()
            });
            out.collect::<BTreeSet<NodeId>>()
        });
        for broker in &mut self.brokers {
            if broker.is_up && !missing.contains(&broker.node) {
                broker.missing = None;
            }
        }
    }

    /// Reads the Kafka cluster as it is.
    pub(super) fn with_cluster<T>(&self, read: impl FnOnce(&KafkaCluster) -> T) -> T {
        let model = self.stage.model();
        read(
            model
                .kafka_cluster(&KafkaProcess::cluster_of(CLUSTER))
                .expect("a cluster"),
        )
    }

    /// The scripts that were started since this was asked last.
    fn started(&mut self) -> Vec<Started> {
        let cluster = CLUSTER.into();
        let inspect = Document::Inspect.name(&cluster);
        let model = self.stage.model();
        let known = &mut self.starts;
        let new = model.commands().filter_map(|it| {
            let before = known.insert(it.id.clone(), it.starts).unwrap_or_default();
            let is_new = it.starts > before && it.document.name != inspect;
            is_new.then(|| Started::of(it))
        });
        new.collect()
    }

    /// Each broker as it is now.
    pub(super) fn of_brokers(&self) -> Vec<OfBroker> {
        let up: BTreeSet<NodeId> = self
            .brokers
            .iter()
            .filter(|it| it.is_up)
            .map(|it| it.node)
            .collect();
        let taken_back = (0..self.brokers.len()).map(|at| self.is_taken_back(at));
        let taken_back: Vec<bool> = taken_back.collect();
        let scaled = self.scaled();
        self.with_cluster(|cluster| {
            let all = self.brokers.iter().zip(taken_back).zip(&scaled);
            let brokers = all.map(|((broker, is_taken_back), own_group)| {
                let node = broker.node;
                let mut others = self.brokers.iter().zip(&scaled);
                let others_up =
                    others.all(|(it, of)| it.node == node || it.is_up || !of.is_expected);
                let own = || {
                    cluster
                        .partitions()
                        .filter(move |(_, _, it)| it.replicas.contains(&node))
                };
                let spare = |min: i32, replicas: usize| {
                    usize::try_from(min).is_ok_and(|min| replicas > min)
                };
                let has_enough = |(_, min, it): &(String, i32, &KafkaPartition)| {
                    let left = it.isr.iter().filter(|it| **it != node).count();
                    usize::try_from(*min).is_ok_and(|min| left >= min)
                };
                let can_spare = || own().filter(|(_, min, it)| spare(*min, it.replicas.len()));
                let is_safe = can_spare().all(|it| has_enough(&it));
                let waits = |it: &KafkaPartition| it.isr.iter().eq([&node]);
                let is_helped = can_spare().all(|it| has_enough(&it) || waits(it.2));
                let voters = cluster
                    .voters
                    .iter()
                    .filter(|it| **it != node && up.contains(it))
                    .count();
                let is_quorum = cluster.voters.len() <= 2 || voters * 2 > cluster.voters.len();
                let is_lost = own().any(|(_, min, it)| !spare(min, it.replicas.len()));
                OfBroker {
                    runs: broker.pid.is_some(),
                    is_taken_back,
                    scaled: *own_group,
                    can_stop: others_up && is_safe && is_quorum,
                    can_revive: others_up && is_helped && is_quorum,
                    needs_word: is_lost || cluster.voters.len() <= 2,
                }
            });
            brokers.collect()
        })
    }

    /// The facts of this moment.
    fn facts(&mut self, now: jiff::Timestamp) -> Facts {
        let (is_paused, restarts, written) = self.parameters_of_restarts();
        Facts::new(now, is_paused, restarts, written, self.of_brokers())
    }
}
