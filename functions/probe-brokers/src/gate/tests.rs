//! The gate of one broker that is alone, as whole conversations; real brokers are in the tests of real Kafka.

use super::*;
use crate::table::hostile_tests::frame;
use crate::table::tests::{anywhere, bound};
use fleet::gate::{GateQuestion, Restarted};
use fleet::listener::Protocol;
use fleet::shown::AdminInquiry;
use fleet::words::Port;
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
};
use kafka_protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResponse, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kafka_protocol::messages::describe_quorum_response::{
    DescribeQuorumResponse, PartitionData, ReplicaState, TopicData,
};
use kafka_protocol::messages::metadata_response::{
    MetadataResponse, MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::messages::{BrokerId, ListPartitionReassignmentsResponse, TopicName};
use kafka_protocol::protocol::StrBytes;
use std::net::Ipv4Addr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the broker says.
#[derive(Clone, Copy)]
struct Says {
    /// What lies in its log directory.
    held: &'static str,
    /// Instead of its log directories.
    log_dirs_error: i16,
    session: &'static str,
    /// Who leads `orders-0`.
    leader: i32,
}

const WELL: Says = Says {
    held: "orders",
    log_dirs_error: 0,
    session: "9000",
    leader: 1,
};

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}

/// A configuration of broker 1 (4) or of the topic (2).
fn configs(kind: i8, name: &str, values: &[(&str, &str)]) -> DescribeConfigsResponse {
    let value = |(key, value): &(&str, &str)| {
        DescribeConfigsResourceResult::default()
            .with_name(text(key))
            .with_value(Some(text(value)))
    };
    let result = DescribeConfigsResult::default()
        .with_resource_type(kind)
        .with_resource_name(text(name))
        .with_configs(values.iter().map(value).collect());
    DescribeConfigsResponse::default().with_results(vec![result])
}

impl Says {
    /// The answer to a question: its key, its correlation id, and how many of this kind came before.
    fn answer(self, key: i16, correlation: i32, before: usize) -> Vec<u8> {
        match (key, before) {
            (18, _) => {
                let offered = [(3, 12), (18, 3), (32, 4), (35, 4), (46, 0), (55, 1)];
                let offered = offered.map(|(key, max)| {
                    ApiVersion::default()
                        .with_api_key(key)
                        .with_max_version(max)
                });
                let greeting = ApiVersionsResponse::default().with_api_keys(offered.to_vec());
                frame(&greeting, 3, correlation)
            }
            (32, 0) => {
                let keys = [
                    "listeners",
                    "advertised.listeners",
                    "listener.security.protocol.map",
                ];
                let values = keys.map(|key| (key, "INTERNAL://:9092"));
                frame(&configs(4, "1", &values), 4, correlation)
            }
            (32, 1) => {
                let values = [
                    ("process.roles", "broker"),
                    ("broker.session.timeout.ms", self.session),
                ];
                frame(&configs(4, "1", &values), 4, correlation)
            }
            (32, _) => frame(
                &configs(2, "orders", &[("min.insync.replicas", "1")]),
                4,
                correlation,
            ),
            (3, _) => frame(&self.metadata(), 12, correlation),
            (35, _) => frame(&self.log_dirs(), 4, correlation),
            (46, _) => frame(
                &ListPartitionReassignmentsResponse::default(),
                0,
                correlation,
            ),
            (55, _) => frame(&quorum(), 1, correlation),
            other => panic!("{other:?}"),
        }
    }

    fn metadata(self) -> MetadataResponse {
        let broker = MetadataResponseBroker::default()
            .with_node_id(BrokerId(1))
            .with_host(text("10.0.0.11"))
            .with_port(9092);
        let partition = MetadataResponsePartition::default()
            .with_leader_id(BrokerId(self.leader))
            .with_replica_nodes(vec![BrokerId(1)])
            .with_isr_nodes(vec![BrokerId(1)]);
        let topic = MetadataResponseTopic::default()
            .with_name(Some(TopicName(text("orders"))))
            .with_partitions(vec![partition]);
        MetadataResponse::default()
            .with_brokers(vec![broker])
            .with_topics(vec![topic])
    }

    fn log_dirs(self) -> DescribeLogDirsResponse {
        let topic = DescribeLogDirsTopic::default()
            .with_name(TopicName(text(self.held)))
            .with_partitions(vec![DescribeLogDirsPartition::default()]);
        let dir = DescribeLogDirsResult::default()
            .with_log_dir(text("/data"))
            .with_topics(vec![topic]);
        DescribeLogDirsResponse::default()
            .with_error_code(self.log_dirs_error)
            .with_results(vec![dir])
    }

    async fn talk(self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut asked = Vec::new();
        loop {
            let length = stream.read_u32().await?;
            let (key, _version) = (stream.read_i16().await?, stream.read_i16().await?);
            let correlation = stream.read_i32().await?;
            let mut rest = vec![0; usize::try_from(length).unwrap_or_default() - 8];
            stream.read_exact(&mut rest).await?;
            let before = asked.iter().filter(|it| **it == key).count();
            asked.push(key);
            stream
                .write_all(&self.answer(key, correlation, before))
                .await?;
        }
    }
}

fn quorum() -> DescribeQuorumResponse {
    let voter = ReplicaState::default()
        .with_replica_id(BrokerId(1))
        .with_last_caught_up_timestamp(1);
    let partition = PartitionData::default()
        .with_leader_id(BrokerId(1))
        .with_current_voters(vec![voter]);
    let topic = TopicData::default()
        .with_topic_name(TopicName(text("__cluster_metadata")))
        .with_partitions(vec![partition]);
    DescribeQuorumResponse::default().with_topics(vec![topic])
}

fn node_of(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

/// A broker that says this, and whether it may be stopped.
async fn asked(says: Says) -> GateInquiry {
    let (listener, port) = bound().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(says.talk(stream));
        }
    });
    GateInquiry {
        admin: AdminInquiry {
            protocol: Protocol::Plaintext,
            secret: None,
            secret_from: None,
            parameter: "/kafka-privatelink/orders/admin".into(),
            questions: vec![AdminQuestion {
                broker: node_of(1),
                instance: "i-1".into(),
                address: Ipv4Addr::LOCALHOST,
                port: Port::new(port).expect("a port"),
            }],
        },
        question: GateQuestion {
            expected: [node_of(1)].into(),
            restarted: None,
            touched: Default::default(),
            next: node_of(1),
            others_wait: false,
            hangs: false,
        },
    }
}

/// What is in the way, with so many seconds for the answer.
async fn says(inquiry: GateInquiry, seconds: u64) -> Vec<String> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let verdict = gate(inquiry, &anywhere(), deadline).await;
    verdict.obstacles.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_broker_that_is_well_is_heard_twice_ten_seconds_apart() {
    let deadline = Instant::now() + Duration::from_secs(60);
    let verdict = gate(asked(WELL).await, &anywhere(), deadline).await;
    assert!(verdict.is_open(), "{verdict:?}");
    assert_eq!(verdict.unavailable.to_string(), "orders-0");
    assert_eq!(verdict.without_quorum, Some(1));
    let counts = verdict.counts;
    assert_eq!(
        (counts.brokers, counts.partitions, counts.of_next),
        (1, 1, 1)
    );
    assert!(counts.seconds_apart >= 10);
}

#[tokio::test]
async fn without_time_for_a_second_look_it_stays_shut() {
    let says = says(asked(WELL).await, 8).await;
    assert_eq!(says.len(), 1);
    assert!(
        says[0].contains("with a pause of 10 s a second one does not fit"),
        "{says:?}"
    );
}

#[tokio::test]
async fn what_one_look_shows_is_answered_at_once() {
    for (said, expected) in [
        (
            Says {
                held: "secret",
                ..WELL
            },
            "broker 1 holds partitions that it does not show (secret-0)",
        ),
        (
            Says {
                log_dirs_error: 31,
                ..WELL
            },
            "broker 1 does not tell its log directories",
        ),
        (
            Says {
                session: "20001",
                ..WELL
            },
            "broker 1 has broker.session.timeout.ms=20001",
        ),
        (
            Says { leader: -1, ..WELL },
            "partitions have no leader: orders-0",
        ),
    ] {
        let says = says(asked(said).await, 60).await;
        assert_eq!(says.len(), 1, "{says:?}");
        assert!(says[0].contains(expected), "{says:?}");
    }
}

#[tokio::test]
async fn who_is_another_or_silent_or_unknown_is_not_up() {
    let mut inquiry = asked(WELL).await;
    let (closed, port) = bound().await;
    drop(closed);
    inquiry.question.expected.extend([node_of(2), node_of(3)]);
    let question = AdminQuestion {
        broker: node_of(2),
        port: Port::new(port).expect("a port"),
        ..inquiry.admin.questions[0].clone()
    };
    inquiry.admin.questions.push(question);
    let says = says(inquiry, 60).await;
    let [two, three] = &says[..] else {
        panic!("{says:?}");
    };
    assert!(
        two.starts_with("broker 2 is not up: ") && two.contains("refused"),
        "{two}"
    );
    assert!(three.starts_with("broker 3 is not up: "), "{three}");
}

#[tokio::test]
async fn each_port_of_the_one_that_was_restarted_is_tried_within_the_bounds() {
    let mut inquiry = asked(WELL).await;
    let own = inquiry.admin.questions[0].port;
    let (closed, port) = bound().await;
    drop(closed);
    let port = Port::new(port).expect("a port");
    inquiry.question.restarted = Some(Restarted {
        node: node_of(1),
        ports: [own, port].into(),
    });
    let shut = says(inquiry.clone(), 60).await;
    assert_eq!(shut.len(), 1, "{shut:?}");
    let expected = format!("broker 1 was restarted, and its port {port} accepts no connection: ");
    assert!(shut[0].starts_with(&expected), "{shut:?}");
    let only = Bounds::read(|name| {
        Some(match name {
            "PORTS" => own.to_string(),
            _ => "127.0.0.0/8".to_owned(),
        })
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    let verdict = gate(inquiry, &only.expect("bounds"), deadline).await;
    let says = verdict.obstacles[0].to_string();
    let expected = format!("as port {port} is not among those that the stack allows");
    assert!(says.contains(&expected), "{says}");
}

#[tokio::test]
async fn of_two_instances_of_a_broker_whoever_tells_something_is_heard() {
    let GateInquiry { admin, .. } = asked(WELL).await;
    let (closed, port) = bound().await;
    drop(closed);
    let answers = admin.questions[0].clone();
    let silent = AdminQuestion {
        instance: "i-9".into(),
        port: Port::new(port).expect("a port"),
        ..answers.clone()
    };
    for questions in [[answers.clone(), silent.clone()], [silent, answers]] {
        let admin = AdminInquiry {
            questions: questions.to_vec(),
            ..admin.clone()
        };
        let node = node_of(4);
        let deadline = Instant::now() + Duration::from_secs(8);
        let heard = holdings(HoldingsInquiry { admin, node }, &anywhere(), deadline).await;
        assert_eq!(heard.heard, [node_of(1)].into(), "{heard:?}");
        assert!(heard.unheard.is_empty(), "{heard:?}");
    }
}

#[tokio::test]
async fn what_the_cluster_has_of_a_broker_is_heard_once() {
    let GateInquiry { admin, .. } = asked(WELL).await;
    let inquiry = |node| HoldingsInquiry {
        admin: admin.clone(),
        node: node_of(node),
    };
    let deadline = Instant::now() + Duration::from_secs(8);
    let own = holdings(inquiry(1), &anywhere(), deadline).await;
    assert_eq!(own.heard, [node_of(1)].into());
    assert_eq!(own.replicas.to_string(), "orders-0");
    assert_eq!(own.alone, own.replicas);
    assert!(!own.is_whole(node_of(1)), "nobody else was heard: {own:?}");
    let other = holdings(inquiry(4), &anywhere(), deadline).await;
    assert!(other.replicas.is_empty() && other.is_unlisted(node_of(4)));
    assert!(other.is_whole(node_of(4)), "{other:?}");
}
