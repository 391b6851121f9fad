//! The parameter as JSON: field by field, each wrong one told.

use super::principal::{Principal, read_shown};
use super::{Principals, finished};
use crate::foreign::clean;
use crate::refusal::{Refusal, Refusals};
use crate::twice::twice;
use crate::words::AccountId;
use ipnet::IpNet;
use serde_json::Value;
use std::collections::BTreeSet;

/// How much of what somebody wrote is shown.
const SHOWN: usize = 120;
/// What works.
const FORM: &str = r#"write {"principals": ["<account>", …]}, or one account a line without JSON"#;

impl Principals {
    pub(super) fn with_json(mut self, text: &str, partition: &str) -> Result<Self, Refusals> {
        let refused = |why: String| Err(Refusals::because(why));
        if let Some(field) = twice(text) {
            let field = clean(&field, SHOWN);
            return refused(format!(
                "\"{field}\" stands twice in one object; take one of them out"
            ));
        }
        let fields = match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return refused(format!("it is JSON and no object; {FORM}")),
            // serde_json names line and column, and quotes nothing.
            Err(error) => return refused(format!("it is no JSON ({error}); {FORM}")),
        };
        let mut refusals = Vec::new();
        for (name, value) in &fields {
            let wrong = match name.as_str() {
                "principals" => {
                    let read = |text: &str| Principal::read(text, partition);
                    read_list(value, read, &mut self.listed)
                }
                "remove" => {
                    let read = |text: &str| read_shown(text, partition);
                    read_list(value, read, &mut self.remove)
                }
                "adopt" => match value {
                    Value::Bool(adopt) => {
                        self.adopt = *adopt;
                        Vec::new()
                    }
                    _ => vec!["it is true or false".to_owned()],
                },
                "accept" => match value.as_str() {
                    Some("at-once") => {
                        self.at_once = true;
                        Vec::new()
                    }
                    Some("when-proven") => Vec::new(),
                    _ => vec!["it is \"at-once\" or \"when-proven\"".to_owned()],
                },
                "ranges" => self.read_ranges(value),
                _ => vec![
                    "nobody reads it; the fields are principals, adopt, accept, remove and ranges"
                        .to_owned(),
                ],
            };
            let wrong = wrong.into_iter();
            refusals.extend(wrong.map(|why| Refusal::new(None, name, why)));
        }
        if !fields.contains_key("principals") {
            refusals.push(whole(format!("it has no field \"principals\"; {FORM}")));
        }
        if refusals.is_empty() {
            self.check_together(&mut refusals);
        }
        finished(self, refusals)
    }

    fn read_ranges(&mut self, value: &Value) -> Vec<String> {
        let Value::Object(accounts) = value else {
            return vec![
                r#"it is an object such as {"123456789012": ["10.250.0.0/16"]}"#.to_owned(),
            ];
        };
        let mut wrong = Vec::new();
        for (account, ranges) in accounts {
            let shown = clean(account, SHOWN);
            let Some(account) = AccountId::parse(account) else {
                wrong.push(format!("\"{shown}\" is no account id of 12 digits"));
                continue;
            };
            let (Value::Array(ranges), known) = (ranges, self.ranges.entry(account).or_default())
            else {
                wrong.push(format!(
                    "of {shown} it is a list such as [\"10.250.0.0/16\"]"
                ));
                continue;
            };
            for range in ranges {
                match range.as_str().map(read_range) {
                    Some(Ok(range)) => _ = known.insert(range),
                    Some(Err(why)) => wrong.push(why),
                    None => wrong.push(format!("of {shown} it is a list of texts")),
                }
            }
        }
        wrong
    }

    /// What is right by itself and does not go together.
    fn check_together(&self, refusals: &mut Vec<Refusal>) {
        for principal in self
            .listed
            .iter()
            .filter(|it| self.remove.contains(it.arn()))
        {
            refusals.push(whole(format!(
                "{principal} stands in \"principals\" and in \"remove\"; take it out of one"
            )));
        }
        for account in self.ranges.keys().filter(|account| !self.lists(account)) {
            refusals.push(whole(format!(
                "\"ranges\" names account {account}, which is not in \"principals\"; add it there, or take its ranges out"
            )));
        }
    }
}

/// What is wrong with the parameter as a whole.
fn whole(why: String) -> Refusal {
    Refusal::new(None, "", why)
}

/// Reads a list of principals; what is wrong with which.
fn read_list<T: Ord>(
    value: &Value,
    read: impl Fn(&str) -> Result<T, String>,
    into: &mut BTreeSet<T>,
) -> Vec<String> {
    let Value::Array(items) = value else {
        return vec![r#"it is a list such as ["123456789012"]"#.to_owned()];
    };
    let mut wrong = Vec::new();
    for item in items {
        let read = match item {
            Value::String(text) => read(text.trim()),
            // As a number, which loses leading zeros.
            Value::Number(number) => read(&number.to_string()),
            _ => Err("each one is a text, an account id or an ARN".to_owned()),
        };
        match read {
            Ok(principal) => _ = into.insert(principal),
            Err(why) => wrong.push(why),
        }
    }
    wrong
}

fn read_range(text: &str) -> Result<IpNet, String> {
    let shown = clean(text, SHOWN);
    let range: IpNet = text
        .trim()
        .parse()
        .map_err(|_| format!("\"{shown}\" is no range such as 10.250.0.0/16"))?;
    match range.trunc() == range {
        true => Ok(range),
        false => Err(format!(
            "\"{shown}\" has bits set behind its prefix; {} is meant?",
            range.trunc()
        )),
    }
}
