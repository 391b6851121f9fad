//! Names of things, when there may be many.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Some of many, as a person reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Few {
    /// How many there are.
    pub count: usize,
    /// The first ones of them in their order, [`Few::MOST`] at most.
    pub first: BTreeSet<String>,
}

impl Few {
    /// So many are named at most.
    pub const MOST: usize = 20;

    /// The first ones of all.
    pub fn of(all: &BTreeSet<String>) -> Self {
        Self {
            count: all.len(),
            first: all.iter().take(Self::MOST).cloned().collect(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Display for Few {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, one) in self.first.iter().enumerate() {
            let between = if at == 0 { "" } else { ", " };
            write!(f, "{between}{one}")?;
        }
        match self.count.saturating_sub(self.first.len()) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
