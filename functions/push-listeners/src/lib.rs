//! push-listeners gives brokers their listeners.

pub mod admin;
pub mod change;
pub mod difference;
pub mod documents;
pub mod held;
pub mod host;
#[cfg(test)]
mod look;
pub mod observed;
pub mod plan;
mod reason;
pub mod restarts;
pub mod rollout;
pub mod server_properties;
