//! Event patterns of EventBridge rules, matched by quamina. Only the operators that our rules use
//! are let through: exact texts and `prefix`. Any other is an error that names it, because
//! quamina's dialect and EventBridge's differ beyond them.

use quamina::Quamina;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// A checked event pattern (EventBridge user guide, "Event patterns").
#[derive(Clone)]
pub struct Pattern {
    matcher: Arc<Quamina<()>>,
    text: String,
}

/// Why a pattern is not taken, with the path of what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event pattern at {path}: {what}")]
pub struct PatternError {
    /// Where in the pattern, `detail.state[1]`.
    pub path: String,
    /// What is wrong.
    pub what: String,
}

impl Pattern {
    /// Checks and compiles a pattern.
    pub fn new(pattern: &Value) -> Result<Self, PatternError> {
        check(pattern, "")?;
        let text = pattern.to_string();
        let mut matcher = Quamina::new();
        matcher
            .add_pattern((), &text)
            .map_err(|error| PatternError {
                path: "the whole".into(),
                what: error.to_string(),
            })?;
        Ok(Self {
            matcher: Arc::new(matcher),
            text,
        })
    }

    /// Whether an event matches; the error is quamina's about the event's JSON.
    pub fn matches(&self, event: &str) -> Result<bool, String> {
        self.matcher
            .has_matches(event.as_bytes())
            .map_err(|error| error.to_string())
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn check(pattern: &Value, path: &str) -> Result<(), PatternError> {
    let refuse = |what: &str| {
        Err(PatternError {
            path: path.to_owned(),
            what: what.to_owned(),
        })
    };
    match pattern {
        Value::Object(fields) if fields.is_empty() => refuse("an empty object matches nothing"),
        Value::Object(fields) => fields.iter().try_for_each(|(name, inner)| {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            if name.starts_with('$') {
                return Err(PatternError {
                    path,
                    what: "operators such as $or are not known here".into(),
                });
            }
            check(inner, &path)
        }),
        Value::Array(values) if path.is_empty() || values.is_empty() => {
            refuse("a list of values is wanted below a field, and not an empty one")
        }
        Value::Array(values) => values
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| check_value(value, &format!("{path}[{index}]"))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            refuse("a field's values come as a list")
        }
    }
}

fn check_value(value: &Value, path: &str) -> Result<(), PatternError> {
    let what = match value {
        Value::String(_) => return Ok(()),
        Value::Object(operator) => {
            let mut fields = operator.iter();
            match (fields.next(), fields.next()) {
                (Some((name, Value::String(_))), None) if name == "prefix" => return Ok(()),
                (Some((name, _)), None) if name == "prefix" => "prefix wants a text".to_owned(),
                (Some((name, _)), None) => format!("the operator {name} is not known here"),
                _ => "one operator is wanted".to_owned(),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            format!("only texts and prefix are known here, not {value}")
        }
    };
    Err(PatternError {
        path: path.to_owned(),
        what,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(source: &str, name: &str) -> String {
        json!({"source": source, "detail-type": "Parameter Store Change",
               "resources": [], "detail": {"name": name, "operation": "Update"}})
        .to_string()
    }

    #[test]
    fn every_field_must_match_and_one_value_of_each_is_enough() {
        let pattern = Pattern::new(&json!({
            "source": ["aws.ec2", "aws.ssm"],
            "detail": {"name": [{"prefix": "/kafka-privatelink/k/listeners/"}, "/exact"]}
        }))
        .unwrap();
        let matches = |source, name| {
            pattern
                .matches(&event(source, name))
                .expect("an event is JSON")
        };
        assert!(matches(
            "aws.ssm",
            "/kafka-privatelink/k/listeners/EXTERNAL"
        ));
        assert!(matches("aws.ec2", "/exact"));
        assert!(!matches(
            "aws.ssm",
            "/kafka-privatelink/k/handover/EXTERNAL"
        ));
        assert!(!matches("aws.ssm", "/exactly"));
        assert!(!matches("aws.autoscaling", "/exact"));
    }

    #[test]
    fn what_is_not_known_is_refused_by_name_and_path() {
        for (pattern, path, what) in [
            (
                json!({"detail": {"state": ["a", {"anything-but": ["b"]}]}}),
                "detail.state[1]",
                "anything-but",
            ),
            (json!({"$or": [{"a": ["b"]}]}), "$or", "$or"),
            (json!({"detail": {"n": [5]}}), "detail.n[0]", "5"),
            (json!({"source": "aws.ec2"}), "source", "list"),
            (json!({"source": []}), "source", "empty"),
            (json!({}), "", "empty"),
        ] {
            let error = Pattern::new(&pattern).unwrap_err();
            assert_eq!(error.path, path);
            assert!(error.what.contains(what), "{error}");
        }
    }
}
