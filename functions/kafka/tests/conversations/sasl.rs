//! Who we are: accepted, refused, and not asked.

use crate::peer::{Peer, dial, listen, text};
use kafka::{Connection, Credentials, Error, Mechanism, Security};
use kafka_protocol::messages::{
    MetadataResponse, SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest,
    SaslHandshakeResponse,
};
use tokio::io::{AsyncRead, AsyncWrite};

/// A user with this password.
pub fn kim(mechanism: Mechanism, password: &str) -> Credentials {
    Credentials {
        mechanism,
        username: "kim".to_owned(),
        password: password.to_owned(),
    }
}

/// What comes of dialling this peer with these credentials.
pub async fn opening<T>(
    credentials: Option<Credentials>,
    talk: impl FnOnce(Peer) -> T + Send + 'static,
) -> Result<Connection, Error>
where
    T: Future<Output = ()> + Send + 'static,
{
    let mut dial = dial(listen(talk).await);
    dial.security = Security::SaslPlaintext;
    dial.credentials = credentials;
    Connection::open(&dial).await
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    /// One ApiVersions, then the handshake, answered with this error.
    pub async fn shakes_hands(&mut self, mechanism: Mechanism, code: i16) {
        self.greet().await;
        let (asked, question) = self.asked_for::<SaslHandshakeRequest>().await;
        assert_eq!((asked.version, &*question.mechanism), (1, mechanism.name()));
        let offered = ["GSSAPI", "OAUTHBEARER"].map(text).to_vec();
        let answer = SaslHandshakeResponse::default()
            .with_error_code(code)
            .with_mechanisms(offered);
        self.answer(&asked, &answer).await;
    }

    /// One message of the authentication, answered by `reply`.
    pub async fn exchanges(&mut self, reply: impl FnOnce(&[u8]) -> SaslAuthenticateResponse) {
        let (asked, question) = self.asked_for::<SaslAuthenticateRequest>().await;
        self.answer(&asked, &reply(&question.auth_bytes)).await;
    }
}

/// A message that is not a refusal.
pub fn says(bytes: &'static str) -> SaslAuthenticateResponse {
    SaslAuthenticateResponse::default().with_auth_bytes(bytes.into())
}

#[tokio::test]
async fn plain_sends_user_and_password_once() {
    let connection = opening(Some(kim(Mechanism::Plain, "secret")), async |mut peer| {
        peer.shakes_hands(Mechanism::Plain, 0).await;
        peer.exchanges(|message| {
            assert_eq!(message, b"\0kim\0secret");
            says("")
        })
        .await;
        peer.answer_next(&MetadataResponse::default()).await;
    });
    connection.await.unwrap().metadata().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_told_in_the_brokers_words() {
    let error = opening(Some(kim(Mechanism::Plain, "wrong")), async |mut peer| {
        peer.shakes_hands(Mechanism::Plain, 0).await;
        let refusal = SaslAuthenticateResponse::default()
            .with_error_code(58)
            .with_error_message(Some(text(
                "Authentication failed: Invalid username or password",
            )));
        peer.exchanges(|_| refusal).await;
    });
    assert_eq!(
        error.await.err().unwrap().to_string(),
        "authentication by PLAIN failed: Authentication failed: Invalid username or password; \
         see user and password, and whether the user exists"
    );
}

#[tokio::test]
async fn a_mechanism_that_is_not_enabled_is_told_with_those_that_are() {
    let error = opening(
        Some(kim(Mechanism::ScramSha512, "secret")),
        async |mut peer| {
            peer.shakes_hands(Mechanism::ScramSha512, 33).await;
        },
    );
    assert_eq!(
        error.await.err().unwrap().to_string(),
        "the listener does not offer SCRAM-SHA-512: it offers GSSAPI, OAUTHBEARER; see sasl.enabled.mechanisms"
    );
}

#[tokio::test]
async fn a_listener_without_sasl_is_told_apart() {
    let error = opening(Some(kim(Mechanism::Plain, "secret")), async |mut peer| {
        peer.shakes_hands(Mechanism::Plain, 34).await;
    });
    assert_eq!(error.await.err(), Some(Error::NoSasl));
}

#[tokio::test]
async fn credentials_that_are_missing_or_unusable_are_told_before_they_are_sent() {
    let greets = async |mut peer: Peer| {
        peer.greet().await;
        peer.listen_on().await;
    };
    assert_eq!(
        opening(None, greets).await.err(),
        Some(Error::NoCredentials)
    );
    for unusable in [kim(Mechanism::Plain, ""), kim(Mechanism::Plain, "a\0b")] {
        let error = opening(Some(unusable), greets).await.err();
        assert!(
            matches!(error, Some(Error::BadCredentials { .. })),
            "{error:?}"
        );
    }
}

#[test]
fn no_debug_text_shows_a_password() {
    let mut dial = dial(([127, 0, 0, 1], 9092).into());
    dial.credentials = Some(kim(Mechanism::Plain, "secret"));
    let shown = format!("{dial:?}");
    assert!(shown.contains("kim") && shown.contains("***") && !shown.contains("secret"));
}
