//! What a host is told and what it answers: the payload of our SSM documents, and their output.

pub mod inspection;
pub mod masked;
pub mod order;
pub mod refused;
pub mod reply;
