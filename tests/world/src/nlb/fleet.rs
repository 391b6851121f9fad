//! What the data path asks of the model.

use crate::clock::Clock;
use crate::model::Model;
use crate::model::forwarding::{Forward, HealthCheckDue};
use ::fleet::words::VpcEndpointId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The model's side of the data path. Called often; must not block for long.
pub trait Fleet: Send + Sync + 'static {
    /// What should be forwarded where, now.
    fn forwarding(&self) -> Vec<Forward>;

    /// The consumers' endpoints whose connections carry traffic now, each with how often its traffic
    /// was cut so far: one that was rejected and accepted again between two looks has been cut, too.
    fn carrying(&self) -> BTreeMap<VpcEndpointId, u64>;

    /// The health checks to be made now; each is handed out once.
    fn due_health_checks(&self) -> Vec<HealthCheckDue>;

    /// The result of one of them.
    fn health_checked(&self, due: &HealthCheckDue, ok: bool);
}

/// The model that the other doors of the world share, at the world's clock.
#[derive(Clone, Debug)]
pub struct Modelled {
    model: Arc<Mutex<Model>>,
    clock: Clock,
}

impl Modelled {
    /// Follows this model.
    pub fn new(model: Arc<Mutex<Model>>, clock: Clock) -> Self {
        Self { model, clock }
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        // Whoever panicked while holding it fails by itself; the data path then shows what is there.
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fleet for Modelled {
    fn forwarding(&self) -> Vec<Forward> {
        let now = self.clock.now();
        self.model().forwarding(now)
    }

    fn carrying(&self) -> BTreeMap<VpcEndpointId, u64> {
        let now = self.clock.now();
        self.model().carrying(now)
    }

    fn due_health_checks(&self) -> Vec<HealthCheckDue> {
        let now = self.clock.now();
        self.model().due_health_checks(now)
    }

    fn health_checked(&self, due: &HealthCheckDue, ok: bool) {
        let now = self.clock.now();
        self.model().health_checked(now, due, ok);
    }
}
