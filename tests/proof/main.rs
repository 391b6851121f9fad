//! Real Apache Kafka: what probe-brokers' table and the questions of `kafka` say of brokers that are
//! well, hang, die, recover, are fenced, strangers, secured or denied. Kafka 3.7.1, or the version
//! that `KAFKA_VERSION` names.

mod admin;
mod asked;
mod asking;
mod ground;
mod inside;
mod outside;
mod secured;
mod three;
mod wires;

use secured::Secured;
use three::Three;
