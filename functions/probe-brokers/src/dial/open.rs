//! How a connection is opened: a listener's protocol and secret, in the words of `kafka`.

use super::Common;
use fleet::listener::Protocol;
use fleet::proof::{self, Miss, Question, Secret, Way};
use fleet::shown::AdminInquiry;
use fleet::words::ParameterName;
use kafka::{
    ClientCertificate, Connection, Credentials, Dial, Error, Limits, Mechanism, Security, Step,
    TlsProblem, Trust,
};
use std::net::SocketAddr;

/// Longest answer that is read, in bytes: the list of 2,000 brokers with long names. Every row may
/// have one in memory.
pub const LONGEST_ANSWER: usize = 256 * 1024;

/// How a listener is spoken to, and which parameters say so.
#[derive(Clone, Copy)]
pub struct Door<'a> {
    protocol: Protocol,
    secret: Option<&'a Secret>,
    secret_from: Option<&'a ParameterName>,
    parameter: &'a ParameterName,
}

impl<'a> From<&'a Way> for Door<'a> {
    fn from(way: &'a Way) -> Self {
        Self {
            protocol: way.protocol,
            secret: way.secret.as_ref(),
            secret_from: way.secret_from.as_ref(),
            parameter: &way.parameter,
        }
    }
}

impl<'a> From<&'a AdminInquiry> for Door<'a> {
    fn from(inquiry: &'a AdminInquiry) -> Self {
        Self {
            protocol: inquiry.protocol,
            secret: inquiry.secret.as_ref(),
            secret_from: inquiry.secret_from.as_ref(),
            parameter: &inquiry.parameter,
        }
    }
}

/// The names one of which a certificate must carry: that which clients are told; where any broker may
/// answer, and for a broker that has no port yet, that of any broker of the group.
pub fn names(question: &Question, way: &Way) -> Result<Vec<String>, Miss> {
    let own = question.path.broker();
    let own = own.and_then(|node| way.endpoints.get(&node));
    let hosts = match own {
        Some(endpoint) => vec![endpoint.host.clone()],
        None => way.endpoints.values().map(|it| it.host.clone()).collect(),
    };
    if security(way.protocol).is_tls() && hosts.is_empty() {
        let why = "the group has no broker yet, whose name a certificate would carry";
        return Err(Miss::NotProvable(why.to_owned()));
    }
    Ok(hosts)
}

/// Connects.
pub async fn open(
    door: Door<'_>,
    address: SocketAddr,
    server_names: Vec<String>,
    common: &Common,
) -> Result<Connection, Miss> {
    let dial = Dial {
        address,
        security: security(door.protocol),
        server_names,
        trust: match door.secret.and_then(proof::Secret::ca) {
            Some(pem) => Trust::Only(pem.to_owned()),
            None => Trust::Machine,
        },
        client_certificate: door
            .secret
            .and_then(proof::Secret::client_certificate)
            .map(client_certificate),
        credentials: door
            .secret
            .and_then(proof::Secret::credentials)
            .map(credentials),
        salted: common.salted.clone(),
        limits: Limits {
            small: LONGEST_ANSWER,
            large: common.large,
        },
        patience: common.patience,
    };
    let opened = Connection::open(&dial).await;
    opened.map_err(|error| door.miss(error))
}

impl Door<'_> {
    /// What an error of a connection proves.
    pub fn miss(self, error: Error) -> Miss {
        let why = error.to_string();
        match error {
            Error::Refused { .. }
            | Error::Unreachable { .. }
            | Error::TimedOut {
                step: Step::Connect,
            }
            | Error::Closed { .. }
            | Error::CutOff { .. }
            | Error::Broken { .. } => Miss::Unreachable(why),
            Error::TimedOut {
                step: Step::Tls | Step::Answer(_),
            } => Miss::Hangs(why),
            Error::NotKafka { .. }
            | Error::TooLarge { .. }
            | Error::Correlation { .. }
            | Error::Truncated { .. }
            | Error::Trailing { .. }
            | Error::Malformed { .. } => Miss::NotKafka(why),
            Error::NoCredentials
            | Error::BadCredentials { .. }
            | Error::Authentication { .. }
            | Error::Mechanism { .. }
            | Error::Forged { .. }
            | Error::Tls(
                TlsProblem::UnknownAuthority
                | TlsProblem::Authority
                | TlsProblem::Authorities(_)
                | TlsProblem::WantsCertificate
                | TlsProblem::RefusesOurs(_)
                | TlsProblem::ClientCertificate(_),
            ) => Miss::NotProvable(match self.secret_from {
                Some(parameter) => format!("{why} (parameter {parameter})"),
                None => format!("{why} (parameter {} names no \"secret\")", self.parameter),
            }),
            Error::SpeaksTls
            | Error::Tls(_)
            | Error::NoSasl
            | Error::Unsupported { .. }
            | Error::Broker { .. }
            | Error::Withheld { .. } => Miss::NotProvable(why),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::proof::LOST;

    #[test]
    fn a_connection_that_nobody_accepts_and_nobody_refuses_is_lost_on_the_way() {
        let parameter = "/kafka-privatelink/orders/listeners/EXTERNAL".into();
        let door = Door {
            protocol: Protocol::Plaintext,
            secret: None,
            secret_from: None,
            parameter: &parameter,
        };
        let address = SocketAddr::from(([10, 0, 0, 11], 39092));
        let why = "no route to host".to_owned();
        let step = Step::Connect;
        for (error, is_lost) in [
            (Error::TimedOut { step }, true),
            (Error::Unreachable { address, why }, true),
            (Error::Refused { address }, false),
            (Error::Closed { step }, false),
            (Error::TimedOut { step: Step::Tls }, false),
        ] {
            let (Miss::Unreachable(why) | Miss::Hangs(why)) = door.miss(error.clone()) else {
                panic!("{error}");
            };
            assert_eq!(why.contains(LOST), is_lost, "{why}");
        }
    }
}
