//! Why a text was refused: what stands there, in which line, and the reason with the way out.

use crate::foreign::clean;
use serde::Serialize;
use std::fmt;

/// One thing wrong with a text that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    /// The line, counted from 1; none if it is about no line of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What stands there, cleaned and shortened; empty if nothing of it is to be shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What is wrong with it, and what to write instead.
    pub reason: String,
}

/// Everything that is wrong with a text; never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Refusals(Vec<Refusal>);

/// So many are told; whoever mends these finds the next ones.
const TOLD: usize = 8;

impl Refusals {
    /// One refusal of what stands in a line.
    pub fn at(line: usize, text: &str, reason: impl Into<String>) -> Self {
        Self(vec![Refusal::new(Some(line), text, reason)])
    }

    /// One refusal of what stands somewhere.
    pub fn of(text: &str, reason: impl Into<String>) -> Self {
        Self(vec![Refusal::new(None, text, reason)])
    }

    /// One refusal of the whole, of which nothing is shown.
    pub fn because(reason: impl Into<String>) -> Self {
        Self::of("", reason)
    }

    /// Several; `None` if there are none.
    pub fn all(refusals: Vec<Refusal>) -> Option<Self> {
        (!refusals.is_empty()).then_some(Self(refusals))
    }

    /// Each of them, in the order of lines.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }

    /// Without the numbers of lines that a person does not see as lines.
    pub(crate) fn unnumbered(mut self) -> Self {
        for refusal in &mut self.0 {
            refusal.line = None;
        }
        self
    }

    /// With the line of `text` in which each of those stands that does not know its line.
    pub(crate) fn found_in(mut self, text: &str) -> Self {
        for refusal in &mut self.0 {
            let shown = refusal.text.trim_end_matches('…');
            if refusal.line.is_none() && !shown.is_empty() {
                let at = text.find(shown);
                refusal.line = at.map(|at| text[..at].matches('\n').count() + 1);
            }
        }
        self
    }
}

impl Refusal {
    /// What is wrong with a text.
    pub fn new(line: Option<usize>, text: &str, reason: impl Into<String>) -> Self {
        const SHOWN: usize = 120;
        Self {
            line,
            text: clean(text.trim(), SHOWN),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.text.as_str()) {
            (Some(line), "") => write!(f, "line {line}: ")?,
            (Some(line), text) => write!(f, "line {line} \"{text}\": ")?,
            (None, "") => {}
            (None, text) => write!(f, "\"{text}\": ")?,
        }
        f.write_str(&self.reason)
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, refusal) in self.0.iter().take(TOLD).enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{refusal}")?;
        }
        match self.0.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
