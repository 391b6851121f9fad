//! The AWS that we use, as we see it: the calls as traits, the pace at which we make them, and what
//! every function does with them: [`eyes`] look, [`steps`] are taken. No SDK.

pub mod call;
pub mod calls;
pub mod error;
pub mod eyes;
pub mod fake;
pub mod pacing;
pub mod steps;
