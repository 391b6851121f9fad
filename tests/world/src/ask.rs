//! Asking who answers at an address: the client's view of the mapping. Names are resolved by the
//! system, so on a host its own hosts file counts.

use fleet::words::{InstanceId, NodeId};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its `node.id`.
    pub node_id: NodeId,
    /// The instance that it runs on.
    pub instance: InstanceId,
}

/// Why nobody answered.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No connection came about.
    #[error("connect to {target}: {error}")]
    Connect {
        /// What was asked.
        target: String,
        /// Why.
        error: io::Error,
    },
    /// The connection broke.
    #[error("connection to {target} broke: {error}")]
    Broken {
        /// What was asked.
        target: String,
        /// How.
        error: io::Error,
    },
    /// Something else than a broker answered.
    #[error("{target} answered {line:?}, which is no broker's answer")]
    NotABroker {
        /// What was asked.
        target: String,
        /// What it said.
        line: String,
    },
}

/// Asks `host:port` once, on a connection of its own.
pub async fn ask(target: &str, within: Duration) -> Result<Answer, AskError> {
    Line::open(target, within).await?.ask(within).await
}

/// What happened on a connection that is held open.
#[derive(Debug)]
pub enum Event {
    /// It was answered.
    Answer(Answer),
    /// It broke, or could not be made (again).
    Break(AskError),
}

/// What happened in total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers.
    pub answers: u64,
    /// Connections that broke.
    pub breaks: u64,
    /// Connections that could not be made.
    pub refusals: u64,
}

/// Holds one connection open and asks on it every `pause` until `stop`; makes a new one only when it
/// breaks.
pub async fn hold(
    target: &str,
    pause: Duration,
    within: Duration,
    stop: impl Future<Output = ()>,
    mut tell: impl FnMut(&Event),
) -> Tally {
    let mut tally = Tally::default();
    let asking = async {
        let mut line = None;
        let mut ticks = interval(pause);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let event = match once(&mut line, target, within).await {
                Ok(answer) => Event::Answer(answer),
                Err(error) => {
                    line = None;
                    Event::Break(error)
                }
            };
            match &event {
                Event::Answer(_) => tally.answers += 1,
                Event::Break(AskError::Connect { .. }) => tally.refusals += 1,
                Event::Break(_) => tally.breaks += 1,
            }
            tell(&event);
        }
    };
    tokio::select! {
        () = asking => {}
        () = stop => {}
    }
    tally
}

async fn once(line: &mut Option<Line>, target: &str, within: Duration) -> Result<Answer, AskError> {
    let line = match line {
        Some(line) => line,
        None => line.insert(Line::open(target, within).await?),
    };
    line.ask(within).await
}

/// A connection on which questions are asked.
struct Line {
    target: String,
    connection: BufReader<TcpStream>,
}

impl Line {
    async fn open(target: &str, within: Duration) -> Result<Self, AskError> {
        let connection = in_time(within, TcpStream::connect(target))
            .await
            .map_err(|error| AskError::Connect {
                target: target.to_owned(),
                error,
            })?;
        Ok(Self {
            target: target.to_owned(),
            connection: BufReader::new(connection),
        })
    }

    async fn ask(&mut self, within: Duration) -> Result<Answer, AskError> {
        let line = in_time(within, self.exchange())
            .await
            .map_err(|error| AskError::Broken {
                target: self.target.clone(),
                error,
            })?;
        parse(&line).ok_or_else(|| AskError::NotABroker {
            target: self.target.clone(),
            line,
        })
    }

    async fn exchange(&mut self) -> io::Result<String> {
        self.connection.write_all(b"who?\n").await?;
        let mut line = String::new();
        if self.connection.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

async fn in_time<T>(within: Duration, step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(within, step)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn parse(line: &str) -> Option<Answer> {
    let (node, instance) = line.strip_prefix("node.id=")?.split_once(" instance=")?;
    Some(Answer {
        node_id: NodeId::parse(node).ok()?,
        instance: InstanceId::new(instance),
    })
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "node.id={} instance={}", self.node_id, self.instance)
    }
}

#[cfg(test)]
#[path = "ask_tests.rs"]
mod tests;
