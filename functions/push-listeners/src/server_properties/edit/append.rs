//! Keys that a file does not have: a line each at its end.

use crate::server_properties::key::Key;
use crate::server_properties::natural::{line_end, lines};
use crate::server_properties::spans::Span;

/// Lines for the end of a file.
pub(super) struct Append<'a> {
    offset: usize,
    line_end: &'a [u8],
    /// Line ends that the file needs first.
    missing: usize,
    lines: Vec<String>,
}

impl<'a> Append<'a> {
    pub fn new(file: &'a [u8]) -> Self {
        let last = lines(file).last();
        let is_open = last.as_ref().is_some_and(|it| it.next == it.content.end);
        // Behind a backslash the first line end only continues the line; an empty line ends it.
        let continues = last.as_ref().is_some_and(|it| it.continues);
        let ends = lines(file).map(|it| line_end(&file[it.content.end..]));
        let line_end = ends.filter(|end| !end.is_empty()).last();
        Self {
            offset: file.len(),
            line_end: line_end.unwrap_or(b"\n"),
            missing: usize::from(is_open) + usize::from(continues),
            lines: Vec::new(),
        }
    }

    /// A key with what Kafka took without it, and more.
    pub fn line(&mut self, key: Key, implicit: &[String], more: &[String]) {
        let items: Vec<&str> = implicit.iter().chain(more).map(String::as_str).collect();
        self.lines.push(format!("{key}={}", items.join(",")));
    }

    /// The span, and how many line ends stand before its first line; none if there is no line.
    pub fn finish(self) -> Option<(Span, usize)> {
        if self.lines.is_empty() {
            return None;
        }
        let mut new = self.line_end.repeat(self.missing);
        for line in self.lines {
            new.extend_from_slice(line.as_bytes());
            new.extend_from_slice(self.line_end);
        }
        let (offset, old) = (self.offset, Vec::new());
        Some((Span { offset, old, new }, self.missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_stands_in_lines_of_its_own_with_the_files_own_line_end() {
        for (file, start, end) in [
            ("", "", "\n"),
            ("a=b", "\n", "\n"),
            ("a=b\n", "", "\n"),
            ("a=b\r\n", "", "\r\n"),
            ("a=b\r\nc", "\r\n", "\r\n"),
            ("a=b\r", "", "\r"),
            ("#a\\", "\n", "\n"),
            ("a=b\\", "\n\n", "\n"),
            ("a=b\\\\", "\n", "\n"),
            ("a=b\\\n", "\n", "\n"),
            ("a=b\\\r\n", "\r\n", "\r\n"),
            ("a=b\\\n  ", "\n", "\n"),
            ("a=b\\\n\n", "", "\n"),
        ] {
            let mut append = Append::new(file.as_bytes());
            append.line(Key::Listeners, &["A".to_owned()], &["B".to_owned()]);
            let (span, missing) = append.finish().expect("a span");
            assert_eq!(missing, start.len() / end.len());
            let new = format!("{start}listeners=A,B{end}");
            assert_eq!(String::from_utf8_lossy(&span.new), new, "{file:?}");
        }
        assert!(Append::new(b"a=b").finish().is_none());
    }
}
