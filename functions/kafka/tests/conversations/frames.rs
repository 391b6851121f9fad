//! Frames that lie about their length, their question or their content.

use crate::peer::{OFFERED, Peer, body, dial, listen, open, opening, table};
use bytes::BufMut;
use kafka::{Api, Connection, Error, Limits};
use kafka_protocol::messages::MetadataResponse;

/// What comes of asking for metadata, answered with a frame made from a proper one.
async fn metadata_of(bend: impl FnOnce(Vec<u8>) -> Vec<u8> + Send + 'static) -> Error {
    let address = listen(async move |mut peer: Peer| {
        peer.greet().await;
        let asked = peer.asked().await;
        let proper = body(
            &MetadataResponse::default(),
            asked.version,
            asked.correlation,
        );
        peer.frame(&bend(proper.to_vec())).await;
        peer.listen_on().await;
    });
    open(address.await).await.metadata().await.unwrap_err()
}

#[tokio::test]
async fn a_frame_of_two_gigabytes_is_refused_by_its_length() {
    let announced = i32::MAX;
    let error = opening(async move |mut peer| {
        peer.asked().await;
        peer.send(&announced.to_be_bytes()).await;
        peer.listen_on().await;
    });
    let api = Api::ApiVersions;
    let limit = Limits::default().small;
    let announced = announced as usize;
    assert_eq!(
        error.await.err(),
        Some(Error::TooLarge {
            api,
            announced,
            limit
        })
    );
}

#[tokio::test]
async fn the_limit_of_the_dial_holds_for_every_question() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        peer.asked().await;
        peer.send(&1001_i32.to_be_bytes()).await;
        peer.listen_on().await;
    });
    let mut dial = dial(address.await);
    dial.limits.small = 1000;
    let mut connection = Connection::open(&dial).await.unwrap();
    assert_eq!(
        connection.metadata().await,
        Err(Error::TooLarge {
            api: Api::Metadata,
            announced: 1001,
            limit: 1000
        })
    );
}

#[tokio::test]
async fn a_frame_of_negative_length_is_not_kafka() {
    let error = opening(async |mut peer| {
        peer.asked().await;
        peer.send(&(-1_i32).to_be_bytes()).await;
        peer.listen_on().await;
    });
    assert!(matches!(error.await, Err(Error::NotKafka { .. })));
}

#[tokio::test]
async fn an_answer_to_another_question_is_refused() {
    let error = metadata_of(|mut frame| {
        frame[..4].copy_from_slice(&77_i32.to_be_bytes());
        frame
    });
    let (api, sent, received) = (Api::Metadata, 2, 77);
    assert_eq!(
        error.await,
        Error::Correlation {
            api,
            sent,
            received
        }
    );
}

#[tokio::test]
async fn a_truncated_answer_is_refused_wherever_it_ends() {
    let whole = body(&MetadataResponse::default(), 13, 2).len();
    for length in 0..whole {
        let error = metadata_of(move |frame| frame[..length].to_vec()).await;
        assert!(
            matches!(error, Error::Truncated { .. }),
            "{length} bytes: {error}"
        );
    }
}

#[tokio::test]
async fn bytes_after_an_answer_are_refused() {
    let error = metadata_of(|mut frame| {
        frame.put_u8(0);
        frame
    });
    let (api, bytes) = (Api::Metadata, 1);
    assert_eq!(error.await, Error::Trailing { api, bytes });
}

#[tokio::test]
async fn an_array_of_four_thousand_million_brokers_is_not_believed() {
    let error = metadata_of(|mut frame| {
        // After correlation id, header tags and throttle time: the length of the array of brokers.
        frame.splice(9..10, [0xff, 0xff, 0xff, 0xff, 0x0f]);
        frame
    });
    assert!(matches!(error.await, Error::Truncated { .. }));
}

#[tokio::test]
async fn a_number_of_more_than_32_bits_is_refused() {
    let error = metadata_of(|mut frame| {
        frame.splice(9..10, [0xff, 0xff, 0xff, 0xff, 0x7f]);
        frame
    });
    assert!(matches!(error.await, Error::Malformed { .. }));
}

#[tokio::test]
async fn a_tagged_field_that_lies_about_its_size_is_refused() {
    let error = opening(async |mut peer| {
        let asked = peer.asked().await;
        let proper = body(&table(&OFFERED), asked.version, asked.correlation);
        let mut bent = proper.to_vec();
        // Instead of no tagged fields: one, "supported features", of one byte, that says to have
        // 2^28 items.
        bent.pop();
        bent.extend([1, 0, 1, 0x81, 0x80, 0x80, 0x80, 0x01]);
        peer.frame(&bent).await;
        peer.listen_on().await;
    });
    assert!(matches!(error.await, Err(Error::NotKafka { .. })));
}

#[tokio::test]
async fn text_that_is_not_utf8_is_refused() {
    let error = metadata_of(|mut frame| {
        // One broker: id 1, a host of one byte, port 1, no rack, no tags.
        frame.splice(9..10, [2, 0, 0, 0, 1, 2, 0xff, 0, 0, 0, 1, 0, 0]);
        frame
    });
    assert!(matches!(error.await, Error::Malformed { .. }));
}

#[tokio::test]
async fn a_web_server_is_not_kafka() {
    let error = opening(async |mut peer| {
        peer.asked().await;
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        peer.listen_on().await;
    });
    let error = error.await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "not Kafka: the answer begins with \"HTTP\"; see whether this is the broker's port"
    );
}
