//! The parameter `restarts` as JSON: when, and what may be lost meanwhile.

use super::{Restarts, When};
use fleet::foreign::clean;
use fleet::refusal::Refusals;
use serde::Deserialize;
use serde_json::json;

/// What works.
const FORM: &str = r#"write {"when": "any-time", "allow_unavailable": true}, or windows such as "Sat,Sun 02:00-05:00 UTC" in "when", with \n between them"#;

/// Everything that may stand in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    when: String,
    #[serde(default)]
    allow_unavailable: bool,
}

/// Reads it.
pub(super) fn read(text: &str) -> Result<Restarts, Refusals> {
    let fields: Fields = serde_json::from_str(text).map_err(|error| {
        Refusals::because(format!("{}; {FORM}", clean(&error.to_string(), 200)))
    })?;
    Ok(Restarts {
        when: When::read(&fields.when)?,
        allow_unavailable: fields.allow_unavailable,
    })
}

/// The same time, and whatever has to be lost meanwhile may be.
pub(super) fn written(when: &When) -> String {
    let when = json!(when.to_string().replace("; ", "\n"));
    format!(r#"{{"when": {when}, "allow_unavailable": true}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::look::parameter;

    fn read(text: &str) -> Result<Restarts, String> {
        let read = Restarts::read(&parameter("restarts", text, 60));
        read.map_err(|refusals| refusals.to_string())
    }

    #[test]
    fn what_may_be_lost_is_said_and_else_it_is_nothing() {
        for (text, allow_unavailable) in [
            ("any-time", false),
            (r#"{"when": "any-time"}"#, false),
            (
                r#" {"when": "any-time", "allow_unavailable": false}"#,
                false,
            ),
            (r#"{"allow_unavailable": true, "when": "any-time"}"#, true),
        ] {
            let when = When::AnyTime;
            let expected = Restarts {
                when,
                allow_unavailable,
            };
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_a_person_is_told_to_write_says_the_same_time() {
        for text in [
            "any-time",
            "never",
            "Sat,Sun 02:00-05:00 UTC\nMon 01:00-02:00 Europe/Berlin",
        ] {
            let first = read(text).expect(text);
            let allowing = read(&first.allowing()).expect(text);
            assert_eq!(allowing.when, first.when);
            assert!(allowing.allow_unavailable && !first.allow_unavailable);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_what_works() {
        for (text, told) in [
            ("{", "EOF while parsing"),
            ("{}", "missing field `when`"),
            (
                r#"{"when": "any-time", "allow-unavailable": true}"#,
                "unknown field `allow-unavailable`",
            ),
            (
                r#"{"when": "any-time", "allow_unavailable": "yes"}"#,
                "invalid type: string \"yes\"",
            ),
            (
                r#"{"when": "any-time", "when": "never"}"#,
                "duplicate field `when`",
            ),
            (r#"{"when": ""}"#, "it is empty; write any-time"),
            (r#"{"when": "anytime"}"#, "\"anytime\" is no day"),
            (r#"{"when": "any-time"} x"#, "trailing characters"),
        ] {
            let refused = read(text).expect_err(text);
            assert!(refused.contains(told), "{text}: {refused}");
        }
    }
}
