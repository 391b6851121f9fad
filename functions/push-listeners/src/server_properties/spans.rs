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
