//! Conversations with a peer that says whatever a test wants: what a real broker will not do on
//! demand.

mod broker_values;
mod closing;
mod disks;
mod frames;
mod gate;
mod goodbye;
mod identity;
mod metadata;
mod patience;
mod peer;
mod quorum;
mod sasl;
mod scram;
mod scram_server;
mod tls;
mod tls_client;
mod tls_trusted;
mod topics;
mod versions;
