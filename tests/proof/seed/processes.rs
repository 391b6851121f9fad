//! Processes that hang, die, recover and lose their disk.
use super::Seed;
use crate::inside::scenes;
scenes!(Seed: todo_processes);
async fn todo_processes(_: &mut Seed) {}
