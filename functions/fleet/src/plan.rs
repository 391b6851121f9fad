//! What every plan is: ordered steps, each with its reason, what it declines to do, each with why, and
//! the picture that it keeps true. It is a value: it prints, and a person can review it.

use crate::observed::Gap;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;

/// What to do now: of the changes `C` that a function can make, with the doubts `D` that one look
/// leaves, and the picture `P` that it keeps true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan<C, D, P> {
    /// What to do, in this order.
    pub steps: Vec<Step<C>>,
    /// What is not done, and why.
    pub held: Vec<Said>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Why nothing is written, if so; the steps are then only shown, but for those that are made all the same
    /// ([`Change::is_made_while_paused`]).
    pub paused: Option<String>,
    /// What one read is not enough for. With doubts, observe again at least 5 s later and plan anew (P-15).
    #[serde(
        skip_serializing_if = "BTreeSet::is_empty",
        bound(serialize = "D: Serialize")
    )]
    pub doubts: BTreeSet<D>,
    /// What there is once the steps are done.
    #[serde(flatten)]
    pub picture: P,
}

impl<C, D, P: Default> Default for Plan<C, D, P> {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            held: Vec::new(),
            gaps: Vec::new(),
            paused: None,
            doubts: BTreeSet::new(),
            picture: P::default(),
        }
    }
}

/// One step. If it fails, the later steps that need it are skipped ([`Change::carries`]), and all
/// others go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step<C> {
    /// What to do.
    #[serde(flatten)]
    pub change: C,
    /// Why.
    pub reason: Said,
}

/// One change that a function can make: all that it needs, as a sentence for a person and as JSON.
/// Doing it twice is harmless.
pub trait Change: fmt::Display + Serialize {
    /// What must be so for the change to be right; AWS refuses it otherwise.
    fn expects(&self) -> &'static str;

    /// Whether `later` must not be made when this one did not succeed. What fails alone, stops alone.
    fn carries(&self, later: &Self) -> bool;

    /// Whether it is made while writes are paused, too: it changes nothing, and only keeps something as it is.
    fn is_made_while_paused(&self) -> bool {
        false
    }
}

/// Something said to a person: its sentence, and its kind for programs. Each function has types of its
/// own for what it says, and here they are said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// The name of the kind, such as `Twins`.
    pub kind: String,
    /// The sentence.
    pub sentence: String,
}

impl Said {
    /// Says a variant of an enum. Its kind is the variant's name, as a derived `Debug` writes it.
    pub fn of<T: fmt::Debug + fmt::Display>(thing: &T) -> Self {
        let mut kind = format!("{thing:?}");
        let end = kind.find(|c: char| !c.is_alphanumeric());
        kind.truncate(end.unwrap_or(kind.len()));
        Self {
            kind,
            sentence: thing.to_string(),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    enum Thing {
        Bare,
        Tuple(u8),
        Fields { of: u8 },
    }

    impl fmt::Display for Thing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Self::Bare => f.write_str("nothing more"),
                Self::Tuple(number) | Self::Fields { of: number } => write!(f, "number {number}"),
            }
        }
    }

    #[test]
    fn what_is_said_has_the_name_of_its_variant() {
        for (thing, kind, sentence) in [
            (Thing::Bare, "Bare", "nothing more"),
            (Thing::Tuple(3), "Tuple", "number 3"),
            (Thing::Fields { of: 4 }, "Fields", "number 4"),
        ] {
            let said = Said::of(&thing);
            assert_eq!(
                (said.kind.as_str(), said.sentence.as_str()),
                (kind, sentence)
            );
            let json = serde_json::to_value(&said).expect("JSON");
            assert_eq!(json, serde_json::json!(sentence));
        }
    }
}
