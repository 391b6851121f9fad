//! A broker that runs: the stand-in Java under Kafka's argv.

use crate::{Order, unpadded};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The file of properties of the first broker.
pub const FILE: &str = "/opt/kafka/config/server.properties";
/// The file that its output goes to.
pub const OUTPUT: &str = "/opt/kafka/kafka.out";
/// The Java that a broker runs in.
pub const JAVA: &str = "/opt/jdk/bin/java";

/// A broker on the host.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Its file.
    pub file: PathBuf,
    /// Its process and when that began, as orders say it.
    pub process: String,
}

impl Broker {
    /// Starts the broker of `FILE` with these properties, and waits until it runs.
    ///
    /// # Panics
    ///
    /// If it does not.
    #[must_use]
    pub fn start(properties: &str) -> Self {
        Self::start_as(properties, FILE, &[], |command| command)
    }

    /// Starts a broker of any file, with more arguments, and more of anything.
    ///
    /// # Panics
    ///
    /// If it does not run.
    #[must_use]
    pub fn start_as(
        properties: &str,
        file: &str,
        more: &[&str],
        and: impl Fn(&mut Command) -> &mut Command,
    ) -> Self {
        write(file, properties);
        let mut command = Command::new(JAVA);
        command.args(Self::args(file)).args(more);
        command
            .env_clear()
            .env("LANG", "C")
            .env("ODD", "a b\nc='$(touch /tmp/x)'");
        command.current_dir("/opt/kafka").stdin(Stdio::null());
        let output = fs::File::options().append(true).create(true).open(OUTPUT);
        let output = output.expect("its output");
        command
            .stdout(output.try_clone().expect("it twice"))
            .stderr(output);
        let pid = spawn(and(&mut command));
        let broker = Self {
            file: file.into(),
            process: process_of(pid).expect("its process"),
        };
        broker.wait_until_started();
        broker
    }

    /// Waits for the broker of a file.
    ///
    /// # Panics
    ///
    /// If there is none for too long.
    #[must_use]
    pub fn find(file: &str) -> Self {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(process) = running(file).pop() {
                let file = file.into();
                let broker = Self { file, process };
                broker.wait_until_started();
                return broker;
            }
            assert!(Instant::now() < deadline, "no broker of {file}");
            sleep(Duration::from_millis(20));
        }
    }

    /// The arguments that a broker is started with.
    #[must_use]
    pub fn args(file: &str) -> Vec<String> {
        let odd = "-Dodd=a  b\n\"c\" $(touch /tmp/injected) `id` \\n;&|";
        let args = ["-Xmx1G", odd, "", "-Dkafka.logs.dir=/opt/kafka/logs", "-cp"];
        let mut args: Vec<String> = args.map(str::to_owned).into();
        args.push("/opt/kafka/libs/kafka_2.13-3.7.1.jar:/opt/kafka/libs/*".to_owned());
        args.push("kafka.Kafka".to_owned());
        args.push(file.to_owned());
        args
    }

    fn wait_until_started(&self) {
        let text = fs::read_to_string(&self.file).expect("its file");
        let ports = text
            .lines()
            .filter_map(|line| line.strip_prefix("listeners="))
            .next_back();
        let is_quick = !text.contains("exit-after-ms");
        let deadline = Instant::now() + Duration::from_secs(10);
        let ports = ports.unwrap_or_default().split(',');
        for port in ports.filter_map(|part| part.rsplit(':').next()?.parse().ok()) {
            while is_quick && !is_listening(port) {
                assert!(Instant::now() < deadline, "{port} is not bound");
                sleep(Duration::from_millis(20));
            }
        }
    }

    /// Its file as it is.
    ///
    /// # Panics
    ///
    /// If it is not there.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        fs::read(&self.file).expect("its file")
    }

    /// An order for it.
    #[must_use]
    pub fn order(&self, mode: &str) -> Order {
        let path = self.file.to_str().expect("a path");
        Order::apply(mode, &self.process, path, &self.bytes())
    }

    /// The order that adds EXTERNAL on 39092 to `listeners`.
    ///
    /// # Panics
    ///
    /// If the file has no such line.
    #[must_use]
    pub fn add_external(&self) -> Order {
        let text = String::from_utf8(self.bytes()).expect("text");
        let at = text.find("listeners=").expect("listeners");
        let end = at + text[at..].find('\n').unwrap_or(text.len() - at);
        let order = self.order("edit").with("port", "39092");
        let order = order.with("kept", "advertised.listeners absent");
        order.span(end, b"", b",EXTERNAL://0.0.0.0:39092")
    }

    /// What its file is then.
    ///
    /// # Panics
    ///
    /// If it is no text.
    #[must_use]
    pub fn with_external(&self) -> Vec<u8> {
        let text = String::from_utf8(self.bytes()).expect("text");
        let at = text.find("listeners=").expect("listeners");
        let end = at + text[at..].find('\n').unwrap_or(text.len() - at);
        format!("{},EXTERNAL://0.0.0.0:39092{}", &text[..end], &text[end..]).into()
    }

    /// Whether its process is still there.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let pid = self
            .process
            .split(' ')
            .next()
            .and_then(|pid| pid.parse().ok());
        pid.and_then(process_of).as_deref() == Some(&self.process)
    }

    /// The broker that runs of the same file now; more than one is a mistake.
    ///
    /// # Panics
    ///
    /// If there are two.
    #[must_use]
    pub fn successor(&self) -> Option<Self> {
        let file = self.file.to_str().expect("a path");
        let mut all = running(file);
        assert!(all.len() < 2, "two processes: {all:?}");
        let process = all.pop()?;
        let file = self.file.clone();
        Some(Self { file, process })
    }
}

/// Starts a process that nobody waits for; its number.
///
/// # Panics
///
/// If it does not start.
#[expect(
    clippy::zombie_processes,
    reason = "a dead process that nobody reaps is a case"
)]
pub fn spawn(command: &mut Command) -> u32 {
    let child = command.spawn().expect("a program");
    child.id()
}

/// Every process of Kafka of a file.
#[must_use]
pub fn running(file: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_broker = |pid: &u32| {
        let argv = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut argv = argv
            .split(|byte| *byte == 0)
            .skip_while(|arg| arg != b"kafka.Kafka");
        argv.nth(1) == Some(file.as_bytes())
    };
    pids.filter(is_broker).filter_map(process_of).collect()
}

/// A process and when it began; nothing if it is gone.
#[must_use]
pub fn process_of(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = after.split(' ').collect();
    (fields[0] != "Z").then(|| format!("{pid} {}", fields[19]))
}

/// Whether somebody listens on a port.
#[must_use]
pub fn is_listening(port: u16) -> bool {
    let hex = format!(":{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let mut lines = table.lines().map(str::split_whitespace);
    lines.any(|mut line| {
        line.nth(1).is_some_and(|at| at.ends_with(&hex)) && line.nth(1) == Some("0A")
    })
}

/// Writes a file, and the folder that it is in.
pub fn write(file: &str, text: &str) {
    let folder = Path::new(file).parent().expect("a folder");
    fs::create_dir_all(folder).expect("a folder");
    fs::write(file, text).expect("a file");
}

/// A path as orders say it.
#[must_use]
pub fn path_of(file: &str) -> String {
    unpadded(file.as_bytes())
}
