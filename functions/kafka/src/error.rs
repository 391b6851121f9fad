//! What can go wrong between us and a broker. Sentences name the thing and the way out; a caller
//! maps the variants.

use crate::{Api, BrokerError, Mechanism, Step, TlsProblem, Versions};
use std::net::SocketAddr;

/// Why a question has no answer. After any of them except [`Error::Broker`] and
/// [`Error::Unsupported`] the connection is of no use any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing listens at the address.
    #[error(
        "{address} refused the connection: nothing listens there; see whether the broker runs and this is its port"
    )]
    Refused {
        /// What was dialled.
        address: SocketAddr,
    },
    /// The network says that there is no way.
    #[error("{address} cannot be reached: {why}; see routes, security groups and network ACLs")]
    Unreachable {
        /// What was dialled.
        address: SocketAddr,
        /// The system's words.
        why: String,
    },
    /// The peer kept us waiting for longer than our patience.
    #[error("no answer in time: still waiting for {step}; {}", step.when_slow())]
    TimedOut {
        /// What was waited for.
        step: Step,
    },
    /// The peer closed or reset the connection where an answer was due.
    #[error("the connection was closed while waiting for {step}; {}", step.when_closed())]
    Closed {
        /// What was waited for.
        step: Step,
    },
    /// The connection ended inside of an answer.
    #[error(
        "the answer to {api} ended after {received} of {announced} bytes: the connection was closed"
    )]
    CutOff {
        /// The question.
        api: Api,
        /// Bytes that came.
        received: usize,
        /// Bytes that the frame said to have.
        announced: usize,
    },
    /// The connection failed in another way.
    #[error("the connection failed while waiting for {step}: {why}")]
    Broken {
        /// What was waited for.
        step: Step,
        /// The system's words.
        why: String,
    },
    /// The first bytes are not those of a Kafka broker.
    #[error("not Kafka: {why}; see whether this is the broker's port")]
    NotKafka {
        /// What came instead.
        why: String,
    },
    /// TLS answered where plain text was expected.
    #[error(
        "the listener speaks TLS, and was asked in plain text: its protocol is SSL or SASL_SSL"
    )]
    SpeaksTls,
    /// TLS could not be agreed upon.
    #[error("TLS: {0}")]
    Tls(TlsProblem),
    /// A SASL protocol was asked for, and nobody said who we are.
    #[error(
        "credentials are missing: the listener's protocol is SASL, so user, password and mechanism are needed"
    )]
    NoCredentials,
    /// The user or the password cannot be sent by this mechanism.
    #[error("these credentials cannot be used with {mechanism}: {why}")]
    BadCredentials {
        /// The mechanism.
        mechanism: Mechanism,
        /// Why not.
        why: String,
    },
    /// The broker says that user or password are wrong (error 58).
    #[error(
        "authentication by {mechanism} failed: {reason}; see user and password, and whether the user exists"
    )]
    Authentication {
        /// The mechanism.
        mechanism: Mechanism,
        /// The broker's error.
        reason: String,
    },
    /// The listener does not have the mechanism (error 33).
    #[error("the listener does not offer {wanted}: it offers {}; see sasl.enabled.mechanisms", listed(.offered))]
    Mechanism {
        /// What we wanted.
        wanted: Mechanism,
        /// What the broker offers.
        offered: Vec<String>,
    },
    /// The listener has no SASL at all (error 34).
    #[error("the listener asks for no authentication: its protocol is PLAINTEXT or SSL, not SASL")]
    NoSasl,
    /// The peer could not prove that it knows the password: it is not the broker that it pretends
    /// to be.
    #[error("the peer let us in without proof that it knows the password ({why}): do not trust it")]
    Forged {
        /// What is wrong with its proof.
        why: String,
    },
    /// There is no version of a request that both know.
    #[error("{api} cannot be asked: we know {ours}, the listener offers {}", offered(.theirs))]
    Unsupported {
        /// The request.
        api: Api,
        /// The versions that we know.
        ours: Versions,
        /// The versions that the listener offers; none if it does not offer the request (controller
        /// listeners, other listeners of ZooKeeper mode for DescribeQuorum).
        theirs: Option<Versions>,
    },
    /// An answer of this length is not read.
    #[error(
        "the answer to {api} says to be {announced} bytes long, more than the {limit} that are read"
    )]
    TooLarge {
        /// The question.
        api: Api,
        /// Bytes that the frame said to have.
        announced: usize,
        /// Bytes that we read at most.
        limit: usize,
    },
    /// The answer belongs to another question.
    #[error("the answer to {api} carries correlation id {received}, not {sent}")]
    Correlation {
        /// The question.
        api: Api,
        /// What we sent.
        sent: i32,
        /// What came.
        received: i32,
    },
    /// The frame ends before the answer does.
    #[error("the answer to {api} is truncated: {why}")]
    Truncated {
        /// The question.
        api: Api,
        /// Where it ends.
        why: String,
    },
    /// The answer ends before the frame does.
    #[error("the answer to {api} is followed by {bytes} bytes that do not belong there")]
    Trailing {
        /// The question.
        api: Api,
        /// How many.
        bytes: usize,
    },
    /// The answer makes no sense.
    #[error("the answer to {api} makes no sense: {why}")]
    Malformed {
        /// The question.
        api: Api,
        /// Why not.
        why: String,
    },
    /// The broker understood and said no.
    #[error("{api} was answered with {error}")]
    Broker {
        /// The question.
        api: Api,
        /// The broker's error.
        error: BrokerError,
    },
    /// The broker left out what it may not show, without an error.
    #[error(
        "{api} was answered with nothing, which is how this version says denied: grant {grant}"
    )]
    Withheld {
        /// The question.
        api: Api,
        /// The ACL to grant.
        grant: &'static str,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.join(", ")
}

fn offered(theirs: &Option<Versions>) -> String {
    match theirs {
        Some(range) => range.to_string(),
        None => "none".to_owned(),
    }
}
