//! How a connection is opened: a group's way and secret, in the words of `kafka`.

use super::{Common, miss};
use fleet::listener::Protocol;
use fleet::proof::{self, Miss, Question, Way};
use kafka::{ClientCertificate, Connection, Credentials, Dial, Limits, Mechanism, Security, Trust};
use std::net::SocketAddr;

/// Longest answer that is read, in bytes: the list of 2,000 brokers with long names. Every row may
/// have one in memory.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Connects. A certificate must carry the name that clients are told; where any broker may answer,
/// and for a broker that has no port yet, that is the name of any broker of the group.
pub async fn open(
    question: &Question,
    way: &Way,
    address: SocketAddr,
    common: &Common,
) -> Result<Connection, Miss> {
    let own = question.path.broker();
    let own = own.and_then(|node| way.endpoints.get(&node));
    let hosts = match own {
        Some(endpoint) => vec![endpoint.host.clone()],
        None => way.endpoints.values().map(|it| it.host.clone()).collect(),
    };
    let secret = way.secret.as_ref();
    let dial = Dial {
        address,
        security: security(way.protocol),
        server_names: hosts,
        trust: match secret.and_then(proof::Secret::ca) {
            Some(pem) => Trust::Only(pem.to_owned()),
            None => Trust::Machine,
        },
        client_certificate: secret
            .and_then(proof::Secret::client_certificate)
            .map(client_certificate),
        credentials: secret.and_then(proof::Secret::credentials).map(credentials),
        salted: common.salted.clone(),
        limits: Limits {
            small: LONGEST_ANSWER,
            large: LONGEST_ANSWER,
        },
        patience: common.patience,
    };
    if dial.security.is_tls() && dial.server_names.is_empty() {
        let why = "the group has no broker yet, whose name a certificate would carry";
        return Err(Miss::NotProvable(why.to_owned()));
    }
    let opened = Connection::open(&dial).await;
    opened.map_err(|error| miss(error, way))
}

fn security(protocol: Protocol) -> Security {
    match protocol {
        Protocol::Plaintext => Security::Plaintext,
        Protocol::Ssl => Security::Ssl,
        Protocol::SaslPlaintext => Security::SaslPlaintext,
        Protocol::SaslSsl => Security::SaslSsl,
    }
}

fn client_certificate(own: proof::ClientCertificate<'_>) -> ClientCertificate {
    ClientCertificate {
        chain: own.chain.to_owned(),
        key: own.key.to_owned(),
    }
}

fn credentials(user: proof::Credentials<'_>) -> Credentials {
    Credentials {
        mechanism: match user.mechanism {
            proof::Mechanism::Plain => Mechanism::Plain,
            proof::Mechanism::ScramSha256 => Mechanism::ScramSha256,
            proof::Mechanism::ScramSha512 => Mechanism::ScramSha512,
        },
        username: user.username.to_owned(),
        password: user.password.to_owned(),
    }
}
