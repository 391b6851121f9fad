//! Spans: which bytes of the file become which others.

use super::refusal::{Refusal, Rule};
use serde::{Deserialize, Serialize};

/// Bytes at one place of a file, and what stands there afterwards. One of both may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Where the old bytes begin, counted in bytes from 0.
    pub offset: usize,
    /// What stands there.
    pub old: Vec<u8>,
    /// What is to stand there.
    pub new: Vec<u8>,
}

impl Span {
    /// Where the old bytes end.
    pub fn end(&self) -> usize {
        self.offset + self.old.len()
    }
}

/// The file with its spans changed. They must ascend, must not overlap, and must find their old bytes.
pub fn apply(file: &[u8], spans: &[Span]) -> Result<Vec<u8>, Refusal> {
    let mut result = Vec::with_capacity(file.len());
    let mut done = 0;
    for span in spans {
        let before = file.get(done..span.offset);
        let old = file.get(span.offset..span.end());
        let (Some(before), Some(old)) = (before, old) else {
            return Err(unsound(
                span,
                "overlaps the one before it, or the end of the file",
            ));
        };
        if old != span.old {
            return Err(unsound(
                span,
                "does not find its old bytes; the file has changed",
            ));
        }
        result.extend_from_slice(before);
        result.extend_from_slice(&span.new);
        done = span.end();
    }
    result.extend_from_slice(&file[done..]);
    Ok(result)
}

/// Two changes as one: these spans, and then those of what they make of the file.
pub fn composed(file: &[u8], first: &[Span], then: &[Span]) -> Result<Vec<Span>, Refusal> {
    let middle = apply(file, first)?;
    apply(&middle, then)?;
    let (mut first, mut then) = (first.iter().peekable(), then.iter().peekable());
    // How many bytes more came than went so far, both counted alone.
    let (mut came, mut went, mut spans) = (0, 0, Vec::new());
    loop {
        let at_first = first.peek().map(|it| it.offset + came - went);
        let at_then = then.peek().map(|it| it.offset);
        let Some(start) = at_first.into_iter().chain(at_then).min() else {
            return Ok(spans);
        };
        let (offset, mut end, mut done, mut new) = (start + went - came, start, start, Vec::new());
        // Whatever touches is one span.
        loop {
            if let Some(span) = first.next_if(|it| it.offset + came - went <= end) {
                end = end.max(span.offset + came - went + span.new.len());
                (came, went) = (came + span.new.len(), went + span.old.len());
            } else if let Some(span) = then.next_if(|it| it.offset <= end) {
                new.extend_from_slice(&middle[done..span.offset]);
                new.extend_from_slice(&span.new);
                (end, done) = (end.max(span.end()), span.end());
            } else {
                break;
            }
        }
        new.extend_from_slice(&middle[done..end]);
        let old = file[offset..end + went - came].to_vec();
        if old != new {
            spans.push(Span { offset, old, new });
        }
    }
}

fn unsound(span: &Span, why: &str) -> Refusal {
    let reason = format!(
        "the change at byte {} {why}; nothing was changed",
        span.offset
    );
    Refusal::because(Rule::Unsound, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn span(offset: usize, old: &str, new: &str) -> Span {
        let (old, new) = (old.into(), new.into());
        Span { offset, old, new }
    }

    #[test]
    fn spans_change_their_bytes_and_no_others() {
        let spans = [
            span(0, "", ">"),
            span(1, "bc", "X"),
            span(3, "", "Y"),
            span(4, "", "Z"),
        ];
        assert_eq!(apply(b"abcd", &spans), Ok(b">aXYdZ".to_vec()));
        assert_eq!(apply(b"abcd", &[]), Ok(b"abcd".to_vec()));
    }

    /// Spans that fit a file: how much stays before each, how much goes, and what comes.
    fn fit(file: &[u8], cuts: &[(usize, usize, String)]) -> Vec<Span> {
        let mut at = 0;
        let spans = cuts.iter().map(|(stays, goes, comes)| {
            let offset = file.len().min(at + stays);
            at = file.len().min(offset + goes);
            let old = file[offset..at].to_vec();
            let new = comes.clone().into_bytes();
            Span { offset, old, new }
        });
        spans.collect()
    }

    proptest! {
        #[test]
        fn two_changes_are_one(
            file in "[0-9]{0,9}",
            first in vec((0_usize..4, 0_usize..4, "[a-c]{0,3}"), 0..5),
            then in vec((0_usize..4, 0_usize..4, "[x-z]{0,3}"), 0..5),
        ) {
            let file = file.as_bytes();
            let first = fit(file, &first);
            let middle = apply(file, &first).expect("fits");
            let then = fit(&middle, &then);
            let one = composed(file, &first, &then).expect("fits");
            prop_assert_eq!(apply(file, &one), apply(&middle, &then));
        }
    }

    #[test]
    fn what_is_taken_and_comes_again_is_no_change() {
        let (first, then) = (span(1, "b", ""), span(1, "", "b"));
        assert_eq!(composed(b"abc", &[first], &[then]), Ok(Vec::new()));
    }

    #[test]
    fn spans_that_overlap_or_do_not_find_their_bytes_are_refused() {
        for spans in [
            vec![span(1, "bc", ""), span(2, "c", "")],
            vec![span(2, "", "x"), span(1, "", "y")],
            vec![span(0, "b", "x")],
            vec![span(3, "dd", "")],
            vec![span(9, "", "x")],
        ] {
            let refused = apply(b"abcd", &spans).expect_err("refused");
            assert_eq!(refused.rule, Rule::Unsound, "{spans:?}");
        }
    }
}
