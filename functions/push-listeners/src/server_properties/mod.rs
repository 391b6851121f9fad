//! A broker's `server.properties`, edited byte by byte: three keys may change, and no other byte.
//!
//! The file is bytes in ISO-8859-1 with the grammar of `java.util.Properties` (K-17). It is read as
//! [`logical`] lines, whose last word for each key counts ([`properties`]); [`elements`], [`listener`]
//! and [`protocols`] read the three keys; [`config`] says what Kafka makes of them, and [`rules`] what
//! Kafka refuses ([`versions`]). [`edit`](mod@edit) adds listener groups and [`remove`](mod@remove) takes them away;
//! `verify` looks at each result before anybody else does. [`mask`](mod@mask) is what leaves the host.

pub mod beside;
pub mod cases;
pub mod config;
mod decode;
pub mod diff;
pub mod edit;
pub mod elements;
mod generated;
mod implicit;
pub mod kept;
pub mod key;
pub mod logical;
pub mod mask;
mod natural;
pub mod properties;
pub mod protocols;
pub mod refusal;
mod remarks;
pub mod remove;
pub mod rules;
pub mod setting;
pub mod spans;
mod verify;
pub mod versions;
pub mod wanted;

pub use beside::{Beside, Elsewhere, beside};
pub use edit::{Edit, edit};
pub use kept::Kept;
pub use key::Key;
pub use mask::mask;
pub use refusal::{Refusal, Rule};
pub use remarks::Remark;
pub use remove::{Removal, remove};
pub use spans::{Span, apply, composed};
pub use versions::Version;
pub use wanted::Wanted;

#[cfg(test)]
mod tests;
