//! EC2: how connections go from state to state by themselves, and what cuts their traffic.

use super::Model;
use super::moment::{Earliest, after};
use fleet::observed::ConnectionState;
use fleet::words::VpcEndpointId;

impl Model {
    pub(super) fn enter_connection_state(&mut self, id: &VpcEndpointId, state: ConnectionState) {
        let wait = match state {
            ConnectionState::Pending => Some(self.settings.connecting_time),
            ConnectionState::Deleting => Some(self.settings.disconnecting_time),
            ConnectionState::Deleted => Some(self.settings.deleted_connection_shown),
            ConnectionState::PendingAcceptance
            | ConnectionState::Available
            | ConnectionState::Rejected
            | ConnectionState::Failed
            | ConnectionState::Expired
            | ConnectionState::Partial
            | ConnectionState::Unknown(_) => None,
        };
        let at = self.at;
        if let Some(record) = self.connections.get_mut(id) {
            let carried = record.state == ConnectionState::Available;
            if carried && state != ConnectionState::Available {
                record.cuts += 1;
            }
            record.state = state;
            record.next_state_at = wait.map(|wait| after(at, wait));
        }
    }

    pub(super) fn settle_connections(&mut self) {
        let at = self.at;
        let due = self.connections.iter();
        let due = due.filter(|(_, record)| record.next_state_at.is_some_and(|next| next <= at));
        let due: Vec<VpcEndpointId> = due.map(|(id, _)| id.clone()).collect();
        for id in due {
            match self.connections.get(&id).map(|record| &record.state) {
                Some(ConnectionState::Pending) => {
                    self.enter_connection_state(&id, ConnectionState::Available);
                }
                Some(ConnectionState::Deleting) => {
                    self.enter_connection_state(&id, ConnectionState::Deleted);
                }
                Some(_) => drop(self.connections.remove(&id)),
                None => {}
            }
        }
    }

    pub(super) fn next_of_connections(&self, earliest: &mut Earliest) {
        for record in self.connections.values() {
            if let Some(next) = record.next_state_at {
                earliest.consider(next);
            }
        }
    }
}
