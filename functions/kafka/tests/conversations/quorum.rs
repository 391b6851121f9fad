//! The quorum and the registered brokers, in each version, and denied.

use crate::gate::{asking, denied, name};
use crate::peer::text;
use kafka::{Api, BrokerError, QuorumReplica};
use kafka_protocol::messages::describe_cluster_response::{
    DescribeClusterBroker, DescribeClusterResponse,
};
use kafka_protocol::messages::describe_quorum_response::{
    Listener, Node, PartitionData, ReplicaState, TopicData,
};
use kafka_protocol::messages::{BrokerId, DescribeQuorumResponse};

/// A quorum of one voter and one observer.
fn quorum(version: i16) -> DescribeQuorumResponse {
    let replica = |id| {
        let mut state = ReplicaState::default()
            .with_replica_id(BrokerId(id))
            .with_log_end_offset(100);
        if version >= 1 {
            state = state
                .with_last_fetch_timestamp(1000)
                .with_last_caught_up_timestamp(900);
        }
        vec![state]
    };
    let partition = PartitionData::default()
        .with_leader_id(BrokerId(1))
        .with_leader_epoch(5)
        .with_high_watermark(99)
        .with_current_voters(replica(1))
        .with_observers(replica(4));
    let topic = TopicData::default()
        .with_topic_name(name("__cluster_metadata"))
        .with_partitions(vec![partition]);
    let listener = Listener::default()
        .with_name(text("CONTROLLER"))
        .with_host(text("b1"))
        .with_port(29092);
    let node = Node::default()
        .with_node_id(BrokerId(1))
        .with_listeners(vec![listener]);
    let nodes = if version >= 2 { vec![node] } else { vec![] };
    DescribeQuorumResponse::default()
        .with_topics(vec![topic])
        .with_nodes(nodes)
}

#[tokio::test]
async fn the_quorum_of_every_version() {
    for version in 0..=2 {
        let mut connection = asking(Api::DescribeQuorum, version, quorum(version)).await;
        let found = connection.quorum().await.unwrap();
        assert_eq!((found.leader_id, found.leader_epoch), (Some(1), 5));
        assert_eq!(found.high_watermark, 99);
        let told = |time| (version >= 1).then_some(time);
        let replica = |id| QuorumReplica {
            id,
            log_end_offset: 100,
            last_fetch: told(1000),
            last_caught_up: told(900),
        };
        assert_eq!(
            (found.voters, found.observers),
            (vec![replica(1)], vec![replica(4)])
        );
    }
}

#[tokio::test]
async fn a_quorum_that_is_denied_or_in_error_is_no_quorum() {
    let api = Api::DescribeQuorum;
    let answer = DescribeQuorumResponse::default().with_error_code(BrokerError::CLUSTER_DENIED);
    let error = asking(api, 2, answer).await.quorum().await.unwrap_err();
    assert!(denied(api, &error));
    let mut answer = quorum(2);
    answer.topics[0].partitions[0].error_code = 3;
    asking(api, 2, answer).await.quorum().await.unwrap_err();
    let mut answer = quorum(2);
    answer.topics.clear();
    asking(api, 2, answer).await.quorum().await.unwrap_err();
}

#[tokio::test]
async fn registered_brokers_of_every_version() {
    for version in 0..=2 {
        let broker = DescribeClusterBroker::default()
            .with_broker_id(BrokerId(2))
            .with_host(text("b2"))
            .with_port(9092)
            .with_is_fenced(version >= 2);
        let answer = DescribeClusterResponse::default()
            .with_cluster_id(text("BRl69zcmTFmiPaoaANybiw"))
            .with_brokers(vec![broker]);
        let found = asking(Api::DescribeCluster, version, answer)
            .await
            .cluster()
            .await
            .unwrap();
        assert_eq!(found.cluster_id, "BRl69zcmTFmiPaoaANybiw");
        assert_eq!(found.brokers[0].node.host, "b2");
        assert_eq!(found.brokers[0].fenced, (version >= 2).then_some(true));
    }
}

#[tokio::test]
async fn a_cluster_in_error_is_not_an_empty_one() {
    let answer = DescribeClusterResponse::default().with_error_code(114);
    let error = asking(Api::DescribeCluster, 1, answer)
        .await
        .cluster()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "DescribeCluster was answered with error 114 (MISMATCHED_ENDPOINT_TYPE)"
    );
}
