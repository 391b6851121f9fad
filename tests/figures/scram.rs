//! The broker's side of SCRAM-SHA-512, by rsasl. A broker keeps what it compares with, so its side is
//! cheap.

use rsasl::callback::{Context, Request, SessionCallback, SessionData};
use rsasl::mechanisms::scram::properties::ScramStoredPassword;
use rsasl::mechanisms::scram::{SCRAM_SHA512, tools};
use rsasl::prelude::{Registry, SASLConfig, SASLServer, Session, SessionError, Validation};
use rsasl::validate::{Validate, ValidationError};
use sha2::{Digest, Sha512};
use std::sync::Arc;

/// The probe's user, as a cluster keeps it: the same salt on all brokers.
pub struct User {
    salt: &'static [u8],
    iterations: u32,
    stored_key: Vec<u8>,
    server_key: Vec<u8>,
}

/// One authentication.
pub struct Exchange(Session<Authenticated>);

/// Nobody asks who it was.
pub struct Authenticated;

impl Validation for Authenticated {
    type Value = ();
}

impl User {
    /// A user whose password was salted in so many rounds.
    pub fn new(password: &str, iterations: u32) -> Self {
        let salt = b"as long as Kafka's own: 26";
        let mut salted = Default::default();
        tools::hash_password::<Sha512>(password.as_bytes(), iterations, salt, &mut salted);
        let (client_key, server_key) = tools::derive_keys::<Sha512>(&salted);
        Self {
            salt,
            iterations,
            stored_key: Sha512::digest(client_key).to_vec(),
            server_key: server_key.to_vec(),
        }
    }

    /// Begins an authentication.
    pub fn exchange(self: &Arc<Self>) -> Result<Exchange, String> {
        let config = SASLConfig::builder()
            .with_registry(Registry::with_mechanisms(std::slice::from_ref(
                &SCRAM_SHA512,
            )))
            .with_callback(Answers(Arc::clone(self)))
            .map_err(|error| error.to_string())?;
        let server = SASLServer::<Authenticated>::new(config);
        let session = server.start_suggested(SCRAM_SHA512.mechanism);
        session.map(Exchange).map_err(|error| error.to_string())
    }
}

impl Exchange {
    /// The answer to one message.
    pub fn answer(&mut self, message: &[u8]) -> Result<Vec<u8>, String> {
        let mut answer = Vec::new();
        let stepped = self.0.step(Some(message), &mut answer);
        stepped.map_err(|error| error.to_string())?;
        Ok(answer)
    }
}

struct Answers(Arc<User>);

impl SessionCallback for Answers {
    fn callback(
        &self,
        _: &SessionData,
        _: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        let User {
            salt,
            iterations,
            stored_key,
            server_key,
        } = &*self.0;
        let stored = ScramStoredPassword::new(*iterations, salt, stored_key, server_key);
        request.satisfy::<ScramStoredPassword<'_>>(&stored)?;
        Ok(())
    }

    fn validate(
        &self,
        _: &SessionData,
        _: &Context<'_>,
        validate: &mut Validate<'_>,
    ) -> Result<(), ValidationError> {
        validate.with::<Authenticated, _>(|| Ok(()))?;
        Ok(())
    }
}
