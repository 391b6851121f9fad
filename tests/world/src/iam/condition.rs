//! Conditions of a statement: only the operators and keys that the template uses.

use super::pattern::fits;
use super::request::Request;
use std::fmt;

/// Keys whose rest is the key of a tag.
const TAG_KEYS: [&str; 4] = [
    "aws:ResourceTag/",
    "aws:RequestTag/",
    "ec2:ResourceTag/",
    "ssm:resourceTag/",
];
const KEYS: [&str; 6] = [
    "aws:TagKeys",
    "aws:SourceArn",
    "aws:SourceAccount",
    "ec2:Region",
    "elasticloadbalancing:CreateAction",
    "lambda:SourceFunctionArn",
];

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// The key is there and has one of the values.
    StringEquals,
    /// The same, or the key is not there.
    StringEqualsIfExists,
    /// The key is there and has one of the values, with wildcards.
    ArnEquals,
    /// `true`: the key is not there; `false`: it is.
    Null,
    /// Each value of the key is one of these. True of a key that is not there.
    ForAllValuesStringEquals,
}

/// One key and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How.
    pub operator: Operator,
    /// Which key.
    pub key: String,
    /// With which values; one of them is enough.
    pub values: Vec<String>,
}

impl Condition {
    /// A condition as it is written in a policy; an error says what is not known here.
    pub fn new(operator: &str, key: &str, values: Vec<String>) -> Result<Self, String> {
        let operator = match operator {
            "StringEquals" => Operator::StringEquals,
            "StringEqualsIfExists" => Operator::StringEqualsIfExists,
            "ArnEquals" => Operator::ArnEquals,
            "Null" => Operator::Null,
            "ForAllValues:StringEquals" => Operator::ForAllValuesStringEquals,
            _ => return Err(format!("the operator {operator} is not known here")),
        };
        if !KEYS.contains(&key) && !TAG_KEYS.iter().any(|prefix| key.starts_with(prefix)) {
            return Err(format!("the condition key {key} is not known here"));
        }
        if values.is_empty() {
            return Err(format!("{key} is compared with nothing"));
        }
        if let Some(value) = values.iter().find(|value| value.contains("${")) {
            return Err(format!("the policy variable in {value} is not known here"));
        }
        let flags = values
            .iter()
            .all(|value| matches!(value.as_str(), "true" | "false"));
        if operator == Operator::Null && !flags {
            return Err(format!("Null of {key} is neither true nor false"));
        }
        Ok(Self {
            operator,
            key: key.to_owned(),
            values,
        })
    }

    /// Whether it holds for a request.
    pub fn holds(&self, request: &Request) -> bool {
        let there = request.context.get(&self.key);
        let listed = |value: &String| self.values.contains(value);
        match self.operator {
            Operator::StringEquals => there.is_some_and(|values| values.iter().any(listed)),
            Operator::StringEqualsIfExists => there.is_none_or(|values| values.iter().any(listed)),
            Operator::ArnEquals => there.is_some_and(|values| {
                let fits_one = |value: &String| self.values.iter().any(|arn| fits(arn, value));
                values.iter().any(fits_one)
            }),
            Operator::Null => {
                let absent = there.is_none().to_string();
                self.values.contains(&absent)
            }
            Operator::ForAllValuesStringEquals => {
                there.is_none_or(|values| values.iter().all(listed))
            }
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {:?}", self.operator, self.key, self.values)
    }
}
