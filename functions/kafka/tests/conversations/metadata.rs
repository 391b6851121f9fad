//! The brokers of a cluster, and answers that only look like one.

use crate::peer::{listen, open, text};
use kafka::Error;
use kafka_protocol::messages::metadata_response::MetadataResponseBroker;
use kafka_protocol::messages::{BrokerId, MetadataRequest, MetadataResponse};

#[tokio::test]
async fn metadata_asks_for_no_topic_and_creates_none() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        let (asked, question) = peer.asked_for::<MetadataRequest>().await;
        assert_eq!(question.topics, Some(vec![]));
        assert!(!question.allow_auto_topic_creation);
        let broker = MetadataResponseBroker::default()
            .with_node_id(BrokerId(1))
            .with_host(text("b1"))
            .with_port(9093)
            .with_rack(Some(text("usw2-az1")));
        let answer = MetadataResponse::default()
            .with_cluster_id(Some(text("BRl69zcmTFmiPaoaANybiw")))
            .with_controller_id(BrokerId(-1))
            .with_brokers(vec![broker]);
        peer.answer(&asked, &answer).await;
    });
    let metadata = open(address.await).await.metadata().await.unwrap();
    assert_eq!(
        metadata.cluster_id.as_deref(),
        Some("BRl69zcmTFmiPaoaANybiw")
    );
    assert_eq!(metadata.controller_id, None);
    let [node] = metadata.brokers.as_slice() else {
        panic!("{metadata:?}");
    };
    assert_eq!((node.id, node.host.as_str(), node.port), (1, "b1", 9093));
    assert_eq!(node.rack.as_deref(), Some("usw2-az1"));
}

#[tokio::test]
async fn a_port_that_is_none_is_refused() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        let broker = MetadataResponseBroker::default().with_port(65536);
        peer.answer_next(&MetadataResponse::default().with_brokers(vec![broker]))
            .await;
    });
    let answer = open(address.await).await.metadata().await;
    assert!(matches!(answer, Err(Error::Malformed { .. })));
}

#[tokio::test]
async fn the_error_that_metadata_v13_has_is_not_an_empty_cluster() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        peer.answer_next(&MetadataResponse::default().with_error_code(129))
            .await;
    });
    let answer = open(address.await).await.metadata().await;
    assert!(matches!(answer, Err(Error::Broker { error, .. }) if error.code == 129));
}
