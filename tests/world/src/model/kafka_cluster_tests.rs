//! How a Kafka cluster of three goes on.

use super::world::{at, port, world};
use super::*;
use fleet::tags;
use fleet::words::NodeId;
use jiff::SignedDuration;
use std::time::Duration;

pub const ID: &str = "kafka-of-orders";

pub fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

fn process(started: u64, at: Timestamp) -> HostedKafka {
    let listener = KafkaListener {
        port: port(9092),
        advertised: Some("b:9092".to_owned()),
    };
    HostedKafka {
        pid: 1000 + started,
        start: started,
        listeners: None,
        advertised: None,
        protocols: None,
        open: [("INTERNAL".to_owned(), listener)].into(),
        began_at: at,
        serves_from: at,
        exits: None,
    }
}

pub struct Three {
    pub model: Model,
    pub brokers: Vec<InstanceId>,
}

impl Three {
    /// Three brokers, two partitions with three replicas, and all is well at second 100.
    pub fn new() -> Self {
        let mut model = world();
        let launch = |id: u32| {
            let launch = Launch::in_zone("usw2-az1").tag(tags::CLUSTER, "orders");
            launch.tag(tags::NODE_ID, &id.to_string())
        };
        let brokers = (1..=3).map(|id| model.run_instance(at(0), launch(id)).expect("launched"));
        let brokers: Vec<InstanceId> = brokers.collect();
        let nodes = [1, 2, 3].map(node);
        let topics = [("orders".to_owned(), KafkaTopic::spread(3, 2, &nodes))];
        model.put_kafka_cluster(ID, KafkaCluster::new(nodes, topics.into()));
        let mut three = Self { model, brokers };
        for id in 1..=3 {
            three.starts(id, 50);
        }
        three.model.advance(at(100));
        three
    }

    fn on_host(&mut self, id: usize, edit: impl FnOnce(&mut KafkaHost)) {
        let edited = self.model.edit_kafka(&self.brokers[id - 1], |kafka| {
            edit(kafka.host.get_or_insert_default());
        });
        edited.expect("a broker");
    }

    pub fn starts(&mut self, id: usize, second: i64) {
        self.on_host(id, |host| {
            host.started += 1;
            host.process = Some(process(host.started, at(second)));
        });
    }

    pub fn stops(&mut self, id: usize) {
        self.on_host(id, |host| host.process = None);
    }

    pub fn dies(&mut self, id: usize) {
        self.on_host(id, |host| {
            host.killed = host.process.take().map(|it| it.pid);
        });
    }

    fn cluster(&mut self, second: i64) -> &KafkaCluster {
        self.model.advance(at(second));
        self.model.kafka_cluster(ID).expect("a cluster")
    }

    /// Leader and ISR of partition 0.
    fn first(&mut self, second: i64) -> (Option<u32>, Vec<u32>) {
        let partition = &self.cluster(second).topics["orders"].partitions[0];
        let leader = partition.leader.map(NodeId::get);
        (leader, partition.isr.iter().map(|it| it.get()).collect())
    }

    fn listed(&mut self, second: i64) -> Vec<u32> {
        let listed = self.cluster(second).listed();
        listed.into_iter().map(NodeId::get).collect()
    }

    fn controller(&mut self, second: i64) -> Option<u32> {
        self.cluster(second).controller().map(NodeId::get)
    }
}

#[test]
fn three_that_are_well_list_each_other_and_have_a_controller() {
    let mut three = Three::new();
    assert_eq!(three.listed(100), [1, 2, 3]);
    assert_eq!(three.controller(100), Some(1));
    assert_eq!(three.first(100), (Some(1), vec![1, 2, 3]));
}

#[test]
fn who_stops_gracefully_hands_over_at_once_and_comes_back_when_it_has_caught_up() {
    let mut three = Three::new();
    three.stops(1);
    assert_eq!(three.first(100), (Some(2), vec![2, 3]));
    assert_eq!(three.controller(100), Some(2));
    three.starts(1, 130);
    assert_eq!(three.listed(129), [2, 3]);
    assert_eq!(three.listed(130), [1, 2, 3]);
    assert_eq!(three.first(134), (Some(2), vec![2, 3]));
    assert_eq!(three.first(135), (Some(2), vec![1, 2, 3]));
    assert_eq!(three.controller(135), Some(2));
}

#[test]
fn who_dies_is_taken_for_there_until_its_session_ends() {
    let mut three = Three::new();
    three.dies(1);
    assert_eq!(three.first(108), (Some(1), vec![1, 2, 3]));
    assert_eq!(three.listed(108), [1, 2, 3]);
    assert_eq!(three.first(109), (Some(2), vec![2, 3]));
    assert_eq!(three.listed(109), [2, 3]);
}

#[test]
fn the_next_process_of_one_that_died_registers_when_the_session_has_ended() {
    let mut three = Three::new();
    three.dies(1);
    three.starts(1, 103);
    let isr = |three: &mut Three, second| three.first(second).1;
    assert_eq!(isr(&mut three, 109), [2, 3]);
    assert_eq!(isr(&mut three, 113), [2, 3]);
    assert_eq!(isr(&mut three, 114), [1, 2, 3]);
}

#[test]
fn the_active_controller_that_dies_is_missed_after_the_time_out() {
    let mut three = Three::new();
    three.dies(1);
    assert_eq!(three.controller(101), None);
    assert_eq!(three.controller(102), Some(2));
    three.stops(2);
    assert_eq!(three.controller(110), None, "no majority");
}

#[test]
fn the_last_one_in_sync_stays_it_and_leads_again_when_it_is_back() {
    let mut three = Three::new();
    for id in [1, 2, 3] {
        three.stops(id);
    }
    assert_eq!(three.first(110), (None, vec![3]));
    three.starts(2, 120);
    assert_eq!(three.first(130), (None, vec![3]));
    three.starts(3, 140);
    assert_eq!(three.first(140), (Some(3), vec![2, 3]));
}

#[test]
fn a_broker_that_hangs_loses_its_session_and_one_that_hears_again_does_not() {
    for (second, leader) in [(108, Some(1)), (120, Some(2))] {
        let mut three = Three::new();
        let hangs = |three: &mut Three, state| {
            let edited = three
                .model
                .edit_kafka(&three.brokers[0].clone(), |it| it.state = state);
            edited.expect("a broker");
        };
        hangs(&mut three, KafkaState::Hangs);
        three.model.advance(at(second));
        hangs(&mut three, KafkaState::Answers);
        assert_eq!(three.first(second + 30), (leader, vec![1, 2, 3]));
    }
}

#[test]
fn the_controller_moves_when_it_is_told_and_only_to_a_voter_that_is_there() {
    let mut three = Three::new();
    assert!(three.model.move_controller(ID, node(3)));
    assert_eq!(three.controller(100), Some(3));
    three.stops(2);
    assert!(!three.model.move_controller(ID, node(2)));
    assert_eq!(three.controller(100), Some(3));
}

#[test]
fn a_broker_that_hears_late_names_the_old_leader_for_a_while() {
    let mut three = Three::new();
    three.model.keep_stale(ID, node(3), Duration::from_secs(20));
    three.stops(1);
    for (second, leader) in [(119, 1), (120, 2)] {
        let seen = at(0) + SignedDuration::from_secs(second);
        let shown = three.cluster(second).shown_by(node(3), seen);
        assert_eq!(shown["orders"].partitions[0].leader, Some(node(leader)));
    }
}
