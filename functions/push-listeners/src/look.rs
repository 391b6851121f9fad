//! For tests: one look at a cluster, drawn by hand. Broker 1 is alone, runs with INTERNAL and CONTROLLER
//! only, has port 9093 in the group EXTERNAL, and may restart at any time, until adjectives change something.
//! More brokers are like it; adjectives are of the broker that was named last ([`Look::of`]).

mod host;

pub(crate) use host::put_out;

use crate::observed::{Doubt, GateAnswer, Observed};
use crate::plan::Plan;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleet::gate::{Holdings, Verdict};
use fleet::look::{
    EXTERNAL, ORDERS, PATTERN, id, instance, managed_instance, node, noon, owner, parameter, port,
    scaling_group, target_group,
};
use fleet::observed::{
    AutoScalingGroup, GroupLifecycle, InstanceState, LifecycleHook, LifecycleTransition, Parameter,
    ScalingActivity, SpotRequest, SpotStatus,
};
use fleet::shown::{AdminAnswer, AdminQuestion, Itself, Setting, Shown, Voters};
use fleet::words::{AutoScalingGroupName, NodeId, SpotRequestId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
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
    /// What the cluster has of whomever it is asked about; none if it is as it was observed.
    pub(crate) holdings: Option<Holdings>,
    /// What an earlier look of the run said, too.
    pub(crate) agreed: BTreeSet<Doubt>,
}

fn base64(text: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(text)
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
                seen_at: None,
                cluster: ORDERS.into(),
                parameters: Ok(vec![
                    parameter("listeners/EXTERNAL", PATTERN, 3600),
                    parameter("restarts", "any-time", 3600),
                ]),
                instances: Ok(Vec::new()),
                spot_requests: Ok(Vec::new()),
                auto_scaling_groups: Ok(Vec::new()),
                target_groups: Ok(Vec::new()),
                managed: Ok(Vec::new()),
                commands: Ok(Vec::new()),
                outputs: BTreeMap::new(),
                shown: Ok(Vec::new()),
                lifecycles: Vec::new(),
                holdings: BTreeMap::new(),
                gate: Ok(None),
            },
            file: String::new(),
            host: Value::Null,
            gate: Some(Verdict::default()),
            holdings: None,
            agreed: BTreeSet::new(),
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

    /// It does not answer.
    pub(crate) fn silent(self) -> Self {
        self.showing(Shown::Silent {
            why: "nothing listens there".to_owned(),
            accepts: false,
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

    /// Its instance has a tag.
    pub(crate) fn tagged(mut self, key: &str, value: &str) -> Self {
        let name = id(self.who);
        let all = self.observed.instances.as_mut().expect("seen");
        let it = all.iter_mut().find(|it| it.id == name).expect("it");
        it.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Its instance has a volume, which goes with it or stays.
    pub(crate) fn attached(mut self, volume: &str, goes: bool) -> Self {
        let name = id(self.who);
        let all = self.observed.instances.as_mut().expect("seen");
        let it = all.iter_mut().find(|it| it.id == name).expect("it");
        it.volumes.insert(volume.into(), goes);
        self
    }

    /// Its instance waits on its way into its group, or out of it, for the hook of this name; since so many
    /// seconds.
    pub(crate) fn waiting(mut self, way: LifecycleTransition, hook: &str, age: i64) -> Self {
        let group = AutoScalingGroupName::new(format!("kafka-{}", self.who));
        let (state, what) = match way {
            LifecycleTransition::Launching => ("Pending:Wait", "Launching a new"),
            LifecycleTransition::Terminating => ("Terminating:Wait", "Terminating"),
            LifecycleTransition::Unknown(_) => panic!("{way:?}"),
        };
        let groups = self.observed.auto_scaling_groups.as_mut().expect("seen");
        let who = id(self.who);
        groups.push(AutoScalingGroup {
            desired: Some(1),
            ..scaling_group(group.as_str(), &[(who.as_str(), state)])
        });
        self.observed.lifecycles.push(GroupLifecycle {
            group: group.clone(),
            hooks: Ok(vec![LifecycleHook {
                group: group.clone(),
                name: hook.to_owned(),
                transition: way,
                heartbeat_timeout_seconds: 900,
                global_timeout_seconds: 90_000,
                default_result: "CONTINUE".to_owned(),
                notification_metadata: None,
            }]),
            activities: Ok(vec![ScalingActivity {
                group,
                instance: Some(id(self.who)),
                description: format!("{what} EC2 instance: {who}"),
                started_at: noon() - SignedDuration::from_secs(age),
                ended_at: None,
                status: "MidLifecycleAction".to_owned(),
                cause: None,
            }]),
        });
        self
    }

    /// Its instance is a Spot Instance, and its request has this code since so many seconds.
    pub(crate) fn spot(mut self, code: &str, age: i64) -> Self {
        let request = SpotRequestId::new(format!("sir-{}", self.who));
        let name = id(self.who);
        let all = self.observed.instances.as_mut().expect("seen");
        let it = all.iter_mut().find(|it| it.id == name).expect("it");
        it.spot_request = Some(request.clone());
        let requests = self.observed.spot_requests.as_mut().expect("seen");
        requests.push(SpotRequest {
            id: request,
            instance: Some(name),
            status: SpotStatus::parse(code),
            updated_at: Some(noon() - SignedDuration::from_secs(age)),
        });
        self
    }

    /// What the cluster has of whomever it is asked about.
    pub(crate) fn having(mut self, holdings: Holdings) -> Self {
        self.holdings = Some(holdings);
        self
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
        crate::plan::plan(&self.seen(), &self.agreed)
    }

    /// What was observed, with what the gate says to what it is asked.
    pub(crate) fn seen(&self) -> Observed {
        let mut observed = self.observed.clone();
        if let Some(holdings) = &self.holdings {
            let about = crate::plan::about(&observed).into_iter();
            observed.holdings = about.map(|node| (node, Ok(holdings.clone()))).collect();
        }
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
