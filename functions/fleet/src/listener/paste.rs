//! What pasting adds to a pattern, and how it is taken off again: escapes, look-alikes, invisible
//! characters, quotes, bullets, and several mappings on one line.

use super::placeholder::closed;
use crate::foreign::is_invisible;

/// The characters that the writer meant: without the escapes of JSON, shells, HTML and URLs, without
/// invisible characters, every blank as a plain one, full-width signs as their ASCII ones.
pub(super) fn plain(text: &str) -> String {
    let text = entities(&entities(&escapes(text)));
    let seen = text.chars().filter(|c| !is_invisible(*c));
    seen.map(folded).collect()
}

/// A text without what stands around it: blanks, quotes, separators, bullets.
pub(super) fn bare(text: &str) -> &str {
    let mut text = text.trim_end_matches(|c| is_around(c) || matches!(c, '.' | '*'));
    loop {
        let left = without_number(text.trim_start_matches(is_around));
        // `*.example.com` is a wildcard, and `* b` an item of a list.
        let left = match left.strip_prefix(BULLETS) {
            Some(_) if left.starts_with("*.") => left,
            Some(item) => item,
            None => left,
        };
        if left.len() == text.len() {
            return text;
        }
        text = left;
    }
}

/// The mappings on one line, each with what stands around it taken off. A mapping ends at its port,
/// or with its wildcard.
pub(super) fn mappings(line: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = line;
    while let Some(end) = end_of_port(rest) {
        let (one, behind) = rest.split_at(end);
        all.extend(wildcards(one));
        rest = behind.trim_start_matches('.');
    }
    all.extend(wildcards(rest));
    all.into_iter()
        .map(bare)
        .filter(|one| !one.is_empty())
        .collect()
}

/// Whether a character only stands around a text.
pub(super) fn is_around(c: char) -> bool {
    const QUOTES: &str = "\"'`´′″‘’‚‛“”„‟«»「」『』｢｣〝〞〟|";
    c.is_whitespace() || matches!(c, ',' | ';' | '\\') || QUOTES.contains(c)
}

const BULLETS: [char; 14] = [
    '•', '・', '·', '*', '-', '‣', '◦', '–', '—', '▪', '●', '○', '■', '+',
];

/// Without the number of an item: `1. `, `2) `.
fn without_number(text: &str) -> &str {
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let item = behind.strip_prefix(". ").or(behind.strip_prefix(") "));
    item.filter(|_| behind.len() < text.len()).unwrap_or(text)
}

/// Where the first port placeholder ends: `:<…>`. In `usw2-az1: <b>.a.com` there is none: a name goes on.
fn end_of_port(text: &str) -> Option<usize> {
    text.match_indices(':').find_map(|(at, _)| {
        let behind = text[at + 1..].trim_start_matches(is_around);
        let behind = &behind[closed(behind)?..];
        let label = behind.trim_start_matches(is_around).strip_prefix('.');
        let goes_on = label.is_some_and(|label| label.starts_with(|c: char| !is_around(c)));
        (!goes_on).then_some(text.len() - behind.len())
    })
}

/// Several wildcards without a port, each with the zone before it.
fn wildcards(text: &str) -> Vec<&str> {
    let ends = text.match_indices("*.").skip(1).map(|(at, _)| at);
    let mut from = 0;
    let mut all = Vec::new();
    for next in ends {
        // The name ends at the first blank or separator behind the wildcard before.
        let name = text[from..next].find("*.").map_or(from, |at| from + at);
        let end = text[name..next].find(is_around).map(|at| name + at);
        if let Some(end) = end {
            all.push(&text[from..end]);
            from = end;
        }
    }
    all.push(&text[from..]);
    all
}

fn folded(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '。' | '｡' => '.',
        '、' | '､' => ',',
        '‹' | '〈' | '⟨' | '❮' => '<',
        '›' | '〉' | '⟩' | '❯' => '>',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// `\n`, `\t`, `\u003c`, `\"`, `%3C`: a pattern has neither backslashes nor per cent signs of its own.
fn escapes(text: &str) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '%']) {
        written.push_str(&rest[..at]);
        let (meant, length) = escape(&rest[at..]);
        written.push_str(&meant);
        rest = &rest[at + length..];
    }
    written + rest
}

/// What one escape means, and how many bytes it has.
fn escape(text: &str) -> (String, usize) {
    let coded = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        Some((char::from_u32(code)?.to_string(), to))
    };
    let known = match text.as_bytes() {
        [b'%', ..] => {
            coded(1, 3).filter(|(meant, _)| ["<", ">", ":", " "].contains(&meant.as_str()))
        }
        [b'\\', b'u', ..] => coded(2, 6),
        [b'\\', b'n' | b'r' | b't', ..] => Some((" ".to_owned(), 2)),
        [b'\\', next, ..] if next.is_ascii_punctuation() => {
            Some((char::from(*next).to_string(), 2))
        }
        _ => None,
    };
    known.unwrap_or_else(|| (text[..1].to_owned(), 1))
}

/// `&lt;`, `&#60;`, `&#x3c;`.
pub(super) fn entities(text: &str) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        written.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest.find(';').map(|end| &rest[1..end]);
        let meant = name.and_then(|name| Some((entity(name)?, name.len() + 2)));
        let (meant, length) = meant.unwrap_or(('&', 1));
        written.push(meant);
        rest = &rest[length..];
    }
    written + rest
}

fn entity(name: &str) -> Option<char> {
    if let Some(code) = name.strip_prefix('#') {
        let code = match code.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => code.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name.to_ascii_lowercase().as_str() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" | "newline" | "tab" => ' ',
        "colon" => ':',
        "period" => '.',
        "bull" => '•',
        "rarr" => '→',
        _ => return None,
    })
}
