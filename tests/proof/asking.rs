//! Questions of the later restart gate, asked by `kafka` itself.

use crate::ground::address;
use kafka::{Connection, Credentials, Dial, Limits, SaltedPasswords, Security, Trust};
use std::net::SocketAddr;
use std::time::Duration;

/// Long enough for all questions of a scene.
const WITHIN: Duration = Duration::from_secs(60);

/// A connection to a broker's port, without TLS; with credentials by SASL.
pub async fn connect(id: u32, port: u16, credentials: Option<Credentials>) -> Connection {
    let dial = Dial {
        address: SocketAddr::from((address(id), port)),
        security: match credentials {
            Some(_) => Security::SaslPlaintext,
            None => Security::Plaintext,
        },
        server_names: Vec::new(),
        trust: Trust::Machine,
        client_certificate: None,
        credentials,
        salted: SaltedPasswords::default(),
        limits: Limits::default(),
        patience: WITHIN,
    };
    Connection::open(&dial).await.expect("a connection")
}
