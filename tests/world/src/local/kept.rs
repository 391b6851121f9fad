//! A connection that a consumer keeps open, whatever speaks at its other end: whether it stands, and how it
//! ended.

use std::time::Duration;
use tokio::io::{BufReader, Lines};
use tokio::process::{Child, ChildStdout};
use tokio::time::timeout;

/// A connection that is kept open.
pub struct Kept {
    target: String,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Kept {
    /// The connection is there once the child has said so.
    pub(super) async fn new(
        target: &str,
        mut lines: Lines<BufReader<ChildStdout>>,
        child: Child,
    ) -> Result<Self, String> {
        match lines.next_line().await {
            Ok(Some(line)) if line == "open" => Ok(Self {
                target: target.to_owned(),
                lines,
                _child: child,
            }),
            Ok(line) => Err(format!("{target}: {}", line.unwrap_or_default())),
            Err(error) => Err(format!("{target}: {error}")),
        }
    }

    /// How it ended, if it does so in this time; none if it still stands.
    pub async fn ended(&mut self, within: Duration) -> Result<Option<String>, String> {
        match timeout(within, self.lines.next_line()).await {
            Err(_) => Ok(None),
            Ok(Ok(Some(how))) => Ok(Some(how)),
            Ok(Ok(None)) => Err(format!("{}: keep has ended", self.target)),
            Ok(Err(error)) => Err(format!("{}: {error}", self.target)),
        }
    }
}
