//! What a script is told, read as the scripts read it: lines of `word value`, each value looked at before it
//! is used.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fleet::host::ProcessId;

/// The lines.
#[derive(Debug)]
pub struct Payload(Vec<(String, String)>);

impl Payload {
    /// Reads a payload; the error is what the refusal is about.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let bytes = unpadded(text).ok_or("characters")?;
        let text = String::from_utf8(bytes).map_err(|_| "characters")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._- \n".contains(c);
        if !text.chars().all(is_plain) {
            return Err("characters");
        }
        let lines = text.lines().map(|line| {
            let (word, value) = line.split_once(' ').unwrap_or((line, ""));
            (word.to_owned(), value.to_owned())
        });
        Ok(Self(lines.collect()))
    }

    /// The values of all lines with this word.
    pub fn fields(&self, word: &str) -> impl Iterator<Item = &str> {
        let lines = self.0.iter().filter(move |(other, _)| other == word);
        lines.map(|(_, value)| value.as_str())
    }

    /// The first of them; empty if there is none.
    pub fn field(&self, word: &str) -> &str {
        self.fields(word).next().unwrap_or_default()
    }

    /// The first of them if it is as it must be; the error is the word.
    pub fn need<'a>(
        &'a self,
        word: &'static str,
        is_so: impl Fn(&str) -> bool,
    ) -> Result<&'a str, &'static str> {
        Some(self.field(word))
            .filter(|value| is_so(value))
            .ok_or(word)
    }

    /// A number.
    pub fn number(&self, word: &'static str) -> Result<i64, &'static str> {
        self.need(word, is_number)?.parse().map_err(|_| word)
    }

    /// The process that was seen.
    pub fn process(&self) -> Result<Option<ProcessId>, &'static str> {
        match self.field("process") {
            "none" => Ok(None),
            text => process(text).map(Some).ok_or("process"),
        }
    }
}

/// Digits, at most fifteen.
pub fn is_number(text: &str) -> bool {
    let is_short = !text.is_empty() && text.len() < 16;
    is_short && text.bytes().all(|it| it.is_ascii_digit())
}

/// Hexadecimal digits in small letters.
pub fn is_hex(text: &str) -> bool {
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    !text.is_empty() && text.bytes().all(is_digit)
}

/// A process as orders and the state say it: its number and its start.
pub fn process(text: &str) -> Option<ProcessId> {
    let (pid, start) = text.split_once(' ')?;
    Some(ProcessId {
        pid: Some(pid).filter(|it| is_number(it))?.parse().ok()?,
        start: Some(start).filter(|it| is_number(it))?.parse().ok()?,
    })
}

/// The bytes of base64url without padding.
pub fn unpadded(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}
