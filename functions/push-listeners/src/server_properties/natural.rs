//! Natural lines: what lies between two line ends, and what each is in the grammar (K-17).

use std::ops::Range;

/// What a natural line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing but blanks.
    Blank,
    /// A comment. It never continues.
    Comment,
    /// The first line of an entry.
    First,
    /// A line that continues the one before it.
    Continuation,
}

/// A natural line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Natural {
    pub kind: Kind,
    /// Its bytes, without the line end.
    pub content: Range<usize>,
    /// Where the next line begins: behind its line end, if it has one.
    pub next: usize,
    /// Whether the line after it continues it.
    pub continues: bool,
}

/// Space, tab and form feed: what the grammar takes for a blank.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0C')
}

/// Whether a byte ends a line.
pub(super) fn is_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The natural lines of a file. A line that is nothing but a backslash counts as an entry that
/// continues: Java 8 reads it so, and newer ones forget it.
pub(super) fn lines(file: &[u8]) -> impl Iterator<Item = Natural> {
    let (mut at, mut continued) = (0, false);
    std::iter::from_fn(move || {
        let start = at;
        let rest = file.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.iter().position(|byte| is_end(*byte));
        let end = start + length.unwrap_or(rest.len());
        let content = &file[start..end];
        let kind = match content.iter().find(|byte| !is_blank(**byte)) {
            _ if continued => Kind::Continuation,
            None => Kind::Blank,
            Some(b'#' | b'!') => Kind::Comment,
            Some(_) => Kind::First,
        };
        continued = match kind {
            Kind::Blank | Kind::Comment => false,
            Kind::First | Kind::Continuation => ends_in_odd_backslashes(content),
        };
        at = end + line_end(&file[end..]).len();
        Some(Natural {
            kind,
            content: start..end,
            next: at,
            continues: continued,
        })
    })
}

/// The line end with which a text begins: `\n`, `\r`, `\r\n`, or nothing.
pub(super) fn line_end(text: &[u8]) -> &[u8] {
    let length = match text {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => 0,
    };
    &text[..length]
}

/// Whether a backslash that is itself not escaped ends a line.
pub(super) fn ends_in_odd_backslashes(content: &[u8]) -> bool {
    let backslashes = content.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(file: &str) -> Vec<(Kind, &str)> {
        let text = |line: Natural| (line.kind, &file[line.content.start..line.next]);
        lines(file.as_bytes()).map(text).collect()
    }

    #[test]
    fn a_line_ends_with_a_line_feed_a_carriage_return_or_both() {
        let all = kinds("a\nb\rc\r\n\n\rd");
        let texts: Vec<&str> = all.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, ["a\n", "b\r", "c\r\n", "\n", "\r", "d"]);
        assert!(kinds("").is_empty());
    }

    #[test]
    fn only_an_odd_number_of_backslashes_continues_a_line_and_never_a_comment() {
        use Kind::*;
        for (file, expected) in [
            ("a\\\n#b\n", vec![First, Continuation]),
            ("a\\\\\n#b\n", vec![First, Comment]),
            ("#a\\\nb\n", vec![Comment, First]),
            (" \t!a\\\nb", vec![Comment, First]),
            ("a\\\n \nb", vec![First, Continuation, First]),
            (" \x0C\n", vec![Blank]),
            ("\u{A0}\n", vec![First]),
            ("\\\n#b\n", vec![First, Continuation]),
            ("a\\", vec![First]),
        ] {
            let found: Vec<Kind> = kinds(file).into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(found, expected, "{file:?}");
        }
    }
}
