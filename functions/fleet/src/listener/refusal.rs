//! Why a text was refused: the line, what stands there, and the reason with the way out.

use serde::Serialize;
use std::fmt;

/// One thing wrong with a text that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    /// The line, counted from 1.
    pub line: usize,
    /// What stands there, shortened.
    pub text: String,
    /// What is wrong with it, and what to write instead.
    pub reason: String,
}

/// Everything that is wrong with a text; never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    /// One refusal.
    pub fn at(line: usize, text: &str, reason: impl Into<String>) -> Self {
        Self(vec![Refusal::new(line, text, reason)])
    }

    /// Several; `None` if there are none.
    pub fn all(refusals: Vec<Refusal>) -> Option<Self> {
        (!refusals.is_empty()).then_some(Self(refusals))
    }

    /// Each of them, in the order of lines.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }
}

impl Refusal {
    /// What is wrong at a line.
    pub fn new(line: usize, text: &str, reason: impl Into<String>) -> Self {
        const SHOWN: usize = 120;
        let text = text.trim();
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self {
            line,
            text: shown,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} \"{}\": {}", self.line, self.text, self.reason)
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, refusal) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{refusal}")?;
        }
        Ok(())
    }
}
