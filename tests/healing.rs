//! heal-brokers on the stage: a process of its own, alarms, and inspections of hosts.

use crate::{CLUSTER, Process, Stage, tagged};
use activation::activate::Activated;
use activation::request::{Request, Wakes};
use cloud::calls::PAYLOAD;
use fleet::documents::{Comment, Document};
use fleet::healing::Request as Asks;
use fleet::tags;
use fleet::words::{AutoScalingGroupName, InstanceId, NodeId};
use heal_brokers::care::Care;
use heal_brokers::{HealBrokers, Plan, Scope};
use push_listeners::host::order::{Act, Order};
use serde_json::Value;
use std::time::Duration;
use world::doors::memory::MemoryDoor;
use world::model::{AlarmState, FailedChecks, NewAutoScalingGroup, SendCommand, Watched};

/// A finished run of heal-brokers.
pub type Healed = Activated<Plan, Care>;

/// The name of its binary.
pub const HEAL_BROKERS: &str = "heal-brokers";
/// An alarm of the stack.
pub const ALARM: &str = "kafka-privatelink-orders-unhealthy-targets";

/// A process of heal-brokers on a stage.
pub struct Healing {
    /// The process.
    pub process: Process,
    scope: Scope,
}

impl Healing {
    /// A new process.
    pub fn on(stage: &Stage) -> Self {
        Self {
            process: stage.process(HEAL_BROKERS),
            scope: Scope {
                cluster: CLUSTER.into(),
                probe: stage.scope.probe.clone(),
            },
        }
    }

    /// What it does.
    pub fn duty(&self) -> HealBrokers<'_, MemoryDoor> {
        HealBrokers {
            aws: self.process.aws(),
            scope: &self.scope,
        }
    }

    /// One run.
    pub async fn run(&self, stage: &Stage) -> Healed {
        stage
            .run(&self.duty(), Request::Wake(Wakes::default()))
            .await
    }

    /// `{"action":"plan"}`.
    pub async fn plan(&self, stage: &Stage) -> Healed {
        stage.run(&self.duty(), Request::Plan).await
    }

    /// `{"action":"observe"}`.
    pub async fn observe(&self, stage: &Stage, masked: bool) -> Value {
        stage.saved(&self.duty(), masked).await
    }
}

impl Stage {
    /// An alarm of the stack goes on, or off.
    pub fn alarm(&self, is_on: bool) {
        self.edit(|model, now| {
            if !model.alarms().any(|it| it.name == ALARM) {
                model.put_alarm(now, ALARM, Watched::ByHand, 1);
            }
            let state = if is_on {
                AlarmState::Alarm
            } else {
                AlarmState::Ok
            };
            model.set_alarm(now, ALARM, state);
        });
    }

    /// An instance fails its own status check from now on, and a reboot helps or does not; or passes it again.
    pub fn ails(&self, id: &InstanceId, reboot_helps: Option<bool>) {
        self.edit(|model, now| {
            let failed = FailedChecks {
                system: None,
                reachability: reboot_helps.map(|_| now),
                stays: reboot_helps == Some(false),
            };
            model.fail_checks(now, id, failed)
        })
        .expect("an instance");
    }

    /// Launches a broker in an Auto Scaling group of its own, which has the cluster's tag.
    pub fn member(&self, node: u32, az: &str) -> InstanceId {
        let name = AutoScalingGroupName::from(format!("broker-{node}").as_str());
        let new = NewAutoScalingGroup {
            name: name.clone(),
            zones: vec![az.into()],
            desired_capacity: 1,
            tags: tagged(az, &node.to_string()).tags,
        };
        self.edit(|model, now| model.create_auto_scaling_group(now, new))
            .expect("a group");
        let model = self.model();
        let mut groups = model.auto_scaling_groups();
        let group = groups.find(|it| it.name == name).expect("the group");
        group.members.keys().next().expect("a member").clone()
    }

    /// Two inspections of the host of a broker that does not answer, two minutes apart.
    pub async fn looked_at(&self, id: &InstanceId, node: u32) {
        for _ in 0..2 {
            self.pass(Duration::from_secs(120)).await;
            self.inspect(id, node, false);
        }
        self.pass(Duration::from_secs(10)).await;
    }

    /// Its data volume stays when its instance goes.
    pub fn keeps_disk(&self, id: &InstanceId) {
        let volume = id.as_str().replace("i-", "vol-");
        self.edit(|model, _| model.attach_volume(id, volume.as_str().into(), false))
            .expect("a volume");
        self.retag(id, tags::KEEPS_DISK, &volume);
    }

    /// A tag more on an instance.
    pub fn retag(&self, id: &InstanceId, key: &str, value: &str) {
        self.edit(|model, _| {
            let mut tags = model.instance(id).expect("an instance").tags.clone();
            tags.insert(key.to_owned(), value.to_owned());
            model.set_tags(id, tags)
        })
        .expect("tagged");
    }

    /// push-listeners inspects the host of a broker, as it does with each that does not answer.
    pub fn inspect(&self, id: &InstanceId, node: u32, is_up: bool) {
        let node = NodeId::new(node).expect("a node");
        let nonce = format!("{:016x}", self.now().as_second());
        let comment = Comment {
            document: Document::Inspect,
            node,
            generation: None,
            nonce: nonce.clone(),
            is_silent: !is_up,
        };
        let order = Order {
            instance: id.clone(),
            node,
            nonce,
            ports: Vec::new(),
            act: Act::Inspect,
        };
        let command = SendCommand {
            document: Document::Inspect.name(&CLUSTER.into()),
            instance: id.clone(),
            parameters: [(PAYLOAD.to_owned(), vec![order.payload()])].into(),
            comment: comment.to_string(),
            timeout_seconds: 60,
        };
        self.edit(|model, now| model.send_command(now, &command))
            .expect("a command");
    }

    /// What push-listeners is asked for, of a broker.
    pub fn asked(&self, id: &InstanceId) -> Option<Asks> {
        let model = self.model();
        let tags = &model.instance(id).expect("an instance").tags;
        Asks::read(tags.get(tags::RESTART)?, id).ok()
    }
}
