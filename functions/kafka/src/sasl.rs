//! SASL inside Kafka: SaslHandshake v1 names the mechanism, SaslAuthenticate carries its messages
//! (K-5). The mechanisms themselves are rsasl's; it also verifies the signature by which a
//! SCRAM server proves that it knows the password.

use crate::code::{brief, few};
use crate::outline::{Outline, Part, always, since};
use crate::question::{Question, odd};
use crate::{Api, BrokerError, Connection, Credentials, Error, Mechanism, SaltedPasswords, scram};
use bytes::Bytes;
use kafka_protocol::messages::{
    SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest,
};
use kafka_protocol::protocol::StrBytes;
use rsasl::callback::{Context, Request, SessionCallback, SessionData};
use rsasl::mechanisms::plain::PLAIN;
use rsasl::mechanisms::scram::properties::{Iterations, Salt, SaltedPassword};
use rsasl::mechanisms::scram::{SCRAM_SHA256, SCRAM_SHA512};
use rsasl::prelude::{Registry, SASLClient, SASLConfig, SASLError, Session, SessionError, State};
use rsasl::property::{AuthId, Password};
use std::sync::{Arc, OnceLock};

const UNSUPPORTED_SASL_MECHANISM: i16 = 33;
const ILLEGAL_SASL_STATE: i16 = 34;
const SASL_AUTHENTICATION_FAILED: i16 = 58;

/// Says who we are, and goes on until both sides are content.
pub(crate) async fn authenticate(
    connection: &mut Connection,
    who: Option<&Credentials>,
    passwords: &SaltedPasswords,
) -> Result<(), Error> {
    let who = who.ok_or(Error::NoCredentials)?;
    let mechanism = who.mechanism;
    let salted = Arc::default();
    let mut session = session(who, Arc::clone(&salted))?;
    let mut message = Vec::new();
    let mut state = session
        .step(None, &mut message)
        .map_err(|error| refused_here(mechanism, &error))?;
    handshake(connection, mechanism).await?;
    // Every message of ours is answered by one of the broker's, the last one included.
    loop {
        let answer = send(connection, mechanism, std::mem::take(&mut message)).await?;
        if matches!(state, State::Finished(_)) {
            return Ok(());
        }
        if answer.is_empty() {
            let why = "it sends no signature".to_owned();
            return Err(Error::Forged { why });
        }
        if let Some(reason) = scram::refusal(&answer) {
            return Err(Error::Authentication { mechanism, reason });
        }
        let salting = scram::check(&answer).map_err(odd::<SaslAuthenticateRequest>)?;
        // Not under the patience with the peer: these are seconds of ours.
        if let Some(salting) = salting
            && let Some(password) = passwords.of(who, &salting.salt, salting.rounds).await
        {
            let _first_message_of_a_server = salted.set(Salted { salting, password });
        }
        state = session
            .step(Some(&answer), &mut message)
            .map_err(|error| not_believed(&error))?;
        if matches!(state, State::Finished(_)) && message.is_empty() {
            return Ok(());
        }
    }
}

async fn handshake(connection: &mut Connection, wanted: Mechanism) -> Result<(), Error> {
    // Version 0 is followed by messages without a frame of their own: not spoken here.
    let version = connection.agree::<SaslHandshakeRequest>(1)?;
    let question =
        SaslHandshakeRequest::default().with_mechanism(StrBytes::from_static_str(wanted.name()));
    let limit = connection.limits().small;
    let answer = connection.ask(&question, version, limit).await?;
    match answer.error_code {
        UNSUPPORTED_SASL_MECHANISM => Err(Error::Mechanism {
            wanted,
            offered: few(answer.mechanisms.iter().map(|name| name.as_str())),
        }),
        ILLEGAL_SASL_STATE => Err(Error::NoSasl),
        code => refusal(Api::SaslHandshake, code, None),
    }
}

async fn send(
    connection: &mut Connection,
    mechanism: Mechanism,
    message: Vec<u8>,
) -> Result<Bytes, Error> {
    let version = connection.agree::<SaslAuthenticateRequest>(0)?;
    let question = SaslAuthenticateRequest::default().with_auth_bytes(message.into());
    let limit = connection.limits().small;
    let answer = connection.ask(&question, version, limit).await?;
    let SaslAuthenticateResponse {
        error_code,
        error_message,
        auth_bytes,
        ..
    } = answer;
    if error_code == SASL_AUTHENTICATION_FAILED {
        let reason = error_message.as_deref().filter(|text| !text.is_empty());
        let reason = reason.map_or("the broker gives no reason".to_owned(), brief);
        return Err(Error::Authentication { mechanism, reason });
    }
    refusal(Api::SaslAuthenticate, error_code, error_message.as_deref())?;
    Ok(auth_bytes)
}

fn refusal(api: Api, code: i16, message: Option<&str>) -> Result<(), Error> {
    let error = BrokerError::from_answer(code, message);
    error.map_or(Ok(()), |error| Err(Error::Broker { api, error }))
}

/// The exchange of messages, ours first.
pub(crate) fn session(who: &Credentials, salted: Arc<OnceLock<Salted>>) -> Result<Session, Error> {
    let mechanism = match who.mechanism {
        Mechanism::Plain => &PLAIN,
        Mechanism::ScramSha256 => &SCRAM_SHA256,
        Mechanism::ScramSha512 => &SCRAM_SHA512,
    };
    let unusable = |error: SASLError| Error::BadCredentials {
        mechanism: who.mechanism,
        why: error.to_string(),
    };
    let config = SASLConfig::builder()
        .with_registry(Registry::with_mechanisms(std::slice::from_ref(mechanism)))
        .with_callback(Answers {
            who: who.clone(),
            salted,
        })
        .map_err(unusable)?;
    let session = SASLClient::new(config).start_suggested(&[mechanism.mechanism]);
    session.map_err(unusable)
}

/// What rsasl asks us for. It would hash the password itself, on our only thread; so it gets the
/// password only where that is sent.
struct Answers {
    who: Credentials,
    salted: Arc<OnceLock<Salted>>,
}

/// A password, salted as the server asked for.
pub(crate) struct Salted {
    salting: scram::Salting,
    password: Arc<[u8]>,
}

impl SessionCallback for Answers {
    fn callback(
        &self,
        _: &SessionData,
        context: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        request.satisfy::<AuthId>(&self.who.username)?;
        if self.who.mechanism == Mechanism::Plain {
            request.satisfy::<Password>(self.who.password.as_bytes())?;
        }
        if let Some(Salted { salting, password }) = self.salted.get()
            && context.get_ref::<Salt>() == Some(&salting.salt)
            && context.get_ref::<Iterations>() == Some(&salting.rounds.get())
        {
            request.satisfy::<SaltedPassword>(password)?;
        }
        Ok(())
    }
}

/// Before anything was sent only user and password can be at fault: empty, or with a zero byte.
fn refused_here(mechanism: Mechanism, error: &SessionError) -> Error {
    Error::BadCredentials {
        mechanism,
        why: error.to_string(),
    }
}

fn not_believed(error: &SessionError) -> Error {
    match error {
        SessionError::MutualAuthenticationFailed => Error::Forged {
            why: "its signature is wrong".to_owned(),
        },
        other => odd::<SaslAuthenticateRequest>(brief(&other.to_string())),
    }
}

impl Question for SaslHandshakeRequest {
    const API: Api = Api::SaslHandshake;
    const OUTLINE: Outline = Outline {
        flexible: i16::MAX,
        fields: &[always(Part::Fixed(2)), always(Part::Texts)],
        tagged: &[],
    };
}

impl Question for SaslAuthenticateRequest {
    const API: Api = Api::SaslAuthenticate;
    const OUTLINE: Outline = Outline {
        flexible: 2,
        fields: &[
            always(Part::Fixed(2)),
            always(Part::Text),
            always(Part::Blob),
            since(1, Part::Fixed(8)),
        ],
        tagged: &[],
    };
}
