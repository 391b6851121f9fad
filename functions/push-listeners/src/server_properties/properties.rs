//! The entries of a file, and the last one of each key, which is the one that counts (K-17).

use super::generated;
use super::logical::{Entry, Malformed, entries};
use super::natural::{Kind, is_blank, lines};
use super::refusal::{Refusal, Rule};

/// How UTF-8 marks its beginning. To Java these are three letters of the first key.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A file that could be read. It may be under the mask.
#[derive(Clone, Debug)]
pub struct Properties<'a> {
    /// Its bytes.
    pub file: &'a [u8],
    /// Its entries in their order.
    pub entries: Vec<Entry>,
}

impl<'a> Properties<'a> {
    /// Reads a file. Refused are escapes that Java refuses, lines of which the mask leaves nothing, a
    /// byte order mark before a key, and files that say that they are generated.
    pub fn read(file: &'a [u8]) -> Result<Self, Refusal> {
        check_byte_order_mark(file)?;
        check_that_all_keys_can_be_told(file)?;
        generated::check(file)?;
        let entries = entries(file).map_err(malformed)?;
        Ok(Self { file, entries })
    }

    /// The entry of a key that counts.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries_of(key).last()
    }

    /// All entries of a key.
    pub fn entries_of(&self, key: &str) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| is(&entry.key, key))
    }

    /// The value of a key as Kafka takes it: without the blanks around it.
    pub fn value(&self, key: &str) -> Option<String> {
        self.entry(key).map(|entry| trimmed(&entry.value))
    }

    /// A refusal about the entry of a key that counts.
    pub(super) fn refuse(&self, rule: Rule, key: &str, reason: impl Into<String>) -> Refusal {
        match self.entry(key) {
            Some(entry) => {
                let shown = format!("{key}={}", trimmed(&entry.value));
                Refusal::at(rule, entry.line, &shown, reason)
            }
            None => Refusal::because(rule, reason),
        }
    }
}

/// Whether UTF-16 says a text.
pub(super) fn is(codes: &[u16], text: &str) -> bool {
    codes.iter().copied().eq(text.encode_utf16())
}

/// A value as Kafka takes it, with `�` for what is no character.
fn trimmed(value: &[u16]) -> String {
    let text = String::from_utf16_lossy(value);
    text.trim_matches(|c| c <= ' ').to_owned()
}

pub(super) fn malformed(at: Malformed) -> Refusal {
    Refusal::at(
        Rule::MalformedEscape,
        at.line,
        "",
        "a \\u needs four hexadecimal digits behind it, and Kafka does not start with this line; write the backslash twice if it is meant as one",
    )
}

fn check_byte_order_mark(file: &[u8]) -> Result<(), Refusal> {
    let Some(rest) = file.strip_prefix(BYTE_ORDER_MARK) else {
        return Ok(());
    };
    let is_key = lines(file).next().is_some_and(|line| {
        let content = &rest[..line.content.len() - BYTE_ORDER_MARK.len()];
        let first = content.iter().find(|byte| !is_blank(**byte));
        line.continues || first.is_some_and(|byte| !matches!(byte, b'#' | b'!'))
    });
    match is_key {
        false => Ok(()),
        true => Err(Refusal::at(
            Rule::ByteOrderMark,
            1,
            "",
            "the file begins with a byte order mark, which Kafka takes for a part of the first key, so it does not see that key; save the file without the mark (as UTF-8 without BOM), or begin it with an empty comment",
        )),
    }
}

/// Under the mask nothing but `?` and backslashes is left of an entry whose key holds a backslash. Its
/// first line may be a backslash alone.
fn check_that_all_keys_can_be_told(file: &[u8]) -> Result<(), Refusal> {
    let mut first = 0;
    for (i, line) in lines(file).enumerate() {
        let content = &file[line.content];
        let may_begin = match line.kind {
            Kind::Blank | Kind::Comment => false,
            Kind::First => {
                first = i + 1;
                true
            }
            Kind::Continuation => first > 0,
        };
        let is_hidden = content.iter().all(|byte| matches!(byte, b'?' | b'\\'));
        if may_begin && is_hidden && content.contains(&b'?') {
            return Err(Refusal::at(
                Rule::CannotTell,
                first,
                "",
                "the key of this line is written with a backslash, so nobody can tell here which key it is; write the key plainly",
            ));
        }
        if content != b"\\" {
            first = 0;
        }
    }
    Ok(())
}
