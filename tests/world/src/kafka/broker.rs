//! A Kafka broker on its host. Its process is an orphan there, as after the `nohup` of TiDB Cloud's document: it is found
//! by its arguments, so it does not matter who started it.

use super::INTERNAL_PORT;
use super::error::{Doing, KafkaError};
use super::home::Home;
use crate::hosts::{Host, Process};
use fleet::words::NodeId;
use rustix::process::Signal;
use std::future::Future;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};
use tokio::time::{Instant, sleep, timeout};

/// Kafka itself gives a controlled stop up after 5 minutes (K-12); real time, as all here.
const STOPS_WITHIN: Duration = Duration::from_secs(330);
/// What the kernel does with a process.
const KERNEL_WITHIN: Duration = Duration::from_secs(30);
/// How often a condition is looked at that nothing tells.
pub(super) const LOOK: Duration = Duration::from_millis(25);
/// How much of its log goes into an error.
const LAST_LINES: usize = 20;

/// A broker: its host and its home there.
#[derive(Debug)]
pub struct Broker {
    node: NodeId,
    host: Arc<Host>,
    home: Home,
}

impl Broker {
    /// A broker that is not started yet, or was by somebody else.
    pub fn new(node: NodeId, host: Arc<Host>, home: Home) -> Self {
        Self { node, host, home }
    }

    /// Its `node.id`.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// Its host.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Its home.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Its INTERNAL listener, `host:port`.
    pub fn internal(&self) -> String {
        format!("{}:{INTERNAL_PORT}", self.host.address())
    }

    /// Formats its data folder if need be, and starts its process; it does not serve yet.
    pub async fn start(&self) -> Result<(), KafkaError> {
        if self.process()?.is_some() {
            return Err(self.cannot("be started", "it runs already"));
        }
        let what = format!("start broker {}", self.node);
        let mut command = self.host.command("sh");
        command.arg("./start.sh").current_dir(self.home.folder());
        let output = command
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .doing(&what)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(KafkaError::new(
                what,
                format!("{}: {}", output.status, said.trim()),
            ));
        }
        // It is start.sh's child for a moment, before it is Kafka's script.
        while self.process()?.is_none() {
            let begins = |argument: &str| is_broker(argument) || argument.ends_with("start.sh");
            if self.process_like(begins)?.is_none() {
                return Err(self.has_ended());
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Formats its data folder, as user data does that leaves the first start to others.
    pub async fn format(&self) -> Result<(), KafkaError> {
        let what = format!("format the data folder of broker {}", self.node);
        let mut command = self.host.command("sh");
        command.args(["./start.sh", "format"]);
        let command = command.current_dir(self.home.folder()).stdin(Stdio::null());
        let output = command.kill_on_drop(true).output().await.doing(&what)?;
        match output.status.success() {
            true => Ok(()),
            false => {
                let said = String::from_utf8_lossy(&output.stderr);
                let why = format!("{}: {}", output.status, said.trim());
                Err(KafkaError::new(what, why))
            }
        }
    }

    /// A controlled stop (TERM), as by `kafka-server-stop.sh`: its leaders move first. Waits until
    /// the process has ended.
    pub async fn stop(&self) -> Result<(), KafkaError> {
        let process = self.running()?;
        if process.is_stopped() {
            return Err(self.cannot("be stopped", "it is frozen; thaw or kill it"));
        }
        self.signal(&process, Signal::TERM, STOPS_WITHIN, process.ended())
            .await
    }

    /// Kills its process (KILL) and waits until that has ended.
    pub async fn kill(&self) -> Result<(), KafkaError> {
        let process = self.running()?;
        self.signal(&process, Signal::KILL, KERNEL_WITHIN, process.ended())
            .await
    }

    /// Freezes its process (STOP): its ports still accept, and nobody answers.
    pub async fn freeze(&self) -> Result<(), KafkaError> {
        let process = self.running()?;
        let frozen = async {
            while !process.is_stopped() {
                sleep(LOOK).await;
            }
            Ok(())
        };
        self.signal(&process, Signal::STOP, KERNEL_WITHIN, frozen)
            .await
    }

    /// Lets a frozen process go on (CONT).
    pub async fn thaw(&self) -> Result<(), KafkaError> {
        let process = self.running()?;
        let thawed = async {
            while process.is_stopped() {
                sleep(LOOK).await;
            }
            Ok(())
        };
        self.signal(&process, Signal::CONT, KERNEL_WITHIN, thawed)
            .await
    }

    /// Removes the data of a broker that does not run; its next start formats anew, with the same
    /// cluster id.
    pub async fn wipe(&self) -> Result<(), KafkaError> {
        if self.process()?.is_some() {
            return Err(self.cannot("be wiped", "it runs; stop or kill it first"));
        }
        let data = self.home.data();
        match fs::remove_dir_all(&data) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done.doing(format!("remove {}", data.display())),
        }
    }

    /// Its process, if it runs.
    pub fn process(&self) -> Result<Option<Process>, KafkaError> {
        self.process_like(is_broker)
    }

    fn process_like(&self, one: impl Fn(&str) -> bool) -> Result<Option<Process>, KafkaError> {
        let like = |arguments: &[String]| arguments.iter().any(|argument| one(argument));
        let found = self.host.processes(like);
        let found = found.doing(format!("find broker {}", self.node))?;
        Ok(found.into_iter().next())
    }

    /// What went wrong by its log, then the last lines of it: at its end a broker says for long how it
    /// closes this and that.
    pub fn log(&self) -> String {
        let log = self.home.log();
        let text = match fs::read(&log) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => format!("(read {}: {error})", log.display()),
        };
        let lines: Vec<&str> = text.lines().collect();
        let (before, last) = lines.split_at(lines.len().saturating_sub(LAST_LINES));
        let went_wrong = |line: &&&str| {
            let words = [" ERROR ", " FATAL ", "Exception", "Exiting"];
            words.iter().any(|word| line.contains(word))
        };
        let wrong = before.iter().filter(went_wrong).take(LAST_LINES);
        let told: Vec<&str> = wrong.chain(last).copied().collect();
        told.join("\n")
    }

    pub(super) fn running(&self) -> Result<Process, KafkaError> {
        self.process()?.ok_or_else(|| self.has_ended())
    }

    async fn signal(
        &self,
        process: &Process,
        signal: Signal,
        within: Duration,
        done: impl Future<Output = Result<(), crate::hosts::HostsError>>,
    ) -> Result<(), KafkaError> {
        let what = format!("signal broker {}", self.node);
        let began = Instant::now();
        process.signal(signal).doing(&what)?;
        match timeout(within, done).await {
            Ok(done) => done.doing(what),
            Err(_) => Err(KafkaError::new(
                what,
                format!(
                    "no effect after {} s; its log ends with\n{}",
                    began.elapsed().as_secs(),
                    self.log()
                ),
            )),
        }
    }

    pub(super) fn has_ended(&self) -> KafkaError {
        KafkaError::new(
            format!("broker {} does not run; its log ends with", self.node),
            format!("\n{}", self.log()),
        )
    }

    pub(super) fn cannot(&self, what: &str, why: &str) -> KafkaError {
        KafkaError::new(format!("broker {} cannot {what}", self.node), why)
    }
}

/// Whether a process with this argument is a broker: the script becomes Java, and stays the same
/// process.
fn is_broker(argument: &str) -> bool {
    argument == "kafka.Kafka" || argument.ends_with("/kafka-server-start.sh")
}
