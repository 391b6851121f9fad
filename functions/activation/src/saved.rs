//! What a function observed, to be saved: the answer to `{"action":"observe"}`. It has all that a plan is
//! made from, so that the plan can be made again anywhere (`tests/replay`).

use crate::activate::look;
use crate::duty::Duty;
use crate::mask::Mask;
use lambda_runtime::Diagnostic;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::time::Instant;

/// An answer of Lambda has 6 MB at most ("Lambda quotas": "Invocation payload (request and response): 6 MB
/// each for request and response (synchronous)").
const LONGEST: usize = 6 * 1024 * 1024;

/// A saved observation `O`, with doubts `D`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved<O, D: Ord> {
    /// The function that observed it.
    pub function: String,
    /// That function's release.
    pub release: String,
    /// What it observed.
    pub observed: O,
    /// What an earlier look of the same run left in doubt, so that the plan is the same.
    pub agreed: BTreeSet<D>,
}

/// A saved observation of this function.
pub type SavedOf<D> = Saved<<D as Duty>::Observed, <D as Duty>::Doubt>;

/// The release that this code is of.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// Looks as for a plan, and answers what it saw.
pub async fn observe<D: Duty>(duty: &D, masked: bool, until: Instant) -> Result<Value, Diagnostic> {
    let looked = look(duty, until).await;
    let saved: SavedOf<D> = Saved {
        function: D::NAME.to_owned(),
        release: RELEASE.to_owned(),
        observed: looked.observed,
        agreed: looked.agreed,
    };
    let answer = serde_json::to_value(&saved).map_err(crate::unwritable)?;
    short_enough(match masked {
        true => Mask::of(&answer).value(&answer),
        false => answer,
    })
}

/// Lambda would cut the answer's invocation short without saying of what there is too much.
fn short_enough(answer: Value) -> Result<Value, Diagnostic> {
    let length = serde_json::to_string(&answer)
        .map_err(crate::unwritable)?
        .len();
    if length <= LONGEST {
        return Ok(answer);
    }
    let observed = answer["observed"].as_object().into_iter().flatten();
    let longest = observed
        .map(|(name, part)| (part.to_string().len(), name.as_str()))
        .max();
    let (most, name) = longest.unwrap_or_default();
    Err(Diagnostic {
        error_type: "AnswerTooLong".to_owned(),
        error_message: format!(
            "what was observed has {length} bytes as JSON, and Lambda answers {LONGEST} at most; {most} of them are {name}. {{\"action\":\"plan\"}} still shows the plan"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_that_lambda_would_not_take_is_an_error_that_says_of_what_there_is_too_much() {
        let answer = |bytes: usize| {
            json!({ "function": "f", "observed": {
                "listeners": "x".repeat(bytes), "instances": [] } })
        };
        let rest = answer(0).to_string().len();
        assert!(short_enough(answer(LONGEST - rest)).is_ok());
        let error = short_enough(answer(LONGEST - rest + 1)).expect_err("too long");
        assert_eq!(error.error_type, "AnswerTooLong");
        let why = error.error_message;
        assert!(why.contains("has 6291457 bytes as JSON, and Lambda answers 6291456 at most"));
        assert!(why.contains("of them are listeners"), "{why}");
    }
}
