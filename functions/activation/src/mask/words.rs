//! Words and numbers that take the place of others: as long as those, in their order as far as their
//! length allows, and none that means something.

use super::kept::is_kept;
use super::tokens::{is_number, stem};
use std::collections::{BTreeMap, BTreeSet};

/// Without vowels no word of a plan can come about; without `b` no broker's name.
const LETTERS: &[u8] = b"cdfghjklmnpqrstvwxz";
/// What codes of AWS's zones begin with, and have no vowel.
const CODES: [&str; 2] = ["cn", "mx"];

/// What takes the place of each word.
#[derive(Debug, Default)]
pub(super) struct Words(BTreeMap<String, String>);

impl Words {
    /// Finds another word for each. Letters that are capitals, and a short number at the end, do not count.
    pub(super) fn of(words: &BTreeSet<String>) -> Self {
        let mut next: BTreeMap<usize, usize> = BTreeMap::new();
        let mut replaced = BTreeMap::new();
        for word in words {
            let rank = next.entry(word.len()).or_default();
            let other = loop {
                let other = nth(*rank, word.len());
                *rank += 1;
                let means = is_kept(&other) || CODES.iter().any(|code| other.starts_with(code));
                if !means && !words.contains(&other) {
                    break other;
                }
            };
            replaced.insert(word.clone(), other);
        }
        Self(replaced)
    }

    /// How a word is known here.
    pub(super) fn key(word: &str) -> String {
        stem(word).to_ascii_lowercase()
    }

    /// What takes the place of a word, if it is known, with its capitals and its number.
    pub(super) fn replace(&self, word: &str) -> Option<String> {
        let stem = stem(word);
        let other = self.0.get(&Self::key(word))?;
        let capitals = stem.chars().map(|c| c.is_ascii_uppercase());
        let capitals = capitals.chain(std::iter::repeat(false));
        let cased = other.chars().zip(capitals);
        let cased = cased.map(|(c, is_capital)| match is_capital {
            true => c.to_ascii_uppercase(),
            false => c,
        });
        Some(cased.chain(word[stem.len()..].chars()).collect())
    }
}

/// The word of this rank; longer than asked for if there are no others left.
fn nth(mut rank: usize, length: usize) -> String {
    let mut letters = Vec::new();
    while letters.len() < length || rank > 0 {
        letters.push(char::from(LETTERS[rank % LETTERS.len()]));
        rank /= LETTERS.len();
    }
    letters.iter().rev().collect()
}

/// What takes the place of each number that is a name. Those of one or two digits tell nothing, and stay.
#[derive(Debug, Default)]
pub(super) struct Numbers(BTreeMap<String, String>);

impl Numbers {
    /// Finds another number for each.
    pub(super) fn of(numbers: &BTreeSet<String>) -> Self {
        let mut next: BTreeMap<usize, u32> = BTreeMap::new();
        let mut replaced = BTreeMap::new();
        for number in numbers.iter().filter(|number| number.len() > 2) {
            debug_assert!(is_number(number));
            let other = loop {
                let rank = next.entry(number.len()).or_default();
                *rank += 1;
                let other = format!("1{rank:0>width$}", width = number.len() - 1);
                if !numbers.contains(&other) {
                    break other;
                }
            };
            replaced.insert(number.clone(), other);
        }
        Self(replaced)
    }

    /// What takes the place of a number, if it is known.
    pub(super) fn replace(&self, number: &str) -> Option<String> {
        self.0.get(number).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn words_keep_their_length_their_capitals_their_number_and_their_order() {
        let words = Words::of(&set(&["orders", "sales", "abc", "abd", "x"]));
        for (word, other) in [
            ("orders", "cccccc"),
            ("ORDERS", "CCCCCC"),
            ("Orders12", "Cccccc12"),
            ("sales", "ccccc"),
            ("abc", "ccc"),
            ("abd", "ccd"),
            ("x", "c"),
        ] {
            assert_eq!(words.replace(word).as_deref(), Some(other), "{word}");
        }
        assert_eq!(words.replace("other"), None);
        assert_eq!(words.replace("orders1234"), None, "a number of its own");
    }

    #[test]
    fn no_word_is_another_one_of_them_or_means_something() {
        let words = set(&["ccc", "ccd", "cdc"]);
        let replaced = Words::of(&words);
        let others: BTreeSet<_> = words.iter().filter_map(|w| replaced.replace(w)).collect();
        assert_eq!(others.len(), 3);
        assert!(others.is_disjoint(&words), "{others:?}");
        let many: BTreeSet<String> = (0..26).map(|n| char::from(b'a' + n).to_string()).collect();
        let replaced = Words::of(&many);
        let others: BTreeSet<_> = many.iter().filter_map(|w| replaced.replace(w)).collect();
        assert_eq!(others.len(), 26);
        let pairs: BTreeSet<String> = (b'a'..=b'z')
            .flat_map(|a| (b'a'..=b'z').map(move |b| [a, b].map(char::from).iter().collect()))
            .collect();
        let replaced = Words::of(&pairs);
        for other in pairs.iter().filter_map(|word| replaced.replace(word)) {
            assert!(!other.starts_with("cn") && !is_kept(&other), "{other}");
        }
    }

    #[test]
    fn numbers_keep_their_length_and_short_ones_stay() {
        let numbers = Numbers::of(&set(&["3199015", "1000001", "4711", "12"]));
        assert_eq!(numbers.replace("1000001").as_deref(), Some("1000002"));
        assert_eq!(numbers.replace("3199015").as_deref(), Some("1000003"));
        assert_eq!(numbers.replace("4711").as_deref(), Some("1001"));
        assert_eq!(numbers.replace("12"), None);
    }
}
