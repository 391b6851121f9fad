//! The check of TiDB Cloud's document: a topic with three partitions and three replicas, ten messages produced, ten
//! messages read.

use super::error::KafkaError;
use super::tools::Tools;
use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

/// The document's number of partitions: one for each broker.
const PARTITIONS: usize = 3;

/// What is to be done, by the document's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentCheck {
    /// Where clients begin: `host:port`, several with commas between.
    pub bootstrap: String,
    /// The topic; made if there is none.
    pub topic: String,
    /// The consumer's group. It goes on where it ended, so each check reads its own messages.
    pub group: String,
    /// How many messages.
    pub messages: usize,
    /// How many replicas the topic has.
    pub replicas: usize,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Messages that were acknowledged by all in-sync replicas.
    pub produced: Vec<String>,
    /// Messages that came back, in the order in which they did.
    pub consumed: Vec<String>,
    /// The partitions that they came from; each has its own leader.
    pub partitions: BTreeSet<u32>,
    /// What the tools printed beside the messages.
    pub output: String,
    /// How long topic, producing and reading took.
    pub took: [Duration; 3],
}

impl DocumentCheck {
    /// The document's own: ten messages to `test-topic`, read by `test-group`.
    pub fn new(bootstrap: impl Into<String>) -> Self {
        Self {
            bootstrap: bootstrap.into(),
            topic: "test-topic".to_owned(),
            group: "test-group".to_owned(),
            messages: 10,
            replicas: 3,
        }
    }

    /// Does it with the tools of a host. The document starts a producer for each message; here one
    /// sends them all. The reader ends with the last message instead of after five seconds of
    /// silence.
    pub async fn run(&self, tools: &Tools) -> Result<Checked, KafkaError> {
        let Self {
            bootstrap,
            topic,
            group,
            messages,
            replicas,
        } = self;
        let began = Instant::now();
        let made = tools
            .run(
                "kafka-topics.sh",
                &[
                    "--create",
                    "--topic",
                    topic,
                    "--bootstrap-server",
                    bootstrap,
                    "--if-not-exists",
                    "--partitions",
                    "3",
                    "--replication-factor",
                    &replicas.to_string(),
                ],
            )
            .await?;
        let topic_made = began.elapsed();
        let produced: Vec<String> = (1..=*messages)
            .map(|n| format!("Test message {n}"))
            .collect();
        let mut producer = tools.producer(bootstrap, topic)?;
        for message in &produced {
            producer.send(message).await?;
        }
        producer.finish().await?;
        let all_sent = began.elapsed();
        let count = messages.to_string();
        let read = tools
            .run(
                "kafka-console-consumer.sh",
                &[
                    "--bootstrap-server",
                    bootstrap,
                    "--topic",
                    topic,
                    "--from-beginning",
                    "--group",
                    group,
                    "--max-messages",
                    &count,
                    "--timeout-ms",
                    "60000",
                    "--property",
                    "print.partition=true",
                ],
            )
            .await?;
        let mut consumed = Vec::new();
        let mut partitions = BTreeSet::new();
        let mut rest = Vec::new();
        for line in read.lines() {
            let message = line.strip_prefix("Partition:");
            match message.and_then(|message| message.split_once('\t')) {
                Some((partition, message)) => {
                    consumed.push(message.to_owned());
                    partitions.extend(partition.parse::<u32>().ok());
                }
                None => rest.push(line),
            }
        }
        Ok(Checked {
            produced,
            consumed,
            partitions,
            output: format!("{}\n{}", made.trim(), rest.join("\n")),
            took: [
                topic_made,
                all_sent - topic_made,
                began.elapsed() - all_sent,
            ],
        })
    }
}

impl Checked {
    /// Whether exactly what was produced came back, by way of all three partitions; in whatever
    /// order, since partitions have none among each other.
    pub fn is_complete(&self) -> bool {
        let sorted = |messages: &[String]| {
            let mut messages = messages.to_vec();
            messages.sort();
            messages
        };
        sorted(&self.produced) == sorted(&self.consumed) && self.partitions.len() == PARTITIONS
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [topic, produced, consumed] = self.took.map(|took| took.as_secs_f64());
        write!(
            f,
            "{} messages produced, {} read back from {} partitions (creating the topic {topic:.1} s, producing {produced:.1} s, reading {consumed:.1} s)",
            self.produced.len(),
            self.consumed.len(),
            self.partitions.len(),
        )
    }
}
