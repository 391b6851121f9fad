//! Conversations with a peer that says whatever a test wants: what a real broker will not do on
//! demand.

mod closing;
mod deadlines;
mod disks;
mod frames;
mod gate;
mod identity;
mod metadata;
mod peer;
mod quorum;
mod sasl;
mod scram;
mod scram_server;
mod tls;
mod topics;
mod versions;
