//! push-listeners: gives each broker the listeners that it should have.
//!
//! So far: the editor of a broker's [`server_properties`].

pub mod server_properties;
