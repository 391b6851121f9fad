//! Hosts follow instances: a running broker has a host with a broker on it, another has none.

use super::BIND_PORT;
use super::brokers::{Brokers, KafkaCluster};
use super::user_data::{UserData, installs_only, put_hook};
use crate::clock::Clock;
use crate::deployment::{Journal, lock};
use crate::hosts::{Bridge, Date, Disk, Host, HostsError, Network, Own};
use crate::kafka::{Broker, Home};
use crate::model::{InstanceRecord, Model};
use fleet::observed::InstanceState;
use fleet::tags;
use fleet::words::InstanceId;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::process::Child;
use tokio::task::JoinHandle;

/// How often instances are looked at, in real time.
pub(super) const LOOK: Duration = Duration::from_millis(20);

/// Keeps the hosts; all of them go when it is dropped.
pub(super) struct Keeper {
    hosts: Arc<tokio::sync::Mutex<BTreeMap<InstanceId, Running>>>,
    task: JoinHandle<()>,
    clock: Clock,
    disk: Disk,
    pace: Mutex<Pace>,
}

/// A host that is switched on.
pub(super) struct Running {
    pub(super) host: Arc<Host>,
    boots: u32,
    on_it: OnIt,
}

/// What runs on a host.
enum OnIt {
    /// A tag that is no node.id makes a host without a broker, as a wrong configuration would.
    Nothing,
    StandIn {
        _program: Child,
    },
    Kafka {
        broker: Arc<Broker>,
        boot: JoinHandle<()>,
    },
}

impl Running {
    /// Switches it off. The end of what was booting on it is no news then.
    async fn off(mut self) -> Result<(), HostsError> {
        if let OnIt::Kafka { boot, .. } = &mut self.on_it {
            boot.abort();
            let _ = boot.await;
        }
        self.host.kill().await
    }

    pub(super) fn kafka(&self) -> Option<Arc<Broker>> {
        match &self.on_it {
            OnIt::Kafka { broker, .. } => Some(Arc::clone(broker)),
            OnIt::Nothing | OnIt::StandIn { .. } => None,
        }
    }
}

/// What hosts are made with.
pub(super) struct Machines {
    pub(super) model: Arc<Mutex<Model>>,
    pub(super) network: Arc<Network>,
    pub(super) disk: Disk,
    pub(super) brokers: Brokers,
    pub(super) journal: Arc<Mutex<Journal>>,
    pub(super) clock: Clock,
}

impl Keeper {
    pub(super) fn start(machines: Machines) -> Self {
        let hosts = Arc::new(tokio::sync::Mutex::new(BTreeMap::new()));
        let kept = Arc::clone(&hosts);
        let (clock, disk) = (machines.clock.clone(), machines.disk.clone());
        let pace = Mutex::new(Pace {
            scale: clock.scale(),
            scripts: 0,
        });
        let task = tokio::spawn(async move {
            loop {
                let instances: Vec<InstanceRecord> = {
                    let mut model = lock(&machines.model);
                    model.advance(machines.clock.now());
                    model.instances().cloned().collect()
                };
                if let Err(error) = machines.review(&mut *kept.lock().await, &instances).await {
                    lock(&machines.journal).broken = Some(error);
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        Self {
            hosts,
            task,
            clock,
            disk,
            pace,
        }
    }

    /// What is to be known of the host of an instance, if that is switched on.
    pub(super) async fn on<T>(
        &self,
        instance: &InstanceId,
        look: impl FnOnce(&Running) -> T,
    ) -> Option<T> {
        self.hosts.lock().await.get(instance).map(look)
    }

    /// The host of an instance, if it has been switched on for this boot.
    pub(super) async fn booted(&self, instance: &InstanceId, boots: u32) -> Option<Arc<Host>> {
        let host = |running: &Running| (running.boots == boots).then(|| Arc::clone(&running.host));
        self.on(instance, host).await.flatten()
    }

    /// From now on AWS time runs so many times as fast as real time, on every machine, too, but while scripts run.
    pub(super) async fn set_scale(&self, scale: u32) -> Result<(), HostsError> {
        lock(&self.pace).scale = scale;
        self.tell_pace().await
    }

    /// How fast AWS time is to run, whether a script runs just now or not.
    pub(super) fn scale(&self) -> u32 {
        lock(&self.pace).scale
    }

    /// A script begins: until it has ended, AWS time is real time, since the times that it is given are AWS's, and a
    /// JVM starts in real time.
    pub(super) async fn script_begins(&self) -> Result<(), HostsError> {
        lock(&self.pace).scripts += 1;
        self.tell_pace().await
    }

    /// A script has ended.
    pub(super) async fn script_ends(&self) -> Result<(), HostsError> {
        {
            let mut pace = lock(&self.pace);
            pace.scripts = pace.scripts.saturating_sub(1);
        }
        self.tell_pace().await
    }

    async fn tell_pace(&self) -> Result<(), HostsError> {
        // None is switched on meanwhile, with the time by the old scale.
        let hosts = self.hosts.lock().await;
        let now = lock(&self.pace).now();
        if self.clock.scale() == now {
            return Ok(());
        }
        self.clock.set_scale(now);
        let date = Date::of(&self.clock)?;
        hosts
            .keys()
            .try_for_each(|id| date.tell(&own(&self.disk, id)))
    }
}

/// How fast AWS time runs.
struct Pace {
    scale: u32,
    /// How many scripts run.
    scripts: usize,
}

impl Pace {
    fn now(&self) -> u32 {
        match self.scripts {
            0 => self.scale,
            _ => 1,
        }
    }
}

/// Where a machine's own folders are kept.
fn own(disk: &Disk, instance: &InstanceId) -> PathBuf {
    disk.folder().join("own").join(instance.as_str())
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Machines {
    async fn review(
        &self,
        hosts: &mut BTreeMap<InstanceId, Running>,
        instances: &[InstanceRecord],
    ) -> Result<(), String> {
        let text = |error: HostsError| error.to_string();
        let on: BTreeMap<&InstanceId, &InstanceRecord> = instances
            .iter()
            .filter(|instance| is_on(instance))
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
                running.off().await.map_err(text)?;
            }
        }
        for (id, instance) in on {
            if !hosts.contains_key(id) {
                hosts.insert(id.clone(), self.switch_on(instance).await?);
            }
        }
        Ok(())
    }

    async fn switch_on(&self, instance: &InstanceRecord) -> Result<Running, String> {
        let node = instance.tags.get(tags::NODE_ID);
        let name = match node {
            Some(node) => format!("broker-node{node}"),
            None => instance.id.to_string(),
        };
        let text = |error: HostsError| error.to_string();
        let own = Own {
            folder: own(&self.disk, &instance.id),
            date: Date::of(&self.clock).map_err(text)?,
        };
        let home = self.disk.folder().join(instance.id.as_str());
        if installs_only(instance) {
            put_hook(&own.folder, &home).map_err(|error| format!("write its hook: {error}"))?;
        }
        let host = self
            .network
            .add_machine(&name, Bridge::Vpc, instance.private_ip, own)
            .await;
        let host = Arc::new(host.map_err(text)?);
        let on_it = match (&self.brokers, node) {
            (_, None) => OnIt::Nothing,
            (Brokers::StandIn, Some(node)) => stand_in(&host, node, &instance.id),
            (Brokers::Kafka(cluster), Some(_)) => self.kafka(cluster, &host, instance)?,
        };
        Ok(Running {
            host,
            boots: instance.boots,
            on_it,
        })
    }

    /// Lays a host out and starts its broker, which takes its time. The home is the instance's: it
    /// is found again after a stop, and is empty on another instance.
    fn kafka(
        &self,
        cluster: &KafkaCluster,
        host: &Arc<Host>,
        instance: &InstanceRecord,
    ) -> Result<OnIt, String> {
        let mut properties = cluster.properties(instance)?;
        let folder = self.disk.folder().join(instance.id.as_str());
        if installs_only(instance) {
            // Whoever starts it does so from anywhere, and gives it EXTERNAL before.
            properties.external = None;
            let data = folder.join("data");
            properties
                .extra
                .push(format!("log.dirs={}", data.display()));
        }
        let home = Home::of_broker(&folder, &cluster.kafka, &properties)
            .map_err(|error| error.to_string())?;
        let broker = Arc::new(Broker::new(properties.node, Arc::clone(host), home));
        let (booting, journal) = (Arc::clone(&broker), Arc::clone(&self.journal));
        let user_data = UserData::of(instance, &self.model, &self.disk);
        let boot = tokio::spawn(async move {
            if let Err(error) = user_data.run(&booting).await {
                lock(&journal).broken = Some(error);
            }
        });
        Ok(OnIt::Kafka { broker, boot })
    }
}

/// Whether its host is to be switched on: the instance runs, and its operating system is not dead, of which nothing
/// answers, and what ran on it is gone.
pub(super) fn is_on(instance: &InstanceRecord) -> bool {
    let checks = instance.failed_checks;
    let is_dead = checks.system.or(checks.reachability).is_some();
    instance.state == InstanceState::Running && !is_dead
}

fn stand_in(host: &Host, node: &str, instance: &InstanceId) -> OnIt {
    let program = host
        .own_command()
        .args(["broker", "--node-id", node, "--instance", instance.as_str()])
        .args(["--port", &BIND_PORT.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    match program {
        Ok(program) => OnIt::StandIn { _program: program },
        Err(_) => OnIt::Nothing,
    }
}
