//! Versions that fit, and versions that do not.

use crate::peer::{OFFERED, Peer, dial, listen, open, opening, table};
use kafka::{Api, Connection, Error, Versions};
use kafka_protocol::messages::{ApiVersionsRequest, ApiVersionsResponse, MetadataResponse};
use std::net::SocketAddr;

/// A peer that refuses ApiVersions v3 with this table, in the format of version 0, and then answers
/// version `next`.
async fn refusing(rows: &'static [(i16, i16, i16)], next: i16) -> SocketAddr {
    let talk = async move |mut peer: Peer| {
        let mut asked = peer.asked().await;
        assert_eq!(asked.version, 3);
        asked.version = 0;
        peer.answer(&asked, &table(rows).with_error_code(35)).await;
        let asked = peer.asked().await;
        assert_eq!(asked.version, next);
        peer.answer(&asked, &table(&OFFERED)).await;
        peer.listen_on().await;
    };
    listen(talk).await
}

#[tokio::test]
async fn the_software_that_asks_has_a_name_that_brokers_accept() {
    let connection = opening(async |mut peer| {
        let (asked, question) = peer.asked_for::<ApiVersionsRequest>().await;
        let name = question.client_software_name;
        assert_eq!(&*name, "kafka-privatelink");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
        assert_eq!(asked.header.client_id, Some(name));
        peer.answer(&asked, &table(&OFFERED)).await;
    });
    assert!(
        connection
            .await
            .unwrap()
            .api_versions()
            .offers(Api::DescribeConfigs)
    );
}

#[tokio::test]
async fn the_whole_table_is_told() {
    let connection = opening(async |mut peer| peer.greet_with(&[(18, 0, 4), (99, 1, 2)]).await);
    let connection = connection.await.unwrap();
    let table = connection.api_versions();
    assert_eq!(table.keys()[&99], Versions { min: 1, max: 2 });
    assert!(!table.offers(Api::Metadata));
}

#[tokio::test]
async fn error_35_is_read_in_the_format_of_version_0_and_the_offered_version_is_asked() {
    // Kafka 4.2.1 refuses an unknown version with these 16 bytes of table (measured).
    Connection::open(&dial(refusing(&[(18, 0, 2)], 2).await))
        .await
        .unwrap();
    Connection::open(&dial(refusing(&[(18, 4, 9)], 4).await))
        .await
        .unwrap();
    // Brokers before 2.4 tell nothing; all know version 0.
    Connection::open(&dial(refusing(&[], 0).await))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_broker_whose_api_versions_are_all_too_new_is_named_with_both_ranges() {
    let error = Connection::open(&dial(refusing(&[(18, 5, 9)], 0).await))
        .await
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "ApiVersions cannot be asked: we know v0 to v4, the listener offers v5 to v9"
    );
}

#[tokio::test]
async fn a_broker_that_refuses_twice_is_not_asked_a_third_time() {
    let connection = opening(async |mut peer| {
        for _ in 0..2 {
            let mut asked = peer.asked().await;
            asked.version = 0;
            peer.answer(&asked, &table(&[]).with_error_code(35)).await;
        }
    });
    let error = connection.await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "ApiVersions was answered with error 35 (UNSUPPORTED_VERSION)"
    );
}

#[tokio::test]
async fn a_listener_of_controllers_offers_no_metadata() {
    let address = listen(async |mut peer| {
        peer.greet_with(&[(18, 0, 3), (32, 0, 4)]).await;
        peer.listen_on().await;
    });
    let api = Api::Metadata;
    let ours = Versions { min: 1, max: 13 };
    let theirs = None;
    assert_eq!(
        open(address.await).await.metadata().await,
        Err(Error::Unsupported { api, ours, theirs })
    );
}

#[tokio::test]
async fn version_0_of_metadata_is_never_asked_since_it_would_list_every_topic() {
    let address = listen(async |mut peer| {
        peer.greet_with(&[(18, 0, 3), (3, 0, 0)]).await;
        peer.listen_on().await;
    });
    let error = open(address.await).await.metadata().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Metadata cannot be asked: we know v1 to v13, the listener offers v0 to v0"
    );
}

#[tokio::test]
async fn the_newest_version_that_both_know_is_asked() {
    let address = listen(async |mut peer| {
        peer.greet_with(&[(18, 0, 3), (3, 4, 99)]).await;
        let asked = peer.asked().await;
        assert_eq!(asked.version, 13);
        peer.answer(&asked, &MetadataResponse::default()).await;
    });
    open(address.await).await.metadata().await.unwrap();
}

#[tokio::test]
async fn an_error_of_api_versions_is_told() {
    let refused = opening(async |mut peer| {
        peer.answer_next(&ApiVersionsResponse::default().with_error_code(42))
            .await;
    });
    assert!(matches!(refused.await, Err(Error::Broker { error, .. }) if error.code == 42));
}

#[tokio::test]
async fn an_empty_table_is_not_kafka() {
    let connection = opening(async |mut peer| peer.greet_with(&[]).await);
    assert!(matches!(connection.await, Err(Error::NotKafka { .. })));
}
