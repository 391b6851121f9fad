//! How a Kafka cluster goes on by itself. A broker that stops gracefully leaves its ISRs and hands over what it
//! leads at once; one that dies, or is not heard, does so when its session has ended. A new process of a
//! broker registers when the session of the one before has ended, and is back in its ISRs when it has caught
//! up. The last replica in sync stays in sync, and leads again as soon as it is back.

use super::kafka::KafkaState;
use super::kafka_cluster::{KafkaCluster, Session};
use super::moment::{Earliest, after};
use super::{InstanceRecord, Model};
use fleet::observed::InstanceState;
use fleet::words::{InstanceId, NodeId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// How the process of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It is heard.
    No,
    /// It said goodbye.
    Gracefully,
    /// It is not heard any more.
    Unheard,
}

impl Model {
    pub(super) fn settle_kafka(&mut self) {
        let at = self.at;
        let mut clusters = std::mem::take(&mut self.kafka_clusters);
        for (id, cluster) in &mut clusters {
            let ended: BTreeMap<NodeId, Ended> = cluster
                .sessions
                .iter()
                .map(|(node, session)| (*node, self.how_ended(session)))
                .collect();
            let serving = self.serving(id);
            cluster.end_sessions(at, &ended);
            cluster.register(at, &serving);
            cluster.lead(&serving);
            cluster.catch_up_now(at);
            cluster.elect(at, &ended);
        }
        self.kafka_clusters = clusters;
    }

    pub(super) fn next_of_kafka(&self, earliest: &mut Earliest) {
        for cluster in self.kafka_clusters.values() {
            for session in cluster.sessions.values() {
                earliest.consider(session.in_sync_from);
                session
                    .ends
                    .into_iter()
                    .for_each(|it| earliest.consider(it));
            }
            let election = cluster.election.into_iter();
            let stale = cluster.stale.values().map(|(until, _)| *until);
            election.chain(stale).for_each(|it| earliest.consider(it));
        }
    }

    /// The processes of a cluster that serve, and may speak to its controller.
    fn serving(&self, id: &str) -> BTreeMap<NodeId, (InstanceId, u64)> {
        let all = self.instances.values();
        let own = all.filter(|record| record.kafka.cluster_id.as_deref() == Some(id));
        let found = own.filter_map(|record| Some((record.kafka.node_id?, self.heard(record)?)));
        found.collect()
    }

    fn heard(&self, record: &InstanceRecord) -> Option<(InstanceId, u64)> {
        let is_well = match record.kafka.state {
            KafkaState::Answers | KafkaState::Denies => true,
            KafkaState::Fenced
            | KafkaState::Hangs
            | KafkaState::Full
            | KafkaState::Down
            | KafkaState::Other => false,
        };
        let process = record.kafka.host.as_ref()?.living(self.at)?;
        (is_well && process.serves_from <= self.at && record.serves(self.at))
            .then(|| (record.id.clone(), process.pid))
    }

    /// Whether the brokers of its cluster list this process.
    pub(super) fn is_registered(&self, record: &InstanceRecord) -> bool {
        let id = record.kafka.cluster_id.as_deref();
        let cluster = id.and_then(|id| self.kafka_clusters.get(id));
        let (Some(cluster), Some(node)) = (cluster, record.kafka.node_id) else {
            return cluster.is_none();
        };
        let session = cluster.sessions.get(&node);
        session.is_some_and(|it| Some(&it.process) == self.heard(record).as_ref())
    }

    fn how_ended(&self, session: &Session) -> Ended {
        let (id, pid) = &session.process;
        let record = self.instances.get(id);
        let running = record.filter(|it| it.state == InstanceState::Running);
        let Some(record) = running.filter(|it| it.deaf_until <= self.at) else {
            return Ended::Unheard;
        };
        if self.heard(record).as_ref() == Some(&session.process) {
            return Ended::No;
        }
        let host = record.kafka.host.as_ref();
        let is_there = |pid: u64| {
            let process = host.and_then(|host| host.process.as_ref());
            process.is_some_and(|it| it.pid == pid)
        };
        let is_killed = host.is_none_or(|host| host.killed == Some(*pid));
        match is_killed || is_there(*pid) {
            true => Ended::Unheard,
            false => Ended::Gracefully,
        }
    }
}

impl KafkaCluster {
    /// Whether a broker is registered and heard.
    pub(super) fn is_heard(&self, node: NodeId) -> bool {
        let session = self.sessions.get(&node);
        session.is_some_and(|it| it.ends.is_none())
    }

    fn end_sessions(&mut self, at: Timestamp, ended: &BTreeMap<NodeId, Ended>) {
        let time = self.session;
        for (node, session) in &mut self.sessions {
            session.ends = match ended.get(node) {
                Some(Ended::No) | None => None,
                Some(Ended::Gracefully) => Some(at),
                Some(Ended::Unheard) => session.ends.or(Some(after(at, time))),
            };
        }
        let is_over = |session: &Session| session.ends.is_some_and(|ends| ends <= at);
        let over = self.sessions.extract_if(.., |_, session| is_over(session));
        let over: Vec<NodeId> = over.map(|(node, _)| node).collect();
        for partition in self.topics.values_mut().flat_map(|it| &mut it.partitions) {
            for node in &over {
                if partition.isr.len() > 1 {
                    partition.isr.remove(node);
                }
                partition.leader = partition.leader.filter(|leader| leader != node);
            }
        }
    }

    fn register(&mut self, at: Timestamp, serving: &BTreeMap<NodeId, (InstanceId, u64)>) {
        let in_sync_from = after(at, self.catch_up);
        for (node, process) in serving {
            self.sessions.entry(*node).or_insert_with(|| Session {
                process: process.clone(),
                in_sync_from,
                ends: None,
            });
        }
    }

    fn catch_up_now(&mut self, at: Timestamp) {
        let is_ready = |it: &Session| it.ends.is_none() && it.in_sync_from <= at;
        let ready = self.sessions.iter().filter(|(_, it)| is_ready(it));
        let ready: Vec<NodeId> = ready.map(|(node, _)| *node).collect();
        for partition in self.topics.values_mut().flat_map(|it| &mut it.partitions) {
            // Who catches up does so from a leader.
            if partition.leader.is_some() {
                let replicas = partition.replicas.iter();
                partition
                    .isr
                    .extend(replicas.filter(|it| ready.contains(it)));
            }
        }
    }

    /// Each partition without a leader gets one that is in sync and registered.
    fn lead(&mut self, serving: &BTreeMap<NodeId, (InstanceId, u64)>) {
        let sessions = &self.sessions;
        for partition in self.topics.values_mut().flat_map(|it| &mut it.partitions) {
            let can = |node: &&NodeId| {
                let is_there = sessions.contains_key(node) && serving.contains_key(node);
                is_there && partition.isr.contains(node)
            };
            let found = partition.replicas.iter().find(can).copied();
            partition.leader = partition
                .leader
                .filter(|leader| sessions.contains_key(leader))
                .or(found);
        }
    }

    /// A majority of the voters has an active controller: the same as before if it is there.
    fn elect(&mut self, at: Timestamp, ended: &BTreeMap<NodeId, Ended>) {
        let there = self.voters.iter().copied().filter(|it| self.is_heard(*it));
        let there: Vec<NodeId> = there.collect();
        self.voted.extend(there.iter().map(|node| (*node, at)));
        let is_majority = there.len() * 2 > self.voters.len();
        let was = self.controller;
        if let Some(was) = was.filter(|was| !there.contains(was)) {
            let wait = match ended.get(&was) {
                Some(Ended::Unheard) => self.fetch,
                Some(Ended::Gracefully | Ended::No) | None => Duration::ZERO,
            };
            self.controller = None;
            self.election = Some(after(at, wait));
        }
        if !is_majority {
            self.controller = None;
        }
        if self.controller.is_none() && self.election.is_none_or(|due| due <= at) {
            self.controller = there.first().copied().filter(|_| is_majority);
            self.election = None;
        }
    }
}
