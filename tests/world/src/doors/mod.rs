//! The two doors of the model.
pub mod http;
pub mod memory;
