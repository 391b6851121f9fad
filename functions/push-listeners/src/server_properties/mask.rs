//! The mask: what of a file leaves its host. It keeps the length, every line end and what continues
//! lines, so that places in the masked file are places in the real one.
//!
//! The host's script makes it; this is the same in Rust, to judge the script and for the law that an
//! edit of the masked file is the edit of the file. It goes by natural lines:
//!
//! - A blank line stays. Of a comment the blanks before its sign and the sign stay, all else becomes `x`.
//! - A line that begins an entry has a key: what lies before the first `=`, `:` or blank behind its
//!   leading blanks, or before its end. If a backslash stands in it, nobody can tell the key: all of the
//!   entry becomes `?`.
//! - An entry whose key is in [`WHOLE`] stays, and so does one of [`MECHANISMS`]. Of one whose key is in [`KEY_ONLY`] or begins with one of
//!   [`PREFIXES`], the key stays, and what separates it from the value in the same line: blanks, at most
//!   one `=` or `:`, blanks. The rest becomes `x`.
//! - Every other entry becomes `x`, its leading blanks and those of its continuations, too.
//! - Backslashes stay wherever an entry is masked; never in a comment, which nothing continues.
//! - A byte order mark at the start stays, and the blanks and the sign of a comment behind it.

use super::natural::{Kind, Natural, is_blank, lines};
use super::properties::BYTE_ORDER_MARK;
use std::ops::Range;

/// Keys whose entries stay.
pub const WHOLE: [&str; 26] = [
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "inter.broker.listener.name",
    "security.inter.broker.protocol",
    "controller.listener.names",
    "control.plane.listener.name",
    "process.roles",
    "node.id",
    "broker.id",
    "controller.quorum.voters",
    "controller.quorum.bootstrap.servers",
    "log.dirs",
    "log.dir",
    "metadata.log.dir",
    "broker.rack",
    "broker.session.timeout.ms",
    "initial.broker.registration.timeout.ms",
    "controlled.shutdown.enable",
    "max.connections.per.ip",
    "max.connections.per.ip.overrides",
    "config.providers",
    "broker.id.generation.enable",
    "inter.broker.protocol.version",
    "reserved.broker.max.id",
    "zookeeper.metadata.migration.enable",
];

/// The end of keys whose entries stay, for all listeners and for one.
pub const MECHANISMS: &str = "sasl.enabled.mechanisms";

/// A key whose value is masked; it may hold a password.
pub const KEY_ONLY: &str = "zookeeper.connect";

/// How keys begin whose values are masked.
pub const PREFIXES: [&str; 3] = ["listener.name.", "sasl.", "ssl."];

/// What becomes of an entry, from its first line to its last.
#[derive(Clone, Copy)]
enum Fate {
    Stays,
    Masked,
    CannotTell,
}

/// The file under the mask; of the same length.
pub fn mask(file: &[u8]) -> Vec<u8> {
    let mut masked = file.to_owned();
    let mut fate = Fate::Stays;
    for line in lines(file) {
        match line.kind {
            Kind::Blank => {}
            Kind::Comment => hide_comment(&mut masked[line.content]),
            Kind::First => fate = begin(file, &line, &mut masked),
            Kind::Continuation => hide(&mut masked[line.content], fate),
        }
    }
    masked
}

fn hide(bytes: &mut [u8], fate: Fate) {
    let sign = match fate {
        Fate::Stays => return,
        Fate::Masked => b'x',
        Fate::CannotTell => b'?',
    };
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\\') {
        *byte = sign;
    }
}

fn hide_comment(content: &mut [u8]) {
    let blanks = content.iter().take_while(|byte| is_blank(**byte)).count();
    content[blanks + 1..].fill(b'x');
}

/// Masks the first line of an entry; the fate of the others.
fn begin(file: &[u8], line: &Natural, masked: &mut [u8]) -> Fate {
    let content = &file[line.content.clone()];
    if line.content.start == 0 && content.starts_with(BYTE_ORDER_MARK) {
        let kept = BYTE_ORDER_MARK.len() + blanks_and_sign(&content[BYTE_ORDER_MARK.len()..]);
        hide(&mut masked[kept..line.content.end], Fate::Masked);
        return Fate::Masked;
    }
    let key = key_of(content);
    let (shown, fate) = match &content[key.clone()] {
        key if key.contains(&b'\\') => (0, Fate::CannotTell),
        key if is_whole(key) => (content.len(), Fate::Stays),
        name if is_key_shown(name) => (key.end + separator(&content[key.end..]), Fate::Masked),
        _ => (0, Fate::Masked),
    };
    hide(
        &mut masked[line.content.start + shown..line.content.end],
        fate,
    );
    fate
}

fn is_whole(key: &[u8]) -> bool {
    let listener = |it: &[u8]| it.starts_with(b"listener.name.") && it.ends_with(b".");
    let of = key.strip_suffix(MECHANISMS.as_bytes());
    WHOLE.iter().any(|it| it.as_bytes() == key)
        || of.is_some_and(|of| of.is_empty() || listener(of))
}

fn is_key_shown(key: &[u8]) -> bool {
    key == KEY_ONLY.as_bytes() || PREFIXES.iter().any(|it| key.starts_with(it.as_bytes()))
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'=' | b':')
}

/// Where the key stands. A backslash does not hide what follows it: such a key is not told anyway.
fn key_of(content: &[u8]) -> Range<usize> {
    let start = content.iter().take_while(|byte| is_blank(**byte)).count();
    let key = content[start..].iter();
    let key = key.take_while(|byte| !is_separator(**byte) && !is_blank(**byte));
    start..start + key.count()
}

/// How many bytes separate the key from its value.
fn separator(rest: &[u8]) -> usize {
    let blanks = |rest: &[u8]| rest.iter().take_while(|byte| is_blank(**byte)).count();
    let before = blanks(rest);
    match rest.get(before) {
        Some(byte) if is_separator(*byte) => before + 1 + blanks(&rest[before + 1..]),
        Some(_) | None => before,
    }
}

/// Of what follows a byte order mark: the blanks and the sign of a comment; else nothing.
fn blanks_and_sign(rest: &[u8]) -> usize {
    let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
    match rest.get(blanks) {
        Some(b'#' | b'!') => blanks + 1,
        Some(_) | None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(file: &str) -> String {
        String::from_utf8_lossy(&mask(file.as_bytes())).into_owned()
    }

    #[test]
    fn what_no_edit_needs_is_hidden_and_lengths_stay() {
        for (file, expected) in [
            ("listeners=A://x:1\r\n", "listeners=A://x:1\r\n"),
            (" node.id : 1", " node.id : 1"),
            (
                "listeners=A://x:1,\\\n  B://x:2",
                "listeners=A://x:1,\\\n  B://x:2",
            ),
            ("Listeners=A", "xxxxxxxxxxx"),
            ("a=b\rc = d\\\\\n", "xxx\rxxxxx\\\\\n"),
            (
                "a=b\\\n  listeners=c\\\n#d\nnode.id=1",
                "xxx\\\nxxxxxxxxxxxxx\\\nxx\nnode.id=1",
            ),
            ("zookeeper.connect=u:p@z", "zookeeper.connect=xxxxx"),
            (
                "ssl.key.password = p w\\\n q",
                "ssl.key.password = xxx\\\nxx",
            ),
            ("sasl.a  =: b", "sasl.a  =xxx"),
            (
                "sasl.enabled.mechanisms=A,\\\n B",
                "sasl.enabled.mechanisms=A,\\\n B",
            ),
            (
                "listener.name.a.sasl.enabled.mechanisms : A",
                "listener.name.a.sasl.enabled.mechanisms : A",
            ),
            ("x.sasl.enabled.mechanisms=A", "xxxxxxxxxxxxxxxxxxxxxxxxxxx"),
            (
                "sasl.x.sasl.enabled.mechanisms=A",
                "sasl.x.sasl.enabled.mechanisms=x",
            ),
            ("sasl.a\\\n=b", "??????\\\n??"),
            ("sasl.a \\\n=b", "sasl.a \\\nxx"),
            ("ssl.a", "ssl.a"),
            (
                "listener.name.external.ssl.a:b",
                "listener.name.external.ssl.a:x",
            ),
        ] {
            assert_eq!(masked(file), expected, "{file:?}");
        }
    }

    #[test]
    fn comments_and_blank_lines_keep_their_shape() {
        assert_eq!(
            masked(" \t#pass \\\n\n \x0C\n!w\r"),
            " \t#xxxxxx\n\n \x0C\n!x\r"
        );
    }

    #[test]
    fn a_key_with_a_backslash_cannot_be_told() {
        for (file, expected) in [
            ("list\\u0065ners = A\\\n b\n", "????\\?????????????\\\n??\n"),
            ("\\\n#b\nc", "\\\n??\nx"),
            ("a\\ =b", "?\\???"),
        ] {
            assert_eq!(masked(file), expected, "{file:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_stays_with_the_sign_of_a_comment() {
        assert_eq!(masked("\u{FEFF} # ab\\\nc\n"), "\u{FEFF} #xxx\\\nx\n");
        assert_eq!(masked("\u{FEFF}listeners=A\n"), "\u{FEFF}xxxxxxxxxxx\n");
    }
}
