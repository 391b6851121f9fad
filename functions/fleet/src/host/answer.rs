//! What each answer has in common: what became of the order, and why.

use super::inspection::Packed;
use super::reply;
use crate::observed::CommandOutput;
use serde::Deserialize;

/// The beginning of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Answer {
    /// What became of the order, in one word.
    pub outcome: String,
    /// Why, in one word.
    pub why: Option<String>,
    /// More about it.
    pub about: Option<Packed>,
}

/// Whether a host refused a command: nothing was done there.
pub fn was_refused(output: &CommandOutput) -> bool {
    let answer = reply::read::<Answer>(&output.stdout);
    answer.is_ok_and(|answer| answer.outcome == "refused")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::reply::hex;
    use crate::look::id;
    use crate::observed::CommandStatus;

    #[test]
    fn only_a_whole_answer_that_says_so_was_a_refusal() {
        for (line, refused) in [
            (r#"{"outcome":"refused","why":"busy","about":null}"#, true),
            (r#"{"outcome":"refused"}"#, true),
            (r#"{"outcome":"started"}"#, false),
            (r#"{"outcome":"refused","about":"no base64 "}"#, false),
            (r#"{"why":"refused"}"#, false),
        ] {
            let stdout = format!(
                "{line}\nkafka-privatelink {} {}\n",
                line.len(),
                hex(line.as_bytes())
            );
            let mut output = CommandOutput {
                command: "c-1".into(),
                instance: id(1),
                status: CommandStatus::Success,
                exit_code: Some(0),
                ended_at: None,
                stdout,
                stderr: String::new(),
            };
            assert_eq!(was_refused(&output), refused, "{line}");
            output.stdout.truncate(line.len());
            assert!(!was_refused(&output), "{line}");
        }
    }
}
