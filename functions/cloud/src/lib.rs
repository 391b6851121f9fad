//! The AWS that we use, as we see it: the calls as traits, [`observe`](fn@observe::observe),
//! [`prove`](fn@prove::prove), [`execute`](fn@execute::execute) and pacing over them. No SDK.

pub mod call;
pub mod calls;
pub mod error;
pub mod execute;
mod eyes;
#[cfg(test)]
mod fake;
pub mod observe;
pub mod pacing;
pub mod prove;
pub mod scope;
