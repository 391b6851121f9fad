//! Proper answers to every question in every version, and those that cost the codec most.

use crate::asking::{Question, body};
use bytes::Bytes;
use kafka_protocol::messages::api_versions_response::{
    ApiVersion, FinalizedFeatureKey, SupportedFeatureKey,
};
use kafka_protocol::messages::describe_cluster_response::DescribeClusterBroker;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use kafka_protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kafka_protocol::messages::describe_quorum_response::{
    Listener, Node, PartitionData, ReplicaState, TopicData,
};
use kafka_protocol::messages::list_partition_reassignments_response::{
    OngoingPartitionReassignment, OngoingTopicReassignment,
};
use kafka_protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::messages::{
    ApiVersionsResponse, BrokerId, DescribeClusterResponse, DescribeConfigsResponse,
    DescribeLogDirsResponse, DescribeQuorumResponse, ListPartitionReassignmentsResponse,
    MetadataResponse, SaslAuthenticateResponse, SaslHandshakeResponse, TopicName,
};
use kafka_protocol::protocol::{Encodable, HeaderVersion, StrBytes};

const MANY: usize = 20_000;

/// The frame of an answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub question: Question,
    pub version: i16,
    pub frame: Vec<u8>,
}

fn answer(question: Question, version: i16, answer: &(impl Encodable + HeaderVersion)) -> Answer {
    let frame = body(answer, version, question.correlation());
    Answer {
        question,
        version,
        frame,
    }
}

/// All questions in all versions that they can be asked in.
pub fn all() -> Vec<Answer> {
    let mut found = vec![
        answer(Question::ApiVersions, 3, &api_versions(1)),
        answer(Question::SaslHandshake, 1, &handshake(1)),
        answer(Question::Reassignments, 0, &reassignments(1)),
    ];
    found.extend((0..=2).map(|v| answer(Question::SaslAuthenticate, v, &authenticate())));
    found.extend((1..=13).map(|v| answer(Question::Metadata, v, &metadata(v, 1, 1))));
    found.extend((5..=13).map(|v| answer(Question::Topics, v, &metadata(v, 1, 1))));
    found.extend((1..=4).map(|v| answer(Question::Identity, v, &configs(4, "2", 1))));
    found.extend((1..=4).map(|v| answer(Question::MinInsync, v, &configs(2, "t", 1))));
    found.extend((1..=4).map(|v| answer(Question::LogDirs, v, &log_dirs(v, 1))));
    found.extend((0..=2).map(|v| answer(Question::Quorum, v, &quorum(v, 1))));
    found.extend((0..=2).map(|v| answer(Question::Cluster, v, &cluster(v, 1))));
    found
}

/// Thousands of the shortest items there are.
pub fn heaviest() -> Vec<Answer> {
    let mut values = configs(4, "2", 0);
    let layer = DescribeConfigsSynonym::default();
    let layers = DescribeConfigsResourceResult::default().with_synonyms(vec![layer; MANY]);
    values.results[0].configs.push(layers);
    let topic = OngoingTopicReassignment::default();
    let empty = ListPartitionReassignmentsResponse::default().with_topics(vec![topic; MANY]);
    vec![
        answer(Question::ApiVersions, 3, &api_versions(MANY)),
        answer(Question::SaslHandshake, 1, &handshake(MANY)),
        answer(Question::Metadata, 13, &metadata(13, MANY, 0)),
        answer(Question::Topics, 13, &metadata(13, 0, MANY)),
        answer(Question::Identity, 4, &values),
        answer(Question::LogDirs, 4, &log_dirs(4, MANY)),
        answer(Question::Quorum, 2, &quorum(2, MANY)),
        answer(Question::Reassignments, 0, &reassignments(MANY)),
        answer(Question::Reassignments, 0, &empty),
        answer(Question::Cluster, 2, &cluster(2, MANY)),
    ]
}

/// The same with as many tagged fields as are accepted, and with more.
pub fn tagged() -> Vec<Answer> {
    let tags = |count| (0..count as i32).map(|tag| (tag, Bytes::new())).collect();
    let mut few = MetadataResponse::default();
    few.unknown_tagged_fields = tags(16);
    let mut many = MetadataResponse::default();
    many.unknown_tagged_fields = tags(MANY);
    let topic = OngoingTopicReassignment::default();
    let mut topics = vec![topic; MANY];
    for topic in topics.iter_mut().step_by(5) {
        topic.unknown_tagged_fields = tags(1);
    }
    let some = ListPartitionReassignmentsResponse::default().with_topics(topics.clone());
    for topic in &mut topics {
        topic.unknown_tagged_fields = tags(1);
    }
    let all = ListPartitionReassignmentsResponse::default().with_topics(topics);
    vec![
        answer(Question::Metadata, 13, &few),
        answer(Question::Metadata, 13, &many),
        answer(Question::Reassignments, 0, &some),
        answer(Question::Reassignments, 0, &all),
    ]
}

fn text(text: &'static str) -> StrBytes {
    StrBytes::from_static_str(text)
}

fn ids<const N: usize>(ids: [i32; N]) -> Vec<BrokerId> {
    ids.map(BrokerId).to_vec()
}

fn api_versions(rows: usize) -> ApiVersionsResponse {
    let row = |key| ApiVersion::default().with_api_key(key).with_max_version(4);
    let mut keys: Vec<ApiVersion> = (100..).take(rows).map(|key: i16| row(key)).collect();
    keys.push(row(18));
    ApiVersionsResponse::default()
        .with_api_keys(keys)
        .with_supported_features(vec![
            SupportedFeatureKey::default().with_name(text("kraft.version")),
        ])
        .with_finalized_features(vec![FinalizedFeatureKey::default().with_name(text("x"))])
        .with_finalized_features_epoch(7)
        .with_zk_migration_ready(true)
}

fn handshake(mechanisms: usize) -> SaslHandshakeResponse {
    SaslHandshakeResponse::default().with_mechanisms(vec![text(""); mechanisms])
}

fn authenticate() -> SaslAuthenticateResponse {
    SaslAuthenticateResponse::default().with_auth_bytes(Bytes::from_static(b"v=abc"))
}

fn metadata(version: i16, brokers: usize, topics: usize) -> MetadataResponse {
    let broker = MetadataResponseBroker::default()
        .with_node_id(BrokerId(1))
        .with_port(9092);
    let partition = MetadataResponsePartition::default().with_leader_id(BrokerId(1));
    let small = topics > 1;
    let partition = match version {
        _ if small => partition,
        1..5 => partition
            .with_replica_nodes(ids([1, 2]))
            .with_isr_nodes(ids([1])),
        _ => partition
            .with_replica_nodes(ids([1, 2]))
            .with_offline_replicas(ids([2])),
    };
    let topic = MetadataResponseTopic::default()
        .with_name(Some(TopicName(text("t"))))
        .with_partitions(vec![partition; if small { 5 } else { 1 }]);
    MetadataResponse::default()
        .with_brokers(vec![broker; brokers])
        .with_topics(vec![topic; topics])
}

fn configs(kind: i8, name: &'static str, layers: usize) -> DescribeConfigsResponse {
    let keys = [
        "listeners",
        "advertised.listeners",
        "listener.security.protocol.map",
        "min.insync.replicas",
    ];
    let layer = DescribeConfigsSynonym::default()
        .with_name(text("x"))
        .with_value(Some(text("y")));
    let config = |key| {
        DescribeConfigsResourceResult::default()
            .with_name(text(key))
            .with_value(Some(text("2")))
            .with_synonyms(vec![layer.clone(); layers])
    };
    let result = DescribeConfigsResult::default()
        .with_resource_type(kind)
        .with_resource_name(text(name))
        .with_configs(keys.map(config).to_vec());
    DescribeConfigsResponse::default().with_results(vec![result])
}

fn log_dirs(version: i16, topics: usize) -> DescribeLogDirsResponse {
    let partition = DescribeLogDirsPartition::default().with_partition_size(5);
    let topic = DescribeLogDirsTopic::default()
        .with_name(TopicName(text("t")))
        .with_partitions(vec![partition]);
    let directory = DescribeLogDirsResult::default()
        .with_log_dir(text("/data"))
        .with_topics(vec![topic; topics]);
    let directory = if version >= 4 {
        directory.with_total_bytes(9)
    } else {
        directory
    };
    DescribeLogDirsResponse::default().with_results(vec![directory])
}

fn quorum(version: i16, replicas: usize) -> DescribeQuorumResponse {
    let state = ReplicaState::default().with_replica_id(BrokerId(1));
    let partition = PartitionData::default()
        .with_current_voters(vec![state.clone(); replicas])
        .with_observers(vec![state; replicas]);
    let topic = TopicData::default()
        .with_topic_name(TopicName(text("__cluster_metadata")))
        .with_partitions(vec![partition]);
    let node = Node::default().with_listeners(vec![Listener::default(); replicas]);
    let nodes = if version >= 2 { vec![node] } else { vec![] };
    DescribeQuorumResponse::default()
        .with_topics(vec![topic])
        .with_nodes(nodes)
}

fn reassignments(topics: usize) -> ListPartitionReassignmentsResponse {
    let moving = OngoingPartitionReassignment::default().with_replicas(ids([1]));
    let topic = OngoingTopicReassignment::default()
        .with_name(TopicName(text("t")))
        .with_partitions(vec![moving]);
    ListPartitionReassignmentsResponse::default().with_topics(vec![topic; topics])
}

fn cluster(version: i16, brokers: usize) -> DescribeClusterResponse {
    let broker = DescribeClusterBroker::default().with_is_fenced(version >= 2);
    DescribeClusterResponse::default().with_brokers(vec![broker; brokers])
}
