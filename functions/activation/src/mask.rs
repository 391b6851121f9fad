//! A saved observation without what tells whose it is: accounts, addresses, ids and names are replaced,
//! each by the same thing everywhere, so that the plan is the same but for them. Nothing is encrypted:
//! what takes their place says nothing but their order and their shape.
//!
//! It knows no function's records. A new one needs nothing here unless it reads words in a parameter
//! that nobody read before (`kept.rs`), or has a field in which people write names (`fields.rs`).

mod addresses;
mod fields;
mod kept;
mod tokens;
mod words;

use addresses::{Addresses, Range};
use fields::walk;
use fleet::naming::name_prefix;
use fleet::words::ClusterName;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tokens::{Kind, Manner, Piece, pieces, stem};
use words::{Numbers, Words};

/// Shorter words than this are not looked for in sentences.
const TOLD: usize = 3;

/// What is replaced, and by what.
#[derive(Debug, Default)]
pub struct Mask {
    addresses: Addresses,
    accounts: BTreeMap<String, String>,
    ids: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
    numbers: Numbers,
    words: Words,
    /// Words that sentences may tell.
    told: BTreeSet<String>,
    /// Names of several words.
    names: BTreeSet<String>,
}

impl Mask {
    /// Finds what has to be replaced in a saved observation.
    pub fn of(saved: &Value) -> Self {
        let mut found = Found::default();
        walk(saved, &mut |manner, text| {
            match manner {
                Manner::Name | Manner::Cluster => found.name(text),
                Manner::Group => _ = found.listener_groups.insert(text.to_owned()),
                Manner::Text => found.listener_groups.extend(listener_group(text)),
                Manner::Host | Manner::Resource | Manner::Written | Manner::Foreign => {}
            }
            for piece in pieces(text, manner, &BTreeSet::new()) {
                found.note(piece);
            }
            String::new()
        });
        found.mask()
    }

    /// The same JSON with everything replaced that is known.
    pub fn value(&self, value: &Value) -> Value {
        walk(value, &mut |manner, text| self.replace(manner, text))
    }

    /// The same text with everything replaced that is known.
    pub fn text(&self, text: &str) -> String {
        self.replace(Manner::Text, text)
    }

    fn replace(&self, manner: Manner, text: &str) -> String {
        let pieces = pieces(text, manner, &self.names).into_iter();
        pieces.map(|piece| self.piece(piece)).collect()
    }

    fn piece(&self, Piece { kind, text }: Piece<'_>) -> String {
        let known = match kind {
            Kind::Kept => None,
            Kind::Cluster => Some(String::new()),
            Kind::Account => self.account(text),
            Kind::Address => Range::parse(text).map(|range| self.addresses.replace(range)),
            Kind::HostAddress => host_address(text).map(|range| {
                let address = self.addresses.replace(range);
                format!("ip-{}", address.replace('.', "-"))
            }),
            Kind::Id => self.ids.get(text).cloned(),
            Kind::TargetGroup => self.groups.get(text).cloned(),
            Kind::Number => self.numbers.replace(text),
            Kind::Word { .. } => self.words.replace(text),
            Kind::Mention { quoted } => {
                let is_told = self.told.contains(stem(text));
                let is_told = is_told && (quoted || stem(text).len() >= TOLD);
                let number = quoted.then(|| self.numbers.replace(text)).flatten();
                number.or_else(|| is_told.then(|| self.words.replace(text)).flatten())
            }
            Kind::Blot => Some("ø".to_owned()),
        };
        known.unwrap_or_else(|| text.to_owned())
    }

    fn account(&self, text: &str) -> Option<String> {
        let account = self.accounts.get(&text.replace('-', ""))?;
        match text.contains('-') {
            true => {
                let (first, rest) = account.split_at_checked(4)?;
                let (second, third) = rest.split_at_checked(4)?;
                Some(format!("{first}-{second}-{third}"))
            }
            false => Some(account.clone()),
        }
    }
}

/// What there is to replace.
#[derive(Default)]
struct Found {
    addresses: BTreeSet<Range>,
    accounts: BTreeSet<String>,
    ids: BTreeSet<String>,
    groups: BTreeSet<String>,
    clusters: BTreeSet<String>,
    numbers: BTreeSet<String>,
    words: BTreeSet<String>,
    told: BTreeSet<String>,
    names: BTreeSet<String>,
    listener_groups: BTreeSet<String>,
}

impl Found {
    /// A name of one word is known by that word.
    fn name(&mut self, text: &str) {
        let is_one = text.chars().all(|c| c.is_ascii_alphanumeric());
        if !is_one && text.contains(|c: char| c.is_ascii_alphabetic()) {
            self.names.insert(text.trim().to_owned());
        }
    }

    fn note(&mut self, Piece { kind, text }: Piece<'_>) {
        let text = text.to_owned();
        match kind {
            Kind::Kept | Kind::Mention { .. } | Kind::Blot => {}
            Kind::Account => _ = self.accounts.insert(text.replace('-', "")),
            Kind::Address => self.addresses.extend(Range::parse(&text)),
            Kind::HostAddress => self.addresses.extend(host_address(&text)),
            Kind::Id => _ = self.ids.insert(text),
            Kind::TargetGroup => _ = self.groups.insert(text),
            Kind::Cluster => {
                self.name(&text);
                self.clusters.insert(text);
            }
            Kind::Number => _ = self.numbers.insert(text),
            Kind::Word { told } => {
                let key = Words::key(&text);
                // A word that a plan reads as such stands for no name in a sentence.
                if told && !kept::is_kept(&key) {
                    self.told.insert(stem(&text).to_owned());
                }
                self.words.insert(key);
            }
        }
    }

    fn mask(mut self) -> Mask {
        // A listener group stays, and what is named like it stays in sentences.
        for group in &self.listener_groups {
            self.names.remove(group);
            for word in group.split('_') {
                self.told.remove(stem(word));
            }
        }
        let mask = Mask {
            addresses: Addresses::of(&self.addresses),
            accounts: accounts(&self.accounts),
            ids: ids(&self.ids),
            groups: BTreeMap::new(),
            numbers: Numbers::of(&self.numbers),
            words: Words::of(&self.words),
            told: self.told,
            names: self.names,
        };
        let mut groups = BTreeMap::new();
        for (rank, prefix) in self.groups.into_iter().enumerate() {
            groups.insert(prefix, format!("kpl-{rank:08x}-"));
        }
        for cluster in self.clusters {
            let masked = mask.replace(Manner::Name, &cluster);
            let prefix = |name: String| name_prefix(&ClusterName::new(name));
            groups.insert(prefix(cluster), prefix(masked));
        }
        Mask { groups, ..mask }
    }
}

/// The listener group of a parameter's name.
fn listener_group(text: &str) -> Option<String> {
    let below = text.strip_prefix("/kafka-privatelink/")?;
    let (_, below) = below.split_once('/')?;
    let (of, group) = below.split_once('/')?;
    matches!(of, "listeners" | "handover").then(|| group.to_owned())
}

fn host_address(text: &str) -> Option<Range> {
    Range::parse(&text.strip_prefix("ip-")?.replace('-', "."))
}

/// Other accounts, in the same order, of as many digits.
fn accounts(all: &BTreeSet<String>) -> BTreeMap<String, String> {
    let numbered = (1..).zip(all);
    let other = |(rank, account): (u32, &String)| {
        let width = account.len() - 1;
        (account.clone(), format!("1{rank:0>width$}"))
    };
    numbered.map(other).collect()
}

/// Other ids, those of a kind in the same order, of the same form.
fn ids(all: &BTreeSet<String>) -> BTreeMap<String, String> {
    let mut ranks: BTreeMap<&str, u32> = BTreeMap::new();
    let mut others = BTreeMap::new();
    for id in all {
        let (kind, number) = id.split_at(id.rfind('-').map_or(0, |hyphen| hyphen + 1));
        let rank = ranks.entry(kind).or_default();
        *rank += 1;
        // An id has 8 digits at least; those of another length stand in one order with them.
        let (rank, width) = (format!("{rank:08x}"), number.len());
        others.insert(id.clone(), format!("{kind}{rank:0<width$}"));
    }
    others
}

#[cfg(test)]
mod tests;
