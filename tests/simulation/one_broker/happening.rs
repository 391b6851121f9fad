//! What happens between two runs, by whosever hand.

use super::history::History;
use fleet::words::Port;
use jiff::SignedDuration;
use std::time::Duration;
use tests::PATTERN;
use tests::listeners::{FILE, alone, kafka};
use world::model::{Agent, KafkaState};

const SECOND: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9200", "bind_port": 39093}"#;
const RETIRED: &str = r#"{"retired": true}"#;
const PHASES: [&str; 6] = [
    "prepared", "replaced", "stopping", "stopped", "starting", "started",
];

impl History {
    /// Something happens.
    pub(super) fn happen(&mut self) {
        let what = match self.dice.u32(..28) {
            0 => self.put("listeners/EXTERNAL", PATTERN),
            1 => self.put("listeners/EXTERNAL", &PATTERN.replace(".abc.", ".def.")),
            2 => self.put("listeners/EXTERNAL", RETIRED),
            3 => self.put("listeners/EXTERNAL", "what?"),
            4 => self.put("listeners/EXTERNAL2", SECOND),
            5 => self.put("listeners/EXTERNAL2", RETIRED),
            6..9 => self.put("restarts", &alone("any-time")),
            9 => self.put("restarts", "never"),
            10 => self.put(
                "restarts",
                &alone("daily 12:10-13:00 UTC\ndaily 14:30-15:30 UTC"),
            ),
            11 => self.put("restarts", "soon"),
            12 => self.take_away("restarts"),
            13 => self.put("paused", "true"),
            14..16 => self.take_away("paused"),
            16 => self.people_edit(),
            17 => self.process(),
            18 => self.state(),
            19..21 => self.agent(),
            21 => self.host_dies(),
            _ => self.host_changes(),
        };
        self.tell("happens", &what);
    }

    fn put(&mut self, name: &str, text: &str) -> String {
        self.stage.put(name, text);
        format!("{name} says {text}")
    }

    fn take_away(&mut self, name: &str) -> String {
        let path = format!("/kafka-privatelink/orders/{name}");
        if self.stage.model().parameter(&path).is_none() {
            return format!("{name} stays away");
        }
        self.stage.delete(name);
        format!("{name} is deleted")
    }

    /// People change what is theirs.
    fn people_edit(&mut self) -> String {
        let line = format!("log.retention.hours={}", self.dice.u32(1..100));
        self.on_host(|host| {
            let file = host.files.get_mut(FILE).expect("a file");
            let mut text = format!("{line}\n").into_bytes();
            text.append(file);
            *file = text;
        });
        self.theirs.push(line.clone());
        self.theirs.sort();
        self.is_edited = true;
        format!("people write {line}")
    }

    fn process(&mut self) -> String {
        match self.dice.u32(..3) {
            0 => {
                self.on_host(kafka::exit);
                "Kafka exits".to_owned()
            }
            1 => {
                self.stage.on_host(&self.broker, kafka::start);
                "people start Kafka anew".to_owned()
            }
            _ => {
                self.start_if_gone();
                "people start Kafka if it does not run".to_owned()
            }
        }
    }

    /// People start Kafka if it does not run.
    pub(super) fn start_if_gone(&self) {
        self.stage.on_host(&self.broker, |host, now| {
            if host.living(now).is_none() {
                kafka::start(host, now);
            }
        });
    }

    fn state(&mut self) -> String {
        let state = match self.dice.u32(..4) {
            0 => KafkaState::Hangs,
            1 => KafkaState::Fenced,
            _ => KafkaState::Answers,
        };
        self.becomes(state);
        format!("Kafka is {state:?}")
    }

    pub(super) fn becomes(&self, state: KafkaState) {
        let edited = self
            .stage
            .edit(|model, _| model.edit_kafka(&self.broker, |kafka| kafka.state = state));
        edited.expect("a broker");
    }

    fn agent(&mut self) -> String {
        let (dice, broker) = (self.dice.u32(..4), &self.broker);
        self.stage
            .edit(|model, now| match dice {
                0 => model.agent_goes(now, broker),
                1 => model.edit_agent(now, broker, |agent| agent.version = "3.2.0.0".to_owned()),
                2 => model.edit_agent(now, broker, |agent| agent.runs_twice = true),
                _ => model.edit_agent(now, broker, |agent| *agent = Agent::default()),
            })
            .expect("an agent");
        let what = ["goes", "is old", "runs twice", "is as it should be"];
        format!("the agent {}", what[usize::try_from(dice).unwrap_or(3)])
    }

    /// The host boots, and Kafka with it, from the file as it is.
    fn host_dies(&mut self) -> String {
        let rebooted = self
            .stage
            .edit(|model, now| model.reboot_instance(now, &self.broker));
        if rebooted.is_ok() {
            self.stage.on_host(&self.broker, kafka::start);
        }
        "the host boots".to_owned()
    }

    fn host_changes(&mut self) -> String {
        let port = Port::new(39092).expect("a port");
        let (what, off) = (self.dice.u32(..12), self.dice.i64(-30..30));
        let phase = PHASES[self.dice.usize(..PHASES.len())];
        let loads = self.dice.u64(1..300);
        self.on_host(|host| match what {
            0 => {
                host.races.insert(port);
                "somebody takes 39092 before Kafka does".to_owned()
            }
            1 => {
                host.others.insert(port, "nginx".to_owned());
                "nginx listens on 39092".to_owned()
            }
            2 => {
                host.fails = Some("FATAL no disk".to_owned());
                "each new Kafka exits".to_owned()
            }
            3 => {
                host.never_stops = true;
                "Kafka does not stop".to_owned()
            }
            4 => {
                host.clock_ahead = SignedDuration::from_secs(off);
                format!("the clock is {off} s ahead")
            }
            5 | 6 => {
                host.kills_in = Some(phase.to_owned());
                format!("the next script is killed when {phase}")
            }
            7 => {
                host.loads_for = Duration::from_secs(loads);
                format!("Kafka loads for {loads} s")
            }
            _ => {
                in_order(host);
                "the host is in order".to_owned()
            }
        })
    }

    pub(super) fn on_host<T>(&self, edit: impl FnOnce(&mut world::model::KafkaHost) -> T) -> T {
        self.stage.on_host(&self.broker, |host, _| edit(host))
    }

    /// People put everything in order but the process and the parameters of groups.
    pub(super) fn put_in_order(&mut self) {
        self.stage
            .edit(|model, now| {
                model.edit_agent(now, &self.broker, |agent| *agent = Agent::default())
            })
            .expect("an agent");
        self.becomes(KafkaState::Answers);
        self.on_host(in_order);
        self.take_away("paused");
        self.put("restarts", &alone("any-time"));
    }
}

fn in_order(host: &mut world::model::KafkaHost) {
    host.others.clear();
    host.races.clear();
    host.fails = None;
    host.never_stops = false;
    host.kills_in = None;
    host.clock_ahead = SignedDuration::ZERO;
    host.loads_for = Duration::from_secs(5);
}
