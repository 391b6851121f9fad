//! The broker's side of SCRAM, by rsasl.

use kafka_protocol::messages::SaslAuthenticateResponse;
use rsasl::callback::{Context, Request, SessionCallback, SessionData};
use rsasl::mechanisms::scram::properties::ScramStoredPassword;
use rsasl::mechanisms::scram::{SCRAM_SHA256, SCRAM_SHA512, tools};
use rsasl::prelude::{
    Mechanism, Registry, SASLConfig, SASLServer, Session, SessionError, Validation,
};
use rsasl::property::AuthId;
use rsasl::validate::{Validate, ValidationError};
use sha2::{Digest, Sha256, Sha512};

/// One authentication, of the user "kim" with the password "secret".
pub struct ScramServer(Session<Authenticated>);

/// Who has proven to be somebody.
pub struct Authenticated;

impl Validation for Authenticated {
    type Value = String;
}

struct User {
    iterations: u32,
    stored_key: Vec<u8>,
    server_key: Vec<u8>,
}

const SALT: &[u8] = b"a salt of no importance";

/// `$hash` of the two keys that a broker keeps.
macro_rules! user {
    ($hash:ty, $iterations:expr) => {{
        let mut salted = Default::default();
        tools::hash_password::<$hash>(b"secret", $iterations, SALT, &mut salted);
        let (client_key, server_key) = tools::derive_keys::<$hash>(&salted);
        User {
            iterations: $iterations,
            stored_key: <$hash>::digest(client_key).to_vec(),
            server_key: server_key.to_vec(),
        }
    }};
}

impl ScramServer {
    pub fn sha256(iterations: u32) -> Self {
        Self::new(&SCRAM_SHA256, user!(Sha256, iterations))
    }

    pub fn sha512(iterations: u32) -> Self {
        Self::new(&SCRAM_SHA512, user!(Sha512, iterations))
    }

    fn new(mechanism: &'static Mechanism, user: User) -> Self {
        let config = SASLConfig::builder()
            .with_registry(Registry::with_mechanisms(std::slice::from_ref(mechanism)))
            .with_callback(user);
        let server = SASLServer::<Authenticated>::new(config.unwrap());
        Self(server.start_suggested(mechanism.mechanism).unwrap())
    }

    /// The answer to one message: Kafka hides a refusal's reason behind error 58.
    pub fn answer(&mut self, message: &[u8]) -> SaslAuthenticateResponse {
        let mut bytes = Vec::new();
        self.0.step(Some(message), &mut bytes).unwrap();
        if bytes.starts_with(b"e=") {
            return SaslAuthenticateResponse::default().with_error_code(58);
        }
        SaslAuthenticateResponse::default().with_auth_bytes(bytes.into())
    }

    pub fn authenticated(&mut self) -> Option<String> {
        self.0.validation()
    }
}

impl SessionCallback for User {
    fn callback(
        &self,
        _: &SessionData,
        context: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        if context.get_ref::<AuthId>() == Some("kim") {
            let (stored, server) = (&self.stored_key, &self.server_key);
            request.satisfy::<ScramStoredPassword<'_>>(&ScramStoredPassword::new(
                self.iterations,
                SALT,
                stored,
                server,
            ))?;
        }
        Ok(())
    }

    fn validate(
        &self,
        _: &SessionData,
        context: &Context<'_>,
        validate: &mut Validate<'_>,
    ) -> Result<(), ValidationError> {
        let user = context.get_ref::<AuthId>().unwrap_or_default().to_owned();
        validate.with::<Authenticated, _>(|| Ok(user))?;
        Ok(())
    }
}
