//! Real Apache Kafka on the world's hosts: its jars by Maven, a host laid out as TiDB Cloud's document lays it out,
//! and the broker's process, which can be started, stopped, killed, frozen and wiped. Questions are
//! asked over sockets; the document's check uses Kafka's own console tools on a host.

mod broker;
mod check;
mod error;
mod home;
mod jars;
mod maven;
mod needed;
mod properties;
mod questions;
mod scripts;
mod serving;
mod tools;
mod turns;
mod version;

pub use broker::Broker;
pub use check::{Checked, DocumentCheck};
pub use error::KafkaError;
pub use home::Home;
pub use jars::Kafka;
pub use properties::{Endpoint, ServerProperties};
pub use questions::{Metadata, Partition, api_versions, ask, metadata};
pub use tools::{Producer, Reader, Tools};
pub use turns::{Turn, alone, beside};
pub use version::{VARIABLE, Version};

/// The cluster id of TiDB Cloud's document.
pub const CLUSTER_ID: &str = "BRl69zcmTFmiPaoaANybiw";
/// The document's INTERNAL listener: brokers among themselves, and clients in the VPC.
pub const INTERNAL_PORT: u16 = 9092;
/// The document's CONTROLLER listener.
pub const CONTROLLER_PORT: u16 = 29092;
/// The document's EXTERNAL listener.
pub const EXTERNAL_PORT: u16 = 39092;
