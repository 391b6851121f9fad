//! What *inspect* answers: a host, its broker's process, how that was started, and its file under a mask. It
//! says more than is read here, for whoever reads a command's output.

use super::ProcessId;
use super::disk::Disk;
use crate::words::{NodeId, Port};
use serde::Deserialize;
use std::fmt;

/// A host as it was when its clock showed `clock`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Inspection {
    /// The order that asked.
    pub nonce: String,
    /// Seconds since 1970, by the host's clock.
    pub clock: i64,
    /// What became of the order: `inspected`, or `refused`.
    pub outcome: String,
    /// Why it was refused, in one word.
    pub why: Option<String>,
    /// More about it.
    pub about: Option<Packed>,
    /// How many characters the answer would have, which is too many; then nothing else is told.
    pub too_long: Option<u64>,
    /// Every process of Kafka on it.
    #[serde(default)]
    pub processes: Vec<Process>,
    /// How many of them are the broker that was asked for.
    #[serde(default)]
    pub matches: u64,
    /// The broker's process, if it is one.
    pub broker: Option<Process>,
    /// Its file.
    pub file: Option<File>,
    /// The systemd unit that it belongs to.
    pub unit: Option<Unit>,
    /// Where its data lies; told of a broker that does not run.
    #[serde(default)]
    pub disks: Vec<Disk>,
    /// What our commands left here.
    pub state: Option<State>,
    /// The operator's own way to restart, `/etc/kafka-privatelink/restart`.
    pub hook: Option<Hook>,
    /// From which ports the kernel takes those of outgoing connections, `first-last`.
    pub ephemeral: Option<String>,
    /// Which of these it does not take (`ip_local_reserved_ports`).
    pub reserved: Option<String>,
    /// The ports that were asked about.
    #[serde(default)]
    pub ports: Vec<Sockets>,
}

/// One process of Kafka.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Process {
    /// Its number.
    pub pid: u64,
    /// When it was started.
    pub start: u64,
    /// For how many seconds it has run; none if it was not told.
    #[serde(default)]
    pub age: Option<i64>,
    /// Its `node.id`, by its command line or its file.
    pub node: Option<NodeId>,
    /// The path of its file.
    pub file: Packed,
    /// What its command line overrides.
    pub overrides: Vec<Override>,
    /// Whether it runs in a container.
    pub container: bool,
    /// How it was started.
    pub kind: Kind,
    /// Whether it was given a JAAS file, which is not read.
    pub jaas: bool,
    /// Whom it runs as.
    pub uid: u32,
    /// Kafka's version, by the names of its jars; empty if they do not say it.
    pub version: String,
    /// Whether connections wait in the queue of one of its listeners, which it has not accepted. A process that
    /// hangs leaves them there, until the queue is full and the kernel takes no more (K-25).
    #[serde(default)]
    pub queued: bool,
}

/// How a process was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// By a systemd unit, as its main process.
    Unit,
    /// Below the main process of a unit, such as a script that waits for it.
    Wrapped,
    /// By a unit of a user's own systemd.
    UserUnit,
    /// By hand.
    Plain,
}

/// `--override key=value` of a command line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Override {
    /// The key.
    pub key: Packed,
    /// The value, if it may leave the host.
    pub value: Option<Packed>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum File {
    /// It could be read.
    Read(ReadFile),
    /// It could not.
    Unread {
        /// Its path.
        path: Packed,
    },
}

impl TryFrom<serde_json::Value> for File {
    type Error = serde_json::Error;

    fn try_from(value: serde_json::Value) -> Result<Self, Self::Error> {
        #[derive(Deserialize)]
        struct Unread {
            path: Packed,
        }
        // By what it says itself: a file that is told in part must not pass for one that could not be read.
        if value["readable"] == serde_json::Value::Bool(true) {
            return serde_json::from_value(value).map(Self::Read);
        }
        let Unread { path } = serde_json::from_value(value)?;
        Ok(Self::Unread { path })
    }
}

/// A file that could be read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReadFile {
    /// Its path.
    pub path: Packed,
    /// Where it really is.
    pub real: Packed,
    /// Whether the path is a symbolic link.
    pub symlink: bool,
    /// Whether it and its folder can be written.
    pub writable: bool,
    /// Whose it is.
    pub uid: u32,
    /// Its mode in octal digits.
    pub mode: String,
    /// How many names it has.
    pub links: u64,
    /// Its size in bytes.
    pub size: u64,
    /// How many bytes are free on its disk.
    pub free: u64,
    /// Its SHA-256 in hexadecimal digits.
    #[serde(deserialize_with = "sha256")]
    pub sha256: String,
    /// Whether a comment says that a program writes it.
    pub generated: bool,
    /// Its masked bytes.
    pub masked: Option<String>,
    /// Whether these are too many for an answer.
    #[serde(default)]
    pub too_big: bool,
}

/// A systemd unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Unit {
    /// Its name.
    pub name: Packed,
    /// How often systemd has started it again by itself (`NRestarts`).
    #[serde(default)]
    pub restarts: Option<u64>,
    /// `TimeoutStopUSec` in seconds; none if there is no limit.
    pub stop_seconds: Option<u64>,
    /// Whether it has our drop-in that keeps it down.
    pub ours: bool,
    /// `ActiveState`: `inactive` if it is stopped; empty if it was not told.
    #[serde(default)]
    pub active: String,
    /// `Result` of its last run: `success` also if it never ran.
    #[serde(default)]
    pub result: String,
}

/// What our commands left on the host: what the last one did, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct State {
    /// How far it came.
    pub phase: Phase,
    /// Whether an edit is being made, or taken back.
    pub heading: Heading,
    /// What was ordered.
    pub mode: Ordered,
    /// By which order.
    pub nonce: String,
    /// The generation that it was for, in milliseconds; empty if there was none.
    pub generation: String,
    /// The revision that it was for.
    pub revision: String,
    /// The file before; empty if none was edited.
    #[serde(deserialize_with = "sha256")]
    pub old_sha256: String,
    /// The file after.
    pub new_sha256: String,
    /// What became of it.
    pub outcome: String,
    /// Why it was taken back, if so: `exited`, or `never-stopped` if it was only interrupted.
    #[serde(default)]
    pub cause: String,
    /// The process that it was to stop; none if there was none.
    #[serde(default, deserialize_with = "process_or_none")]
    pub process: Option<ProcessId>,
    /// The process that it started; none if it saw none.
    #[serde(default, deserialize_with = "process_or_none")]
    pub running: Option<ProcessId>,
    /// `NRestarts` of its unit then, in digits; empty if there was none.
    #[serde(default)]
    pub restarts: String,
    /// What Kafka said when its process exited, if it did.
    pub said: Option<Packed>,
    /// What the editor has to know of the file before, to take out again just what it put in.
    pub kept: Vec<KeptLine>,
}

/// How far a command came. The word of another release makes the whole answer none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The new file is ready beside the old one.
    Prepared,
    /// The file was replaced.
    Replaced,
    /// The process was told to stop, or is about to be.
    Stopping,
    /// It is gone.
    Stopped,
    /// The new one is about to be started.
    Starting,
    /// It was started, and is watched.
    Started,
    /// An end: it did what was ordered, or nothing.
    Done,
    /// An end: the file and the process are what they were before.
    Back,
    /// An end: it can do nothing more.
    Held,
    /// An end: the process was stopped, as ordered.
    Down,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prepared => "prepared",
            Self::Replaced => "replaced",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::Started => "started",
            Self::Done => "done",
            Self::Back => "back",
            Self::Held => "held",
            Self::Down => "down",
        })
    }
}

/// Which way a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heading {
    /// Towards what was ordered.
    Forth,
    /// Back to what was there before.
    Back,
}

/// What a host was ordered to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ordered {
    /// To change the file, and restart the process.
    Edit,
    /// To restart it.
    Restart,
    /// To restart one that hangs.
    Revive,
    /// To start it.
    Start,
    /// To put the file back, and start it.
    Back,
    /// To stop it.
    Stop,
}

/// A SHA-256 in hexadecimal digits, or nothing: it becomes a line of an order.
fn sha256<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let is_one = text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit());
    match is_one || text.is_empty() {
        true => Ok(text),
        false => Err(serde::de::Error::custom("no SHA-256")),
    }
}

/// A process, or whatever else says that there is none.
fn process_or_none<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<ProcessId>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(ProcessId::deserialize(value).ok())
}

/// One line of what was not there before.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KeptLine {
    /// The key.
    pub key: String,
    /// What it was.
    pub was: String,
}

/// The operator's own way to restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Hook {
    /// Whether it is there.
    pub present: bool,
    /// Whether only root can write it.
    pub safe: bool,
}

/// Who has a port.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sockets {
    /// The port.
    pub port: Port,
    /// How many sockets in any state have it as their own.
    pub sockets: u64,
    /// Those that listen on it.
    pub listeners: Vec<Listening>,
}

/// A process that listens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Listening {
    /// 4 or 6, as in IPv4 and IPv6.
    pub family: u8,
    /// Its number, if it is in sight.
    pub pid: Option<u64>,
    /// Its name.
    pub name: Packed,
}

/// Bytes of a host as base64: nothing that stands there can break the answer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it may be shown, in at most so many characters.
    pub fn shown(&self, longest: usize) -> String {
        crate::foreign::clean(&String::from_utf8_lossy(&self.0), longest)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        use base64::Engine;
        use base64::prelude::BASE64_STANDARD;
        let text = String::deserialize(from)?;
        let bytes = BASE64_STANDARD.decode(text);
        bytes
            .map(Self)
            .map_err(|_| serde::de::Error::custom("no base64"))
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown(200))
    }
}

impl Inspection {
    /// Whether its host was looked at, and all of it is told.
    pub fn is_told(&self) -> bool {
        self.outcome == "inspected" && self.too_long.is_none()
    }
}

impl Process {
    /// Which process it is.
    pub fn id(&self) -> ProcessId {
        ProcessId {
            pid: self.pid,
            start: self.start,
        }
    }
}
