//! Whole lines that leave a file, with the line ends that came before them.

use crate::server_properties::natural::line_end;
use crate::server_properties::spans::Span;
use std::ops::Range;

/// The spans that take entries out, each with its line end. If they are the end of the file, so many line
/// ends before the first of them go, too.
pub(super) fn taken(file: &[u8], entries: Vec<Range<usize>>, line_ends: usize) -> Vec<Span> {
    let mut entries = entries;
    entries.sort_by_key(|it| it.start);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for entry in entries {
        let end = entry.end + line_end(&file[entry.end..]).len();
        match ranges.last_mut() {
            Some(last) if last.end == entry.start => last.end = end,
            Some(_) | None => ranges.push(entry.start..end),
        }
    }
    if let Some(last) = ranges.last_mut().filter(|last| last.end == file.len()) {
        for _ in 0..line_ends {
            last.start -= line_end_before(&file[..last.start]);
        }
    }
    let span = |range: Range<usize>| Span {
        offset: range.start,
        old: file[range].to_owned(),
        new: Vec::new(),
    };
    ranges.into_iter().map(span).collect()
}

/// How long the line end is with which a text ends.
fn line_end_before(text: &[u8]) -> usize {
    match text {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n' | b'\r'] => 1,
        _ => 0,
    }
}
