//! What happens to brokers, their hosts and the Kafka cluster, by whosever hand.

use super::history::History;
use cloud::call::Call;
use fleet::words::{NodeId, Port};
use jiff::SignedDuration;
use std::time::Duration;
use tests::CLUSTER;
use tests::listeners::{FILE, kafka};
use world::model::{Agent, ApiError, GateFault, KafkaHost, KafkaProcess, KafkaState};

/// Phases of a script, in which it may be killed.
const PHASES: [&str; 6] = [
    "prepared", "replaced", "stopping", "stopped", "starting", "started",
];

/// Reads without which nobody may be restarted.
const READS: [Call; 6] = [
    Call::GetParametersByPath,
    Call::DescribeInstances,
    Call::DescribeAutoScalingGroups,
    Call::DescribeTargetGroups,
    Call::DescribeInstanceInformation,
    Call::ListCommands,
];

impl History<'_> {
    fn any(&mut self) -> (usize, NodeId) {
        let at = self.setup.dice.usize(..self.brokers.len());
        (at, self.brokers[at].node)
    }

    pub(super) fn on_host<T>(&self, at: usize, edit: impl FnOnce(&mut KafkaHost) -> T) -> T {
        self.stage
            .on_host(&self.brokers[at].id, |host, _| edit(host))
    }

    /// Controllers move, brokers hear nothing new, and the gate is not answered as it should be.
    pub(super) fn cluster(&mut self) -> String {
        let id = KafkaProcess::cluster_of(CLUSTER);
        let (_, node) = self.any();
        let time = Duration::from_secs(self.setup.dice.u64(1..100));
        let fault = match self.setup.dice.u32(..7) {
            0..3 => {
                let moved = self.stage.model().move_controller(&id, node);
                return format!("the controller moves to {node}: {moved}");
            }
            // Where all hear nothing new nobody can tell.
            3 if self.brokers.len() > 1 => {
                let node = self.brokers[0].node;
                self.stage.model().keep_stale(&id, node, time);
                return format!("broker {node} hears nothing new for {time:?}");
            }
            3 | 4 => GateFault::Fails,
            5 => GateFault::Late(time / 2),
            _ => GateFault::Denied,
        };
        self.stage.model().spoil_gate(fault);
        format!("the next gate: {fault:?}")
    }

    /// Kafka exits, dies, hangs, or is started by people.
    pub(super) fn process(&mut self) -> String {
        let (at, node) = self.any();
        let dice = self.setup.dice.u32(..9);
        let id = self.brokers[at].id.clone();
        match dice {
            0 => {
                self.on_host(at, kafka::exit);
                format!("Kafka exits on broker {node}")
            }
            1 => {
                self.stage.on_host(&id, kafka::start);
                format!("people start broker {node} anew")
            }
            2 => {
                self.start_if_gone(at);
                format!("people start broker {node} if it does not run")
            }
            3..6 => {
                let time = Duration::from_secs(self.setup.dice.u64(1..1200));
                self.stage.on_host(&id, |host, now| {
                    host.recovers_for = time;
                    kafka::kill(host);
                    kafka::start(host, now);
                });
                format!("broker {node} dies, and recovers for {time:?}")
            }
            6 => {
                let edited = |model: &mut world::model::Model, now| model.reboot_instance(now, &id);
                if self.stage.edit(edited).is_ok() {
                    self.stage.on_host(&id, kafka::start);
                }
                format!("the host of broker {node} boots")
            }
            _ => {
                let state = match self.setup.dice.u32(..5) {
                    0 => KafkaState::Hangs,
                    1 => KafkaState::Fenced,
                    2 => KafkaState::Full,
                    _ => KafkaState::Answers,
                };
                self.becomes(at, state);
                format!("broker {node} is {state:?}")
            }
        }
    }

    /// People start Kafka if it does not run.
    pub(super) fn start_if_gone(&self, at: usize) {
        self.stage.on_host(&self.brokers[at].id, |host, now| {
            if host.living(now).is_none() {
                kafka::start(host, now);
            }
        });
    }

    pub(super) fn becomes(&self, at: usize, state: KafkaState) {
        let edited = self
            .stage
            .edit(|model, _| model.edit_kafka(&self.brokers[at].id, |kafka| kafka.state = state));
        edited.expect("a broker");
    }

    /// An agent goes, is old, runs commands twice, or is as it should be.
    pub(super) fn agent(&mut self) -> String {
        let (at, node) = self.any();
        let what = self.setup.dice.usize(..4);
        self.edit_agent(at, what);
        let told = ["goes", "is old", "runs twice", "is as it should be"];
        format!("the agent of broker {node} {}", told[what])
    }

    pub(super) fn edit_agent(&self, at: usize, what: usize) {
        let id = &self.brokers[at].id;
        let edited = self.stage.edit(|model, now| match what {
            0 => model.agent_goes(now, id),
            1 => model.edit_agent(now, id, |agent| agent.version = "3.2.0.0".to_owned()),
            2 => model.edit_agent(now, id, |agent| agent.runs_twice = true),
            _ => model.edit_agent(now, id, |agent| *agent = Agent::default()),
        });
        edited.expect("an agent");
    }

    /// Just when a run begins: one of its reads will be denied.
    pub(super) fn blind(&mut self) -> String {
        let read = READS[self.setup.dice.usize(..READS.len())];
        let denied = ApiError::denied(read);
        self.stage.model().fail_next(read, denied, 1);
        format!("the next {read} is denied")
    }

    /// Just when an order was sent to a broker's host: somebody takes its port, or its agent is late.
    pub(super) fn meanwhile(&mut self, at: usize) -> String {
        let node = self.brokers[at].node;
        if self.setup.dice.bool() {
            let port = Port::new(39092).expect("a port");
            self.on_host(at, |host| host.races.insert(port));
            return format!("on the host of broker {node}: somebody takes 39092 before Kafka does");
        }
        let time = Duration::from_secs(self.setup.dice.u64(20..240));
        let edited = self.stage.edit(|model, now| {
            model.edit_agent(now, &self.brokers[at].id, |agent| {
                agent.away_since = Some(now);
                agent.away_until = now.checked_add(time).ok();
            })
        });
        edited.expect("an agent");
        format!("the agent of broker {node} is away for {time:?}")
    }

    /// People put everything in order.
    pub(super) fn all_in_order(&self) -> String {
        self.put_hosts_in_order();
        for at in 0..self.brokers.len() {
            self.start_if_gone(at);
        }
        "people put hosts, agents and processes in order".to_owned()
    }

    /// People change what is theirs in a file, or what is ours.
    pub(super) fn people_edit(&mut self) -> String {
        let (at, node) = self.any();
        if self.setup.dice.bool() {
            return self.people_move(at);
        }
        let line = format!("log.retention.hours={}", self.setup.dice.u32(1..100));
        self.on_host(at, |host| {
            let file = host.files.get_mut(FILE).expect("a file");
            let mut text = format!("{line}\n").into_bytes();
            text.append(file);
            *file = text;
        });
        let broker = &mut self.brokers[at];
        broker.theirs.push(line.clone());
        broker.theirs.sort();
        broker.is_edited = true;
        format!("people write {line} on broker {node}")
    }

    /// People move a listener of ours to another port, by hand, and start Kafka with that.
    fn people_move(&mut self, at: usize) -> String {
        let (from, to) = ("EXTERNAL://0.0.0.0:39092", "EXTERNAL://0.0.0.0:39099");
        let node = self.brokers[at].node;
        if !self.exchange(at, from, to) {
            return format!("people find no listener to move on broker {node}");
        }
        let broker = &mut self.brokers[at];
        broker.moved = Some((from.to_owned(), to.to_owned()));
        broker.is_edited = true;
        let starts = self.setup.dice.bool();
        if starts {
            self.stage.on_host(&self.brokers[at].id, kafka::start);
        }
        format!("people move EXTERNAL to 39099 on broker {node}, and start it: {starts}")
    }

    /// Exchanges a text in a broker's file, by hand; whether it was there.
    pub(super) fn exchange(&self, at: usize, from: &str, to: &str) -> bool {
        self.on_host(at, |host| {
            let file = host.files.get_mut(FILE).expect("a file");
            let text = String::from_utf8_lossy(file).into_owned();
            *file = text.replacen(from, to, 1).into_bytes();
            text.contains(from)
        })
    }

    /// A host changes.
    pub(super) fn host(&mut self) -> String {
        let (at, node) = self.any();
        let port = Port::new(39092).expect("a port");
        let dice = &mut self.setup.dice;
        let (what, off) = (dice.u32(..13), dice.i64(-30..30));
        let phase = PHASES[dice.usize(..PHASES.len())];
        let loads = dice.u64(1..300);
        let what = self.on_host(at, |host| match what {
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
            5..9 => {
                host.kills_in = Some(phase.to_owned());
                format!("the next script is killed when {phase}")
            }
            9 => {
                host.loads_for = Duration::from_secs(loads);
                format!("Kafka loads for {loads} s")
            }
            _ => {
                in_order(host);
                "all is in order".to_owned()
            }
        });
        format!("on the host of broker {node}: {what}")
    }

    /// People put hosts, agents and processes in order.
    pub(super) fn put_hosts_in_order(&self) {
        for at in 0..self.brokers.len() {
            self.edit_agent(at, 3);
            self.becomes(at, KafkaState::Answers);
            self.on_host(at, in_order);
        }
    }
}

fn in_order(host: &mut KafkaHost) {
    host.others.clear();
    host.races.clear();
    host.fails = None;
    host.never_stops = false;
    host.kills_in = None;
    host.clock_ahead = SignedDuration::ZERO;
    host.loads_for = Duration::from_secs(5);
}
