//! push-listeners on the stage: a process of its own, and brokers whose hosts run the scripts of our documents.

mod apply;
mod inspect;
pub mod kafka;
mod payload;
mod script;
mod state;
mod three;

pub use kafka::FILE;
pub use script::Scripts;
pub use three::{alone, file_of_many};

use crate::{CLUSTER, Process, Stage};
use activation::activate::Activated;
use activation::request::{Request, Wakes};
use fleet::words::InstanceId;
use jiff::Timestamp;
use push_listeners::rollout::Told;
use push_listeners::{Plan, PushListeners, Scope};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use world::doors::memory::MemoryDoor;
use world::model::{KafkaHost, Transition};

/// A finished run of push-listeners.
pub type Pushed = Activated<Plan, Told>;

/// The name of its binary.
pub const PUSH_LISTENERS: &str = "push-listeners";

/// A process of push-listeners on a stage.
pub struct Listeners {
    /// The process.
    pub process: Process,
    scope: Scope,
}

impl Listeners {
    /// A new process.
    pub fn on(stage: &Stage) -> Self {
        Self {
            process: stage.process(PUSH_LISTENERS),
            scope: Scope {
                cluster: CLUSTER.into(),
                probe: stage.scope.probe.clone(),
            },
        }
    }

    /// What it does.
    pub fn duty(&self) -> PushListeners<'_, MemoryDoor> {
        PushListeners {
            aws: self.process.aws(),
            scope: &self.scope,
        }
    }

    /// One run.
    pub async fn run(&self, stage: &Stage) -> Pushed {
        stage
            .run(&self.duty(), Request::Wake(Wakes::default()))
            .await
    }

    /// `{"action":"plan"}`.
    pub async fn plan(&self, stage: &Stage) -> Pushed {
        stage.run(&self.duty(), Request::Plan).await
    }

    /// `{"action":"observe"}`.
    pub async fn observe(&self, stage: &Stage, masked: bool) -> Value {
        stage.saved(&self.duty(), masked).await
    }

    /// A sweep each minute until two of them did nothing and no command is under way; at most an hour.
    /// Answers the last one, and the commands that were sent.
    pub async fn settle(&self, stage: &Stage) -> (Pushed, Vec<String>) {
        let (mut quiet, mut sent) = (0, Vec::new());
        for _ in 0..60 {
            stage.pass(Duration::from_secs(60)).await;
            let pushed = self.run(stage).await;
            let steps = pushed.report.actions.iter();
            sent.extend(steps.map(|taken| taken.step.clone()));
            let waits = |kind: &str| pushed.report.held.iter().any(|it| it.kind == kind);
            let is_quiet = pushed.report.actions.is_empty()
                && !["InFlight", "AnswerPending", "Settling"]
                    .into_iter()
                    .any(waits);
            quiet = if is_quiet { quiet + 1 } else { 0 };
            if quiet == 2 {
                return (pushed, sent);
            }
        }
        panic!("it has not settled in an hour: {sent:?}");
    }
}

/// A broker's first file: INTERNAL, CONTROLLER, and something that nobody may see.
pub fn first_file(node: u32) -> String {
    format!(
        "# ours\nprocess.roles=broker,controller\nnode.id={node}\n\
        controller.quorum.voters={node}@10.0.0.1:29092\n\
        listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092\n\
        advertised.listeners=INTERNAL://b{node}.internal:9092\n\
        listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
        inter.broker.listener.name=INTERNAL\ncontroller.listener.names=CONTROLLER\n\
        ssl.keystore.password=hunter2\nlog.dirs=/var/lib/kafka"
    )
}

impl Stage {
    /// Launches a broker with this file, whose host runs the scripts of our documents. It votes in its cluster.
    pub fn hosted(&self, node: u32, az: &str, file: &str) -> InstanceId {
        let id = self.broker(node, az);
        self.machine(&id, node, file);
        id
    }

    /// An instance gets a machine below its broker, with this file.
    pub fn machine(&self, id: &InstanceId, node: u32, file: &str) {
        self.model().set_shell(Arc::new(Scripts));
        self.edit(|model, now| {
            model.edit_kafka(id, |kafka| {
                let mut host = KafkaHost::default();
                host.files.insert(FILE.to_owned(), file.into());
                host.loads_for = Duration::from_secs(5);
                kafka::start(&mut host, now);
                kafka.host = Some(host);
            })
        })
        .expect("a broker");
        self.edit_cluster(|cluster| cluster.voters.extend(fleet::words::NodeId::new(node)));
    }

    /// An Auto Scaling group of one, with our two hooks, which launches a broker with this file: Kafka is installed on
    /// its host, and was never started. Its instance waits to enter the group.
    pub async fn entering(&self, node: u32, file: &str) -> (String, InstanceId) {
        let group = format!("broker-{node}");
        let hooks = [
            ("kafka-privatelink-launch", Transition::Launching),
            ("kafka-privatelink-terminate", Transition::Terminating),
        ];
        self.scaling_group(&group, node, &hooks);
        self.scale(&group, 1);
        self.pass(Duration::from_secs(30)).await;
        let members = self.lifecycle(&group);
        let id = members.keys().next().cloned().expect("an instance");
        self.model().set_shell(Arc::new(Scripts));
        self.edit(|model, _| {
            model.edit_kafka(&id, |kafka| {
                let mut host = KafkaHost {
                    loads_for: Duration::from_secs(5),
                    is_empty: true,
                    ..KafkaHost::default()
                };
                host.files.insert(FILE.to_owned(), file.into());
                kafka.host = Some(host);
            })
        })
        .expect("a broker");
        (group, id)
    }

    /// Changes the host of a broker by hand.
    pub fn on_host<T>(
        &self,
        id: &InstanceId,
        edit: impl FnOnce(&mut KafkaHost, Timestamp) -> T,
    ) -> T {
        let mut done = None;
        self.edit(|model, now| {
            model.advance(now);
            model.edit_kafka(id, |kafka| {
                let host = kafka.host.as_mut().expect("a host");
                done = Some(edit(host, now));
            })
        })
        .expect("a broker");
        done.expect("a host")
    }

    /// The file of a broker.
    pub fn file_of(&self, id: &InstanceId) -> String {
        let model = self.model();
        let kafka = &model.instance(id).expect("an instance").kafka;
        let files = &kafka.host.as_ref().expect("a host").files;
        String::from_utf8_lossy(&files[FILE]).into_owned()
    }
}
