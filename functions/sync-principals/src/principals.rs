//! The parameter `principals`: who may connect, and how.

mod fields;

use crate::principal::Principal;
use fleet::observed::Parameter;
use fleet::words::AccountId;
use ipnet::IpNet;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// So many refusals are told.
const TOLD: usize = 10;

/// Who may connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principals {
    /// Exactly these; each once, however often and in whichever spelling it was written.
    pub listed: BTreeSet<Principal>,
    /// Whether permissions that other hands made and that are not listed are removed, too.
    pub adopt: bool,
    /// Whether connections are accepted before anything is proven.
    pub at_once: bool,
    /// Who is named to be removed, when it is many at once.
    /// As AWS writes them.
    pub remove: BTreeSet<String>,
    /// From which ranges the consumers of an account connect.
    pub ranges: BTreeMap<AccountId, BTreeSet<IpNet>>,
    /// When the parameter was written.
    pub written: Timestamp,
}

/// What is wrong with the parameter. Nothing of it is used then.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusals(Vec<String>);

impl Principals {
    /// Reads the parameter: principals, one a line or with commas between them, or a JSON object.
    pub fn read(parameter: &Parameter, partition: &str) -> Result<Self, Refusals> {
        let Some(text) = parameter.text() else {
            return Err(Refusals(vec![format!(
                "it is a {}, which is not read here; write it as a String: {}",
                parameter.kind.as_str(),
                parameter.as_string("…")
            )]));
        };
        let none = Self {
            listed: BTreeSet::new(),
            adopt: false,
            at_once: false,
            remove: BTreeSet::new(),
            ranges: BTreeMap::new(),
            written: parameter.last_modified,
        };
        let text = text.trim_matches(is_around);
        if text.trim_matches(|c| c == ',' || is_around(c)).is_empty() {
            return Err(Refusals(vec![
                "it is empty, which could be a slip; if nobody may connect, write {\"principals\": []}".to_owned(),
            ]));
        }
        if text.starts_with(['{', '[']) {
            return none.with_json(text, partition);
        }
        let mut refusals = Vec::new();
        let mut read = none;
        for item in text
            .split(['\n', ','])
            .map(|item| item.trim_matches(is_around))
        {
            if item.is_empty() {
                continue;
            }
            match Principal::read(item, partition) {
                Ok(principal) => _ = read.listed.insert(principal),
                Err(why) => refusals.push(why),
            }
        }
        finished(read, refusals)
    }

    /// Whether an account is on the list, as a whole or by one of its roles or users.
    pub fn lists(&self, account: &AccountId) -> bool {
        self.listed.iter().any(|it| it.account() == account)
    }
}

fn finished(read: Principals, refusals: Vec<String>) -> Result<Principals, Refusals> {
    match refusals.is_empty() {
        true => Ok(read),
        false => Err(Refusals(refusals)),
    }
}

/// What pasting adds around an item.
fn is_around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '•' | '\u{FEFF}' | '\u{200B}')
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<&str> = self.0.iter().take(TOLD).map(String::as_str).collect();
        f.write_str(&told.join("; "))?;
        match self.0.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests;
