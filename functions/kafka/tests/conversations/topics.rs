//! Partitions and what they need, in each version.

use crate::gate::{asking, ids, name};
use crate::peer::{listen, open, text};
use kafka::{Api, Error};
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult,
};
use kafka_protocol::messages::metadata_response::{
    MetadataResponsePartition, MetadataResponseTopic,
};
use kafka_protocol::messages::{
    BrokerId, DescribeConfigsRequest, DescribeConfigsResponse, MetadataRequest, MetadataResponse,
};

#[tokio::test]
async fn topics_of_every_version() {
    for version in 5..=13 {
        let mut partition = MetadataResponsePartition::default()
            .with_error_code(72)
            .with_partition_index(3)
            .with_leader_id(BrokerId(-1))
            .with_replica_nodes(ids([1, 2, 3]))
            .with_isr_nodes(ids([1, 2]))
            .with_offline_replicas(ids([3]));
        if version >= 7 {
            partition.leader_epoch = 9;
        }
        let topic = MetadataResponseTopic::default()
            .with_name(Some(name("__consumer_offsets")))
            .with_is_internal(true)
            .with_partitions(vec![partition.clone(), partition]);
        let answer = MetadataResponse::default().with_topics(vec![topic]);
        let topics = asking(Api::Metadata, version, answer)
            .await
            .topics()
            .await
            .unwrap();
        let [topic] = topics.as_slice() else {
            panic!("v{version}: {topics:?}");
        };
        assert_eq!(
            (topic.name.as_str(), topic.internal),
            ("__consumer_offsets", true)
        );
        let partition = &topic.partitions[1];
        assert_eq!((partition.index, partition.leader), (3, None));
        assert_eq!(
            (&*partition.replicas, &*partition.isr),
            (&[1, 2, 3][..], &[1, 2][..])
        );
        assert_eq!(partition.offline, [3]);
        assert_eq!(
            partition.error.as_ref().unwrap().name(),
            "LISTENER_NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn topics_are_asked_for_by_no_list_at_all() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        let (asked, question) = peer.asked_for::<MetadataRequest>().await;
        assert_eq!(question.topics, None);
        assert!(!question.allow_auto_topic_creation);
        peer.answer(&asked, &MetadataResponse::default().with_error_code(129))
            .await;
    });
    // An error for the whole answer is not a cluster without topics.
    let answer = open(address.await).await.topics().await;
    assert!(matches!(answer, Err(Error::Broker { error, .. }) if error.code == 129));
}

/// `min.insync.replicas` of a topic, or an error.
fn min_insync(topic: &str, code: i16) -> DescribeConfigsResult {
    let value = DescribeConfigsResourceResult::default()
        .with_name(text("min.insync.replicas"))
        .with_value(Some(text("2")));
    DescribeConfigsResult::default()
        .with_error_code(code)
        .with_resource_type(2)
        .with_resource_name(text(topic))
        .with_configs(if code == 0 { vec![value] } else { vec![] })
}

#[tokio::test]
async fn min_insync_replicas_of_every_version() {
    for version in 1..=4 {
        let results = vec![min_insync("here", 0), min_insync("gone", 3)];
        let answer = DescribeConfigsResponse::default().with_results(results);
        let mut connection = asking(Api::DescribeConfigs, version, answer).await;
        let found = connection
            .min_insync_replicas(&["here", "gone"])
            .await
            .unwrap();
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("here".to_owned(), 2)]
        );
    }
}

#[tokio::test]
async fn min_insync_replicas_of_many_topics_are_asked_for_in_parts() {
    let names: Vec<String> = (0..1001).map(|number| format!("t{number:04}")).collect();
    let address = listen(async |mut peer| {
        peer.greet().await;
        for part in [500, 500, 1] {
            let (asked, question) = peer.asked_for::<DescribeConfigsRequest>().await;
            assert_eq!(question.resources.len(), part);
            let results = question
                .resources
                .iter()
                .map(|asked| min_insync(&asked.resource_name, 0));
            let answer = DescribeConfigsResponse::default().with_results(results.collect());
            peer.answer(&asked, &answer).await;
        }
    });
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = open(address.await)
        .await
        .min_insync_replicas(&names)
        .await
        .unwrap();
    assert_eq!(found.len(), 1001);
}

#[tokio::test]
async fn a_topic_that_is_denied_or_left_out_is_an_error() {
    for results in [
        vec![min_insync("a", 0), min_insync("b", 29)],
        vec![min_insync("a", 0)],
        vec![],
    ] {
        let answer = DescribeConfigsResponse::default().with_results(results);
        let mut connection = asking(Api::DescribeConfigs, 4, answer).await;
        connection
            .min_insync_replicas(&["a", "b"])
            .await
            .unwrap_err();
    }
}
