//! Kafka's console tools on a host: one run each, or a producer and a reader that live long.

use super::error::{Doing, KafkaError};
use super::home::Home;
use crate::hosts::Host;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// Longer than a tool takes for anything on a busy machine.
const WITHIN: Duration = Duration::from_secs(180);

/// The tools on one host.
#[derive(Clone, Debug)]
pub struct Tools {
    host: Arc<Host>,
    home: Home,
    /// The only names that they resolve; without it, what the host resolves.
    names: Option<PathBuf>,
}

impl Tools {
    /// The tools of this home, run on this host.
    pub fn new(host: Arc<Host>, home: Home) -> Self {
        Self {
            host,
            home,
            names: None,
        }
    }

    /// They resolve the names of this file, which is like `/etc/hosts`, and no others.
    pub fn resolving(self, names: PathBuf) -> Self {
        Self {
            names: Some(names),
            ..self
        }
    }

    /// Where its files are.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Where they run.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// A command of `bin/` with its arguments to come.
    pub fn command(&self, script: &str) -> Command {
        let mut command = self.host.command("sh");
        command
            .arg(self.home.script(script))
            .current_dir(self.home.folder());
        if let Some(names) = &self.names {
            let option = format!("-Djdk.net.hosts.file={}", names.display());
            command.env("KAFKA_OPTS", option);
        }
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end; answers what it printed. What it complained of is the error.
    pub async fn run(&self, script: &str, arguments: &[&str]) -> Result<String, KafkaError> {
        let what = format!("{script} on {}", self.host.name());
        let mut command = self.command(script);
        let output = timeout(WITHIN, command.args(arguments).output()).await;
        let output = output
            .doing(format!("{what} takes too long"))?
            .doing(&what)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        if output.status.success() {
            Ok(said)
        } else {
            Err(KafkaError::new(
                what,
                format!("{}: {}", output.status, said.trim()),
            ))
        }
    }

    /// A console producer that stays: every message is acknowledged by all in-sync replicas. Each
    /// has a key of its own, so that they spread over partitions and reach every broker; without, a
    /// producer fills one partition first.
    pub fn producer(&self, bootstrap: &str, topic: &str) -> Result<Producer, KafkaError> {
        let script = "kafka-console-producer.sh";
        let mut command = self.command(script);
        command
            .args(["--bootstrap-server", bootstrap, "--topic", topic])
            .args(["--producer-property", "acks=all"])
            .args(["--property", "parse.key=true"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let what = format!("{script} on {}", self.host.name());
        let mut program = command.spawn().doing(&what)?;
        let input = program.stdin.take();
        let input = input.ok_or_else(|| KafkaError::new(&what, "it has no input"))?;
        Ok(Producer {
            what,
            program,
            input,
            sent: 0,
        })
    }

    /// A console consumer that stays: it reads a topic from its beginning as a member of a group.
    pub fn reader(&self, bootstrap: &str, topic: &str, group: &str) -> Result<Reader, KafkaError> {
        let script = "kafka-console-consumer.sh";
        let mut command = self.command(script);
        command
            .args(["--bootstrap-server", bootstrap, "--topic", topic])
            .args(["--from-beginning", "--group", group])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let what = format!("{script} on {}", self.host.name());
        let mut program = command.spawn().doing(&what)?;
        let output = program.stdout.take();
        let output = output.ok_or_else(|| KafkaError::new(&what, "it has no output"))?;
        Ok(Reader {
            what,
            _program: program,
            lines: BufReader::new(output).lines(),
        })
    }
}

/// A producer that stays.
#[derive(Debug)]
pub struct Producer {
    what: String,
    program: Child,
    input: ChildStdin,
    sent: usize,
}

impl Producer {
    /// Gives it a message; it sends in the background.
    pub async fn send(&mut self, message: &str) -> Result<(), KafkaError> {
        self.sent += 1;
        let line = format!("{}\t{message}\n", self.sent);
        self.input
            .write_all(line.as_bytes())
            .await
            .doing(&self.what)?;
        self.input.flush().await.doing(&self.what)
    }

    /// Ends it once everything is sent. An error unless all of it was acknowledged.
    pub async fn finish(self) -> Result<(), KafkaError> {
        let Self {
            what,
            program,
            input,
            sent: _,
        } = self;
        drop(input);
        let output = timeout(WITHIN, program.wait_with_output()).await;
        let output = output
            .doing(format!("{what} takes too long"))?
            .doing(&what)?;
        let said = String::from_utf8_lossy(&output.stderr);
        // It tells of a lost message, and ends well all the same.
        if output.status.success() && !said.contains("ERROR") {
            Ok(())
        } else {
            Err(KafkaError::new(
                what,
                format!("{}: {}", output.status, said.trim()),
            ))
        }
    }
}

/// A consumer that stays; it ends when this is dropped.
#[derive(Debug)]
pub struct Reader {
    what: String,
    _program: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Reader {
    /// The next message, as soon as there is one.
    pub async fn next(&mut self) -> Result<String, KafkaError> {
        let line = timeout(WITHIN, self.lines.next_line()).await;
        let line = line
            .doing(format!("{}: no message", self.what))?
            .doing(&self.what)?;
        line.ok_or_else(|| KafkaError::new(&self.what, "it has ended"))
    }
}
