//! What a host is told: the payload of a command, lines of `word value`, as base64url. The host checks each
//! value's characters again before it uses it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fleet::host::ProcessId;
use fleet::words::{InstanceId, NodeId, Port};
use jiff::Timestamp;
use std::fmt::{self, Write};

/// An order to one broker on one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The instance; another one refuses it.
    pub instance: InstanceId,
    /// The broker; a process of another one is refused.
    pub node: NodeId,
    /// Which order it is, 16 to 32 hexadecimal digits. One that comes twice is carried out once (P-52).
    pub nonce: String,
    /// The bind ports that the order is about.
    pub ports: Vec<Port>,
    /// What is to be done.
    pub act: Act,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Look, and write nothing.
    Inspect,
    /// Edit the file, and restart or start the process.
    Apply(Apply),
    /// End the process gracefully.
    Stop {
        /// Later than that by its own clock the host refuses.
        not_after: Timestamp,
        /// The process that was seen.
        process: ProcessId,
        /// How long it may take to stop; it is never killed.
        stop_seconds: u16,
    },
}

/// What *apply* does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apply {
    /// Later than that by its own clock the host refuses.
    pub not_after: Timestamp,
    /// What is done to the file and the process.
    pub mode: Mode,
    /// The process that was seen; none if it is gone.
    pub process: Option<ProcessId>,
    /// The path of the file, as the inspection told it.
    pub file: Vec<u8>,
    /// The SHA-256 of the whole file as it was inspected, in hexadecimal digits.
    pub old_sha256: String,
    /// The newest time at which a listener parameter of the cluster was written.
    pub generation: Timestamp,
    /// What the broker should advertise, as a hash.
    pub revision: String,
    /// How long the process may take to stop; it is never killed.
    pub stop_seconds: u16,
    /// How long the new process is watched before the host answers that it starts.
    pub watch_seconds: u16,
}

/// What *apply* does to the file and the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Changes bytes of the file, and restarts the process.
    Edit {
        /// What was not there before, for the way back.
        kept: Vec<String>,
        /// The bytes: where, the old ones and the new ones; ascending.
        spans: Vec<(usize, Vec<u8>, Vec<u8>)>,
    },
    /// Restarts the process.
    Restart,
    /// Restarts one that hangs: in this case alone it is killed at last.
    Revive,
    /// Starts it; it is gone.
    Start,
    /// Puts the file back that was there before our last edit, and starts the process.
    Back,
}

impl Mode {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Edit { .. } => "edit",
            Self::Restart => "restart",
            Self::Revive => "revive",
            Self::Start => "start",
            Self::Back => "back",
        }
    }
}

impl Order {
    /// The payload of the command.
    pub fn payload(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.to_string())
    }
}

/// The lines of the payload.
impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            instance,
            node,
            nonce,
            ports,
            act,
        } = self;
        write!(
            f,
            "version 1\ninstance {instance}\nnode {node}\nnonce {nonce}\n"
        )?;
        for port in ports {
            writeln!(f, "port {port}")?;
        }
        match act {
            Act::Inspect => Ok(()),
            Act::Apply(apply) => apply.fmt(f),
            Act::Stop {
                not_after,
                process,
                stop_seconds,
            } => {
                writeln!(f, "not-after {}", not_after.as_second())?;
                writeln!(f, "process {} {}", process.pid, process.start)?;
                writeln!(f, "stop-seconds {stop_seconds}")
            }
        }
    }
}

impl fmt::Display for Apply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            not_after,
            mode,
            process,
            file,
            old_sha256,
            generation,
            revision,
            stop_seconds,
            watch_seconds,
        } = self;
        writeln!(f, "not-after {}", not_after.as_second())?;
        writeln!(f, "mode {}", mode.word())?;
        match process {
            Some(process) => writeln!(f, "process {} {}", process.pid, process.start)?,
            None => f.write_str("process none\n")?,
        }
        writeln!(f, "file {}", BASE64_URL_SAFE_NO_PAD.encode(file))?;
        writeln!(f, "old-sha256 {old_sha256}")?;
        writeln!(f, "generation {}", generation.as_millisecond())?;
        writeln!(f, "revision {revision}")?;
        writeln!(
            f,
            "stop-seconds {stop_seconds}\nwatch-seconds {watch_seconds}"
        )?;
        let Mode::Edit { kept, spans } = mode else {
            return Ok(());
        };
        for kept in kept {
            writeln!(f, "kept {kept}")?;
        }
        for (offset, old, new) in spans {
            write!(f, "span {offset} ")?;
            bytes(f, old)?;
            f.write_char(' ')?;
            bytes(f, new)?;
            f.write_char('\n')?;
        }
        Ok(())
    }
}

/// Bytes as base64url; `-` for none.
fn bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    match bytes {
        [] => f.write_char('-'),
        bytes => f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::look::noon;
    use proptest::prelude::*;

    fn order(act: Act) -> Order {
        Order {
            instance: "i-0123456789abcdef0".into(),
            node: NodeId::new(1).expect("a node"),
            nonce: "0123456789abcdef".to_owned(),
            ports: vec![Port::new(39092).expect("a port")],
            act,
        }
    }

    fn apply(mode: Mode, process: Option<ProcessId>) -> Apply {
        Apply {
            not_after: noon(),
            mode,
            process,
            file: b"/opt/kafka/config/server.properties".to_vec(),
            old_sha256: "ab".repeat(32),
            generation: noon(),
            revision: "cafe".to_owned(),
            stop_seconds: 330,
            watch_seconds: 20,
        }
    }

    #[test]
    fn an_order_to_look_says_whom_it_is_for() {
        let text =
            "version 1\ninstance i-0123456789abcdef0\nnode 1\nnonce 0123456789abcdef\nport 39092\n";
        assert_eq!(order(Act::Inspect).to_string(), text);
    }

    #[test]
    fn an_order_to_edit_says_which_bytes() {
        let spans = vec![(5, Vec::new(), b",EXTERNAL://0.0.0.0:39092".to_vec())];
        let kept = vec!["listeners absent".to_owned()];
        let process = Some(ProcessId { pid: 12, start: 34 });
        let text = order(Act::Apply(apply(Mode::Edit { kept, spans }, process))).to_string();
        let lines: Vec<&str> = text.lines().skip(5).collect();
        assert_eq!(
            lines,
            [
                "not-after 1795348800",
                "mode edit",
                "process 12 34",
                "file L29wdC9rYWZrYS9jb25maWcvc2VydmVyLnByb3BlcnRpZXM",
                &format!("old-sha256 {}", "ab".repeat(32)),
                "generation 1795348800000",
                "revision cafe",
                "stop-seconds 330",
                "watch-seconds 20",
                "kept listeners absent",
                "span 5 - LEVYVEVSTkFMOi8vMC4wLjAuMDozOTA5Mg",
            ]
        );
    }

    proptest! {
        /// Whatever a path, a tag or a file holds: nothing of it reaches a shell but letters, digits, `-` and `_`.
        #[test]
        fn a_payload_has_no_character_that_means_anything_to_a_shell(
            instance in ".{0,40}", file in proptest::collection::vec(any::<u8>(), 0..60),
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let spans = vec![(0, bytes.clone(), bytes)];
            let mut apply = apply(Mode::Edit { kept: Vec::new(), spans }, None);
            apply.file = file;
            let mut order = order(Act::Apply(apply));
            order.instance = InstanceId::new(instance);
            let is_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            prop_assert!(order.payload().chars().all(is_one));
        }
    }
}
