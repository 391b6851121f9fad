//! The only crate that speaks Kafka: one connection to one broker, and the questions that we ask
//! it.
//!
//! [`Connection::open`] dials exactly the socket address that it is given, by TCP, then TLS and
//! SASL where the listener asks for them, and never follows an advertised name. Every question is a
//! method of [`Connection`]; answers are plain records of ours, and what goes wrong is an [`Error`]
//! that says what to do about it.
//!
//! **Nothing is believed before it is checked.** One patience bounds everything on a connection.
//! The length of a frame is checked against a limit before a byte of it is stored, and the buffer
//! grows only with bytes that have come. The codec (kafka-protocol) reserves memory for as many
//! items as an array *says* to have, so each answer is first walked along its outline, which is the
//! schema reduced to lengths; the codec sees only frames whose arrays are really there. What SCRAM
//! is told by a server is checked likewise before rsasl parses it.
//!
//! **Versions** are agreed upon per connection from the broker's ApiVersions table: the newest that
//! both know. Kafka 4.4 is to bring ApiVersions v5 (K-6), in which a client names the cluster
//! and node that it expects; the codec ends at v4 and so do we: [`Connection::identity`] proves the
//! same on every version, if DescribeConfigs on the cluster is granted.

mod any_name;
mod api;
mod api_versions;
mod broker_values;
mod client_certificate;
mod cluster;
mod code;
mod connection;
mod credentials;
mod dial;
mod error;
mod frame;
mod identity;
mod listeners;
mod log_dirs;
mod metadata;
mod min_insync;
mod outline;
mod patience;
mod question;
mod quorum;
mod reassignments;
mod salted;
mod sasl;
mod scram;
mod setting;
mod step;
mod stream;
mod tcp;
mod tls;
mod tls_problem;
mod topics;
mod walk;

pub use api::{Api, Versions};
pub use api_versions::ApiTable;
pub use broker_values::BrokerValues;
pub use client_certificate::ClientCertificate;
pub use cluster::{Cluster, Registered};
pub use code::BrokerError;
pub use connection::Connection;
pub use credentials::{Credentials, Mechanism};
pub use dial::{Dial, Limits, Security, Trust};
pub use error::Error;
pub use identity::Who;
pub use listeners::{Endpoint, EndpointError, endpoints};
pub use log_dirs::{LogDir, LogReplica};
pub use metadata::{Metadata, Node};
pub use quorum::{Quorum, QuorumReplica};
pub use reassignments::Reassignment;
pub use salted::SaltedPasswords;
pub use setting::{ListenerValues, Setting, Source};
pub use step::Step;
pub use tls_problem::TlsProblem;
pub use topics::{Partition, Topic};
