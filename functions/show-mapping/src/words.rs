//! Sentences' parts: counts and lists.

use crate::fields::Word;
use std::collections::BTreeSet;

/// `1 port`, `3 ports`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// So many brokers in a row are told as `1 to 4`.
const A_ROW: usize = 4;

/// `broker 1`, `brokers 1, 2, 10`, `brokers 1 to 49`: those with numbers by their numbers.
pub(crate) fn brokers<'a>(nodes: impl IntoIterator<Item = &'a Word>) -> String {
    let all: BTreeSet<(Option<u32>, &Word)> = nodes
        .into_iter()
        .map(|node| (node.as_str().parse().ok(), node))
        .collect();
    let s = if all.len() == 1 { "" } else { "s" };
    let mut rows: Vec<Vec<(Option<u32>, &Word)>> = Vec::new();
    for node in all {
        let follows = |row: &Vec<(Option<u32>, &Word)>| {
            let last = row.last().and_then(|(number, _)| *number);
            last.is_some() && last.and_then(|last| last.checked_add(1)) == node.0
        };
        match rows.last_mut().filter(|row| follows(row)) {
            Some(row) => row.push(node),
            None => rows.push(vec![node]),
        }
    }
    let told = rows.iter().flat_map(|row| match &row[..] {
        [(_, first), .., (_, last)] if row.len() >= A_ROW => vec![format!("{first} to {last}")],
        row => row.iter().map(|(_, node)| node.to_string()).collect(),
    });
    format!("broker{s} {}", told.collect::<Vec<_>>().join(", "))
}

/// `1 port is`, `3 ports are`.
pub(crate) fn are(number: usize, noun: &str) -> String {
    let verb = if number == 1 { "is" } else { "are" };
    format!("{} {verb}", count(number, noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brokers_are_listed_once_and_by_number() {
        for (nodes, told) in [
            ("10 2 x 2", "brokers x, 2, 10"),
            ("10", "broker 10"),
            ("1 2 3", "brokers 1, 2, 3"),
            ("4 3 2 1 7 9 10 11 12", "brokers 1 to 4, 7, 9 to 12"),
            ("4294967295 0", "brokers 0, 4294967295"),
            ("", "brokers "),
        ] {
            let words = nodes.split_whitespace().map(|node| Word(node.to_owned()));
            assert_eq!(brokers(&words.collect::<Vec<_>>()), told);
        }
    }

    #[test]
    fn one_is_and_several_are() {
        assert_eq!(are(1, "port"), "1 port is");
        assert_eq!(are(0, "port"), "0 ports are");
    }
}
