//! What lies on disks and what moves between them, in each version, and denied.

use crate::gate::{asking, denied, ids, name};
use crate::peer::{listen, open, text};
use kafka::{Api, BrokerError, Error};
use kafka_protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResponse, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kafka_protocol::messages::list_partition_reassignments_response::{
    OngoingPartitionReassignment, OngoingTopicReassignment,
};
use kafka_protocol::messages::{
    ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse,
};

#[tokio::test]
async fn log_directories_of_every_version() {
    for version in 1..=4 {
        let partition = DescribeLogDirsPartition::default()
            .with_partition_index(7)
            .with_partition_size(1 << 40)
            .with_offset_lag(1)
            .with_is_future_key(true);
        let topic = DescribeLogDirsTopic::default()
            .with_name(name("t"))
            .with_partitions(vec![partition]);
        let mut good = DescribeLogDirsResult::default()
            .with_log_dir(text("/data"))
            .with_topics(vec![topic]);
        if version >= 4 {
            good = good.with_total_bytes(9).with_usable_bytes(8);
        }
        let failed = DescribeLogDirsResult::default()
            .with_log_dir(text("/failed"))
            .with_error_code(56);
        let answer = DescribeLogDirsResponse::default().with_results(vec![good, failed]);
        let found = asking(Api::DescribeLogDirs, version, answer)
            .await
            .log_dirs()
            .await;
        let found = found.unwrap();
        let replica = &found[0].replicas[0];
        assert_eq!((replica.topic.as_str(), replica.partition), ("t", 7));
        assert_eq!((replica.size, replica.future), (1 << 40, true));
        assert_eq!(
            found[1].error.as_ref().unwrap().name(),
            "KAFKA_STORAGE_ERROR"
        );
    }
}

#[tokio::test]
async fn log_directories_that_are_denied_are_an_error_in_every_version() {
    for version in 1..=4 {
        let code = if version < 3 {
            0
        } else {
            BrokerError::CLUSTER_DENIED
        };
        let answer = DescribeLogDirsResponse::default().with_error_code(code);
        let api = Api::DescribeLogDirs;
        let error = asking(api, version, answer)
            .await
            .log_dirs()
            .await
            .unwrap_err();
        assert!(
            denied(api, &error) || matches!(error, Error::Withheld { .. }),
            "{error}"
        );
    }
}

#[tokio::test]
async fn reassignments_are_told() {
    let moving = OngoingPartitionReassignment::default()
        .with_partition_index(1)
        .with_replicas(ids([1, 2]))
        .with_adding_replicas(ids([2]))
        .with_removing_replicas(ids([1]));
    let topic = OngoingTopicReassignment::default()
        .with_name(name("t"))
        .with_partitions(vec![moving]);
    let address = listen(async |mut peer| {
        peer.greet().await;
        let (asked, question) = peer.asked_for::<ListPartitionReassignmentsRequest>().await;
        assert_eq!(question.topics, None);
        // What is left of the dial's patience.
        assert!((2..=60_000).contains(&question.timeout_ms));
        let answer = ListPartitionReassignmentsResponse::default().with_topics(vec![topic]);
        peer.answer(&asked, &answer).await;
    });
    let found = open(address.await).await.reassignments().await.unwrap();
    let [moving] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!((moving.topic.as_str(), moving.partition), ("t", 1));
    assert_eq!(moving.replicas, [1, 2]);
    assert_eq!((&*moving.adding, &*moving.removing), (&[2][..], &[1][..]));
}

#[tokio::test]
async fn reassignments_that_are_denied_are_not_none() {
    let api = Api::ListPartitionReassignments;
    let answer = ListPartitionReassignmentsResponse::default().with_error_code(31);
    let error = asking(api, 0, answer)
        .await
        .reassignments()
        .await
        .unwrap_err();
    assert!(denied(api, &error));
}
