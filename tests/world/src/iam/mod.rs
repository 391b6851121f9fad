//! A small IAM: the policies of a template, and whether they let somebody do something. The model
//! asks it at every call of the function, so nothing runs here that the deployed role forbids.
//!
//! Evaluated as in the IAM user guide ("Policy evaluation logic", one account): a request is denied
//! unless a statement of the caller's role, or of the resource's own policy, allows it, and no
//! statement denies it. A statement is about it if action, resource, principal and **all** of its
//! conditions fit. Operators: `StringEquals`, `StringEqualsIfExists`, `ArnEquals`, `Null`,
//! `ForAllValues:StringEquals`. Anything
//! else in a policy, such as `NotAction`, another operator or an unknown condition key, is an error
//! with its place.
//!
//! # Not covered
//! - What only takes away: service control and resource control policies, permission boundaries,
//!   session policies, VPC endpoint policies.
//! - Other accounts: there a role's policy and the resource's policy must both allow.
//! - Policy variables (`${aws:…}`, refused), other `IfExists`, managed policies, `Fn::If` in a policy.
//! - Letter case: here action and key names must be written as AWS writes them. `ArnEquals` matches
//!   the ARN as a whole, not its six parts one by one.
//! - KMS, and that new policies take a while to be seen everywhere. That new tags do is a fault of the
//!   model (`late-tags`).
//!
//! What each call asks permission for is said, with its sources, in `model/permission.rs`.

mod caller;
mod condition;
mod pattern;
mod policies;
mod request;
#[cfg(test)]
mod tests;

pub use caller::Caller;
pub use condition::{Condition, Operator};
pub use policies::{Attached, Effect, Policies, Policy, Statement};
pub use request::Request;
