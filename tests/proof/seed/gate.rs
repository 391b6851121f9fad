//! The questions of the restart gate.
use super::Seed;
use crate::inside::scenes;
scenes!(Seed: todo_gate);
async fn todo_gate(_: &mut Seed) {}
