//! Our three SSM documents, and the comment by which a command of ours is known again.

use crate::observed::Command;
use crate::words::{ClusterName, DocumentName, NodeId};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// One of our documents. The role of push-listeners may run no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// Looks, and writes nothing.
    Inspect,
    /// Edits the file, and restarts or starts the process.
    Apply,
    /// Ends the process gracefully.
    Stop,
}

impl Document {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Inspect, Self::Apply, Self::Stop];

    /// The word in its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Apply => "apply",
            Self::Stop => "stop",
        }
    }

    /// Its name in a cluster's stack.
    pub fn name(self, cluster: &ClusterName) -> DocumentName {
        DocumentName::new(format!("kafka-privatelink-{cluster}-{}", self.word()))
    }
}

/// What is written about a command, in at most 100 characters: it is all by which a command is found
/// again whose answer was lost (P-52).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What is done.
    pub document: Document,
    /// To which broker.
    pub node: NodeId,
    /// For which generation of the listener parameters; none if there is none.
    pub generation: Option<Timestamp>,
    /// By which order.
    pub nonce: String,
    /// Whether the broker did not answer when it was sent.
    pub is_silent: bool,
}

/// For which generation a command was, by its comment, in milliseconds; none if it does not say.
pub fn generation_of(comment: &str) -> Option<i64> {
    let mut parts = comment.split(", ");
    parts.find_map(|part| part.strip_prefix("generation ")?.parse().ok())
}

/// How the comment ends of a command that was sent to a broker that did not answer.
const SILENT: &str = ", silent";

/// Whether a broker did not answer when a command was sent to it, by its comment.
pub fn was_silent(comment: &str) -> bool {
    comment.ends_with(SILENT)
}

/// Whether a command asked about this broker, on its host alone: an instance may have been tagged as another one
/// then, and of a command to several instances one answer is known.
pub fn inspects(command: &Command, node: NodeId) -> bool {
    let start = format!("{} broker {node},", Document::Inspect.word());
    command.only_host().is_some() && command.comment.starts_with(&start)
}

impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            document,
            node,
            generation,
            nonce,
            is_silent,
        } = self;
        write!(f, "{} broker {node}, order {nonce}", document.word())?;
        if let Some(generation) = generation {
            write!(f, ", generation {}", generation.as_millisecond())?;
        }
        f.write_str(if *is_silent { SILENT } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::noon;

    #[test]
    fn a_comment_is_short_enough_for_aws() {
        let comment = Comment {
            document: Document::Inspect,
            node: NodeId::new(NodeId::MAX).expect("a node"),
            generation: Some(noon()),
            nonce: "0123456789abcdef".to_owned(),
            is_silent: true,
        };
        let text = comment.to_string();
        assert_eq!(
            text,
            "inspect broker 2147483647, order 0123456789abcdef, generation 1795348800000, silent"
        );
        assert!(was_silent(&text) && !was_silent("inspect broker 1, order 0"));
        assert!(text.len() <= 100);
        assert_eq!(generation_of(&text), Some(1_795_348_800_000));
    }

    #[test]
    fn what_says_no_generation_has_none() {
        for text in ["", "apply broker 1, order 0123456789abcdef", "generation x"] {
            assert_eq!(generation_of(text), None, "{text}");
        }
    }
}
