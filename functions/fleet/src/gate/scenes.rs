//! Three brokers that are well, and what may be wrong with them.

use super::{
    Asked, GateQuestion, Heard, Hearing, Mode, Partition, Quorum, Session, Told, Topic, Voter,
};
use crate::words::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

pub fn nodes(ids: &[u32]) -> BTreeSet<NodeId> {
    ids.iter().copied().map(node).collect()
}

fn list(ids: &[u32]) -> Box<[NodeId]> {
    ids.iter().copied().map(node).collect()
}

/// A partition: who leads it, who has it, who is in sync.
pub fn partition(index: i32, leader: Option<u32>, replicas: &[u32], isr: &[u32]) -> Partition {
    Partition {
        index,
        leader: leader.map(node),
        replicas: list(replicas),
        isr: list(isr),
    }
}

pub fn topic(name: &str, partitions: Vec<Partition>) -> Arc<Topic> {
    Arc::new(Topic {
        name: name.into(),
        error: None,
        partitions: partitions.into(),
    })
}

/// What a broker tells that lists these, of these topics with `min.insync.replicas=2`.
pub fn telling(own: u32, listed: &[u32], topics: &[Arc<Topic>]) -> Heard {
    let held = topics.iter().flat_map(|topic| {
        let partitions = topic.partitions.iter();
        let own = partitions.filter(move |it| it.replicas.contains(&node(own)));
        own.map(|it| (Arc::clone(&topic.name), it.index))
    });
    let min_insync = topics.iter().map(|topic| (Arc::clone(&topic.name), 2));
    Heard::Told(Box::new(Told {
        listed: nodes(listed),
        controller: Some(node(1)),
        min_insync: Ok(Arc::new(min_insync.collect())),
        held: Ok(held.collect()),
        topics: Ok(Arc::new(topics.to_vec())),
        session: Ok(Session {
            mode: Mode::KRaft,
            milliseconds: 9000,
        }),
    }))
}

/// Voters that have caught up so many milliseconds ago; the first one leads.
pub fn quorum(voters: &[(u32, i64)]) -> Quorum {
    const NOW: i64 = 1_790_000_000_000;
    let voter = |&(id, ago): &(u32, i64)| {
        let voter = Voter {
            log_end_offset: 100,
            last_caught_up: Some(NOW - ago),
        };
        (node(id), voter)
    };
    Quorum {
        leader: voters.first().map(|(id, _)| node(*id)),
        high_watermark: 100,
        voters: voters.iter().map(voter).collect(),
    }
}

/// These brokers list each other and tell of the same topics.
pub fn hearing(brokers: &[u32], topics: &[Arc<Topic>], quorum: Option<Quorum>) -> Hearing {
    let tell = |&id: &u32| (node(id), telling(id, brokers, topics));
    Hearing {
        brokers: brokers.iter().map(tell).collect(),
        reassignments: Asked {
            node: node(brokers[0]),
            answer: Ok(Vec::new()),
        },
        quorum: Asked {
            node: node(brokers[0]),
            answer: Ok(quorum),
        },
        ports: BTreeMap::new(),
    }
}

/// Three brokers, three partitions in sync on each, and three voters of which broker 1 leads.
pub fn healthy() -> Hearing {
    let partition = |(index, leader)| partition(index, Some(leader), &[1, 2, 3], &[1, 2, 3]);
    let partitions = [(0, 1), (1, 2), (2, 3)].map(partition);
    let topics = [topic("orders", partitions.into())];
    hearing(
        &[1, 2, 3],
        &topics,
        Some(quorum(&[(1, 0), (2, 100), (3, 200)])),
    )
}

/// What a broker told.
pub fn told(hearing: &mut Hearing, id: u32) -> &mut Told {
    match hearing.brokers.get_mut(&node(id)) {
        Some(Heard::Told(told)) => told,
        other => panic!("{other:?}"),
    }
}

/// Whether `next` may be stopped, of brokers 1 to 3.
pub fn question(next: u32) -> GateQuestion {
    GateQuestion {
        expected: nodes(&[1, 2, 3]),
        restarted: None,
        touched: BTreeSet::new(),
        next: node(next),
        others_wait: false,
        hangs: false,
    }
}
