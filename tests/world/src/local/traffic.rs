//! A producer and a consumer on INTERNAL that run through everything, and what became of every message.

use super::LocalAws;
use serde::Deserialize;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin};
use tokio::sync::watch;
use tokio::time::timeout;

const PROGRAM: &str = include_str!("../kafka/Traffic.java");
/// Between two messages.
const PAUSE: Duration = Duration::from_millis(20);
/// Longer than the consumer reads to the end on a busy machine.
const WITHIN: Duration = Duration::from_secs(180);

/// Both at work in one process, on a client's host in the VPC; they end when this is dropped.
#[derive(Debug)]
pub struct Traffic {
    topic: String,
    _program: Child,
    input: ChildStdin,
    /// The newest line, and whether it is the last one.
    told: watch::Receiver<Option<String>>,
    complaints: PathBuf,
}

/// How far both are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Flow {
    /// Messages that all in-sync replicas have acknowledged.
    pub acknowledged: u64,
    /// Messages that came back.
    pub read: u64,
    /// Messages of which the producer has given up.
    pub refused: u64,
    /// The longest that one waited for its acknowledgement, from its being given to the producer.
    pub longest_ms: u64,
    /// How often the producer sent something again.
    pub retries: u64,
}

/// What became of every message, once all is read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Carried {
    /// How much that was.
    #[serde(flatten)]
    pub flow: Flow,
    /// Acknowledged, and nowhere.
    pub lost: u64,
    /// Places too many at which messages stand: an acknowledgement was lost, and the producer sent again.
    pub twice: u64,
    /// Messages whose text is not what its checksum says.
    pub broken: u64,
    /// By partition.
    pub partitions: Vec<Partition>,
}

/// One partition: how many messages, and the sum of their checksums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Partition {
    /// Of those that it acknowledged.
    pub acknowledged: [u64; 2],
    /// Of those of all that were acknowledged that were read from it.
    pub read: [u64; 2],
}

impl Carried {
    /// Whether every acknowledged message was read where it belongs, as it was sent.
    pub fn is_whole(&self) -> bool {
        let same = |one: &Partition| one.acknowledged == one.read;
        self.lost == 0 && self.broken == 0 && self.partitions.iter().all(same)
    }
}

impl fmt::Display for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Flow {
            acknowledged,
            refused,
            longest_ms,
            retries,
            read: _,
        } = self.flow;
        write!(
            f,
            "{acknowledged} messages acknowledged, {} lost, {} written twice, {refused} refused; the longest wait for an \
             acknowledgement was {longest_ms} ms, with {retries} retries",
            self.lost, self.twice
        )
    }
}

impl LocalAws {
    /// Makes a topic (6 partitions, 3 replicas, `min.insync.replicas=2`), and starts a producer and a consumer of
    /// it in the VPC.
    pub async fn traffic(&self, topic: &str) -> Result<Traffic, String> {
        let bootstrap = self.internal()?;
        let tools = self.tools_in_vpc()?;
        let folder = tools.home().folder();
        let failed = |error: std::io::Error| format!("start the traffic of {topic}: {error}");
        let program = folder.join("Traffic.java");
        fs::write(&program, PROGRAM).map_err(failed)?;
        let complaints = folder.join(format!("traffic-of-{topic}.log"));
        let mut command = tools.command("kafka-run-class.sh");
        // Java compiles a file by itself.
        command.arg(&program).args([&bootstrap, topic]);
        command.arg(PAUSE.as_millis().to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(File::create(&complaints).map_err(failed)?);
        let mut program = command.spawn().map_err(failed)?;
        let (Some(input), Some(output)) = (program.stdin.take(), program.stdout.take()) else {
            return Err(format!("the traffic of {topic} has no pipes"));
        };
        let (tell, told) = watch::channel(None);
        tokio::spawn(async move {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                tell.send_replace(Some(line));
            }
        });
        let mut traffic = Traffic {
            topic: topic.to_owned(),
            _program: program,
            input,
            told,
            complaints,
        };
        traffic.flows().await?;
        Ok(traffic)
    }
}

impl Traffic {
    /// How far it is.
    pub fn now(&self) -> Result<Flow, String> {
        let line = self.told.borrow().clone().unwrap_or_default();
        serde_json::from_str(&line).map_err(|error| self.wrong(&format!("{error} in {line:?}")))
    }

    /// Waits until messages are acknowledged and come back.
    async fn flows(&mut self) -> Result<(), String> {
        let flows = |line: &Option<String>| {
            let flow = line.as_deref().map(serde_json::from_str::<Flow>);
            flow.is_some_and(|flow| flow.is_ok_and(|flow| flow.acknowledged > 0 && flow.read > 0))
        };
        let first = timeout(WITHIN, self.told.wait_for(flows)).await;
        let first = first.map(|first| first.map(drop));
        match first {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(self.wrong("it has ended")),
            Err(_) => Err(self.wrong("nothing came back")),
        }
    }

    /// Ends the producer, lets the consumer read to the end, and compares.
    pub async fn finish(self) -> Result<Carried, String> {
        let Self {
            topic,
            _program,
            input,
            mut told,
            complaints,
        } = self;
        let wrong = |why: &str| wrong(&topic, &complaints, why);
        drop(input);
        let ended = timeout(WITHIN, async { while told.changed().await.is_ok() {} }).await;
        ended.map_err(|_| wrong("its consumer does not come to the end"))?;
        let last = told.borrow().clone().unwrap_or_default();
        serde_json::from_str(&last).map_err(|error| wrong(&format!("{error} in {last:?}")))
    }

    fn wrong(&self, why: &str) -> String {
        wrong(&self.topic, &self.complaints, why)
    }
}

fn wrong(topic: &str, complaints: &Path, why: &str) -> String {
    let said = fs::read_to_string(complaints).unwrap_or_default();
    let lines: Vec<&str> = said.lines().collect();
    let last = lines.split_at(lines.len().saturating_sub(20)).1;
    format!("the traffic of {topic}: {why}\n{}", last.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"acknowledged":3,"read":3,"refused":0,"longest_ms":812,"retries":4,"lost":0,"twice":1,
        "broken":0,"partitions":[{"acknowledged":[2,70],"read":[2,70]},{"acknowledged":[1,9],"read":[1,9]}]}"#;

    #[test]
    fn every_message_is_read_where_it_belongs_or_it_is_not_whole() {
        let carried = |line: &str| serde_json::from_str::<Carried>(line).unwrap();
        let whole = carried(WHOLE);
        assert!(whole.is_whole());
        assert_eq!(
            whole.to_string(),
            "3 messages acknowledged, 0 lost, 1 written twice, 0 refused; the longest wait for an acknowledgement was \
             812 ms, with 4 retries"
        );
        for (right, wrong) in [
            ("\"lost\":0", "\"lost\":1"),
            ("\"broken\":0", "\"broken\":1"),
            ("\"read\":[2,70]", "\"read\":[3,70]"),
            ("\"read\":[1,9]", "\"read\":[1,8]"),
        ] {
            assert!(!carried(&WHOLE.replace(right, wrong)).is_whole(), "{wrong}");
        }
    }
}
