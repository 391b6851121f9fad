//! Why a file cannot be planned again.

use activation::saved::RELEASE;
use std::fmt;

/// Why a file cannot be planned again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON.
    NotJson(String),
    /// It does not say which function observed it.
    NoFunction,
    /// Another function observed it.
    UnknownFunction {
        /// That function.
        function: String,
        /// Those that are known.
        known: String,
    },
    /// A field is missing, unknown, or not what it should be.
    Field {
        /// The field, by its path.
        field: String,
        /// What is wrong with it.
        why: String,
        /// The release that the file is of.
        release: Option<String>,
    },
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(why) => write!(f, "it is no JSON: {why}"),
            Self::NoFunction => f.write_str(
                "it is no saved observation, as it has no field function; save the whole answer to {\"action\":\"observe\"}",
            ),
            Self::UnknownFunction { function, known } => write!(
                f,
                "function {function} observed it, and observations of these are known here: {known}"
            ),
            Self::Field {
                field,
                why,
                release,
            } => {
                write!(f, "field {field}: {why}")?;
                match release {
                    Some(release) if release != RELEASE => write!(
                        f,
                        "; the file is of release {release}, and this is {RELEASE}: use that release's replay"
                    ),
                    Some(_) | None => Ok(()),
                }
            }
        }
    }
}
