//! A script of one of our documents on a host of the model: what all three have in common. Everything that
//! it does stands on the host at once; its answer comes when the real one would have come to its end.

use super::kafka::{self, FILE};
use super::payload::{Payload, is_hex, is_number};
use super::state::State;
use crate::CLUSTER;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleet::documents::Document;
use fleet::host::ProcessId;
use fleet::host::reply;
use fleet::words::Port;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::convert::Infallible;
use std::time::Duration;
use world::model::{HostShell, InstanceRecord, KafkaHost, Ran, ScriptRun, Started};

/// Plays the scripts of `infra/host` on hosts of the model.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scripts;

impl HostShell for Scripts {
    fn start(&self, run: &ScriptRun, record: &mut InstanceRecord) -> Started {
        let cluster = CLUSTER.into();
        let mut documents = Document::ALL.into_iter();
        let document = documents.find(|it| it.name(&cluster) == run.document);
        let is_queued = record.kafka.is_queued();
        match (document, &mut record.kafka.host) {
            (Some(document), Some(host)) => {
                let mut script = Script::new(run, document, host);
                script.is_queued = is_queued;
                script.play()
            }
            // A script of nobody's, or a host that nobody described.
            (_, _) => Started::Ends(Duration::from_secs(1), Ran::saying("", 127)),
        }
    }
}

/// How a script ends.
#[derive(Debug)]
pub enum End {
    /// With this exit code and outcome.
    Answer(i32, &'static str),
    /// It was killed, and says nothing.
    Killed,
}

/// What always comes to an end.
pub type Ends = Result<Infallible, End>;

/// A script on its way.
pub struct Script<'a> {
    pub(super) run: &'a ScriptRun,
    pub(super) document: Document,
    pub(super) host: &'a mut KafkaHost,
    /// Whether connections wait in the queues of its process.
    pub(super) is_queued: bool,
    pub(super) payload: Payload,
    pub(super) nonce: String,
    pub(super) node: String,
    pub(super) ports: Vec<Port>,
    pub(super) state: State,
    /// What its answer says, beside what each answer says.
    pub(super) more: Map<String, Value>,
    /// How long it has taken so far.
    pub(super) took: Duration,
}

impl<'a> Script<'a> {
    fn new(run: &'a ScriptRun, document: Document, host: &'a mut KafkaHost) -> Self {
        Self {
            run,
            document,
            host,
            is_queued: false,
            payload: Payload::read("").expect("nothing"),
            nonce: String::new(),
            node: String::new(),
            ports: Vec::new(),
            state: State::default(),
            more: Map::new(),
            took: Duration::from_secs(1),
        }
    }

    fn play(mut self) -> Started {
        let Err(end) = self.ends();
        let ran = match end {
            End::Answer(code, outcome) => Ran::saying(self.answer(outcome), code),
            End::Killed => Ran {
                exit_code: Some(137),
                stdout: String::new(),
                stderr: "Killed".to_owned(),
            },
        };
        Started::Ends(self.took, ran)
    }

    fn ends(&mut self) -> Ends {
        self.read_payload()?;
        let state = self.own("state");
        let state = self.host.files.get(&state);
        self.state = state.map(|file| State::read(file)).unwrap_or_default();
        match self.document {
            Document::Inspect => self.inspect(),
            Document::Apply => self.apply(),
            Document::Stop => self.stop(),
        }
    }

    /// AWS's time at this step of the script.
    pub(super) fn now(&self) -> Timestamp {
        self.run.at + SignedDuration::try_from(self.took).unwrap_or_default()
    }

    /// The host's own clock.
    pub(super) fn clock(&self) -> i64 {
        (self.now() + self.host.clock_ahead).as_second()
    }

    /// Lets time pass.
    pub(super) fn sleep(&mut self, time: Duration) {
        self.took += time;
    }

    /// A file of ours.
    pub(super) fn own(&self, name: &str) -> String {
        format!("/var/lib/kafka-privatelink/{}/{name}", self.node)
    }

    /// One more word of the answer.
    pub(super) fn plus(&mut self, word: &str, value: Value) {
        self.more.insert(word.to_owned(), value);
    }

    /// Nothing was changed.
    pub(super) fn refuse<T>(&mut self, why: &str, about: &str) -> Result<T, End> {
        self.plus("why", json!(why));
        self.plus("about", json!(b64(about.as_bytes())));
        Err(End::Answer(10, "refused"))
    }

    /// The same, with the state.
    pub(super) fn deny<T>(&mut self, why: &str, about: &str) -> Result<T, End> {
        let state = self.state_on_disk();
        self.plus("state", state);
        self.refuse(why, about)
    }

    /// A value of the payload, or a refusal that names it.
    pub(super) fn told<T>(&mut self, read: Result<T, &'static str>) -> Result<T, End> {
        match read {
            Ok(value) => Ok(value),
            Err(word) => self.refuse("payload", word),
        }
    }

    /// The state as it is on the disk.
    pub(super) fn state_on_disk(&self) -> Value {
        let file = self.host.files.get(&self.own("state"));
        file.map_or(Value::Null, |file| State::read(file).json())
    }

    fn read_payload(&mut self) -> Result<(), End> {
        let Some(text) = self.run.parameter("payload") else {
            self.refuse::<()>("agent", "the agent sets no SSM_payload")
                .ok();
            return Err(End::Answer(20, "refused"));
        };
        let payload = Payload::read(text);
        self.payload = self.told(payload)?;
        let head = self.head();
        (self.nonce, self.node, self.ports) = self.told(head)?;
        let agent = self.run.environment.get("AWS_SSM_INSTANCE_ID").cloned();
        let agent = agent.unwrap_or_default();
        match self.payload.field("instance") == agent {
            true => Ok(()),
            false => self.refuse("instance", &agent),
        }
    }

    /// Nonce, `node.id` and ports.
    fn head(&self) -> Result<(String, String, Vec<Port>), &'static str> {
        let payload = &self.payload;
        payload.need("version", |it| it == "1")?;
        let is_nonce = |it: &str| is_hex(it) && (16..=32).contains(&it.len());
        let nonce = payload.need("nonce", is_nonce)?;
        let is_instance = |it: &str| it.len() >= 10 && it.strip_prefix("i-").is_some_and(is_hex);
        payload.need("instance", is_instance)?;
        let node = payload.need("node", is_number)?;
        let port = |it: &str| it.parse().ok().and_then(Port::new).ok_or("port");
        let ports = payload.fields("port").map(port).collect::<Result<_, _>>()?;
        Ok((nonce.to_owned(), node.to_owned(), ports))
    }

    /// The broker that was asked for, if it runs now.
    pub(super) fn find_broker(&self) -> Option<ProcessId> {
        let process = self.host.living(self.now())?;
        let (node, roles) = kafka::identity(self.file());
        let is_broker = roles.is_empty() || roles.split(',').any(|role| role.trim() == "broker");
        let is_it = is_broker && node.as_deref() == Some(&self.node);
        is_it.then_some(ProcessId {
            pid: process.pid,
            start: process.start,
        })
    }

    /// The broker's file.
    pub(super) fn file(&self) -> &[u8] {
        self.host.files.get(FILE).map_or(&[], Vec::as_slice)
    }

    fn answer(&self, outcome: &str) -> String {
        let mut line = Map::new();
        line.insert("v".to_owned(), json!(1));
        line.insert("action".to_owned(), json!(self.document.word()));
        line.insert("nonce".to_owned(), json!(self.nonce));
        line.insert("clock".to_owned(), json!(self.clock()));
        line.insert("outcome".to_owned(), json!(outcome));
        let length = Value::Object(line.clone()).to_string().len();
        let more = Value::Object(self.more.clone()).to_string().len();
        match length + more > 22_800 {
            true => _ = line.insert("too_long".to_owned(), json!(length + more)),
            false => line.extend(self.more.clone()),
        }
        signed(&Value::Object(line).to_string())
    }
}

/// A line with its length and checksum.
fn signed(line: &str) -> String {
    let sum = reply::hex(line.as_bytes());
    format!("{line}\nkafka-privatelink {} {sum}\n", line.len())
}

/// Bytes as answers have them.
pub(super) fn b64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Whether a comment says that a program writes the file.
pub(super) fn is_generated(file: &[u8]) -> bool {
    let text = String::from_utf8_lossy(file).to_lowercase();
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| {
        let says = ["do not edit", "generated by", "managed by"];
        line.starts_with(['#', '!']) && says.iter().any(|it| line.contains(it))
    })
}
