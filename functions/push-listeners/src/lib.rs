//! push-listeners gives brokers their listeners.

pub mod restarts;
