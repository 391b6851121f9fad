//! Which endpoints carry traffic, and the connections that came in by them. A connection that is
//! rejected carries none: what is open is cut. Taking the permission away changes nothing (F21).

use super::Endpoint;
use fleet::words::VpcEndpointId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// All endpoints, and the connections through them.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    endpoints: Vec<Endpoint>,
    carrying: BTreeMap<VpcEndpointId, u64>,
    next: u64,
    passing: BTreeMap<u64, Passing>,
}

/// A connection of a client of an endpoint.
#[derive(Debug)]
struct Passing {
    endpoint: VpcEndpointId,
    /// How often the endpoint's traffic had been cut when it came.
    cuts: u64,
    /// Held, and never used: its end is the cut.
    _cut: oneshot::Sender<()>,
}

impl Gate {
    /// One more endpoint.
    pub(super) fn add(&self, endpoint: Endpoint) {
        self.table().endpoints.push(endpoint);
    }

    /// Follows what the model says: cuts what may no longer pass, answers the endpoints that carry.
    pub(super) fn review(&self, carrying: BTreeMap<VpcEndpointId, u64>) -> Vec<Endpoint> {
        let mut table = self.table();
        table.carrying = carrying;
        let Table {
            endpoints,
            carrying,
            passing,
            ..
        } = &mut *table;
        // Dropping the sender is the cut.
        passing.retain(|_, passing| carrying.get(&passing.endpoint) == Some(&passing.cuts));
        let open = endpoints.iter();
        let open = open.filter(|endpoint| carrying.contains_key(&endpoint.id));
        open.cloned().collect()
    }

    /// Notes a new connection; the receiver resolves when it must be cut. None if it may not pass.
    pub(super) fn pass(&self, endpoint: &VpcEndpointId) -> Option<(u64, oneshot::Receiver<()>)> {
        let (cut, is_cut) = oneshot::channel();
        let mut table = self.table();
        let cuts = *table.carrying.get(endpoint)?;
        let id = table.next;
        table.next += 1;
        let endpoint = endpoint.clone();
        let passing = Passing {
            endpoint,
            cuts,
            _cut: cut,
        };
        table.passing.insert(id, passing);
        Some((id, is_cut))
    }

    /// Forgets a connection that has ended.
    pub(super) fn closed(&self, id: u64) {
        self.table().passing.remove(&id);
    }

    /// Cuts them all.
    pub(super) fn cut_all(&self) {
        self.table().passing.clear();
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // A panic elsewhere leaves the table whole: each change is one insert or remove.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
