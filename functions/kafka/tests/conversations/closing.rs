//! Peers that go away, at each step.

use crate::peer::{Peer, dial, listen, open, opening};
use kafka::{Api, Connection, Error, Step};
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

#[tokio::test]
async fn before_the_first_answer() {
    let error = opening(async |mut peer: Peer| {
        peer.asked().await;
    });
    let step = Step::Answer(Api::ApiVersions);
    assert_eq!(error.await.err(), Some(Error::Closed { step }));
}

#[tokio::test]
async fn before_a_later_answer() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        peer.asked().await;
    });
    let step = Step::Answer(Api::Metadata);
    let answer = open(address.await).await.metadata().await;
    assert_eq!(answer, Err(Error::Closed { step }));
}

#[tokio::test]
async fn by_a_reset() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        // Closing with a question unread resets the connection.
        peer.stream.readable().await.unwrap();
    });
    let step = Step::Answer(Api::Metadata);
    let answer = open(address.await).await.metadata().await;
    assert_eq!(answer, Err(Error::Closed { step }));
}

#[tokio::test]
async fn inside_the_length() {
    let error = opening(async |mut peer: Peer| {
        peer.asked().await;
        peer.send(&[0, 0]).await;
    });
    let step = Step::Answer(Api::ApiVersions);
    assert_eq!(error.await.err(), Some(Error::Closed { step }));
}

#[tokio::test]
async fn inside_an_answer() {
    let error = opening(async |mut peer: Peer| {
        peer.asked().await;
        peer.send(&[0, 0, 0, 9, 1, 2, 3]).await;
    });
    let (api, received, announced) = (Api::ApiVersions, 3, 9);
    assert_eq!(
        error.await.err(),
        Some(Error::CutOff {
            api,
            received,
            announced
        })
    );
}

#[tokio::test]
async fn by_a_reset_inside_an_answer() {
    let error = opening(async |mut peer: Peer| {
        // Closing with a question unread resets the connection.
        peer.stream.readable().await.unwrap();
        peer.send(&[0, 0, 0, 9, 1, 2, 3]).await;
    });
    let error = error.await.unwrap_err();
    assert!(matches!(error, Error::CutOff { .. }), "{error}");
}

#[tokio::test]
async fn before_they_were_there() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = Connection::open(&dial(address)).await.err();
    assert_eq!(error, Some(Error::Refused { address }));
}

#[tokio::test]
async fn where_no_network_leads() {
    // Linux opens no TCP connection to a broadcast address.
    let address = (Ipv4Addr::BROADCAST, 9092).into();
    let error = Connection::open(&dial(address)).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}
