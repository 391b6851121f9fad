//! What one broker shows, as whole conversations; real brokers are in the tests of real Kafka.

use super::*;
use crate::table::hostile_tests::{converse, frame};
use crate::table::tests::{anywhere, bound};
use fleet::listener::Protocol;
use fleet::shown::AdminQuestion;
use fleet::words::Port;
use kafka_protocol::messages::BrokerId;
use kafka_protocol::messages::TopicName;
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
};
use kafka_protocol::messages::describe_quorum_response::{
    DescribeQuorumResponse, PartitionData, ReplicaState, TopicData,
};
use kafka_protocol::messages::metadata_response::{
    MetadataResponse, MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::protocol::StrBytes;
use std::net::Ipv4Addr;
use std::time::Duration;

const LISTENERS: &str = "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092";
const ADVERTISED: &str = "INTERNAL://10.0.0.11:9092";
const PROTOCOLS: &str = "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT";

/// What a broker says.
struct Says {
    /// Instead of its configuration.
    refusal: Option<(i16, &'static str)>,
    listeners: String,
    /// Where `advertised.listeners` comes from (K-8).
    source: i8,
    brokers: Vec<i32>,
    replicas: Vec<i32>,
    voters: Option<Vec<i32>>,
    observers: Vec<i32>,
    /// Instead of the voters.
    quorum_error: i16,
}

fn alone() -> Says {
    Says {
        refusal: None,
        listeners: LISTENERS.to_owned(),
        source: 4,
        brokers: vec![1],
        replicas: vec![1],
        voters: Some(vec![1]),
        observers: Vec::new(),
        quorum_error: 0,
    }
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

fn ids(ids: &[i32]) -> Vec<BrokerId> {
    ids.iter().map(|id| BrokerId(*id)).collect()
}

impl Says {
    /// Its answers in the order in which it is asked.
    fn frames(&self) -> Vec<Vec<u8>> {
        let mut offered = vec![(3, 12), (18, 3), (32, 4)];
        offered.extend(self.voters.as_ref().map(|_| (55, 1)));
        let offered = offered.into_iter().map(|(key, max)| {
            ApiVersion::default()
                .with_api_key(key)
                .with_max_version(max)
        });
        let greeting = ApiVersionsResponse::default().with_api_keys(offered.collect());
        let mut frames = vec![frame(&greeting, 3, 1), frame(&self.configuration(), 4, 2)];
        let brokers = self.brokers.iter().map(|id| {
            MetadataResponseBroker::default()
                .with_node_id(BrokerId(*id))
                .with_host(text("10.0.0.11"))
                .with_port(9092)
        });
        let metadata = MetadataResponse::default()
            .with_brokers(brokers.collect())
            .with_cluster_id(Some(text("BRl69zcmTFmiPaoaANybiw")));
        frames.push(frame(&metadata, 12, 3));
        let mut next = 4;
        if self.brokers == [1] {
            let partition =
                MetadataResponsePartition::default().with_replica_nodes(ids(&self.replicas));
            let topic = MetadataResponseTopic::default()
                .with_name(Some(TopicName(text("orders"))))
                .with_partitions(vec![partition]);
            let topics = metadata.with_topics(vec![topic]);
            frames.push(frame(&topics, 12, next));
            next += 1;
        }
        frames.extend(
            self.voters
                .as_ref()
                .map(|voters| frame(&self.quorum(voters), 1, next)),
        );
        frames
    }

    fn configuration(&self) -> DescribeConfigsResponse {
        let result = DescribeConfigsResult::default()
            .with_resource_type(4)
            .with_resource_name(StrBytes::from_static_str("1"));
        let value = |key, value: &str, source| {
            DescribeConfigsResourceResult::default()
                .with_name(StrBytes::from_static_str(key))
                .with_value(Some(text(value)))
                .with_config_source(source)
        };
        let result = match self.refusal {
            Some((code, why)) => result
                .with_error_code(code)
                .with_error_message(Some(text(why))),
            None => result.with_configs(vec![
                value("listeners", &self.listeners, 4),
                value("advertised.listeners", ADVERTISED, self.source),
                value("listener.security.protocol.map", PROTOCOLS, 4),
            ]),
        };
        DescribeConfigsResponse::default().with_results(vec![result])
    }

    fn quorum(&self, voters: &[i32]) -> DescribeQuorumResponse {
        let voters = voters
            .iter()
            .map(|id| ReplicaState::default().with_replica_id(BrokerId(*id)));
        let observers = self.observers.iter();
        let observers = observers.map(|id| ReplicaState::default().with_replica_id(BrokerId(*id)));
        let partition = PartitionData::default()
            .with_leader_id(BrokerId(1))
            .with_current_voters(voters.collect())
            .with_observers(observers.collect());
        let topic = TopicData::default()
            .with_topic_name(TopicName(StrBytes::from_static_str("__cluster_metadata")))
            .with_partitions(vec![partition]);
        DescribeQuorumResponse::default()
            .with_error_code(self.quorum_error)
            .with_topics(vec![topic])
    }
}

fn question(port: u16) -> AdminQuestion {
    AdminQuestion {
        broker: NodeId::new(1).expect("a node"),
        instance: "i-1".into(),
        address: Ipv4Addr::LOCALHOST,
        port: Port::new(port).expect("a port"),
    }
}

fn inquiry(questions: Vec<AdminQuestion>) -> AdminInquiry {
    AdminInquiry {
        protocol: Protocol::Plaintext,
        secret: None,
        secret_from: None,
        parameter: "/kafka-privatelink/orders/admin".into(),
        questions,
    }
}

/// What is shown by a broker that says this.
async fn asked(says: Says) -> Shown {
    let (listener, port) = bound().await;
    let frames = says.frames();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        converse(&mut stream, frames).await
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut answers = shown(inquiry(vec![question(port)]), &anywhere(), deadline).await;
    assert_eq!(answers.len(), 1);
    answers.remove(0).shown
}

async fn itself(says: Says) -> Itself {
    match asked(says).await {
        Shown::Itself(itself) => *itself,
        other => panic!("{other:?}"),
    }
}

fn nodes_of(ids: &[u32]) -> BTreeSet<NodeId> {
    ids.iter().filter_map(|id| NodeId::new(*id)).collect()
}

#[tokio::test]
async fn a_broker_shows_what_its_process_runs_with_and_whom_it_knows() {
    let itself = itself(alone()).await;
    assert_eq!(itself.listeners.value.as_deref(), Some(LISTENERS));
    assert_eq!(itself.advertised.value.as_deref(), Some(ADVERTISED));
    assert_eq!(itself.protocols.value.as_deref(), Some(PROTOCOLS));
    assert!(!itself.advertised.is_overridden);
    assert_eq!(itself.cluster_id.as_deref(), Some("BRl69zcmTFmiPaoaANybiw"));
    assert_eq!(itself.listed, nodes_of(&[1]));
    assert_eq!(itself.replicas, nodes_of(&[1]));
    assert_eq!(itself.voters, Voters::Are(nodes_of(&[1])));
}

#[tokio::test]
async fn a_value_that_kafka_itself_overrides_is_told_as_such() {
    for (source, is_overridden) in [(2, true), (3, true), (4, false), (5, false)] {
        let itself = itself(Says { source, ..alone() }).await;
        assert_eq!(itself.advertised.is_overridden, is_overridden, "{source}");
        assert!(!itself.listeners.is_overridden);
    }
}

#[tokio::test]
async fn others_are_found_in_metadata_among_replicas_and_among_voters() {
    let one = NodeId::new(1).expect("a node");
    let listed = itself(Says {
        brokers: vec![1, 2, 3],
        ..alone()
    })
    .await;
    assert_eq!(listed.others(one), nodes_of(&[2, 3]));
    // Topics are many, and there is nothing more to learn from them.
    assert!(listed.replicas.is_empty());
    let replicas = itself(Says {
        replicas: vec![1, 7],
        ..alone()
    })
    .await;
    assert_eq!(replicas.others(one), nodes_of(&[7]));
    let voters = itself(Says {
        voters: Some(vec![1, 9]),
        ..alone()
    })
    .await;
    assert_eq!(voters.others(one), nodes_of(&[9]));
    let followed = itself(Says {
        observers: vec![4],
        ..alone()
    });
    assert_eq!(followed.await.others(one), nodes_of(&[4]));
}

#[tokio::test]
async fn a_broker_without_a_quorum_has_no_voters_and_one_that_does_not_tell_them_says_so() {
    let none = itself(Says {
        voters: None,
        ..alone()
    })
    .await;
    assert_eq!(none.voters, Voters::None);
    let denied = itself(Says {
        quorum_error: 31,
        ..alone()
    })
    .await;
    let Voters::Untold(why) = denied.voters else {
        panic!("{denied:?}");
    };
    assert!(why.contains("31"), "{why}");
}

#[tokio::test]
async fn who_waits_for_a_quorum_that_hangs_is_not_silent() {
    let (listener, port) = bound().await;
    let mut frames = alone().frames();
    frames.pop();
    let broker = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        converse(&mut stream, frames).await?;
        // The question about the quorum goes on to the active controller, and nothing comes back.
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await
    });
    let deadline = Instant::now() + Duration::from_secs(2);
    let answers = shown(inquiry(vec![question(port)]), &anywhere(), deadline).await;
    let Shown::Itself(itself) = &answers[0].shown else {
        panic!("{answers:?}");
    };
    assert!(
        matches!(&itself.voters, Voters::Untold(why) if why.contains("DescribeQuorum")),
        "{itself:?}"
    );
    broker.await.expect("a broker").expect("questions");
}

#[tokio::test]
async fn whoever_does_not_show_itself_is_told_apart() {
    let refusal = Some((
        42,
        "Unexpected broker id, expected 2 or empty string, but received 1",
    ));
    let another = asked(Says { refusal, ..alone() }).await;
    let reached = NodeId::new(2).expect("a node");
    assert_eq!(another, Shown::Another { reached });
    let refusal = Some((31, "Cluster authorization failed."));
    let Shown::Untold { why } = asked(Says { refusal, ..alone() }).await else {
        panic!("it is told");
    };
    assert!(
        why.contains("allow DescribeConfigs on the cluster"),
        "{why}"
    );
    // A value that is cut would look like a difference.
    let listeners = format!("INTERNAL://{}:9092", "x".repeat(LONGEST_VALUE));
    let Shown::Untold { why } = asked(Says {
        listeners,
        ..alone()
    })
    .await
    else {
        panic!("it is told");
    };
    assert!(
        why.contains("its listeners has more than 8192 characters"),
        "{why}"
    );
}

#[tokio::test]
async fn who_is_silent_delays_no_other_and_who_may_not_be_dialled_is_not() {
    let (silent, silent_port) = bound().await;
    let (closed, closed_port) = bound().await;
    drop(closed);
    let mut outside = question(9092);
    outside.address = Ipv4Addr::new(169, 254, 169, 254);
    let questions = vec![question(silent_port), question(closed_port), outside];
    let deadline = Instant::now() + Duration::from_millis(300);
    let answers = shown(inquiry(questions.clone()), &anywhere(), deadline).await;
    drop(silent);
    let asked: Vec<&AdminQuestion> = answers.iter().map(|answer| &answer.question).collect();
    assert_eq!(asked, questions.iter().collect::<Vec<_>>());
    let [hangs, refuses, outside] = &answers[..] else {
        panic!("{answers:?}");
    };
    assert!(
        matches!(&hangs.shown, Shown::Silent { why, accepts: true } if why.contains("may hang")),
        "{hangs:?}"
    );
    assert!(
        matches!(&refuses.shown, Shown::Silent { why, accepts: false } if why.contains("refused")),
        "{refuses:?}"
    );
    assert!(
        matches!(&outside.shown, Shown::Untold { why } if why.contains("ADDRESS_RANGES")),
        "{outside:?}"
    );
}
