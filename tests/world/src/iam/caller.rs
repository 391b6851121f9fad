//! Somebody who makes calls: what their role may do, and a record of all that they asked for.

use super::policies::Policies;
use super::request::Request;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A caller with a role. Copies of a world share it, so its record is that of all of them.
#[derive(Debug)]
pub struct Caller {
    /// Who it is: a function, by the name of its binary.
    pub name: Arc<str>,
    /// The ARN of the role.
    pub role: Arc<str>,
    policies: Arc<Policies>,
    asked: Mutex<BTreeMap<Request, bool>>,
}

impl Caller {
    /// Somebody of this name, with the role of this ARN.
    pub fn new(name: &str, role: &str, policies: Arc<Policies>) -> Arc<Self> {
        Arc::new(Self {
            name: name.into(),
            role: role.into(),
            policies,
            asked: Mutex::default(),
        })
    }

    /// Whether they may do this. What was asked before is not thought about again.
    pub fn may(&self, request: &Request) -> bool {
        let mut asked = self.lock();
        if let Some(allowed) = asked.get(request) {
            return *allowed;
        }
        let allowed = self.policies.allow(request);
        asked.insert(request.clone(), allowed);
        allowed
    }

    /// Each different request so far.
    pub fn asked(&self) -> Vec<Request> {
        self.lock().keys().cloned().collect()
    }

    /// Those of them that were denied.
    pub fn denied(&self) -> Vec<Request> {
        let asked = self.lock();
        let denied = asked.iter().filter(|(_, allowed)| !**allowed);
        denied.map(|(request, _)| request.clone()).collect()
    }

    /// Those of them that are about something of this cluster: the role forbids what has to be done.
    pub fn forbidden(&self, cluster: &str) -> Vec<Request> {
        let mut denied = self.denied();
        denied.retain(|request| request.concerns(cluster));
        denied
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Request, bool>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
