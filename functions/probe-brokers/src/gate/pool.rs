//! What brokers tell alike is kept once, over both hearings.

use crate::dial::{node, sentence};
use fleet::gate::{Partition, Topic};
use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

type Topics = Vec<Arc<Topic>>;
type Values = BTreeMap<Arc<str>, i32>;

/// Names, topics, lists of topics, and values by topic.
#[derive(Default)]
pub struct Pool {
    names: Mutex<HashSet<Arc<str>>>,
    topics: Mutex<HashSet<Arc<Topic>>>,
    lists: Mutex<HashSet<Arc<Topics>>>,
    values: Mutex<HashSet<Arc<Values>>>,
}

impl Pool {
    /// A topic's name.
    pub fn name(&self, name: &str) -> Arc<str> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        names.insert(Arc::clone(&name));
        name
    }

    /// What a broker shows, in the order of names and numbers.
    pub fn topics(&self, topics: Vec<kafka::Topic>) -> Arc<Topics> {
        let topics = topics.into_iter().map(|topic| {
            let mut partitions: Vec<Partition> = topic.partitions.iter().map(partition).collect();
            partitions.sort_unstable_by_key(|it| it.index);
            let topic = Topic {
                name: self.name(&topic.name),
                error: topic.error.map(|error| sentence(&error.to_string())),
                partitions: partitions.into(),
            };
            once(&self.topics, topic)
        });
        let mut topics: Topics = topics.collect();
        topics.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        topics.shrink_to_fit();
        once(&self.lists, topics)
    }

    /// `min.insync.replicas` by topic.
    pub fn min_insync(&self, values: BTreeMap<String, i32>) -> Arc<Values> {
        let values = values.into_iter();
        let values = values.map(|(name, value)| (self.name(&name), value));
        once(&self.values, values.collect())
    }
}

fn once<T: Eq + Hash>(known: &Mutex<HashSet<Arc<T>>>, it: T) -> Arc<T> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(&it) {
        return Arc::clone(known);
    }
    let it = Arc::new(it);
    known.insert(Arc::clone(&it));
    it
}

fn partition(it: &kafka::Partition) -> Partition {
    let nodes = |ids: &[i32]| ids.iter().copied().filter_map(node).collect();
    Partition {
        index: it.index,
        leader: it.leader.and_then(node),
        replicas: nodes(&it.replicas),
        isr: nodes(&it.isr),
    }
}
