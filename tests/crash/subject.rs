//! A function that is disturbed: what its processes are, and what counts of what it does.

use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use tests::Stage;
use world::doors::memory::MemoryDoor;

/// What must stand, as it is named in a message, and who or what stands there.
pub type Standing = BTreeMap<String, BTreeSet<String>>;

/// A process of a function on a stage.
pub trait Subject: Sized {
    /// The function, by the name of its binary.
    const NAME: &'static str;
    /// Who has done nothing for so long is at the end.
    const QUIET: SignedDuration;

    /// A new process; the one before has ended.
    fn begin(stage: &mut Stage) -> Self;

    /// What it calls through.
    fn door<'a>(&'a self, stage: &'a Stage) -> &'a MemoryDoor;

    /// One run. Whether nothing was done, nothing is on its way and nothing was unseen.
    async fn run(&self, stage: &Stage) -> bool;

    /// What AWS has of what the function keeps, as sentences that can be compared.
    fn end(stage: &Stage) -> Vec<String>;

    /// What serves now, and must go on serving if it does so all along when nothing is disturbed.
    fn standing(stage: &Stage) -> Standing;
}
