//! Hosts follow instances: a running broker has a host with the stand-in on it, another has none.

use super::BIND_PORT;
use crate::clock::Clock;
use crate::deployment::{Journal, lock};
use crate::hosts::{Bridge, Host, HostsError, Network};
use crate::model::{InstanceRecord, Model};
use fleet::observed::InstanceState;
use fleet::tags;
use fleet::words::InstanceId;
use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// How often instances are looked at, in real time.
const LOOK: Duration = Duration::from_millis(20);

/// Keeps the hosts; all of them go when it is dropped.
pub(super) struct Keeper {
    hosts: Arc<tokio::sync::Mutex<BTreeMap<InstanceId, Running>>>,
    task: JoinHandle<()>,
}

/// A host that is switched on.
struct Running {
    host: Host,
    boots: u32,
    _broker: Option<Child>,
}

impl Keeper {
    pub(super) fn start(
        model: Arc<Mutex<Model>>,
        clock: Clock,
        network: Arc<Network>,
        journal: Arc<Mutex<Journal>>,
    ) -> Self {
        let hosts = Arc::new(tokio::sync::Mutex::new(BTreeMap::new()));
        let kept = Arc::clone(&hosts);
        let task = tokio::spawn(async move {
            loop {
                let instances: Vec<InstanceRecord> = {
                    let mut model = lock(&model);
                    model.advance(clock.now());
                    model.instances().cloned().collect()
                };
                if let Err(error) = review(&mut *kept.lock().await, &instances, &network).await {
                    lock(&journal).broken = Some(error.to_string());
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        Self { hosts, task }
    }

    /// A command on the host of an instance, if that is switched on.
    pub(super) async fn command(&self, instance: &InstanceId, program: &str) -> Option<Command> {
        let hosts = self.hosts.lock().await;
        hosts
            .get(instance)
            .map(|running| running.host.command(program))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn review(
    hosts: &mut BTreeMap<InstanceId, Running>,
    instances: &[InstanceRecord],
    network: &Network,
) -> Result<(), HostsError> {
    let on: BTreeMap<&InstanceId, &InstanceRecord> = instances
        .iter()
        .filter(|instance| instance.state == InstanceState::Running)
        .map(|instance| (&instance.id, instance))
        .collect();
    let off: Vec<InstanceId> = hosts
        .iter()
        .filter(|(id, running)| {
            on.get(id)
                .is_none_or(|instance| instance.boots != running.boots)
        })
        .map(|(id, _)| id.clone())
        .collect();
    for id in off {
        if let Some(running) = hosts.remove(&id) {
            running.host.kill().await?;
        }
    }
    for (id, instance) in on {
        if !hosts.contains_key(id) {
            hosts.insert(id.clone(), switch_on(instance, network).await?);
        }
    }
    Ok(())
}

async fn switch_on(instance: &InstanceRecord, network: &Network) -> Result<Running, HostsError> {
    let node = instance.tags.get(tags::NODE_ID);
    let name = match node {
        Some(node) => format!("broker-node{node}"),
        None => instance.id.to_string(),
    };
    let host = network
        .add_host(&name, Bridge::Vpc, instance.private_ip, "")
        .await?;
    let broker = node.map(|node| {
        let mut command = host.own_command();
        command
            .args([
                "broker",
                "--node-id",
                node,
                "--instance",
                instance.id.as_str(),
            ])
            .args(["--port", &BIND_PORT.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command
    });
    let broker = match broker.map(|mut command| command.spawn()) {
        Some(Ok(child)) => Some(child),
        // A tag that is no node.id makes a host without a broker, as a wrong configuration would.
        Some(Err(_)) | None => None,
    };
    Ok(Running {
        host,
        boots: instance.boots,
        _broker: broker,
    })
}
