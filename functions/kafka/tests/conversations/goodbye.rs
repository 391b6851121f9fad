//! How we leave: so that the peer knows that a session of TLS is over and was not cut off.

use crate::peer::{Peer, dial, listen};
use crate::sasl::kim;
use crate::tls::{acceptor, certificate, inside, trusting};
use kafka::{Connection, Error, Mechanism, Security};
use kafka_protocol::messages::{ApiVersionsResponse, MetadataResponse};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_rustls::server::TlsStream;

/// What a peer inside of TLS reads last: nothing more, or that the session was cut off.
type Last = oneshot::Receiver<io::Result<usize>>;

/// Dials a peer inside of TLS that holds this conversation, and reads on until we are gone.
async fn leaving<T>(
    security: Security,
    talk: impl FnOnce(Peer<TlsStream<TcpStream>>) -> T + Send + 'static,
) -> (Result<Connection, Error>, Last)
where
    T: Future<Output = Peer<TlsStream<TcpStream>>> + Send,
{
    let own = certificate("b1.example.com");
    let (acceptor, pem) = (acceptor(&own), own.cert.pem());
    let (tell, last) = oneshot::channel();
    let address = listen(async move |peer| {
        let mut peer = talk(inside(peer, acceptor).await.unwrap()).await;
        let _gone = tell.send(peer.stream.read(&mut [0; 64]).await);
    });
    let mut dial = trusting(address.await, &pem);
    dial.security = security;
    dial.credentials = Some(kim(Mechanism::Plain, "secret"));
    (Connection::open(&dial).await, last)
}

#[tokio::test]
async fn a_peer_reads_a_clean_end_after_the_last_answer() {
    let (connection, last) = leaving(Security::Ssl, async |mut peer| {
        peer.greet().await;
        peer.answer_next(&MetadataResponse::default()).await;
        peer
    })
    .await;
    let mut connection = connection.unwrap();
    connection.metadata().await.unwrap();
    connection.close().await;
    assert_eq!(last.await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_peer_reads_a_clean_end_after_an_answer_that_cannot_be_used() {
    let (connection, last) = leaving(Security::Ssl, async |mut peer| {
        // It offers nothing.
        peer.answer_next(&ApiVersionsResponse::default()).await;
        peer
    })
    .await;
    let error = connection.unwrap_err();
    assert!(matches!(error, Error::NotKafka { .. }), "{error}");
    assert_eq!(last.await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn a_peer_reads_a_clean_end_after_it_refused_us() {
    let (connection, last) = leaving(Security::SaslSsl, async |mut peer| {
        peer.shakes_hands(Mechanism::Plain, 33).await;
        peer
    })
    .await;
    let error = connection.unwrap_err();
    assert!(matches!(error, Error::Mechanism { .. }), "{error}");
    assert_eq!(last.await.unwrap().unwrap(), 0);
}

/// A stream whose peer takes no goodbye, as one whose buffers are full.
struct Deaf(DuplexStream);

impl AsyncRead for Deaf {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, bytes)
    }
}

impl AsyncWrite for Deaf {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

/// How long it takes to leave a peer that takes no goodbye, with this patience, of which it used up
/// so much before.
async fn leaving_takes(patience: Duration, used: Duration) -> Duration {
    let (ours, stream) = duplex(1 << 16);
    tokio::spawn(async move {
        let mut peer = Peer { stream };
        tokio::time::sleep(used).await;
        peer.greet().await;
        peer.listen_on().await;
    });
    let mut dial = dial(([127, 0, 0, 1], 1).into());
    dial.patience = patience;
    let connection = Connection::over(Deaf(ours), &dial).await.unwrap();
    let began = Instant::now();
    connection.close().await;
    began.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_no_goodbye_costs_a_quarter_of_a_second_or_what_is_left_of_our_patience()
{
    let second = Duration::from_secs(1);
    let takes = leaving_takes(30 * second, second).await;
    assert_eq!(takes.as_millis(), 250);
    let takes = leaving_takes(30 * second, 30 * second - second / 10).await;
    assert_eq!(takes.as_millis(), 100);
}
