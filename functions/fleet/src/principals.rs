//! The parameter `principals`: who may connect, and how.

mod fields;
mod principal;

pub use principal::{Principal, briefly};

use crate::observed::Parameter;
use crate::refusal::{Refusal, Refusals};
use crate::words::AccountId;
use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

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

impl Principals {
    /// Reads the parameter: principals, one a line or with commas between them, or a JSON object.
    pub fn read(parameter: &Parameter, partition: &str) -> Result<Self, Refusals> {
        let Some(text) = parameter.text() else {
            return Err(Refusals::because(format!(
                "it is a {}, which is not read here; write it as a String: {}",
                parameter.kind.as_str(),
                parameter.as_string("…")
            )));
        };
        let none = Self {
            listed: BTreeSet::new(),
            adopt: false,
            at_once: false,
            remove: BTreeSet::new(),
            ranges: BTreeMap::new(),
            written: parameter.last_modified,
        };
        let bare = text.trim_matches(is_around);
        if bare.trim_matches(|c| c == ',' || is_around(c)).is_empty() {
            return Err(Refusals::because(
                "it is empty, which could be a slip; if nobody may connect, write {\"principals\": []}",
            ));
        }
        if bare.starts_with(['{', '[']) {
            return none.with_json(bare, partition);
        }
        let mut refusals = Vec::new();
        let mut read = none;
        for (line, number) in text.split('\n').zip(1..) {
            let items = line.split(',').map(|item| item.trim_matches(is_around));
            for item in items.filter(|item| !item.is_empty()) {
                match Principal::read(item, partition) {
                    Ok(principal) => _ = read.listed.insert(principal),
                    Err(why) => refusals.push(Refusal::new(Some(number), "", why)),
                }
            }
        }
        finished(read, refusals)
    }

    /// Whether an account is on the list, as a whole or by one of its roles or users.
    pub fn lists(&self, account: &AccountId) -> bool {
        self.listed.iter().any(|it| it.account() == account)
    }

    /// What the parameter has to say for the same, but that connections are accepted before anything is proven.
    pub fn accepting_at_once(&self) -> Value {
        let listed: Vec<&str> = self.listed.iter().map(|it| briefly(it.arn())).collect();
        let mut fields = json!({ "principals": listed, "accept": "at-once" });
        if self.adopt {
            fields["adopt"] = json!(true);
        }
        if !self.remove.is_empty() {
            fields["remove"] = json!(self.remove);
        }
        if !self.ranges.is_empty() {
            let ranges: BTreeMap<_, Vec<String>> = self
                .ranges
                .iter()
                .map(|(account, all)| (account, all.iter().map(IpNet::to_string).collect()))
                .collect();
            fields["ranges"] = json!(ranges);
        }
        fields
    }
}

fn finished(read: Principals, refusals: Vec<Refusal>) -> Result<Principals, Refusals> {
    match Refusals::all(refusals) {
        None => Ok(read),
        Some(refusals) => Err(refusals),
    }
}

/// What pasting adds around an item.
fn is_around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '•' | '\u{FEFF}' | '\u{200B}')
}

#[cfg(test)]
mod tests;
