//! For tests: one look at a cluster of three, drawn by hand. Brokers are up, an alarm is on, and everything may be
//! healed, until adjectives change something. Adjectives are of the broker that was named last ([`Look::of`]).

use crate::notes::IllSince;
use crate::observed::{Doubt, HoldingsAnswer, Observed, Ward};
use crate::plan::Plan;
use fleet::documents::Document;
use fleet::gate::{Few, Holdings};
use fleet::healing::Healed;
use fleet::healing::Rung;
use fleet::host::ProcessId;
use fleet::host::reply::hex;
use fleet::look::{
    EXTERNAL, ORDERS, command, id, instance, node, noon, owner, parameter, port, scaling_group,
    target, target_group,
};
use fleet::observed::{
    Alarm, AutoScalingGroup, CheckStatus, CommandOutput, CommandStatus, Instance, InstanceState,
    InstanceStatus, ScalingActivity, StatusCheck, TargetState,
};
use fleet::shown::{AdminAnswer, AdminQuestion, Itself, Setting, Shown, Voters};
use fleet::tags;
use fleet::words::NodeId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// One look.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) observed: Observed,
    who: u32,
}

/// So many seconds ago.
pub(crate) fn ago(seconds: i64) -> Timestamp {
    noon() - SignedDuration::from_secs(seconds)
}

/// The process of every broker.
pub(crate) const PROCESS: ProcessId = ProcessId {
    pid: 12,
    start: 3400,
};

impl Look {
    /// As described above.
    pub(crate) fn three() -> Self {
        let alarm = Alarm {
            arn: "arn:alarm:1".to_owned(),
            name: format!("kafka-privatelink-{ORDERS}-unhealthy-targets"),
            since: ago(60),
            actions_enabled: true,
            suppressed_by: None,
        };
        let all: BTreeSet<NodeId> = (1..=3).map(node).collect();
        let instances = (1..=3).map(|it| instance(&format!("i-{it}"), it, InstanceState::Running));
        let groups = (1..=3).map(|it| {
            let (name, member) = (format!("broker-{it}"), format!("i-{it}"));
            let mut group = scaling_group(&name, &[(&member, "InService")]);
            group.tags = [(tags::CLUSTER.to_owned(), ORDERS.to_owned())].into();
            group
        });
        let ports = (1..=3_u32).map(|it| {
            let at = 9092 + u16::try_from(it).expect("a small number");
            target_group(EXTERNAL, owner(it), at, Some(it))
        });
        let shown = (1..=3).map(|it| AdminAnswer {
            question: AdminQuestion {
                broker: node(it),
                instance: id(it),
                address: Ipv4Addr::new(10, 0, 0, 1),
                port: port(9092),
            },
            shown: Shown::Itself(Box::new(itself(&all))),
            milliseconds: 3,
        });
        let ward = Ward {
            parameters: Ok(vec![parameter("healing", "replace", 3600)]),
            instances: Ok(instances.collect()),
            spot_requests: Ok(Vec::new()),
            auto_scaling_groups: Ok(groups.collect()),
            target_groups: Ok(ports.collect()),
            commands: Ok(Vec::new()),
            shown: Ok(shown.collect()),
            statuses: Ok(Vec::new()),
            health: BTreeMap::new(),
            activities: BTreeMap::new(),
            outputs: BTreeMap::new(),
            holdings: Ok(None),
        };
        let observed = Observed {
            now: Ok(noon()),
            cluster: ORDERS.into(),
            alarms: Ok(vec![alarm]),
            tagged: Ok(Vec::new()),
            ward: Some(ward),
        };
        Self { observed, who: 1 }
    }

    /// From here on adjectives are of this broker.
    pub(crate) fn of(mut self, who: u32) -> Self {
        self.who = who;
        self
    }

    pub(crate) fn ward(&mut self) -> &mut Ward {
        self.observed.ward.as_mut().expect("a ward")
    }

    /// `healing` says this; nothing if there is none.
    pub(crate) fn healing(mut self, word: Option<&str>) -> Self {
        let parameters = word.map(|it| parameter("healing", it, 3600));
        self.ward().parameters = Ok(parameters.into_iter().collect());
        self
    }

    /// A parameter more.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let one = parameter(name, value, 60);
        self.ward().parameters.as_mut().expect("seen").push(one);
        self
    }

    pub(crate) fn alarm(mut self, change: impl FnOnce(&mut Alarm)) -> Self {
        change(&mut self.observed.alarms.as_mut().expect("seen")[0]);
        self
    }

    pub(crate) fn instance(mut self, change: impl FnOnce(&mut Instance)) -> Self {
        let name = id(self.who);
        let instances = self.ward().instances.as_mut().expect("seen");
        let found = instances.iter_mut().find(|it| it.id == name);
        change(found.expect("an instance"));
        self
    }

    /// Its Auto Scaling group is so.
    pub(crate) fn group(mut self, change: impl FnOnce(&mut AutoScalingGroup)) -> Self {
        let name = id(self.who);
        let groups = self.ward().auto_scaling_groups.as_mut().expect("seen");
        let found = groups
            .iter_mut()
            .find(|it| it.instances.contains_key(&name));
        change(found.expect("a group"));
        self
    }

    /// It is in this lifecycle state in its group.
    pub(crate) fn lifecycle(self, state: &str) -> Self {
        let name = id(self.who);
        self.group(|it| _ = it.instances.insert(name, state.to_owned()))
    }

    pub(crate) fn tag(self, key: &str, value: &str) -> Self {
        self.instance(|it| _ = it.tags.insert(key.to_owned(), value.to_owned()))
    }

    pub(crate) fn showing(mut self, shown: Shown) -> Self {
        let who = node(self.who);
        let all = self.ward().shown.as_mut().expect("seen");
        let found = all.iter_mut().find(|it| it.question.broker == who);
        found.expect("it is asked").shown = shown;
        self
    }

    /// It does not answer, its instance is well, and the others do not list it.
    pub(crate) fn silent(self, accepts: bool) -> Self {
        let who = node(self.who);
        let why = "it is silent".to_owned();
        let mut look = self.showing(Shown::Silent { why, accepts });
        for answer in look.ward().shown.as_mut().expect("seen") {
            if let Shown::Itself(itself) = &mut answer.shown {
                itself.listed.remove(&who);
            }
        }
        look.checked(None, None)
    }

    /// Its status checks: since how many seconds each fails.
    pub(crate) fn checked(mut self, system: Option<i64>, reachability: Option<i64>) -> Self {
        let check = |since: Option<i64>| StatusCheck {
            status: since.map_or(CheckStatus::Ok, |_| CheckStatus::Impaired),
            impaired_since: since.map(ago),
        };
        let status = InstanceStatus {
            instance: id(self.who),
            system: check(system),
            reachability: check(reachability),
        };
        let statuses = self.ward().statuses.as_mut().expect("seen");
        statuses.retain(|it| it.instance != status.instance);
        statuses.push(status);
        self
    }

    /// Its host was inspected so many seconds ago.
    pub(crate) fn inspected(self, age: i64, is_up: bool, change: impl FnOnce(&mut Value)) -> Self {
        let process = json!({
            "pid": PROCESS.pid, "start": PROCESS.start, "node": self.who, "file": "", "overrides": [],
            "container": false, "kind": "plain", "jaas": false, "uid": 1000, "version": "3.7.1",
        });
        let mut host = json!({
            "nonce": "0", "clock": 0, "outcome": "inspected", "processes": [process], "matches": 1,
            "broker": process,
        });
        change(&mut host);
        let silent = if is_up { "" } else { ", silent" };
        let comment = format!("inspect broker {}, order 0{silent}", self.who);
        self.commanded(
            Document::Inspect,
            age,
            CommandStatus::Success,
            &comment,
            &host,
        )
    }

    /// A command was sent so many seconds ago.
    pub(crate) fn commanded(
        mut self,
        document: Document,
        age: i64,
        status: CommandStatus,
        comment: &str,
        answer: &Value,
    ) -> Self {
        let name = document.name(&ORDERS.into());
        let who = id(self.who);
        let key = format!("c{}-{}-{age}", self.who, document.word());
        let mut sent = command(&key, name.as_str(), who.as_str(), age);
        sent.status = status.clone();
        sent.comment = comment.to_owned();
        let line = answer.to_string();
        let (length, sum) = (line.len(), hex(line.as_bytes()));
        let output = CommandOutput {
            command: sent.id.clone(),
            instance: who,
            status,
            exit_code: Some(0),
            ended_at: Some(sent.requested_at),
            stdout: format!("{line}\nkafka-privatelink {length} {sum}\n"),
            stderr: String::new(),
        };
        let ward = self.ward();
        ward.outputs.insert(sent.id.clone(), Ok(Some(output)));
        ward.commands.as_mut().expect("seen").push(sent);
        self
    }

    /// Its process is gone, and two inspections say so.
    pub(crate) fn gone(self) -> Self {
        self.gone_so(|_| {})
    }

    /// The same, with something else in both inspections.
    pub(crate) fn gone_so(self, change: impl Fn(&mut Value)) -> Self {
        let gone = |host: &mut Value| {
            host["broker"] = Value::Null;
            host["processes"] = json!([]);
            host["matches"] = json!(0);
            change(host);
        };
        let look = self.silent(false).inspected(150, false, gone);
        look.inspected(30, false, gone)
    }

    /// Its process hangs: it was seen up, and does not answer.
    pub(crate) fn hangs(self) -> Self {
        let look = self.silent(true).inspected(86_400, true, |_| {});
        look.inspected(150, false, |_| {})
            .inspected(30, false, |_| {})
    }

    /// The same, for so long that the queues of its listeners are full.
    pub(crate) fn full(self) -> Self {
        let queued = |host: &mut Value| host["broker"]["queued"] = json!(true);
        let look = self.silent(false).inspected(86_400, true, |_| {});
        look.inspected(150, false, queued)
            .inspected(30, false, queued)
    }

    /// Somebody wrote down so many seconds ago that it hangs.
    pub(crate) fn hangs_since(self, age: i64) -> Self {
        let since = IllSince {
            at: ago(age),
            process: PROCESS,
        };
        self.hangs().tag(tags::ILL_SINCE, &since.to_string())
    }

    /// Its process was never seen up.
    pub(crate) fn starting(self) -> Self {
        let look = self.silent(false).inspected(150, false, |_| {});
        look.inspected(30, false, |_| {})
    }

    /// It was healed so many seconds ago.
    pub(crate) fn healed(self, age: i64, rung: Rung) -> Self {
        let before = self.tags().get(tags::HEALED_AT).cloned();
        let before = before.and_then(|it| Healed::read(&it)).unwrap_or_default();
        let healed = before.and(ago(age), rung, noon());
        self.tag(tags::HEALED_AT, &healed.to_string())
    }

    fn tags(&self) -> &tags::Tags {
        let ward = self.observed.ward.as_ref().expect("a ward");
        let mut instances = ward.instances.as_ref().expect("seen").iter();
        let found = instances.find(|it| it.id == id(self.who));
        &found.expect("an instance").tags
    }

    /// Its disk is kept, and the others need nothing of it.
    pub(crate) fn replaceable(self) -> Self {
        let who = node(self.who);
        let look = self.tag(tags::KEEPS_DISK, "vol-1");
        let mut look = look.instance(|it| _ = it.volumes.insert("vol-1".into(), false));
        let others = (1..=3).map(node).filter(|it| *it != who);
        let holdings = Holdings {
            heard: others.collect(),
            below_min_isr: Some(Few::default()),
            ..Holdings::default()
        };
        look.ward().holdings = Ok(Some(HoldingsAnswer {
            node: who,
            holdings,
        }));
        look
    }

    /// Its target is so.
    pub(crate) fn target(mut self, state: TargetState) -> Self {
        let arn = fleet::look::arn(owner(self.who));
        let health = Ok(vec![target(self.who, state)]);
        self.ward().health.insert(arn, health);
        self
    }

    /// Its group replaced an instance so many seconds ago.
    pub(crate) fn replaced(self, age: i64) -> Self {
        self.taken_out(age, Some("a user health-check."))
    }

    /// Its group ended an instance so many seconds ago, for this reason.
    pub(crate) fn taken_out(mut self, age: i64, why: Option<&str>) -> Self {
        let why =
            why.map(|it| format!("At … an instance was taken out of service in response to {it}"));
        let name = format!("broker-{}", self.who);
        let activity = ScalingActivity {
            group: name.as_str().into(),
            instance: Some("i-9".into()),
            description: "Terminating EC2 instance: i-9".to_owned(),
            started_at: ago(age),
            ended_at: None,
            status: "Successful".to_owned(),
            cause: why,
        };
        let activities = Ok(vec![activity]);
        self.ward()
            .activities
            .insert(name.as_str().into(), activities);
        self
    }

    /// What one look comes to.
    pub(crate) fn once(&self) -> Plan {
        crate::plan(&self.observed, &BTreeSet::new())
    }

    /// What two looks come to.
    pub(crate) fn plan(&self) -> Plan {
        crate::plan(&self.observed, &self.once().doubts)
    }

    /// The steps of the plan, as sentences.
    pub(crate) fn steps(&self) -> Vec<String> {
        let plan = self.plan();
        plan.steps.iter().map(|it| it.change.to_string()).collect()
    }

    /// The kinds of what is held.
    pub(crate) fn held(&self) -> Vec<String> {
        self.plan().held.into_iter().map(|it| it.kind).collect()
    }

    /// The sentences of what is held.
    pub(crate) fn says(&self) -> String {
        let held = self.plan().held;
        let held: Vec<String> = held.into_iter().map(|it| it.sentence).collect();
        held.join("\n")
    }
}

fn itself(all: &BTreeSet<NodeId>) -> Itself {
    let setting = || Setting {
        value: None,
        is_overridden: false,
    };
    Itself {
        cluster_id: None,
        listeners: setting(),
        advertised: setting(),
        protocols: setting(),
        listed: all.clone(),
        replicas: BTreeSet::new(),
        followers: BTreeSet::new(),
        voters: Voters::None,
        controller: Some(node(1)),
    }
}

/// What two looks that agree leave in doubt.
#[test]
fn one_look_heals_nobody() {
    let look = Look::three().of(2).gone();
    let once = look.once();
    assert!(once.steps.is_empty());
    let doubt = Doubt::Heal {
        node: node(2),
        instance: id(2),
        rung: Rung::Start,
    };
    assert_eq!(once.doubts, [doubt].into());
    assert_eq!(
        look.steps(),
        ["ask push-listeners to start broker 2 on i-2"]
    );
}
