//! The data path: a Network Load Balancer's nodes and the consumer's endpoint, with real TCP, as the
//! model says at every moment; and its health checks.
//!
//! It stands in user space, so three things differ from AWS: a client is accepted before its target
//! is reached, and reset when that fails; the target sees the node's address even with client-IP
//! preservation; round robin replaces the flow hash. Idle time-outs (P-37) are not modelled.

mod choose;
mod fleet;
mod flows;
mod health;
mod listeners;
mod relay;

pub(crate) use choose::choose;
pub use fleet::{Fleet, Modelled};

use crate::clock::Clock;
use ::fleet::words::AzId;
use flows::Flows;
use listeners::{Listeners, Shared};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// What the data path has to know beside the model.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The endpoint's address in each zone: it forwards every listener's port to the NLB's node in
    /// the same AZ ID (F19). Must be addresses of this network namespace, as the nodes' must.
    pub endpoints: BTreeMap<AzId, Ipv4Addr>,
    /// How often the model is looked at, in real time.
    pub refresh: Duration,
    /// How long a health check may take, in real time.
    pub health_time_out: Duration,
}

impl Settings {
    /// A look at the model every 20 ms, and health checks with the 10 s that TCP checks have by
    /// default (`HealthCheckTimeoutSeconds`), by this clock, but time enough for a busy machine.
    pub fn new(clock: &Clock, endpoints: BTreeMap<AzId, Ipv4Addr>) -> Self {
        let time_out = clock.real(Duration::from_secs(10));
        Self {
            endpoints,
            refresh: Duration::from_millis(20),
            health_time_out: time_out.max(Duration::from_millis(200)),
        }
    }
}

/// A running data path; it and all its connections end when this is dropped.
#[derive(Debug)]
pub struct Nlb {
    task: JoinHandle<()>,
    looks: watch::Receiver<u64>,
    flows: Arc<Flows>,
}

impl Nlb {
    /// Starts it on the current tokio runtime.
    pub fn start(fleet: impl Fleet, settings: Settings) -> Self {
        let (looked, looks) = watch::channel(0);
        let flows = Arc::new(Flows::default());
        let task = tokio::spawn(run(Arc::new(fleet), settings, Arc::clone(&flows), looked));
        Self { task, looks, flows }
    }

    /// Waits until what the model says now is what the data path does.
    pub async fn caught_up(&self) {
        let mut looks = self.looks.clone();
        // A look may be under way that began before the model's last change.
        let wanted = *looks.borrow_and_update() + 2;
        // Fails only when the data path has ended, which then is as caught up as it gets.
        let _ = looks.wait_for(|look| *look >= wanted).await;
    }

    /// How many connections it carries between clients and targets.
    pub fn connections(&self) -> usize {
        self.flows.count()
    }
}

impl Drop for Nlb {
    fn drop(&mut self) {
        self.task.abort();
        self.flows.cut_all();
    }
}

async fn run(
    fleet: Arc<dyn Fleet>,
    settings: Settings,
    flows: Arc<Flows>,
    looked: watch::Sender<u64>,
) {
    let shared = Arc::new(Shared::new(flows));
    let mut listeners = Listeners::default();
    let mut checks = health::Checks::new(settings.health_time_out);
    let mut ticks = interval(settings.refresh);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let forwards = fleet.forwarding();
        shared.flows.review(&forwards);
        listeners
            .review(&forwards, &settings.endpoints, &shared)
            .await;
        shared.publish(forwards);
        checks.start_due(&fleet);
        looked.send_modify(|look| *look += 1);
    }
}
