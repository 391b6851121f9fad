//! The file as entries: logical lines, each a key and a value, read as `java.util.Properties` of Java
//! 17 reads them (K-17).

use super::decode::{BadEscape, Unit, decode};
use super::natural::{ends_in_odd_backslashes, is_blank, is_end, line_end};
use std::ops::Range;

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The natural line in which it begins, counted from 1.
    pub line: usize,
    /// Its bytes, from the start of that line to before the line end behind its last one.
    pub span: Range<usize>,
    /// The key as Java reads it, in UTF-16.
    pub key: Vec<u16>,
    /// The value as Java reads it, with blanks at its end, in UTF-16.
    pub value: Vec<u16>,
}

/// A `\u` without four hexadecimal digits behind it; Kafka does not start with such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The line in which the entry begins.
    pub line: usize,
}

/// Reads all entries, in their order.
pub fn entries(file: &[u8]) -> Result<Vec<Entry>, Malformed> {
    let mut reader = Reader {
        file,
        at: 0,
        line: 1,
    };
    std::iter::from_fn(|| reader.next()).map(entry).collect()
}

/// The value of an entry of this file, with the place of each of its characters.
pub(super) fn value_units(file: &[u8], entry: &Entry) -> Result<Vec<Unit>, Malformed> {
    let file = &file[..entry.span.end];
    let (at, line) = (entry.span.start, entry.line);
    let Some(logical) = (Reader { file, at, line }).next() else {
        return Ok(Vec::new());
    };
    decode(&logical.bytes[logical.key_and_value().1..]).map_err(|BadEscape| Malformed { line })
}

fn entry(logical: Logical) -> Result<Entry, Malformed> {
    let line = logical.line;
    let (key_end, value_start) = logical.key_and_value();
    let codes = |bytes| match decode(bytes) {
        Ok(units) => Ok(units.into_iter().map(|unit| unit.code).collect()),
        Err(BadEscape) => Err(Malformed { line }),
    };
    Ok(Entry {
        line,
        key: codes(&logical.bytes[..key_end])?,
        value: codes(&logical.bytes[value_start..])?,
        span: logical.span,
    })
}

/// A logical line: continuations joined, each byte with its place.
struct Logical {
    line: usize,
    span: Range<usize>,
    bytes: Vec<(u8, usize)>,
}

impl Logical {
    /// Where its key ends, and where its value begins.
    fn key_and_value(&self) -> (usize, usize) {
        let is_separator = |byte: u8| matches!(byte, b'=' | b':');
        let mut escaped = false;
        let key_end = self.bytes.iter().position(|&(byte, _)| {
            let ends = !escaped && (is_separator(byte) || is_blank(byte));
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let key_end = key_end.unwrap_or(self.bytes.len());
        let mut separated = false;
        let rest = self.bytes[key_end..].iter();
        let between = rest.take_while(|&&(byte, _)| {
            let first_separator = is_separator(byte) && !separated;
            separated |= first_separator;
            first_separator || is_blank(byte)
        });
        (key_end, key_end + between.count())
    }
}

/// Reads logical lines, one after the other.
struct Reader<'a> {
    file: &'a [u8],
    at: usize,
    /// The natural line that begins at `at`.
    line: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Logical> {
        let mut bytes: Vec<(u8, usize)> = Vec::new();
        let (mut line, mut span) = (self.line, self.at..self.at);
        while self.at < self.file.len() {
            // A line that was nothing but a backslash is forgotten.
            if bytes.is_empty() {
                (line, span) = (self.line, self.at..self.at);
            }
            let content = self.content();
            let is_comment = bytes.is_empty() && matches!(content, [b'#' | b'!', ..]);
            if !is_comment {
                bytes.extend(content.iter().copied().zip(self.at - content.len()..));
            }
            let continues = !is_comment && ends_in_odd_backslashes(content);
            span.end = self.at;
            // Java looks one byte further, also where a line ends with two.
            let is_last = self.at + 1 >= self.file.len();
            self.at += line_end(&self.file[self.at..]).len();
            self.line += 1;
            let is_entry = !bytes.is_empty() && (!continues || is_last);
            if continues {
                bytes.pop();
            }
            if is_entry {
                return Some(Logical { line, span, bytes });
            }
        }
        (!bytes.is_empty()).then_some(Logical { line, span, bytes })
    }

    /// Goes to the end of the natural line, and answers it without the blanks before it.
    fn content(&mut self) -> &'a [u8] {
        let file = self.file;
        let rest = &file[self.at..];
        let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
        let rest = &rest[blanks..];
        let content = rest.iter().take_while(|byte| !is_end(**byte)).count();
        self.at += blanks + content;
        &rest[..content]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[u8]) -> Vec<(usize, String, String)> {
        let text = |codes: &[u16]| String::from_utf16_lossy(codes);
        let all = entries(file).expect("entries");
        all.iter()
            .map(|it| (it.line, text(&it.key), text(&it.value)))
            .collect()
    }

    fn pairs(file: &str) -> Vec<(String, String)> {
        read(file.as_bytes())
            .into_iter()
            .map(|(_, key, value)| (key, value))
            .collect()
    }

    #[test]
    fn the_key_ends_at_the_first_separator_and_at_most_one_sign_stands_between() {
        for (file, key, value) in [
            ("listeners=A://x:1", "listeners", "A://x:1"),
            ("listeners : A://x:1", "listeners", "A://x:1"),
            ("listeners A://x:1", "listeners", "A://x:1"),
            ("  listeners\t =\u{C} A://x:1 ", "listeners", "A://x:1 "),
            ("a==b", "a", "=b"),
            ("a = = b", "a", "= b"),
            ("a:=b", "a", "=b"),
            ("=b", "", "b"),
            ("a", "a", ""),
            ("a\\ b\\=c=d", "a b=c", "d"),
            ("a\\\\=b", "a\\", "b"),
            ("EXTERNAL\\://h\\:1", "EXTERNAL://h:1", ""),
        ] {
            assert_eq!(
                pairs(file),
                [(key.to_owned(), value.to_owned())],
                "{file:?}"
            );
        }
    }

    #[test]
    fn a_continued_line_loses_its_blanks_and_is_no_comment() {
        for (file, value) in [
            ("k=a\\\n# x", "a# x"),
            ("k=a\\\r\n \t\u{C}b\n", "ab"),
            ("k=a\\\rb\r", "ab"),
            ("k=a\\\n\nb=c", "a"),
            ("k=a\\\n  \nb=c", "a"),
            ("k=a\\", "a"),
            ("k=a\\\n", "a"),
            ("k=a\\\r\n", "a"),
            ("k=a\\\\\nb=c", "a\\"),
            ("k=\\u00\\\n  41", "A"),
            ("k\\\n = a", "a"),
        ] {
            assert_eq!(
                pairs(file)[0],
                ("k".to_owned(), value.to_owned()),
                "{file:?}"
            );
        }
    }

    #[test]
    fn comments_and_blank_lines_are_no_entries() {
        assert_eq!(
            pairs("# a=b\\\nc=d\n \t! e\n\n\r \n"),
            [("c".to_owned(), "d".to_owned())]
        );
        assert_eq!(pairs(""), []);
        // A no-break space is no blank.
        assert_eq!(read(b"\xA0# a")[0].1, "\u{A0}#");
    }

    #[test]
    fn a_line_of_nothing_but_a_backslash_is_forgotten_or_an_empty_entry_at_the_end() {
        assert_eq!(pairs("\\\n#a=b\nc=d").len(), 1);
        assert_eq!(pairs("\\\nc=d"), [("c".to_owned(), "d".to_owned())]);
        for file in ["\\", "\\\n", "\\\r"] {
            assert_eq!(pairs(file), [(String::new(), String::new())], "{file:?}");
        }
        assert_eq!(pairs("\\\r\n"), []);
    }

    #[test]
    fn an_entry_knows_its_line_and_its_bytes() {
        let file = b"# x\r\n\r a\\\r\nb=c\nd=e";
        let all = entries(file).expect("entries");
        let told: Vec<_> = all
            .iter()
            .map(|it| (it.line, &file[it.span.clone()]))
            .collect();
        assert_eq!(told, [(3, &b" a\\\r\nb=c"[..]), (5, b"d=e")]);
    }

    #[test]
    fn each_character_of_a_value_knows_its_bytes() {
        let file = b"x=1\n k = a\\:\\\n  \\u00\\\n41c\n";
        let entry = &entries(file).expect("entries")[1];
        let units = value_units(file, entry).expect("units");
        let texts: Vec<_> = units.iter().map(|it| &file[it.span.clone()]).collect();
        assert_eq!(texts, [&b"a"[..], b"\\:", b"\\u00\\\n41", b"c"]);
    }

    #[test]
    fn bytes_are_latin_1() {
        assert_eq!(
            read(b"gr\xFC\xDFe=\xE4\x00\xFF"),
            [(1, "grüße".to_owned(), "ä\0ÿ".to_owned())]
        );
    }

    #[test]
    fn a_malformed_escape_is_told_with_its_line() {
        for (file, line) in [("a=b\nc=\\u12\n", 2), ("\\u=a", 1), ("a=\\\n\\u123g", 1)] {
            assert_eq!(
                entries(file.as_bytes()),
                Err(Malformed { line }),
                "{file:?}"
            );
        }
    }
}
