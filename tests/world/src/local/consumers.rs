//! Further consumers: accounts of their own, each with a host and an endpoint, which connect, are
//! accepted, are rejected and leave. And the hands of the owner of the service on them.

use super::{Consumer, LocalAws};
use crate::deployment::{HandsError, lock};
use crate::hosts::Bridge;
use crate::model::{self, service_id};
use crate::nlb::Endpoint;
use fleet::tags::Tags;
use fleet::words::{AccountId, EndpointServiceId, VpcEndpointId};
use std::sync::Arc;

/// The account of the consumer that is there from the beginning, allowed and accepted.
pub const CONSUMER_ACCOUNT: &str = "111122223333";

impl LocalAws {
    /// A consumer of another account makes an endpoint, and gets a host. It is refused unless it is
    /// allowed; then its connection waits to be accepted.
    pub async fn connect_consumer(&self, account: &str) -> Result<Arc<Consumer>, String> {
        let parsed = AccountId::parse(account);
        let account = parsed.ok_or_else(|| format!("{account} is not an account of 12 digits"))?;
        // Held all the time, so that two of them get two numbers.
        let mut consumers = self.consumers.lock().await;
        let number = u8::try_from(consumers.len() + 1).map_err(|error| error.to_string())?;
        // Addresses of endpoints have a byte for number and zone.
        if number > 20 {
            return Err("there is no place for one more consumer".to_owned());
        }
        let now = self.clock.now();
        let connected = {
            let consumer = model::Consumer::of(account.as_str());
            self.model()
                .consumer_connects(now, &consumer, &self.service)
        };
        let id = connected.map_err(|error| HandsError::from(error).to_string())?;
        let endpoint = Endpoint {
            id,
            addresses: Consumer::addresses(number, &self.nodes),
        };
        for address in endpoint.addresses.values() {
            let added = self.network.add_address(Bridge::Consumer, *address).await;
            added.map_err(|error| error.to_string())?;
        }
        let started = Consumer::start(&self.network, number, account, &endpoint).await;
        let consumer = Arc::new(started.map_err(|error| error.to_string())?);
        self.nlb.add_endpoint(endpoint);
        consumers.push(Arc::clone(&consumer));
        Ok(consumer)
    }

    /// The newest consumer of this account that connected later.
    pub async fn consumer_of(&self, account: &str) -> Result<Arc<Consumer>, String> {
        let consumers = self.consumers.lock().await;
        let mut newest = consumers.iter().rev();
        let found = newest.find(|consumer| consumer.account().as_str() == account);
        found
            .cloned()
            .ok_or_else(|| format!("no consumer of account {account} has connected"))
    }

    /// The endpoint service of the NLB.
    pub fn endpoint_service(&self) -> EndpointServiceId {
        service_id(&self.service)
    }

    /// Its name, which a consumer asks for.
    pub fn endpoint_service_name(&self) -> &str {
        &self.service
    }

    /// A person allows a principal, without any tag.
    pub fn allow(&self, principal: &str) -> Result<(), HandsError> {
        self.permit(&[principal.to_owned()], &[])
    }

    /// A person takes a principal away. Connections stay.
    pub fn disallow(&self, principal: &str) -> Result<(), HandsError> {
        self.permit(&[], &[principal.to_owned()])
    }

    /// A person accepts a connection.
    pub fn accept(&self, endpoint: &VpcEndpointId) -> Result<(), HandsError> {
        let (now, service) = (self.clock.now(), self.endpoint_service());
        let ends = std::slice::from_ref(endpoint);
        let mut model = self.model();
        let not = model.by_hand(|model| model.accept_connections(now, &service, ends))?;
        all_done(&not)
    }

    /// A person rejects a connection: its traffic ends.
    pub fn reject(&self, endpoint: &VpcEndpointId) -> Result<(), HandsError> {
        let (now, service) = (self.clock.now(), self.endpoint_service());
        let ends = std::slice::from_ref(endpoint);
        let mut model = self.model();
        let not = model.by_hand(|model| model.reject_connections(now, &service, ends))?;
        all_done(&not)
    }

    /// A consumer deletes its endpoint.
    pub fn leave(&self, endpoint: &VpcEndpointId) -> Result<(), HandsError> {
        let now = self.clock.now();
        Ok(self.model().consumer_leaves(now, endpoint)?)
    }

    /// Who may connect, and who is connected, in a line each.
    pub fn connections(&self) -> String {
        let now = self.clock.now();
        let mut model = lock(&self.deployment.model);
        model.advance(now);
        let service = self.endpoint_service();
        let allowed = model.service_permissions(&service).map(|permission| {
            let tags = &permission.tags;
            format!("allowed: {}, tags {}", permission.principal, pairs(tags))
        });
        let connected = model.connections().map(|(id, record)| {
            let (state, cuts) = (record.state.as_str(), record.cuts);
            format!("{id} of {}: {state}, cut {cuts} times", record.owner)
        });
        let lines: Vec<String> = allowed.chain(connected).collect();
        lines.join("\n")
    }

    fn permit(&self, add: &[String], remove: &[String]) -> Result<(), HandsError> {
        let (now, service) = (self.clock.now(), self.endpoint_service());
        let mut model = self.model();
        model.by_hand(|model| model.modify_service_permissions(now, &service, add, remove))?;
        Ok(())
    }
}

fn all_done(not: &[cloud::calls::Unsuccessful]) -> Result<(), HandsError> {
    match not.first() {
        Some(not) => Err(HandsError::None(not.to_string())),
        None => Ok(()),
    }
}

fn pairs(tags: &Tags) -> String {
    let pairs: Vec<String> = tags
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    match pairs.is_empty() {
        true => "none".to_owned(),
        false => pairs.join(" "),
    }
}
