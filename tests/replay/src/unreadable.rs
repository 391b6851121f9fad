//! Why a file cannot be planned again.

use activation::saved::RELEASE;
use fleet::foreign::clean;
use std::fmt;

/// Why a file cannot be planned again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no JSON.
    NotJson(String),
    /// A field stands twice in one object.
    Twice(String),
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
            Self::NotJson(why) => write!(
                f,
                "it is no JSON: {}; save the whole answer to {{\"action\":\"observe\"}} once more",
                shown(why)
            ),
            Self::Twice(field) => write!(
                f,
                "\"{}\" stands twice in one object; save the answer to {{\"action\":\"observe\"}} as it comes",
                shown(field)
            ),
            Self::NoFunction => f.write_str(
                "it is no saved observation, as it has no field function; save the whole answer to {\"action\":\"observe\"}",
            ),
            Self::UnknownFunction { function, known } => write!(
                f,
                "function {} observed it, and observations of these are known here: {known}",
                shown(function)
            ),
            Self::Field {
                field,
                why,
                release,
            } => {
                write!(f, "field {}: {}", shown(field), shown(why))?;
                match release {
                    Some(release) if release != RELEASE => write!(
                        f,
                        "; the file is of release {}, and this is {RELEASE}: use that release's replay",
                        shown(release)
                    ),
                    Some(_) | None => Ok(()),
                }
            }
        }
    }
}

/// What a file of a stranger says, as it may stand on a terminal.
fn shown(text: &str) -> String {
    clean(text, 300)
}
