//! What an operator's tools would do, asked of a broker on INTERNAL without a JVM for each question.

use crate::ground::{address, until};
use bytes::BytesMut;
use jiff::Timestamp;
use kafka_protocol::messages::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use kafka_protocol::messages::create_acls_request::AclCreation;
use kafka_protocol::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::{
    AlterPartitionReassignmentsRequest, BrokerId, CreateAclsRequest, CreateTopicsRequest,
    ProduceRequest, TopicName,
};
use kafka_protocol::protocol::StrBytes;
use kafka_protocol::records::{
    Compression, NO_PARTITION_LEADER_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, Record,
    RecordBatchEncoder, RecordEncodeOptions, TimestampType,
};
use world::kafka::{INTERNAL_PORT, Metadata, ask, metadata};

/// A broker's INTERNAL listener.
pub fn internal(id: u32) -> String {
    format!("{}:{INTERNAL_PORT}", address(id))
}

/// Makes a topic whose partitions are on these brokers, the preferred leader first; waits until
/// broker 1 knows it with all its replicas.
pub async fn make_topic(name: &str, partitions: &[&[i32]], configs: &[(&str, &str)]) {
    let assignments = (0..).zip(partitions).map(|(index, brokers)| {
        CreatableReplicaAssignment::default()
            .with_partition_index(index)
            .with_broker_ids(ids(brokers))
    });
    let configs = configs.iter().map(|&(name, value)| {
        CreatableTopicConfig::default()
            .with_name(text(name))
            .with_value(Some(text(value)))
    });
    let topic = CreatableTopic::default()
        .with_name(TopicName(text(name)))
        .with_num_partitions(-1)
        .with_replication_factor(-1)
        .with_assignments(assignments.collect())
        .with_configs(configs.collect());
    let request = CreateTopicsRequest::default()
        .with_topics(vec![topic])
        .with_timeout_ms(30_000);
    let answer = ask(&internal(1), 5, &request).await.expect("an answer");
    let codes: Vec<i16> = answer.topics.iter().map(|topic| topic.error_code).collect();
    assert_eq!(codes, [0], "{answer:?}");
    let knows = |told: &Metadata| {
        let of_it = told
            .partitions
            .iter()
            .filter(|((topic, _), _)| topic == name);
        of_it.filter(|(_, it)| it.isr == it.replicas).count() == partitions.len()
    };
    let look = async || metadata(&internal(1)).await.unwrap_or_default();
    until(&format!("topic {name} is not there"), look, knows).await;
}

/// Appends messages to a partition that this broker leads, with all replicas' acknowledgement.
pub async fn produce(leader: u32, topic: &str, partition: i32, messages: usize) {
    let records: Vec<Record> = (0..messages).map(record).collect();
    let mut batch = BytesMut::new();
    let options = RecordEncodeOptions {
        version: 2,
        compression: Compression::None,
    };
    RecordBatchEncoder::encode(&mut batch, &records, &options).expect("a batch");
    let data = PartitionProduceData::default()
        .with_index(partition)
        .with_records(Some(batch.freeze()));
    let data = TopicProduceData::default()
        .with_name(TopicName(text(topic)))
        .with_partition_data(vec![data]);
    let request = ProduceRequest::default()
        .with_acks(-1)
        .with_timeout_ms(30_000)
        .with_topic_data(vec![data]);
    // It is in the metadata a moment before its leader takes messages.
    let look = async || {
        let answer = ask(&internal(leader), 7, &request)
            .await
            .expect("an answer");
        answer.responses[0].partition_responses[0].error_code
    };
    let not_yet = |code: &i16| matches!(code, 3 | 6);
    let code = until("messages are not taken", look, |code| !not_yet(code)).await;
    assert_eq!(code, 0, "messages are refused");
}

/// Begins to move a partition to these brokers.
pub async fn move_partition(topic: &str, partition: i32, to: &[i32]) {
    let partition = ReassignablePartition::default()
        .with_partition_index(partition)
        .with_replicas(Some(ids(to)));
    let topic = ReassignableTopic::default()
        .with_name(TopicName(text(topic)))
        .with_partitions(vec![partition]);
    let request = AlterPartitionReassignmentsRequest::default()
        .with_timeout_ms(30_000)
        .with_topics(vec![topic]);
    let answer = ask(&internal(1), 0, &request).await.expect("an answer");
    let code = answer.responses[0].partitions[0].error_code;
    assert_eq!((answer.error_code, code), (0, 0), "{answer:?}");
}

/// An operation on the cluster, as an ACL names it.
#[derive(Clone, Copy)]
pub enum Operation {
    /// `Describe`.
    Describe = 8,
    /// `DescribeConfigs`.
    DescribeConfigs = 10,
}

/// Allows a user these operations on the cluster.
pub async fn allow(user: &str, operations: &[Operation]) {
    let rule = |&operation: &Operation| {
        AclCreation::default()
            // The cluster, by its one name, from everywhere: ALLOW.
            .with_resource_type(4)
            .with_resource_name(text("kafka-cluster"))
            .with_resource_pattern_type(3)
            .with_principal(text(&format!("User:{user}")))
            .with_host(text("*"))
            .with_operation(operation as i8)
            .with_permission_type(3)
    };
    let rules = operations.iter().map(rule).collect();
    let request = CreateAclsRequest::default().with_creations(rules);
    let answer = ask(&internal(1), 2, &request).await.expect("an answer");
    let codes: Vec<i16> = answer.results.iter().map(|rule| rule.error_code).collect();
    assert!(codes.iter().all(|code| *code == 0), "{answer:?}");
}

fn record(number: usize) -> Record {
    let offset = i64::try_from(number).expect("small");
    Record {
        transactional: false,
        control: false,
        delete_horizon: false,
        partition_leader_epoch: NO_PARTITION_LEADER_EPOCH,
        producer_id: NO_PRODUCER_ID,
        producer_epoch: NO_PRODUCER_EPOCH,
        timestamp_type: TimestampType::Creation,
        offset,
        // Of one batch only if it counts; nobody reads it without a producer's id.
        sequence: i32::try_from(number).expect("small"),
        timestamp: Timestamp::now().as_millisecond(),
        key: None,
        value: Some(vec![b'x'; 100].into()),
        headers: Default::default(),
    }
}

fn ids(brokers: &[i32]) -> Vec<BrokerId> {
    brokers.iter().map(|&id| BrokerId(id)).collect()
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}
