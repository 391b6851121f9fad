//! Escapes: what the bytes of a key or a value stand for (K-17).

use std::ops::Range;

/// One UTF-16 code unit of a Java string, and the bytes of the file that stand for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The code unit.
    pub code: u16,
    /// Where it stands; with an escape all of it, and a continuation if one splits it.
    pub span: Range<usize>,
}

/// A `\u` without four hexadecimal digits behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadEscape;

/// Decodes bytes that each know where they stand.
pub(super) fn decode(bytes: &[(u8, usize)]) -> Result<Vec<Unit>, BadEscape> {
    let mut units = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [(byte, at), ..] = *rest {
        let (code, length) = match escape(rest)? {
            Some(escaped) => escaped,
            None => (u16::from(byte), 1),
        };
        let last = rest[length - 1].1;
        let span = at..last + 1;
        units.push(Unit { code, span });
        rest = &rest[length..];
    }
    Ok(units)
}

/// The escape with which `bytes` begin, and its length.
fn escape(bytes: &[(u8, usize)]) -> Result<Option<(u16, usize)>, BadEscape> {
    let [(b'\\', _), (escaped, _), digits @ ..] = bytes else {
        return Ok(None);
    };
    let code = match escaped {
        b'u' => {
            let digits = digits.get(..4).ok_or(BadEscape)?;
            let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(BadEscape);
            let code = digits.iter().try_fold(0_u16, |code, (byte, _)| {
                digit(*byte).map(|digit| (code << 4) | digit as u16)
            });
            return code.map(|code| Some((code, 6)));
        }
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'f' => b'\x0C',
        other => *other,
    };
    Ok(Some((u16::from(code), 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Result<String, BadEscape> {
        let bytes: Vec<(u8, usize)> = text.bytes().zip(10..).collect();
        let codes: Vec<u16> = decode(&bytes)?.into_iter().map(|unit| unit.code).collect();
        Ok(String::from_utf16_lossy(&codes))
    }

    #[test]
    fn each_escape_stands_for_one_character() {
        for (text, expected) in [
            (r"a\tb\nc\rd\fe", "a\tb\nc\rd\x0Ce"),
            (r"\\ \= \: \# \! \ \q", r"\ = : # !  q"),
            (r"\u0041\u00e4\u00E4\u0000", "Aää\0"),
            (r"\\u0041", r"\u0041"),
            (r"\uuu", "error"),
            (r"\u00g1", "error"),
            (r"\u004", "error"),
            (r"\u", "error"),
            (r"\U0041", "U0041"),
        ] {
            match decoded(text) {
                Ok(found) => assert_eq!(found, expected, "{text}"),
                Err(BadEscape) => assert_eq!(expected, "error", "{text}"),
            }
        }
    }

    #[test]
    fn a_unit_knows_its_bytes() {
        let bytes = [(b'a', 3), (b'\\', 4), (b':', 9), (b'b', 10)];
        let spans: Vec<_> = decode(&bytes)
            .expect("units")
            .into_iter()
            .map(|it| it.span)
            .collect();
        assert_eq!(spans, [3..4, 4..10, 10..11]);
    }
}
