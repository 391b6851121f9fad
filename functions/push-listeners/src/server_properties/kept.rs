//! What an edit found missing or already there: the host keeps it, and a removal undoes just that.

use super::config::Config;
use super::key::Key;
use super::refusal::Refusal;
use super::versions::Version;
use super::wanted::is_listener_name;
use fleet::words::GroupName;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// One line of the record. The records of several edits add up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Kept {
    /// The key was not there, so its line goes when it says no more than Kafka takes without it.
    Absent(Key),
    /// So many line ends (1 or 2) were added before the first line that was added at the end.
    LineEnds(usize),
    /// One key had the group's listener when others did not; so it stays there.
    Present(Key, GroupName),
}

impl Kept {
    /// Reads what its `Display` wrote: `listeners absent`, `line-ends 1`, `listeners has EXTERNAL`.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        match words[..] {
            [key, "absent"] => Key::parse(key).map(Self::Absent),
            ["line-ends", "1"] => Some(Self::LineEnds(1)),
            ["line-ends", "2"] => Some(Self::LineEnds(2)),
            [key, "has", group] if is_listener_name(group) => {
                Some(Self::Present(Key::parse(key)?, group.into()))
            }
            _ => None,
        }
    }
}

/// What of the records of earlier edits still is so in a file. The rest is of lines that have left it
/// since: what stands there later is somebody else's.
pub fn still(
    kept: &BTreeSet<Kept>,
    file: &[u8],
    version: Option<Version>,
) -> Result<BTreeSet<Kept>, Refusal> {
    let config = Config::read(file, version)?;
    let is_there = |key: Key| config.entry(key).is_some();
    let has = |key: Key, group: &GroupName| {
        let mut names = config.names(key).into_iter();
        is_there(key) && names.any(|it| it.eq_ignore_ascii_case(group.as_str()))
    };
    let has_line = |it: &Kept| matches!(it, Kept::Absent(key) if is_there(*key));
    let has_lines = kept.iter().any(has_line);
    let is_so = |it: &&Kept| match it {
        Kept::Absent(key) => is_there(*key),
        Kept::LineEnds(_) => has_lines,
        Kept::Present(key, group) => has(*key, group),
    };
    Ok(kept.iter().filter(is_so).cloned().collect())
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(key) => write!(f, "{key} absent"),
            Self::LineEnds(count) => write!(f, "line-ends {count}"),
            Self::Present(key, group) => write!(f, "{key} has {group}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_as_it_was_written() {
        let group = GroupName::new("EXTERNAL2");
        let of_keys = Key::ALL
            .into_iter()
            .flat_map(|key| [Kept::Absent(key), Kept::Present(key, group.clone())]);
        for kept in of_keys.chain([Kept::LineEnds(1), Kept::LineEnds(2)]) {
            assert_eq!(Kept::parse(&kept.to_string()), Some(kept));
        }
        for text in [
            "",
            "listeners",
            "line-ends 3",
            "node.id absent",
            "listeners  absent",
            "listeners has ",
            "listeners has A\nmode start",
        ] {
            assert_eq!(Kept::parse(text), None, "{text}");
        }
    }
}
