//! The plan of push-listeners and the scripts, one after the other: what the plan sends, a script carries
//! out on a real process, and the next plan is made of what it answered.

use crate::on_a_machine;
use fleet::documents::Document;
use fleet::gate::Verdict;
use fleet::host::inspection::{File, Inspection};
use fleet::host::reply;
use fleet::look::{EXTERNAL, ORDERS, PATTERN, node, owner, parameter, target_group};
use fleet::observed::{Command, CommandOutput, CommandStatus, InstanceState};
use fleet::shown::{AdminAnswer, AdminQuestion, Itself, Setting, Shown, Voters};
use fleet::words::{CommandId, Port};
use host::{Broker, FILE, INSTANCE, Machine, Shell, is_listening, run, running, text_of, write};
use jiff::{SignedDuration, Timestamp};
use push_listeners::host::masked::unpack;
use push_listeners::host::order::{Act, Order};
use push_listeners::observed::{GateAnswer, Observed};
use push_listeners::plan::{Plan, gate, plan};
use push_listeners::server_properties::mask;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

const FIRST: &str = "# ours\nprocess.roles=broker,controller\nnode.id=1\n\
controller.quorum.voters=1@10.0.0.1:29092\nlisteners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092\n\
advertised.listeners=INTERNAL://10.0.0.1:9092\n\
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
inter.broker.listener.name=INTERNAL\ncontroller.listener.names=CONTROLLER\npassword=hunter2\nstop-ms=100";

/// A cluster of one broker on this machine, and what was sent to it.
struct Cluster {
    machine: Machine,
    shell: Shell,
    observed: Observed,
    /// The process that was seen last, and the file when it was started.
    process: (String, String),
}

impl Cluster {
    fn new(machine: Machine, shell: Shell) -> Self {
        let mut instance = fleet::look::instance(INSTANCE, 1, InstanceState::Running);
        instance.private_ip = Some(Ipv4Addr::new(10, 0, 0, 1));
        let managed = fleet::look::managed_instance(INSTANCE);
        let observed = Observed {
            now: Ok(Timestamp::now()),
            seen_at: None,
            cluster: ORDERS.into(),
            parameters: Ok(vec![
                parameter("listeners/EXTERNAL", PATTERN, 3600),
                parameter("restarts", "any-time", 3600),
            ]),
            instances: Ok(vec![instance]),
            spot_requests: Ok(Vec::new()),
            auto_scaling_groups: Ok(Vec::new()),
            target_groups: Ok(vec![target_group(EXTERNAL, owner(1), 9093, Some(1))]),
            managed: Ok(vec![managed]),
            commands: Ok(Vec::new()),
            outputs: BTreeMap::new(),
            shown: Ok(Vec::new()),
            lifecycles: Vec::new(),
            holdings: BTreeMap::new(),
            gate: Ok(None),
        };
        let none = (String::new(), String::new());
        Self {
            machine,
            shell,
            observed,
            process: none,
        }
    }

    fn says(&mut self, name: &str, text: &str) {
        let mut one = parameter(name, text, 0);
        one.last_modified = Timestamp::now();
        let parameters = self.observed.parameters.as_mut().expect("seen");
        parameters.retain(|it| it.name != one.name);
        parameters.push(one);
    }

    /// What the process shows: what its file said when it was started.
    fn shown(&mut self) -> Shown {
        let Some(process) = running(FILE).pop() else {
            let why = "nothing listens there".to_owned();
            return Shown::Silent {
                why,
                accepts: false,
            };
        };
        let file = std::fs::read_to_string(FILE).expect("its file");
        if self.process.0 != process {
            self.process = (process, file);
        }
        let of = |key: &str| {
            let lines = self.process.1.lines();
            let value = |line: &str| Some(line.strip_prefix(key)?.strip_prefix('=')?.to_owned());
            Setting {
                value: lines.filter_map(value).next_back(),
                is_overridden: false,
            }
        };
        let one = [node(1)];
        Shown::Itself(Box::new(Itself {
            cluster_id: None,
            listeners: of("listeners"),
            advertised: of("advertised.listeners"),
            protocols: of("listener.security.protocol.map"),
            listed: one.into(),
            replicas: one.into(),
            followers: Default::default(),
            voters: Voters::Are(one.into()),
            controller: Some(one[0]),
        }))
    }

    fn look(&mut self) {
        let shown = self.shown();
        // What was done before has settled.
        self.observed.now = Ok(Timestamp::now() + SignedDuration::from_secs(61));
        self.observed.shown = Ok(vec![AdminAnswer {
            question: AdminQuestion {
                broker: node(1),
                instance: INSTANCE.into(),
                address: Ipv4Addr::new(10, 0, 0, 1),
                port: Port::new(9092).expect("a port"),
            },
            shown,
            milliseconds: 1,
        }]);
    }

    /// Looks and plans.
    fn plan(&mut self) -> Plan {
        self.look();
        let question = gate(&self.observed);
        self.observed.gate = Ok(question.map(|question| GateAnswer {
            question,
            answered_at: Timestamp::now(),
            verdict: Verdict::default(),
        }));
        plan(&self.observed, &Default::default())
    }

    /// Carries out what is planned; the step as a sentence.
    fn step(&mut self) -> Option<String> {
        let plan = self.plan();
        let step = plan.steps.first()?;
        let document = step.change.comment.document;
        let payload = step.change.order.payload();
        let text = text_of(document.word());
        let sent = Timestamp::now();
        let answer = self.machine.run_text(&text, self.shell, Some(&payload));
        let id = CommandId::new(format!("c-{sent}"));
        let status = match answer.code {
            Some(0) => CommandStatus::Success,
            _ => CommandStatus::Failed,
        };
        let commands = self.observed.commands.as_mut().expect("seen");
        commands.push(Command {
            id: id.clone(),
            document: step.change.document.clone(),
            comment: step.change.comment.to_string(),
            instances: [INSTANCE.into()].into(),
            requested_at: sent,
            expires_at: None,
            status: status.clone(),
        });
        let output = CommandOutput {
            command: id.clone(),
            instance: INSTANCE.into(),
            status,
            exit_code: answer.code,
            ended_at: Some(sent),
            stdout: answer.stdout,
            stderr: answer.stderr,
        };
        self.observed.outputs.insert(id, Ok(Some(output)));
        Some(step.change.to_string())
    }

    /// Everything that is done until nothing is left to do.
    fn settle(&mut self) -> Vec<String> {
        let mut done = Vec::new();
        while let Some(step) = self.step() {
            done.push(step);
            assert!(done.len() < 9, "it does not settle: {done:?}");
        }
        done
    }

    fn held(&mut self) -> Vec<String> {
        self.plan().held.into_iter().map(|it| it.kind).collect()
    }

    /// Commands are this much older, and what their hosts said of the time.
    fn later(&mut self, by: SignedDuration) {
        for command in self.observed.commands.iter_mut().flatten() {
            command.requested_at -= by;
        }
        for output in self.observed.outputs.values_mut() {
            let output = output.as_mut().expect("seen").as_mut().expect("known");
            let line = output.stdout.lines().next().expect("a line");
            let (before, after) = line.split_once("\"clock\":").expect("a clock");
            let (clock, after) = after.split_once(',').expect("more");
            let clock = clock.parse::<i64>().expect("a time") - by.as_secs();
            let line = format!("{before}\"clock\":{clock},{after}");
            let (length, sum) = (line.len(), reply::hex(line.as_bytes()));
            output.stdout = format!("{line}\nkafka-privatelink {length} {sum}\n");
        }
    }
}

const INSPECT: &str = "inspect broker 1 on i-0123456789abcdef0";
const EDIT: &str = "edit the file of broker 1 on i-0123456789abcdef0 and restart it";
const BACK: &str = "give broker 1 on i-0123456789abcdef0 the file back that it had before, and restart it with that";

fn kill(process: &str) {
    let pid = process.split(' ').next().expect("a pid");
    run(&format!(
        "kill -9 {pid}; while kill -0 {pid} 2>/dev/null && ! grep -q '^State:.*Z' /proc/{pid}/status; do sleep 0.05; done"
    ));
}

#[test]
fn one_parameter_gives_a_broker_its_listener_and_takes_it_away_byte_for_byte() {
    let machine = on_a_machine!(
        "whole::one_parameter_gives_a_broker_its_listener_and_takes_it_away_byte_for_byte"
    );
    // Without a line end at its end, and with a key that is not there.
    let first = FIRST.replace("INTERNAL://0.0.0.0", "INTERNAL://10.0.0.1");
    let first = first.replace("advertised.listeners=INTERNAL://10.0.0.1:9092\n", "");
    run("ip addr add 10.0.0.1/32 dev lo");
    let broker = Broker::start_as(&first, FILE, &[], |command| command);
    let mut cluster = Cluster::new(machine, Shell::Bash);
    assert_eq!(cluster.settle(), [INSPECT, EDIT], "{:?}", cluster.held());
    assert!(cluster.held().is_empty(), "{:?}", cluster.plan().held);
    assert!(is_listening(39092));
    let text = String::from_utf8(broker.bytes()).expect("text");
    let advertised = "INTERNAL://10.0.0.1:9092,EXTERNAL://b1.usw2-az1.abc.example.com:9093";
    assert!(
        text.contains(&format!("\nadvertised.listeners={advertised}")),
        "{text}"
    );
    cluster.says("listeners/EXTERNAL", r#"{"retired": true}"#);
    assert_eq!(cluster.settle(), [INSPECT, EDIT], "{:?}", cluster.held());
    assert_eq!(broker.bytes(), first.as_bytes());
    assert!(!is_listening(39092));
}

#[test]
fn a_file_that_changed_since_it_was_inspected_is_not_touched_and_edited_later() {
    let machine = on_a_machine!(
        "whole::a_file_that_changed_since_it_was_inspected_is_not_touched_and_edited_later"
    );
    let broker = Broker::start_as(FIRST, FILE, &[], |command| command);
    let mut cluster = Cluster::new(machine, Shell::Dash);
    assert_eq!(cluster.step().as_deref(), Some(INSPECT));
    let changed = FIRST.replace("hunter2", "hunter3");
    write(FILE, &changed);
    assert_eq!(cluster.settle(), [EDIT, INSPECT], "{:?}", cluster.held());
    assert_eq!(cluster.held(), ["CommandFailed"]);
    assert_eq!(broker.bytes(), changed.as_bytes());
    assert!(broker.is_alive());
    cluster.later(SignedDuration::from_mins(11));
    assert_eq!(cluster.settle(), [EDIT], "{:?}", cluster.held());
    assert!(is_listening(39092));
}

#[test]
fn what_exits_after_our_command_is_taken_back_by_the_next_one() {
    let machine =
        on_a_machine!("whole::what_exits_after_our_command_is_taken_back_by_the_next_one");
    // Its data are its own, or it is not started.
    write("/tmp/kafka-logs/meta.properties", "version=1\nnode.id=1\n");
    write("/tmp/kafka-logs/recovery-point-offset-checkpoint", "0\n0\n");
    let broker = Broker::start_as(FIRST, FILE, &[], |command| command);
    let mut cluster = Cluster::new(machine, Shell::Bash);
    assert_eq!(cluster.settle(), [INSPECT, EDIT], "{:?}", cluster.held());
    kill(&broker.successor().expect("a broker").process);
    assert_eq!(
        cluster.settle(),
        [INSPECT, BACK, INSPECT],
        "{:?}",
        cluster.held()
    );
    assert_eq!(broker.bytes(), FIRST.as_bytes());
    assert!(broker.successor().is_some());
    assert_eq!(cluster.held(), ["Failed"]);
    // The same text again is enough.
    cluster.says("listeners/EXTERNAL", PATTERN);
    assert_eq!(cluster.settle(), [EDIT], "{:?}", cluster.held());
    // And if what was there before exits, too, nothing more is tried.
    kill(&broker.successor().expect("a broker").process);
    assert_eq!(
        cluster.settle(),
        [INSPECT, BACK, INSPECT],
        "{:?}",
        cluster.held()
    );
    kill(&broker.successor().expect("a broker").process);
    cluster.later(SignedDuration::from_mins(3));
    assert_eq!(cluster.settle(), [INSPECT], "{:?}", cluster.held());
    assert_eq!(cluster.held(), ["Failed"]);
}

#[test]
fn the_host_masks_a_file_as_the_editor_expects_it() {
    let machine = on_a_machine!("whole::the_host_masks_a_file_as_the_editor_expects_it");
    let odd: &[u8] = b"! pass\\word\r\nlisteners : A\\\n   B\rlist\\u0065ners=x\\\n y\nsasl.jaas.config = p\\\n q\r\n\
        \x0c\t \n password=\xe9\\\\\nssl.key\\=x\nnode.id=1\nzookeeper.connect=u:p@h\nadvertised.listeners";
    for file in [
        odd,
        FIRST.as_bytes(),
        b"node.id=1",
        b"node.id=1\n\\",
        b"\xef\xbb\xbfnode.id=1\nnode.id=1\n",
    ] {
        let text: String = file.iter().map(|byte| char::from(*byte)).collect();
        let broker = Broker::start_as("node.id=1", FILE, &[], |command| command);
        std::fs::write(FILE, file).expect("a file");
        let order = Order {
            instance: INSTANCE.into(),
            node: node(1),
            nonce: "0123456789abcdef".to_owned(),
            ports: Vec::new(),
            act: Act::Inspect,
        };
        for shell in Shell::ALL {
            let document = text_of(Document::Inspect.word());
            let answer = machine.run_text(&document, shell, Some(&order.payload()));
            let inspection: Inspection = reply::read(&answer.stdout).expect("an answer");
            let Some(File::Read(read)) = inspection.file else {
                panic!("{text:?}: {inspection:?}");
            };
            assert_eq!(read.sha256, reply::hex(file));
            let masked = unpack(read.masked.as_deref().expect("masked"), read.size);
            let shown = |bytes: &[u8]| bytes.escape_ascii().to_string();
            assert_eq!(
                shown(&masked.expect("bytes")),
                shown(&mask(file)),
                "{text:?}"
            );
        }
        kill(&broker.process);
    }
}
