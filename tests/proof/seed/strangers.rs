//! A broker of another Kafka cluster.
use super::Seed;
use crate::inside::scenes;
scenes!(Seed: todo_strangers);
async fn todo_strangers(_: &mut Seed) {}
