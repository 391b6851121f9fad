//! What nobody knows: a report shows nothing where its run could not see something, or where it cannot be read.

use crate::told::{Picture, Report};

impl<P: Picture> Report<P> {
    /// The sentence that nobody knows this, and why. None if the report lacks nothing, so that what it does not show
    /// is not there.
    pub(crate) fn nobody_knows(&self, whether: &str) -> Option<String> {
        let function = P::FUNCTION;
        let why = match self.run.gaps.first() {
            Some(gap) => format!("{function} could not see {}", gap.read),
            None if self.run.amiss.is_empty() => return None,
            None => format!("a part of the report of {function} could not be read"),
        };
        Some(format!("Nobody knows {whether}: {why}."))
    }

    /// What is told where the report shows none of something: that there is none, or that nobody knows.
    pub(crate) fn none(&self, fact: &str, whether: &str) -> String {
        let unknown = self.nobody_knows(whether);
        unknown.unwrap_or_else(|| fact.to_owned())
    }
}
