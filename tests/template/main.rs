//! What `infra/template.yaml` must keep, whoever edits it. A rule is a function that complains, so
//! that it is also tried on doctored copies (`doctored.rs`): a check that never fails is none.

mod alarms;
mod dead_letters;
mod doctored;
mod explained;
mod function;
mod packages;
mod probe;
mod stack;
mod wakes;
