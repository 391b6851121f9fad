//! A connection that a consumer holds open: whether it lives, and how it broke.

use tokio::io::{BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};

/// A connection that is held open.
pub struct Held {
    /// Where to.
    pub target: String,
    lines: Lines<BufReader<ChildStdout>>,
    input: ChildStdin,
    _child: Child,
}

impl Held {
    pub(super) fn new(
        target: &str,
        lines: Lines<BufReader<ChildStdout>>,
        input: ChildStdin,
        child: Child,
    ) -> Self {
        Self {
            target: target.to_owned(),
            lines,
            input,
            _child: child,
        }
    }

    /// Waits until it breaks, and says how.
    pub async fn broken(&mut self) -> Result<String, String> {
        loop {
            match self.lines.next_line().await {
                Ok(Some(line)) if line.starts_with("node.id=") => {}
                Ok(Some(line)) => return Ok(line),
                Ok(None) => return Err(format!("{}: hold has ended", self.target)),
                Err(error) => return Err(format!("{}: {error}", self.target)),
            }
        }
    }

    /// Lets go, and says how often it was answered; an error if it ever broke.
    pub async fn release(mut self) -> Result<u64, String> {
        drop(self.input);
        let mut last = String::new();
        while let Ok(Some(line)) = self.lines.next_line().await {
            last = line;
        }
        let count = |name: &str| {
            last.split_whitespace()
                .find_map(|word| word.strip_prefix(name)?.parse::<u64>().ok())
        };
        match (count("answers="), count("breaks="), count("refusals=")) {
            (Some(answers), Some(0), Some(0)) if answers > 0 => Ok(answers),
            _ => Err(format!("{} was disturbed: {last}", self.target)),
        }
    }
}
