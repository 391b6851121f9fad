//! Parameters below the cluster's path that mean nothing: most likely a name with a slip in it, whose
//! wish would be lost in silence.

use crate::foreign::clean;

/// How much of a name is shown.
const SHOWN: usize = 120;
/// The names that are whole. `paused` is read here; the others belong to functions beside this one.
const WHOLE: [&str; 5] = ["paused", "principals", "restarts", "healing", "admin"];
/// The names that have one more part, of the user's own: a listener group.
const OF_GROUPS: [&str; 2] = ["listeners", "handover"];
/// The name below which anything may stand.
const SECRETS: &str = "secrets";

/// A parameter that nobody reads, by what stands below the cluster's path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// The name, as it may be shown.
    pub name: String,
    /// What it was most likely meant to be.
    pub nearest: Option<String>,
}

impl Unknown {
    /// Of a name below the cluster's path, if it means nothing.
    pub(super) fn of(below: &str) -> Option<Self> {
        let parts: Vec<&str> = below.split('/').collect();
        let is_known = match parts[..] {
            [only] => WHOLE.contains(&only),
            [of, group] if OF_GROUPS.contains(&of) => !group.is_empty(),
            [of, ..] => of == SECRETS && parts.len() > 1,
            [] => false,
        };
        (!is_known).then(|| Self {
            name: clean(below, SHOWN),
            nearest: nearest(&parts).map(|name| clean(&name, SHOWN)),
        })
    }
}

/// The name that was most likely meant.
fn nearest(parts: &[&str]) -> Option<String> {
    let mut parts = parts.iter().filter(|part| !part.is_empty());
    let first = *parts.next()?;
    let group = parts.next().copied();
    let lower = first.to_ascii_lowercase();
    let all = WHOLE.iter().chain(&OF_GROUPS).chain([&SECRETS]);
    let slips = |name: &&&str| slips(&lower, name);
    match all.min_by_key(slips).filter(|name| slips(name) <= 2) {
        Some(name) if WHOLE.contains(name) => Some((*name).to_owned()),
        Some(name) => Some(format!("{name}/{}", group.unwrap_or("<GROUP>"))),
        // A group's name alone, as the path was left out.
        None if is_group(first) => Some(format!("{}/{first}", OF_GROUPS[0])),
        None => None,
    }
}

/// Whether a text is a name of a listener group: capital letters, digits and `_`.
fn is_group(text: &str) -> bool {
    let is_one = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(is_one)
}

/// How many letters are to be put in, left out or changed to make one text of the other (Levenshtein).
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, c) in one.chars().enumerate() {
        let mut left = above + 1;
        let mut corner = above;
        let mut next = vec![left];
        for (&up, &d) in row[1..].iter().zip(&other) {
            left = (corner + usize::from(c != d)).min(up + 1).min(left + 1);
            corner = up;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_read_by_anybody_is_known() {
        for name in [
            "paused",
            "principals",
            "restarts",
            "healing",
            "admin",
            "listeners/EXTERNAL",
            "listeners/whatever",
            "handover/EXTERNAL",
            "secrets/EXTERNAL",
            "secrets/EXTERNAL/user",
        ] {
            assert_eq!(Unknown::of(name), None, "{name}");
        }
    }

    #[test]
    fn a_slip_is_told_with_the_name_that_was_most_likely_meant() {
        for (name, nearest) in [
            ("PAUSED", Some("paused")),
            ("pause", Some("paused")),
            ("Paused", Some("paused")),
            ("paused/", Some("paused")),
            ("paused/now", Some("paused")),
            ("puased", Some("paused")),
            ("listener/EXTERNAL", Some("listeners/EXTERNAL")),
            ("Listeners/EXTERNAL", Some("listeners/EXTERNAL")),
            ("LISTENERS/EXTERNAL2", Some("listeners/EXTERNAL2")),
            ("listners/EXTERNAL", Some("listeners/EXTERNAL")),
            ("listeners//EXTERNAL", Some("listeners/EXTERNAL")),
            ("listeners/EXTERNAL/x", Some("listeners/EXTERNAL")),
            ("listeners/EXTERNAL/", Some("listeners/EXTERNAL")),
            ("listeners/", Some("listeners/<GROUP>")),
            ("listeners", Some("listeners/<GROUP>")),
            ("handovers/EXTERNAL", Some("handover/EXTERNAL")),
            ("secret/EXTERNAL", Some("secrets/EXTERNAL")),
            ("secrets", Some("secrets/<GROUP>")),
            ("principal", Some("principals")),
            ("restart", Some("restarts")),
            ("EXTERNAL", Some("listeners/EXTERNAL")),
            ("owner", None),
            ("contact/mail", None),
            ("", None),
        ] {
            let found = Unknown::of(name).expect(name);
            assert_eq!(found.nearest.as_deref(), nearest, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn slips_are_a_distance(a in "[a-c]{0,6}", b in "[a-c]{0,6}", c in "[a-c]{0,6}") {
            prop_assert_eq!(slips(&a, &a), 0);
            prop_assert_eq!(slips(&a, &b), slips(&b, &a));
            prop_assert!(slips(&a, &c) <= slips(&a, &b) + slips(&b, &c));
            prop_assert!(slips(&a, &b) >= a.len().abs_diff(b.len()));
            prop_assert_eq!(slips(&a, &b) == 0, a == b);
        }

        #[test]
        fn whatever_the_name_is_it_is_short_and_clean(name in "(?s).{0,300}") {
            if let Some(unknown) = Unknown::of(&name) {
                prop_assert!(unknown.name.chars().count() <= SHOWN + 1);
                prop_assert!(!unknown.name.chars().any(char::is_control));
            }
        }
    }
}
