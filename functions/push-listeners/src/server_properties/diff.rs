//! The lines that change, as people read them.

use super::natural::{Natural, lines};
use super::spans::Span;
use fleet::foreign::clean;
use serde::Serialize;
use std::fmt;
use std::ops::Range;

/// The lines of a file that go and come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Diff(pub Vec<Line>);

/// A line that goes or comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Whether it comes.
    pub comes: bool,
    /// Its number, counted from 1: in the file as it is for one that goes, as it will be for one that comes.
    pub number: usize,
    /// Its text, cleaned.
    pub text: String,
}

/// A line's text is cut behind so many characters.
const SHOWN: usize = 4096;

impl Diff {
    /// The lines that spans change; the spans fit the file.
    pub(crate) fn of(file: &[u8], spans: &[Span]) -> Self {
        let lines: Vec<Natural> = lines(file).collect();
        let mut diff = Self::default();
        let (mut rest, mut shift) = (spans, 0);
        while let [first, ..] = rest {
            let mut touched = touched(&lines, first);
            let mut count = 1;
            // Spans that touch the same line are told together.
            while let Some(next) = rest.get(count).map(|span| self::touched(&lines, span)) {
                if next.start >= touched.end {
                    break;
                }
                touched.end = touched.end.max(next.end);
                count += 1;
            }
            let (hunk, others) = rest.split_at(count);
            shift = diff.tell(file, &lines, touched, hunk, shift);
            rest = others;
        }
        diff
    }

    /// Tells what spans make of some lines; how many lines more there are then.
    fn tell(
        &mut self,
        file: &[u8],
        lines: &[Natural],
        touched: Range<usize>,
        spans: &[Span],
        shift: isize,
    ) -> isize {
        let start = match touched.start {
            0 => 0,
            first => lines[first - 1].next,
        };
        let end = touched
            .clone()
            .last()
            .map_or(start, |last| lines[last].next);
        let mut after = Vec::new();
        let mut done = start;
        for span in spans {
            after.extend_from_slice(&file[done..span.offset]);
            after.extend_from_slice(&span.new);
            done = span.end();
        }
        after.extend_from_slice(&file[done..end]);
        let (old, new) = (texts(&file[start..end]), texts(&after));
        let same = old
            .iter()
            .zip(&new)
            .take_while(|(old, new)| old == new)
            .count();
        let behind = old[same..].iter().rev().zip(new[same..].iter().rev());
        let behind = behind.take_while(|(old, new)| old == new).count();
        let line = |comes, first: usize| {
            move |(i, text): (usize, &String)| Line {
                comes,
                number: first + i + 1,
                text: text.clone(),
            }
        };
        let first = touched.start + same;
        let gone = &old[same..old.len() - behind];
        let come = &new[same..new.len() - behind];
        self.0
            .extend(gone.iter().enumerate().map(line(false, first)));
        let first = first.saturating_add_signed(shift);
        self.0
            .extend(come.iter().enumerate().map(line(true, first)));
        shift + come.len() as isize - gone.len() as isize
    }
}

/// The lines, counted from 0, of which a span takes or between which it puts something.
fn touched(lines: &[Natural], span: &Span) -> Range<usize> {
    let is_open = |line: &Natural| line.next == line.content.end;
    let start = lines.partition_point(|line| line.next <= span.offset);
    let start = match lines.last() {
        Some(last) if start == lines.len() && is_open(last) => start - 1,
        Some(_) | None => start,
    };
    let end = lines.partition_point(|line| line.content.start < span.end());
    start..end.max((start + 1).min(lines.len()))
}

fn texts(bytes: &[u8]) -> Vec<String> {
    let text = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>()
    };
    let shown = |line: Natural| clean(&text(&bytes[line.content]), SHOWN);
    lines(bytes).map(shown).collect()
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, line) in self.0.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            let sign = if line.comes { '+' } else { '-' };
            write!(f, "{end}{sign} {}: {}", line.number, line.text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str, spans: &[(usize, &str, &str)]) -> String {
        let span = |&(offset, old, new): &(usize, &str, &str)| Span {
            offset,
            old: old.into(),
            new: new.into(),
        };
        let spans: Vec<Span> = spans.iter().map(span).collect();
        Diff::of(file.as_bytes(), &spans).to_string()
    }

    #[test]
    fn a_line_that_changes_goes_and_comes() {
        let spans = [(3, "", ",x"), (5, "b", "c"), (7, "", "!")];
        assert_eq!(
            told("1\na\n.b.\nc", &spans),
            "- 2: a\n+ 2: a,x\n- 3: .b.\n+ 3: .c.!"
        );
    }

    #[test]
    fn lines_that_are_added_at_the_end_only_come() {
        assert_eq!(told("", &[(0, "", "a\nb\n")]), "+ 1: a\n+ 2: b");
        assert_eq!(told("a\n", &[(2, "", "b\n")]), "+ 2: b");
        assert_eq!(told("a", &[(1, "", "\nb\n")]), "+ 2: b");
        assert_eq!(told("a\\", &[(2, "", "\n\nb\n")]), "+ 2: \n+ 3: b");
    }

    #[test]
    fn numbers_count_in_the_file_in_which_the_line_stands() {
        let spans = [(0, "a\nb\n", ""), (7, "", "!")];
        assert_eq!(
            told("a\nb\nc\nd\n", &spans),
            "- 1: a\n- 2: b\n- 4: d\n+ 2: d!"
        );
        assert_eq!(told("a\nb", &[(1, "\nb", "")]), "- 2: b");
    }
}
