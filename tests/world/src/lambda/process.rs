//! The process of a function, and the lines that it writes.

use super::function_error::FunctionError;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

/// One line of a function's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The function, by the name of its binary.
    pub function: String,
    /// Whether it came on stderr.
    pub stderr: bool,
    /// The line.
    pub text: String,
}

/// Who gets the lines, as they come.
pub type LogSink = Arc<dyn Fn(LogLine) + Send + Sync>;

/// A running process; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a binary with exactly this environment.
    pub fn start(
        function: &str,
        binary: &Path,
        environment: &BTreeMap<String, String>,
        log: &LogSink,
    ) -> Result<Self, FunctionError> {
        Self::start_by(Command::new(binary), function, binary, environment, log)
    }

    /// The same by a command that runs the binary elsewhere.
    pub(super) fn start_by(
        mut command: Command,
        function: &str,
        binary: &Path,
        environment: &BTreeMap<String, String>,
        log: &LogSink,
    ) -> Result<Self, FunctionError> {
        let mut child = command
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| FunctionError::NotStarted {
                binary: binary.display().to_string(),
                reason: error.to_string(),
            })?;
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(follow(stdout, function.to_owned(), false, Arc::clone(log)));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(follow(stderr, function.to_owned(), true, Arc::clone(log)));
        }
        Ok(Self { child })
    }

    /// Waits for its end, and says how it ended. May be dropped and asked again.
    pub async fn ended(&mut self) -> FunctionError {
        FunctionError::Exited(match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        })
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its process id; `None` once it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Kills it and waits until it is gone.
    pub async fn kill(&mut self) -> std::io::Result<()> {
        self.child.kill().await
    }
}

async fn follow(from: impl AsyncRead + Unpin, function: String, stderr: bool, log: LogSink) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    // A pipe that cannot be read has no more lines.
    while let Ok(1..) = from.read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line);
        log(LogLine {
            function: function.clone(),
            stderr,
            text: text.trim_end_matches(['\n', '\r']).to_owned(),
        });
        line.clear();
    }
}
