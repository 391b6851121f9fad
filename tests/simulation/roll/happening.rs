//! What happens between two runs, by whosever hand.

use super::history::History;
use fleet::words::NodeId;
use std::time::Duration;
use tests::listeners::{alone, kafka};
use tests::{CLUSTER, PATTERN};
use world::faults::Faults;
use world::model::{Agent, GateFault, KafkaProcess, KafkaState};

impl History {
    /// Something happens.
    pub(super) fn happen(&mut self) {
        let what = match self.dice.u32(..20) {
            0 | 1 => self.put("listeners/EXTERNAL", PATTERN),
            2 | 3 => self.put("listeners/EXTERNAL", &PATTERN.replace(".abc.", ".def.")),
            4 => self.take_away("listeners/EXTERNAL"),
            5..8 => self.put("restarts", &alone("any-time")),
            8 => self.put("restarts", "any-time"),
            9 => self.put("restarts", "never"),
            10 => self.take_away("restarts"),
            11 | 12 => self.controller_moves(),
            13 | 14 => self.broker_dies(),
            15 => self.agent(),
            16 => self.gate(),
            17 => self.stale(),
            _ => self.host(),
        };
        self.tell("happens", &what);
    }

    fn put(&mut self, name: &str, text: &str) -> String {
        self.stage.put(name, text);
        format!("{name} says {text}")
    }

    fn take_away(&mut self, name: &str) -> String {
        let path = format!("/kafka-privatelink/{CLUSTER}/{name}");
        if self.stage.model().parameter(&path).is_none() {
            return format!("{name} stays away");
        }
        self.stage.delete(name);
        format!("{name} is deleted")
    }

    fn any(&mut self) -> (usize, NodeId) {
        let at = self.dice.usize(..self.brokers.len());
        let number = u32::try_from(at + 1).expect("few brokers");
        (at, NodeId::new(number).expect("a node"))
    }

    fn controller_moves(&mut self) -> String {
        let (_, to) = self.any();
        let id = KafkaProcess::cluster_of(CLUSTER);
        let moved = self.stage.model().move_controller(&id, to);
        format!("controller moves to {to}: {moved}")
    }

    /// A broker dies, and starts at once, after which it recovers its log.
    fn broker_dies(&mut self) -> String {
        let (at, node) = self.any();
        let recovers = Duration::from_secs(self.dice.u64(1..1200));
        self.theirs.insert(node);
        self.stage.on_host(&self.brokers[at], |host, now| {
            host.recovers_for = recovers;
            kafka::kill(host);
            kafka::start(host, now);
        });
        format!("broker {node} dies, and recovers for {recovers:?}")
    }

    fn agent(&mut self) -> String {
        let (at, node) = self.any();
        let (goes, id) = (self.dice.bool(), &self.brokers[at]);
        let done = self.stage.edit(|model, now| match goes {
            true => model.agent_goes(now, id),
            false => model.edit_agent(now, id, |agent| *agent = Agent::default()),
        });
        done.expect("an agent");
        format!("the agent of broker {node} goes: {goes}")
    }

    fn gate(&mut self) -> String {
        let fault = match self.dice.u32(..3) {
            0 => GateFault::Fails,
            1 => GateFault::Late(Duration::from_secs(self.dice.u64(1..60))),
            _ => GateFault::Denied,
        };
        self.stage.model().spoil_gate(fault);
        format!("the next gate: {fault:?}")
    }

    fn stale(&mut self) -> String {
        let (_, node) = self.any();
        let time = Duration::from_secs(self.dice.u64(1..120));
        let id = KafkaProcess::cluster_of(CLUSTER);
        self.stage.model().keep_stale(&id, node, time);
        format!("broker {node} hears nothing new for {time:?}")
    }

    fn host(&mut self) -> String {
        let (at, node) = self.any();
        let (what, loads) = (self.dice.u32(..4), self.dice.u64(1..300));
        let port = fleet::words::Port::new(39092).expect("a port");
        let what = self.stage.on_host(&self.brokers[at], |host, _| match what {
            0 => {
                host.races.insert(port);
                "somebody takes 39092 before Kafka does".to_owned()
            }
            1 => {
                host.kills_in = Some("started".to_owned());
                "the next script is killed when started".to_owned()
            }
            2 => {
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

    /// Faults end, and people put everything in order.
    pub(super) fn put_in_order(&mut self) {
        self.stage.model().set_faults(Faults::new(0));
        for id in &self.brokers {
            let edited = self.stage.edit(|model, now| {
                model.edit_agent(now, id, |agent| *agent = Agent::default())?;
                model.edit_kafka(id, |kafka| kafka.state = KafkaState::Answers)
            });
            edited.expect("a broker");
            self.stage.on_host(id, |host, now| {
                in_order(host);
                if host.living(now).is_none() {
                    kafka::start(host, now);
                }
            });
        }
        self.put("listeners/EXTERNAL", PATTERN);
        self.put("restarts", &alone("any-time"));
    }
}

fn in_order(host: &mut world::model::KafkaHost) {
    host.races.clear();
    host.kills_in = None;
    host.loads_for = Duration::from_secs(5);
}
