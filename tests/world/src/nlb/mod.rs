//! The data path: a Network Load Balancer's nodes and the consumers' endpoints, with real TCP, as the
//! model says at every moment; and its health checks.
//!
//! It stands in user space, so three things differ from AWS: a client is accepted before its target
//! is reached, and reset when that fails; the target sees the node's address even with client-IP
//! preservation; round robin replaces the flow hash. Idle time-outs (P-37) are not modelled.

mod choose;
mod fleet;
mod flows;
mod gate;
#[cfg(test)]
mod gate_tests;
mod health;
mod listeners;
mod relay;

pub(crate) use choose::choose;
pub use fleet::{Fleet, Modelled};

use crate::clock::Clock;
use ::fleet::words::{AzId, VpcEndpointId};
use flows::Flows;
use gate::Gate;
use listeners::{Listeners, Shared};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// A consumer's endpoint: it forwards every listener's port to the NLB's node in the same AZ ID (F19),
/// while its connection carries traffic. Otherwise its addresses refuse, and what was open is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id in the model.
    pub id: VpcEndpointId,
    /// Its address in each zone. Must be addresses of this network namespace, as the nodes' must.
    pub addresses: BTreeMap<AzId, Ipv4Addr>,
}

/// What the data path has to know beside the model.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The consumers' endpoints that there are in the beginning.
    pub endpoints: Vec<Endpoint>,
    /// How often the model is looked at, in real time.
    pub refresh: Duration,
    /// How long a health check may take, in real time.
    pub health_time_out: Duration,
}

impl Settings {
    /// A look at the model every 20 ms, and health checks with the 10 s that TCP checks have by
    /// default (`HealthCheckTimeoutSeconds`), by this clock, but time enough for a busy machine.
    pub fn new(clock: &Clock, endpoints: Vec<Endpoint>) -> Self {
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
    gate: Arc<Gate>,
}

impl Nlb {
    /// Starts it on the current tokio runtime.
    pub fn start(fleet: impl Fleet, settings: Settings) -> Self {
        let (looked, looks) = watch::channel(0);
        let (flows, gate) = (Arc::<Flows>::default(), Arc::<Gate>::default());
        for endpoint in settings.endpoints {
            gate.add(endpoint);
        }
        let shared = Shared::new(Arc::clone(&flows), Arc::clone(&gate));
        let checks = health::Checks::new(settings.health_time_out);
        let ticks = interval(settings.refresh);
        let task = tokio::spawn(run(Arc::new(fleet), shared, checks, ticks, looked));
        Self {
            task,
            looks,
            flows,
            gate,
        }
    }

    /// One more endpoint, which carries traffic as soon as the model says that it does.
    pub fn add_endpoint(&self, endpoint: Endpoint) {
        self.gate.add(endpoint);
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
        self.gate.cut_all();
    }
}

async fn run(
    fleet: Arc<dyn Fleet>,
    shared: Shared,
    mut checks: health::Checks,
    mut ticks: Interval,
    looked: watch::Sender<u64>,
) {
    let shared = Arc::new(shared);
    let mut listeners = Listeners::default();
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let forwards = fleet.forwarding();
        shared.flows.review(&forwards);
        let open = shared.gate.review(fleet.carrying());
        listeners.review(&forwards, &open, &shared).await;
        shared.publish(forwards);
        checks.start_due(&fleet);
        looked.send_modify(|look| *look += 1);
    }
}
