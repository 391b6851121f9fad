//! Least privilege, proven. What is used is what the world records while scenarios are played, and
//! what AWS's own services do with the stack's roles and queues. Against it stand all policies of
//! `infra/template.yaml`:
//! - everything used is allowed;
//! - everything allowed is used: each action, resource, principal and value of each statement is
//!   needed, and each fence keeps somebody out;
//! - what is not ours is out of reach, for each request that is used (`strangers.rs`); what IAM cannot
//!   see (F44), the code guards (`guard.rs`).
//!
//! That everything used is allowed holds for every other test, too: the world asks the role at every
//! call. What IAM is to these tests, and what not, stands at the top of `world/src/iam/mod.rs`.

mod check;
mod doctored;
mod guard;
mod pieces;
mod services;
mod strangers;
mod used;
