//! What a host is told: the payload of our SSM documents; the masked file that it answers, and why it refuses.

pub mod masked;
pub mod order;
pub mod refused;
