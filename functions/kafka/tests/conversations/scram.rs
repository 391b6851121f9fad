//! SCRAM, in which both sides prove that they know the password, and peers that only pretend to.

use crate::peer::{Peer, listen};
use crate::sasl::{kim, opening, says};
use crate::scram_server::ScramServer;
use crate::tls::{acceptor, certificate, inside, trusting};
use kafka::{Connection, Credentials, Error, Mechanism, Security};
use kafka_protocol::messages::{MetadataResponse, SaslAuthenticateResponse};
use tokio::io::{AsyncRead, AsyncWrite};

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// A whole SCRAM exchange, the last message bent.
    async fn scram(
        &mut self,
        server: &mut ScramServer,
        bend: impl FnOnce(&mut SaslAuthenticateResponse),
    ) {
        self.exchanges(|message| server.answer(message)).await;
        self.exchanges(|message| {
            let mut last = server.answer(message);
            bend(&mut last);
            last
        })
        .await;
    }
}

#[tokio::test]
async fn scram_proves_both_sides_to_each_other() {
    for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha512] {
        let connection = opening(Some(kim(mechanism, "secret")), async move |mut peer| {
            peer.shakes_hands(mechanism, 0).await;
            let mut server = match mechanism {
                Mechanism::ScramSha256 => ScramServer::sha256(4096),
                _ => ScramServer::sha512(8192),
            };
            peer.scram(&mut server, |_| {}).await;
            assert_eq!(server.authenticated().as_deref(), Some("kim"));
            peer.answer_next(&MetadataResponse::default()).await;
        });
        connection.await.unwrap().metadata().await.unwrap();
    }
}

#[tokio::test]
async fn scram_inside_of_tls() {
    let own = certificate("b1.example.com");
    let (acceptor, pem) = (acceptor(&own), own.cert.pem());
    let address = listen(async move |peer| {
        let mut peer = inside(peer, acceptor).await.unwrap();
        peer.shakes_hands(Mechanism::ScramSha256, 0).await;
        peer.scram(&mut ScramServer::sha256(4096), |_| {}).await;
    });
    let mut dial = trusting(address.await, &pem);
    dial.security = Security::SaslSsl;
    dial.credentials = Some(kim(Mechanism::ScramSha256, "secret"));
    Connection::open(&dial).await.unwrap();
}

#[tokio::test]
async fn scram_with_a_wrong_password_or_user_is_refused() {
    let nobody = Credentials {
        username: "nobody".to_owned(),
        ..kim(Mechanism::ScramSha256, "secret")
    };
    for who in [kim(Mechanism::ScramSha256, "wrong"), nobody] {
        let error = opening(Some(who), async |mut peer| {
            peer.shakes_hands(Mechanism::ScramSha256, 0).await;
            let mut server = ScramServer::sha256(4096);
            peer.scram(&mut server, |_| {}).await;
            assert_eq!(server.authenticated(), None);
        });
        assert!(matches!(error.await, Err(Error::Authentication { .. })));
    }
}

#[tokio::test]
async fn scram_that_is_refused_in_its_own_words_is_refused() {
    let error = opening(
        Some(kim(Mechanism::ScramSha256, "wrong")),
        async |mut peer| {
            peer.shakes_hands(Mechanism::ScramSha256, 0).await;
            let refuse = |last: &mut SaslAuthenticateResponse| *last = says("e=invalid-proof");
            peer.scram(&mut ScramServer::sha256(4096), refuse).await;
        },
    );
    let mechanism = Mechanism::ScramSha256;
    let reason = "invalid-proof".to_owned();
    assert_eq!(
        error.await.err(),
        Some(Error::Authentication { mechanism, reason })
    );
}

#[tokio::test]
async fn a_peer_with_a_forged_signature_is_not_trusted() {
    let error = opening(
        Some(kim(Mechanism::ScramSha256, "secret")),
        async |mut peer| {
            peer.shakes_hands(Mechanism::ScramSha256, 0).await;
            let forge = |last: &mut SaslAuthenticateResponse| {
                *last = says("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
            };
            peer.scram(&mut ScramServer::sha256(4096), forge).await;
        },
    );
    assert!(matches!(error.await, Err(Error::Forged { .. })));
}

#[tokio::test]
async fn a_peer_that_lets_us_in_without_a_signature_is_not_trusted() {
    let error = opening(
        Some(kim(Mechanism::ScramSha256, "secret")),
        async |mut peer| {
            peer.shakes_hands(Mechanism::ScramSha256, 0).await;
            peer.scram(&mut ScramServer::sha256(4096), |last| *last = says(""))
                .await;
        },
    );
    assert!(matches!(error.await, Err(Error::Forged { .. })));
}

#[tokio::test]
async fn too_few_and_too_many_rounds_of_hashing_are_refused() {
    for iterations in [4095, 65537] {
        let error = opening(
            Some(kim(Mechanism::ScramSha256, "secret")),
            async move |mut peer| {
                peer.shakes_hands(Mechanism::ScramSha256, 0).await;
                let mut server = ScramServer::sha256(iterations);
                peer.exchanges(|message| server.answer(message)).await;
            },
        );
        let error = error.await.err().unwrap().to_string();
        assert!(error.contains(&iterations.to_string()), "{error}");
    }
}

#[tokio::test]
async fn messages_that_rsasl_would_panic_on_are_refused() {
    for message in ["x", "r=a,s", "r", ",", "r=a,s=b,i"] {
        let error = opening(
            Some(kim(Mechanism::ScramSha256, "secret")),
            async move |mut peer| {
                peer.shakes_hands(Mechanism::ScramSha256, 0).await;
                peer.exchanges(|_| says(message)).await;
            },
        );
        assert!(
            matches!(error.await, Err(Error::Malformed { .. })),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_nonce_that_is_not_ours_is_refused() {
    let error = opening(
        Some(kim(Mechanism::ScramSha256, "secret")),
        async |mut peer| {
            peer.shakes_hands(Mechanism::ScramSha256, 0).await;
            peer.exchanges(|_| says("r=theirs,s=QSXCR+Q6sek8bf92,i=4096"))
                .await;
        },
    );
    assert!(matches!(error.await, Err(Error::Malformed { .. })));
}
