//! One patience for everything. No sockets here: time is tokio's own, and stands still unless
//! everybody waits.

use crate::peer::{OFFERED, Peer, body, table};
use crate::tls::{certificate, trusting};
use bytes::{BufMut, BytesMut};
use kafka::{Api, Connection, Error, Security, Step};
use kafka_protocol::messages::MetadataResponse;
use std::future::Future;
use std::time::Duration;
use tokio::io::{DuplexStream, duplex};
use tokio::time::sleep;

/// What comes of opening a connection, with 30 seconds in all, to a peer that holds this
/// conversation.
async fn opening<T>(
    security: Security,
    talk: impl FnOnce(Peer<DuplexStream>) -> T,
) -> Result<Connection, Error>
where
    T: Future<Output = ()> + Send + 'static,
{
    let (ours, stream) = duplex(1 << 16);
    tokio::spawn(talk(Peer { stream }));
    let mut dial = trusting(
        ([127, 0, 0, 1], 1).into(),
        &certificate("b1.example.com").cert.pem(),
    );
    dial.security = security;
    dial.patience = Duration::from_secs(30);
    Connection::over(ours, &dial).await
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_answers_ends_with_our_patience() {
    let error = opening(Security::Plaintext, Peer::listen_on);
    let step = Step::Answer(Api::ApiVersions);
    assert_eq!(error.await.err(), Some(Error::TimedOut { step }));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_shakes_hands_ends_with_our_patience() {
    let error = opening(Security::Ssl, Peer::listen_on);
    assert_eq!(error.await.err(), Some(Error::TimedOut { step: Step::Tls }));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_sends_a_byte_a_second_ends_with_our_patience() {
    let error = opening(Security::Plaintext, async |mut peer| {
        let asked = peer.asked().await;
        let answer = body(&table(&OFFERED), asked.version, asked.correlation);
        assert!(answer.len() > 30);
        let length = u32::try_from(answer.len()).unwrap().to_be_bytes();
        for byte in length.iter().chain(&answer) {
            peer.send(&[*byte]).await;
            sleep(Duration::from_secs(1)).await;
        }
    });
    let step = Step::Answer(Api::ApiVersions);
    assert_eq!(error.await.err(), Some(Error::TimedOut { step }));
}

#[tokio::test(start_paused = true)]
async fn an_answer_byte_by_byte_is_read_while_there_is_time() {
    let connection = opening(Security::Plaintext, async |mut peer| {
        let asked = peer.asked().await;
        let answer = body(&table(&OFFERED), asked.version, asked.correlation);
        let length = u32::try_from(answer.len()).unwrap().to_be_bytes();
        for byte in length.iter().chain(&answer) {
            peer.send(&[*byte]).await;
            sleep(Duration::from_millis(1)).await;
        }
        peer.listen_on().await;
    });
    assert!(
        connection
            .await
            .unwrap()
            .api_versions()
            .offers(Api::Metadata)
    );
}

#[tokio::test(start_paused = true)]
async fn answers_that_come_in_odd_pieces_are_told_apart() {
    let connection = opening(Security::Plaintext, async |mut peer| {
        let asked = peer.asked().await;
        let mut both = BytesMut::new();
        let first = body(&table(&OFFERED), asked.version, asked.correlation);
        let second = body(&MetadataResponse::default(), 13, asked.correlation + 1);
        for answer in [first, second] {
            both.put_u32(u32::try_from(answer.len()).unwrap());
            both.put_slice(&answer);
        }
        let (half, rest) = both.split_at(20);
        peer.send(half).await;
        sleep(Duration::from_millis(1)).await;
        peer.send(rest).await;
        peer.listen_on().await;
    });
    let metadata = connection.await.unwrap().metadata().await.unwrap();
    assert_eq!(metadata.brokers, []);
}

#[tokio::test(start_paused = true)]
async fn the_patience_is_one_for_all_questions_together() {
    let connection = opening(Security::Plaintext, async |mut peer| {
        sleep(Duration::from_secs(20)).await;
        peer.greet().await;
        peer.asked().await;
        sleep(Duration::from_secs(20)).await;
        peer.listen_on().await;
    });
    let step = Step::Answer(Api::Metadata);
    let mut connection = connection.await.unwrap();
    assert_eq!(connection.metadata().await, Err(Error::TimedOut { step }));
    // What comes after that is over before it begins.
    assert_eq!(connection.metadata().await, Err(Error::TimedOut { step }));
}
