//! What a command put out: one line of JSON, and a line with its length and checksum, without which
//! nobody could tell an answer that AWS cut (P-55).

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The first word of the last line.
const MARK: &str = "kafka-privatelink";

/// Why an output is no answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum NoReply {
    /// The command put nothing out.
    #[error("the command put nothing out")]
    Nothing,
    /// What it put out ends too early.
    #[error(
        "its output does not end with our checksum: it was cut after {0} characters, or the script did not run"
    )]
    Cut(usize),
    /// The checksum is another one.
    #[error("its output was changed on the way: the checksum is wrong")]
    Changed,
    /// It is whole, and no answer of this release.
    #[error(
        "its output is no answer that this release knows; deploy the documents and the function from one release: {0}"
    )]
    Strange(String),
}

/// Reads the answer in an output.
pub fn read<T: DeserializeOwned>(output: &str) -> Result<T, NoReply> {
    if output.trim().is_empty() {
        return Err(NoReply::Nothing);
    }
    let cut = || NoReply::Cut(output.chars().count());
    let (line, trailer) = output
        .trim_end_matches('\n')
        .rsplit_once('\n')
        .ok_or_else(cut)?;
    let words: Vec<&str> = trailer.split(' ').collect();
    let [MARK, length, checksum] = words[..] else {
        return Err(cut());
    };
    if length != line.len().to_string() || checksum != hex(line.as_bytes()) {
        return Err(NoReply::Changed);
    }
    // What serde_json quotes of a host's words is cleaned where it is shown.
    serde_json::from_str(line).map_err(|error| NoReply::Strange(error.to_string()))
}

/// The SHA-256 of bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The first 16 of them: enough to tell what is ours from what is ours, and short enough for a comment.
pub fn short_hex(bytes: &[u8]) -> String {
    hex(bytes)[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn output(line: &str) -> String {
        format!("{line}\n{MARK} {} {}\n", line.len(), hex(line.as_bytes()))
    }

    #[test]
    fn a_whole_answer_is_read() {
        assert_eq!(read::<Value>(&output(r#"{"v":1}"#)), Ok(json!({"v": 1})));
        // The console and the API may leave the last line end out.
        assert_eq!(
            read::<Value>(output(r#"{"v":1}"#).trim_end()),
            Ok(json!({"v": 1}))
        );
    }

    #[test]
    fn what_is_no_answer_is_told_apart() {
        assert_eq!(read::<Value>(" \n"), Err(NoReply::Nothing));
        assert_eq!(read::<Value>("sh: not found"), Err(NoReply::Cut(13)));
        let other = output("{\"v\":1}").replace("\"v\"", "\"w\"");
        assert_eq!(read::<Value>(&other), Err(NoReply::Changed));
        let strange = read::<Value>(&output("no JSON")).expect_err("no JSON");
        assert!(strange.to_string().contains("one release"), "{strange}");
    }

    proptest! {
        #[test]
        fn an_answer_that_is_cut_is_never_taken_for_a_whole_one(text in "[ -~]{0,60}", keep in 0_usize..200) {
            let whole = output(&json!({"text": text}).to_string());
            let end = whole.trim_end().len();
            if keep < end {
                prop_assert!(read::<Value>(&whole[..keep]).is_err());
            }
        }
    }
}
