//! What a host answers to a command of ours: the output of our SSM documents.

mod answer;
pub mod disk;
pub mod inspection;
mod process;
pub mod reply;

pub use answer::{Answer, was_refused};
pub use process::ProcessId;
