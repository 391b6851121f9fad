//! For tests: one look at a cluster, drawn by hand. Broker 1 is alone, runs with INTERNAL and CONTROLLER
//! only, has port 9093 in the group EXTERNAL, and may restart at any time, until adjectives change something.
//! More brokers are like it; adjectives are of the broker that was named last ([`Look::of`]).

use crate::documents::Document;
use crate::host::reply::hex;
use crate::observed::{GateAnswer, Observed};
use crate::plan::Plan;
use crate::server_properties::mask;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use fleet::gate::Verdict;
use fleet::look::{
    EXTERNAL, ORDERS, PATTERN, command, id, instance, managed_instance, node, noon, owner,
    parameter, port, target_group,
};
use fleet::observed::{CommandOutput, CommandStatus, InstanceState, Parameter};
use fleet::shown::{AdminAnswer, AdminQuestion, Itself, Setting, Shown, Voters};
use fleet::words::NodeId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::Ipv4Addr;

/// The file of broker 1 before anything of ours.
pub(crate) const FILE: &str = "# Broker 1\nprocess.roles=broker,controller\nnode.id=1\n\
controller.quorum.voters=1@10.0.0.1:29092\nlisteners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092\n\
advertised.listeners=INTERNAL://10.0.0.1:9092\nlistener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
inter.broker.listener.name=INTERNAL\ncontroller.listener.names=CONTROLLER\nlog.dirs=./data\nsecret.thing=hunter2\n";
/// Where it is.
pub(crate) const PATH: &str = "/opt/kafka/config/server.properties";
/// What broker 1 should tell the clients of EXTERNAL.
pub(crate) const ENDPOINT: &str = "b1.usw2-az1.abc.example.com:9093";

/// One look.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) observed: Observed,
    /// Which broker adjectives are of.
    pub(crate) who: u32,
    /// Its file.
    pub(crate) file: String,
    /// The answer of the newest inspection of its host, changed by adjectives.
    pub(crate) host: Value,
    /// What the gate says to whatever it is asked; none if it is as it was observed.
    pub(crate) gate: Option<Verdict>,
}

fn base64(text: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(text)
}

/// How a command puts its answer out.
pub(crate) fn put_out(answer: &Value) -> String {
    let line = answer.to_string();
    let (length, sum) = (line.len(), hex(line.as_bytes()));
    format!("{line}\nkafka-privatelink {length} {sum}\n")
}

fn setting(value: &str) -> Setting {
    Setting {
        value: Some(value.to_owned()),
        is_overridden: false,
    }
}

impl Look {
    /// A cluster as described above.
    pub(crate) fn alone() -> Self {
        let look = Self {
            who: 1,
            observed: Observed {
                now: Ok(noon()),
                cluster: ORDERS.into(),
                parameters: Ok(vec![
                    parameter("listeners/EXTERNAL", PATTERN, 3600),
                    parameter("restarts", "any-time", 3600),
                ]),
                instances: Ok(Vec::new()),
                auto_scaling_groups: Ok(Vec::new()),
                target_groups: Ok(Vec::new()),
                managed: Ok(Vec::new()),
                commands: Ok(Vec::new()),
                outputs: BTreeMap::new(),
                shown: Ok(Vec::new()),
                gate: Ok(None),
            },
            file: String::new(),
            host: Value::Null,
            gate: Some(Verdict::default()),
        };
        look.and_broker(1).of(1)
    }

    /// A cluster of three.
    pub(crate) fn three() -> Self {
        Self::alone().and_broker(2).and_broker(3)
    }

    /// From here on adjectives are of this broker, with its file and host as they are before anything of ours.
    pub(crate) fn of(mut self, number: u32) -> Self {
        let process = json!({
            "pid": 12, "start": 3400, "node": number, "roles": "broker,controller", "file": base64(PATH),
            "overrides": [], "container": false, "kind": "plain", "unit": null, "jaas": false, "uid": 1000,
            "parent": base64("systemd"), "version": "3.7.1",
        });
        let host = json!({
            "v": 1, "action": "inspect", "nonce": "00112233445566778", "clock": noon().as_second() - 30,
            "outcome": "inspected", "why": null, "instance": id(number), "processes": [process], "matches": 1, "broker": process,
            "nofile": "65536:65536", "unit": null, "state": null, "record": false,
            "hook": {"present": false, "safe": false}, "systemd": true, "ephemeral": "32768-60999",
            "reserved": "39092", "ports": [{"port": 39092, "sockets": 0, "listeners": []}],
        });
        self.who = number;
        self.file = FILE
            .replace("# Broker 1", &format!("# Broker {number}"))
            .replace("node.id=1", &format!("node.id={number}"))
            .replace("voters=1@", &format!("voters={number}@"))
            .replace("10.0.0.1", &format!("10.0.0.{number}"));
        self.host = host;
        self
    }

    /// One more broker, mapped and without EXTERNAL.
    pub(crate) fn and_broker(mut self, number: u32) -> Self {
        let name = id(number);
        let one = instance(name.as_str(), number, InstanceState::Running);
        let at = 9092 + u16::try_from(number).expect("a small number");
        let entry = target_group(EXTERNAL, owner(number), at, Some(number));
        let observed = &mut self.observed;
        observed.instances.as_mut().expect("seen").push(one);
        observed.target_groups.as_mut().expect("seen").push(entry);
        let managed = managed_instance(name.as_str());
        observed.managed.as_mut().expect("seen").push(managed);
        let shown = Shown::Itself(Box::new(Itself {
            cluster_id: None,
            listeners: setting("INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092"),
            advertised: setting(&format!("INTERNAL://10.0.0.{number}:9092")),
            protocols: setting("INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            listed: BTreeSet::new(),
            replicas: BTreeSet::new(),
            followers: BTreeSet::new(),
            voters: Voters::None,
            controller: Some(node(1)),
        }));
        let question = AdminQuestion {
            broker: node(number),
            instance: name,
            address: Ipv4Addr::new(10, 0, 0, 1),
            port: port(9092),
        };
        observed.shown.as_mut().expect("seen").push(AdminAnswer {
            question,
            shown,
            milliseconds: 3,
        });
        self.acquainted()
    }

    /// Every broker knows all others, and all of them vote.
    fn acquainted(mut self) -> Self {
        let shown = self.observed.shown.as_mut().expect("seen");
        let all: BTreeSet<NodeId> = shown.iter().map(|it| it.question.broker).collect();
        for answer in shown {
            if let Shown::Itself(itself) = &mut answer.shown {
                itself.listed = all.clone();
                itself.replicas = all.clone();
                itself.voters = Voters::Are(all.clone());
            }
        }
        self
    }

    /// Its host was inspected 30 s ago.
    pub(crate) fn inspected(self) -> Self {
        self.inspected_ago(30)
    }

    /// Its host was inspected so many seconds ago.
    pub(crate) fn inspected_ago(mut self, age: i64) -> Self {
        let mut host = self.host.clone();
        host["clock"] = json!(noon().as_second() - age);
        if host.get("file").is_none() {
            host["file"] = self.file_json();
        }
        let output = put_out(&host);
        self = self.commanded(Document::Inspect, age, CommandStatus::Success, &output);
        self
    }

    /// A command of ours was sent so many seconds ago.
    pub(crate) fn commanded(
        mut self,
        document: Document,
        age: i64,
        status: CommandStatus,
        output: &str,
    ) -> Self {
        let name = document.name(&ORDERS.into());
        let who = self.who;
        let mut sent = command(
            &format!("c{who}-{}-{age}", document.word()),
            name.as_str(),
            id(who).as_str(),
            age,
        );
        sent.status = status.clone();
        sent.comment = format!("{} broker {who}, order 0123456789abcdef", document.word());
        let output = CommandOutput {
            command: sent.id.clone(),
            instance: id(who),
            status,
            exit_code: Some(0),
            ended_at: Some(sent.requested_at),
            stdout: output.to_owned(),
            stderr: String::new(),
        };
        let outputs = &mut self.observed.outputs;
        outputs.insert(sent.id.clone(), Ok(Some(output)));
        self.observed.commands.as_mut().expect("seen").push(sent);
        self
    }

    fn file_json(&self) -> Value {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let masked = mask(self.file.as_bytes());
        encoder.write_all(&masked).expect("packed");
        let masked = encoder.finish().expect("packed");
        json!({
            "path": base64(PATH), "real": base64(PATH), "symlink": false, "readable": true, "writable": true,
            "uid": 1000, "gid": 1000, "mode": "644", "links": 1, "size": self.file.len(), "free": 1_000_000_000,
            "sha256": hex(self.file.as_bytes()), "generated": false, "masked": base64(masked),
        })
    }

    /// Something of the host is otherwise: a JSON pointer and a value.
    pub(crate) fn host(mut self, pointer: &str, value: Value) -> Self {
        if pointer.starts_with("/file") && self.host.get("file").is_none() {
            self.host["file"] = self.file_json();
        }
        *self.host.pointer_mut(pointer).expect(pointer) = value;
        if let Some(rest) = pointer.strip_prefix("/broker/") {
            let first = format!("/processes/0/{rest}");
            let value = self.host.pointer(pointer).cloned().expect(pointer);
            if let Some(place) = self.host.pointer_mut(&first) {
                *place = value;
            }
        }
        self
    }

    /// What our last command left on the host; the file is the one before it.
    pub(crate) fn left(self, phase: &str, outcome: &str, revision: &str, kept: Value) -> Self {
        let generation = noon().as_millisecond() - 3_600_000;
        let state = json!({
            "phase": phase, "heading": "forth", "mode": "edit", "nonce": "0123456789abcdef",
            "generation": generation.to_string(), "revision": revision, "old-sha256": hex(self.file.as_bytes()),
            "new-sha256": "b2".repeat(32), "outcome": outcome, "said": "", "cause": "", "process": null, "kept": kept,
        });
        self.host("/state", state)
    }

    /// Its process is gone.
    pub(crate) fn gone(self) -> Self {
        self.host("/broker", Value::Null)
            .host("/matches", json!(0))
            .host("/processes", json!([]))
    }

    /// Its broker shows something else.
    pub(crate) fn showing(mut self, shown: Shown) -> Self {
        self.answer().shown = shown;
        self
    }

    /// Its broker shows itself with a change.
    pub(crate) fn showing_itself(mut self, change: impl FnOnce(&mut Itself)) -> Self {
        let Shown::Itself(mut itself) = self.answer().shown.clone() else {
            panic!("it shows itself");
        };
        change(&mut itself);
        self.showing(Shown::Itself(itself))
    }

    fn answer(&mut self) -> &mut AdminAnswer {
        let node = node(self.who);
        let mut shown = self.observed.shown.as_mut().expect("seen").iter_mut();
        shown
            .find(|it| it.question.broker == node)
            .expect("it is asked")
    }

    /// It was restarted so many seconds ago, for what was written a day before, and that took so long; nobody
    /// knows how long if it is not said.
    pub(crate) fn restarted(mut self, age: i64, took: Option<i64>) -> Self {
        let answer = put_out(&json!({"outcome": "started"}));
        self = self.commanded(Document::Apply, age, CommandStatus::Success, &answer);
        let commands = self.observed.commands.as_mut().expect("seen");
        let sent = commands.last_mut().expect("a command");
        let generation = (sent.requested_at - SignedDuration::from_hours(24)).as_millisecond();
        sent.comment = format!("{}, generation {generation}", sent.comment);
        let ended_at = took.map(|it| sent.requested_at + SignedDuration::from_secs(it));
        let output = self.observed.outputs.get_mut(&sent.id).expect("an output");
        let output = output.as_mut().expect("seen").as_mut().expect("known");
        output.ended_at = ended_at;
        self
    }

    /// Each broker was inspected.
    pub(crate) fn all_inspected(mut self) -> Self {
        let shown = self.observed.shown.clone().expect("seen");
        for answer in shown {
            self = self.of(answer.question.broker.get()).inspected();
        }
        self
    }

    /// It does not answer.
    pub(crate) fn silent(self) -> Self {
        self.showing(Shown::Silent {
            why: "nothing listens there".to_owned(),
        })
    }

    /// It has EXTERNAL as wanted.
    pub(crate) fn serving(self) -> Self {
        let who = self.who;
        let endpoint = ENDPOINT.replace("b1", &format!("b{who}"));
        let endpoint = endpoint.replace("9093", &(9092 + who).to_string());
        let advertised = format!("INTERNAL://10.0.0.{who}:9092,EXTERNAL://{endpoint}");
        self.showing_itself(|it| {
            it.listeners = setting(
                "INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,EXTERNAL://0.0.0.0:39092",
            );
            it.advertised = setting(&advertised);
        })
    }

    /// A parameter is otherwise.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let parameters = self.observed.parameters.as_mut().expect("seen");
        let one = parameter(name, value, 3600);
        parameters.retain(|it: &Parameter| it.name != one.name);
        parameters.push(one);
        self
    }

    /// A parameter is not there.
    pub(crate) fn without(mut self, name: &str) -> Self {
        let parameters = self.observed.parameters.as_mut().expect("seen");
        parameters.retain(|it: &Parameter| !it.name.ends_with(name));
        self
    }

    /// At another time.
    pub(crate) fn at(mut self, now: Timestamp) -> Self {
        self.observed.now = Ok(now);
        self
    }

    /// The plan.
    pub(crate) fn plan(&self) -> Plan {
        crate::plan::plan(&self.seen())
    }

    /// What was observed, with what the gate says to what it is asked.
    pub(crate) fn seen(&self) -> Observed {
        let mut observed = self.observed.clone();
        let question = crate::plan::gate(&observed);
        if let (Some(verdict), Some(question)) = (&self.gate, question) {
            observed.gate = Ok(Some(GateAnswer {
                question,
                answered_at: noon() + SignedDuration::from_secs(20),
                verdict: verdict.clone(),
            }));
        }
        observed
    }

    /// The gate says something else.
    pub(crate) fn gated(mut self, verdict: Verdict) -> Self {
        self.gate = Some(verdict);
        self
    }

    /// What is held, as kinds.
    pub(crate) fn held(&self) -> Vec<String> {
        self.plan().held.into_iter().map(|it| it.kind).collect()
    }

    /// Its steps, as sentences.
    pub(crate) fn steps(&self) -> Vec<String> {
        let steps = self.plan().steps;
        steps.iter().map(|step| step.change.to_string()).collect()
    }
}
