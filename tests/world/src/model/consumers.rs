//! The hands of consumers, who are other accounts: they make and delete endpoints to a service.

use super::endpoint_services::service_id;
use super::{ApiError, ConnectionRecord, Model};
use fleet::observed::{ConnectionState, ServiceState};
use fleet::words::{AccountId, VpcEndpointId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Somebody who makes an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// The account.
    pub account: AccountId,
    /// The Region of its VPC; that of the service if it is none.
    pub region: Option<String>,
}

impl Consumer {
    /// An account in the Region of the service.
    pub fn of(account: &str) -> Self {
        Self {
            account: AccountId::from(account),
            region: None,
        }
    }

    /// The same, in another Region.
    pub fn in_region(self, region: &str) -> Self {
        let region = Some(region.to_owned());
        Self { region, ..self }
    }
}

impl Model {
    /// EC2 `CreateVpcEndpoint`, called by a consumer with the name of the service. Whoever may not
    /// connect is told that there is no such service (`InvalidServiceName`), since it "is not available
    /// to service consumers" without a permission (AWS PrivateLink guide, "Manage permissions"). Where the
    /// service requires acceptance the connection waits for it, else it is made by itself.
    pub fn consumer_connects(
        &mut self,
        now: Timestamp,
        consumer: &Consumer,
        service: &str,
    ) -> Result<VpcEndpointId, ApiError> {
        self.advance(now);
        let id = service_id(service);
        let record = self.endpoint_services.get(service);
        let record = record.filter(|record| record.state == ServiceState::Available);
        let region = consumer.region.as_ref();
        let there = record.filter(|record| {
            region.is_none_or(|region| {
                *region == self.settings.region || record.further_regions.contains_key(region)
            })
        });
        let record = there.filter(|_| self.is_allowed(&id, &consumer.account));
        let state = match record.map(|record| record.acceptance_required) {
            None => {
                return Err(ApiError::refused(
                    "InvalidServiceName",
                    format!("The Vpc Endpoint Service '{service}' does not exist"),
                ));
            }
            Some(true) => ConnectionState::PendingAcceptance,
            Some(false) => ConnectionState::Pending,
        };
        Ok(self.insert_connection(consumer, service, state))
    }

    /// An endpoint whose connection is available, without asking who may: as one that was accepted
    /// long ago.
    pub fn consumer_is_connected(
        &mut self,
        now: Timestamp,
        consumer: &Consumer,
        service: &str,
    ) -> VpcEndpointId {
        self.advance(now);
        self.insert_connection(consumer, service, ConnectionState::Available)
    }

    /// EC2 `DeleteVpcEndpoints`, called by the consumer.
    pub fn consumer_leaves(
        &mut self,
        now: Timestamp,
        endpoint: &VpcEndpointId,
    ) -> Result<(), ApiError> {
        self.set_connection_state(now, endpoint, ConnectionState::Deleting)
    }

    /// Puts a connection into a state, also into one that AWS may add. It stays there, unless it is one
    /// that goes on by itself.
    pub fn set_connection_state(
        &mut self,
        now: Timestamp,
        endpoint: &VpcEndpointId,
        state: ConnectionState,
    ) -> Result<(), ApiError> {
        self.advance(now);
        if !self.connections.contains_key(endpoint) {
            return Err(ApiError::refused(
                "InvalidVpcEndpointId.NotFound",
                format!("The Vpc Endpoint Id '{endpoint}' does not exist"),
            ));
        }
        self.enter_connection_state(endpoint, state);
        self.settle();
        Ok(())
    }

    /// Every connection, as it is now.
    pub fn connections(&self) -> impl Iterator<Item = (&VpcEndpointId, &ConnectionRecord)> {
        self.connections.iter()
    }

    /// The endpoints whose traffic goes through, each with how often it was cut before.
    pub fn carrying(&mut self, now: Timestamp) -> BTreeMap<VpcEndpointId, u64> {
        self.advance(now);
        let available = self.connections.iter();
        let available = available.filter(|(_, record)| record.state == ConnectionState::Available);
        available
            .map(|(id, record)| (id.clone(), record.cuts))
            .collect()
    }

    /// One of them.
    pub fn connection(&self, endpoint: &VpcEndpointId) -> Option<&ConnectionRecord> {
        self.connections.get(endpoint)
    }

    fn insert_connection(
        &mut self,
        consumer: &Consumer,
        service: &str,
        state: ConnectionState,
    ) -> VpcEndpointId {
        let region = consumer.region.clone();
        let record = ConnectionRecord {
            service: service_id(service),
            owner: consumer.account.clone(),
            state: state.clone(),
            created: self.at,
            region: region.unwrap_or_else(|| self.settings.region.clone()),
            cuts: 0,
            next_state_at: None,
        };
        let id = VpcEndpointId::new(self.ids.ec2("vpce"));
        self.connections.insert(id.clone(), record);
        self.enter_connection_state(&id, state);
        self.settle();
        id
    }
}
