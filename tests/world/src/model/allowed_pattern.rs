//! SSM: what a parameter of a document may be.

use std::ops::RangeInclusive;

/// An `allowedPattern`. Only one form of a regular expression is known here: `^[A-Za-z0-9_-]{1,100}$`,
/// one set of characters and how many of them, from the beginning to the end; `+` is one at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedPattern {
    pub(super) text: String,
    characters: Vec<RangeInclusive<char>>,
    least: usize,
    most: usize,
}

impl AllowedPattern {
    /// Reads it; the error says what is not known here.
    pub fn parse(text: &str) -> Result<Self, String> {
        let unknown = || format!("{text} is not of the form ^[A-Za-z0-9_-]{{1,100}}$");
        let rest = text
            .strip_prefix("^[")
            .and_then(|rest| rest.strip_suffix('$'));
        let (set, count) = rest
            .and_then(|rest| rest.split_once(']'))
            .ok_or_else(unknown)?;
        let (least, most) = how_many(count).ok_or_else(unknown)?;
        if least > most || set.is_empty() || set.contains(['[', '^', '\\', '&']) {
            return Err(unknown());
        }
        let mut characters = Vec::new();
        let mut set: &[char] = &set.chars().collect::<Vec<_>>();
        while let [first, rest @ ..] = set {
            let (last, rest) = match rest {
                ['-', last, rest @ ..] => (last, rest),
                rest => (first, rest),
            };
            if last < first {
                return Err(unknown());
            }
            characters.push(*first..=*last);
            set = rest;
        }
        Ok(Self {
            text: text.to_owned(),
            characters,
            least,
            most,
        })
    }

    pub(super) fn allows(&self, value: &str) -> bool {
        let is_one = |c: char| self.characters.iter().any(|range| range.contains(&c));
        (self.least..=self.most).contains(&value.chars().count()) && value.chars().all(is_one)
    }
}

/// `+`, `{2}`, `{1,100}`.
fn how_many(count: &str) -> Option<(usize, usize)> {
    if count == "+" {
        return Some((1, usize::MAX));
    }
    let inside = count.strip_prefix('{')?.strip_suffix('}')?;
    let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
    Some((least.parse().ok()?, most.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_allows_its_characters_as_many_as_it_says_and_other_forms_are_not_known() {
        let pattern = AllowedPattern::parse("^[A-Za-z0-9_-]{1,8}$").unwrap();
        for (value, allowed) in [
            ("a", true),
            ("aZ09_-", true),
            ("12345678", true),
            ("123456789", false),
            ("", false),
            ("a b", false),
            ("a\n", false),
            ("a;b", false),
            ("é", false),
        ] {
            assert_eq!(pattern.allows(value), allowed, "{value:?}");
        }
        let exact = AllowedPattern::parse("^[a]{2}$").unwrap();
        assert!(exact.allows("aa") && !exact.allows("a"));
        let some = AllowedPattern::parse("^[A-Za-z0-9_-]+$").unwrap();
        assert!(some.allows(&"a-_9".repeat(1000)) && !some.allows("") && !some.allows("a b"));
        for unknown in [
            "[a-z]{1,8}",
            "^[a-z]*$",
            "^[^a]{1,8}$",
            "^[\\w]{1,8}$",
            "^[z-a]{1,8}$",
            "^[a]{8,1}$",
            "^[]{1,8}$",
            ".*",
            "^[a]{1,}$",
        ] {
            assert!(AllowedPattern::parse(unknown).is_err(), "{unknown}");
        }
    }
}
