//! Real Kafka on the world's hosts. Three clusters at a time: each test that has one waits for a place,
//! in this process or another. `KAFKA_VERSION=4.2.1` runs them on that version.

mod booted;
mod document;
mod editor;
mod ends;
mod ensemble;
mod gated;
mod instances;
mod interrupted;
mod jars;
mod reverted;
mod roll;
mod rolled;
mod secured;
mod stage;
mod traffic;
mod verbs;
mod zookeeper;
