//! The machine below a Kafka process: its disk, its clock, and the process itself with all that it was started
//! with. What a file says counts only for a process that is started after it was written (K-8).
//!
//! Nothing here reads a file of Kafka's: whoever starts a process ([`HostShell`](super::HostShell), or a
//! test) says what it runs with. An instance that stops or boots changes nothing of it.

use fleet::shown::Voters;
use fleet::words::{NodeId, Port};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KafkaHost {
    /// Its files by their absolute paths.
    pub files: BTreeMap<String, Vec<u8>>,
    /// How far its clock is ahead of AWS's time.
    pub clock_ahead: SignedDuration,
    /// Programs that listen on ports of it, other than Kafka.
    pub others: BTreeMap<Port, String>,
    /// Ports that somebody takes just before Kafka binds them.
    pub races: BTreeSet<Port>,
    /// How long a new process loads its logs before it binds its ports.
    pub loads_for: Duration,
    /// How much longer it does so if the process before did not end gracefully: it recovers its logs.
    pub recovers_for: Duration,
    /// The last process that ended without a goodbye.
    pub killed: Option<u64>,
    /// What every new process says that exits then; none if it does not.
    pub fails: Option<String>,
    /// Whether a process that is told to stop goes on.
    pub never_stops: bool,
    /// The word of a script's phase in which the next script is killed.
    pub kills_in: Option<String>,
    /// Kafka's process; none if there is none.
    pub process: Option<HostedKafka>,
    /// How many processes were started on it.
    pub started: u64,
    /// Brokers that should have replicas of partitions of this one, beside itself.
    pub replicas: BTreeSet<NodeId>,
    /// Who elects the active controller; none if it is this broker alone.
    pub voters: Option<Voters>,
    /// Whether nothing of the broker lies on its disk.
    pub is_empty: bool,
    /// Whose data lies there, if it is another broker's.
    pub disk_of: Option<u32>,
}

/// A process of Kafka, and what it was started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedKafka {
    /// Its number.
    pub pid: u64,
    /// When it was started (`proc(5)`, `starttime`).
    pub start: u64,
    /// `listeners`, as DescribeConfigs tells it; none if it is not set.
    pub listeners: Option<String>,
    /// `advertised.listeners`, likewise.
    pub advertised: Option<String>,
    /// `listener.security.protocol.map`, likewise.
    pub protocols: Option<String>,
    /// Its listeners, by their names in capital letters.
    pub open: BTreeMap<String, KafkaListener>,
    /// When it began.
    pub began_at: Timestamp,
    /// From when on it has its ports.
    pub serves_from: Timestamp,
    /// When it exits by itself, and what it says then.
    pub exits: Option<(Timestamp, String)>,
}

/// A listener of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KafkaListener {
    /// The port.
    pub port: Port,
    /// What it advertises there, as `host:port`; none if it tells nobody.
    pub advertised: Option<String>,
}

impl KafkaHost {
    /// Kafka's process, if it lives at this time.
    pub fn living(&self, at: Timestamp) -> Option<&HostedKafka> {
        let process = self.process.as_ref()?;
        process.lives(at).then_some(process)
    }

    /// The name of the listener that accepts connections on a port.
    pub fn accepting(&self, at: Timestamp, port: Port) -> Option<&str> {
        let process = self.living(at).filter(|it| it.serves_from <= at)?;
        let mut open = process.open.iter();
        let (name, _) = open.find(|(_, listener)| listener.port == port)?;
        Some(name)
    }

    /// What is advertised on a listener, by a process that serves.
    pub(super) fn advertises(&self, at: Timestamp, name: &str) -> Option<String> {
        let process = self.living(at).filter(|it| it.serves_from <= at)?;
        process
            .open
            .get(&name.to_ascii_uppercase())?
            .advertised
            .clone()
    }
}

impl HostedKafka {
    /// For how many seconds it has run, as far as it is known: it began before it had its ports.
    pub fn age(&self, at: Timestamp) -> i64 {
        at.duration_since(self.began_at).as_secs().max(0)
    }

    /// Whether it has not exited by itself.
    pub fn lives(&self, at: Timestamp) -> bool {
        self.exits.as_ref().is_none_or(|(exits, _)| at < *exits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::world::{at, port};

    fn process() -> HostedKafka {
        let listener = |number, advertised: Option<&str>| KafkaListener {
            port: port(number),
            advertised: advertised.map(str::to_owned),
        };
        HostedKafka {
            pid: 101,
            start: 1,
            listeners: None,
            advertised: None,
            protocols: None,
            open: [
                ("INTERNAL".to_owned(), listener(9092, Some("b1:9092"))),
                ("CONTROLLER".to_owned(), listener(29092, None)),
            ]
            .into(),
            began_at: at(5),
            serves_from: at(10),
            exits: Some((at(20), "ERROR".to_owned())),
        }
    }

    #[test]
    fn a_process_has_its_ports_once_it_has_loaded_and_until_it_exits() {
        let host = KafkaHost {
            process: Some(process()),
            ..KafkaHost::default()
        };
        for (second, lives, accepts) in [(9, true, None), (10, true, Some("INTERNAL"))] {
            assert_eq!(host.living(at(second)).is_some(), lives);
            assert_eq!(host.accepting(at(second), port(9092)), accepts);
        }
        assert_eq!(host.accepting(at(10), port(39092)), None);
        assert_eq!(
            host.advertises(at(10), "internal"),
            Some("b1:9092".to_owned())
        );
        assert_eq!(host.advertises(at(10), "CONTROLLER"), None);
        assert_eq!(host.living(at(20)), None);
        assert_eq!(host.accepting(at(20), port(9092)), None);
    }
}
