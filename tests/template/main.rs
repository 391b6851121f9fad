//! What the templates in `infra/` must keep, whoever edits them. A rule is a function that complains, so
//! that it is also tried on doctored copies (`doctored.rs`): a check that never fails is none.

mod alarms;
mod dashboard;
mod dead_letters;
mod doctored;
mod example;
mod explained;
mod function;
mod host_scripts;
mod limits;
mod longest;
mod made_first;
mod names;
mod neighbours;
mod packages;
mod partitions;
mod ports;
mod probe;
mod quotas;
mod reach;
mod slots;
mod stack;
mod texts;
mod wakes;
