//! push-listeners gives brokers their listeners.

pub mod admin;
pub mod host;
pub mod restarts;
