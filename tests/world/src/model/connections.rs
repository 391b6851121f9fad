//! EC2: connections of consumers' endpoints, as the owner of the service sees them.
//!
//! From the AWS PrivateLink guide, "Accept or reject connection requests": "if you specified that
//! acceptance is required … you must manually accept or reject endpoint connection requests"; "after an
//! endpoint is accepted, it becomes available. Be aware that it can take time"; "you can reject an
//! endpoint connection after it's in the available state". The state between is `pending`
//! (terraform-provider-aws #19059).
//!
//! Resting on inference, since no page says it:
//! - what cannot be accepted or rejected in its state is named in `unsuccessful` with `InvalidState`,
//!   what is not there with `InvalidVpcEndpointId.NotFound`, and the others go on;
//! - only what waits for acceptance can be accepted: neither what is accepted already nor, unless
//!   [`Settings::accepts_rejected`](super::Settings::accepts_rejected), what was rejected;
//! - the account's permission is not asked for again when its connection is accepted, and taking it away
//!   changes no connection (F21, F43);
//! - a deleted endpoint is shown for a while.

use super::asked::Asked;
use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken, Unsuccessful};
use fleet::observed::{ConnectionState, EndpointConnection};
use fleet::words::{AccountId, EndpointServiceId, VpcEndpointId};
use jiff::Timestamp;

/// `DescribeVpcEndpointConnections` gives at most 1000 on a page.
const PAGE: usize = 1000;

/// A connection of an endpoint to a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionRecord {
    /// The service.
    pub service: EndpointServiceId,
    /// The account that owns the endpoint.
    pub owner: AccountId,
    /// Its state.
    pub state: ConnectionState,
    /// When the endpoint was made.
    pub created: Timestamp,
    /// The Region of the endpoint.
    pub region: String,
    /// How often its traffic was cut so far: it counts up whenever it leaves `available`.
    pub cuts: u64,
    /// When it goes on by itself.
    pub(super) next_state_at: Option<Timestamp>,
}

impl Model {
    /// EC2 `DescribeVpcEndpointConnections` with the filter `service-id`. An unknown service is no
    /// error, because it is filtered for and not asked for.
    pub fn describe_endpoint_connections(
        &mut self,
        now: Timestamp,
        service: &EndpointServiceId,
        token: Option<&PageToken>,
    ) -> Result<Page<EndpointConnection>, ApiError> {
        self.read(now, Call::DescribeVpcEndpointConnections, |model| {
            let of = model.connections.iter();
            let of = of.filter(|(_, record)| record.service == *service);
            let shown = of.map(|(id, record)| (id.to_string(), shown(id, record)));
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// EC2 `AcceptVpcEndpointConnections`; answers those that were not accepted.
    pub fn accept_connections(
        &mut self,
        now: Timestamp,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Result<Vec<Unsuccessful>, ApiError> {
        let call = Call::AcceptVpcEndpointConnections;
        self.answer_connections(now, call, service, endpoints, |model, id| {
            let again = model.settings.accepts_rejected;
            let state = &model.connections[id].state;
            let can = match state {
                ConnectionState::PendingAcceptance => true,
                ConnectionState::Rejected => again,
                ConnectionState::Pending
                | ConnectionState::Available
                | ConnectionState::Deleting
                | ConnectionState::Deleted
                | ConnectionState::Failed
                | ConnectionState::Expired
                | ConnectionState::Partial
                | ConnectionState::Unknown(_) => false,
            };
            can.then_some(ConnectionState::Pending)
        })
    }

    /// EC2 `RejectVpcEndpointConnections`; answers those that were not rejected.
    pub fn reject_connections(
        &mut self,
        now: Timestamp,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
    ) -> Result<Vec<Unsuccessful>, ApiError> {
        let call = Call::RejectVpcEndpointConnections;
        self.answer_connections(now, call, service, endpoints, |model, id| {
            let can = match model.connections[id].state {
                ConnectionState::PendingAcceptance
                | ConnectionState::Pending
                | ConnectionState::Available
                | ConnectionState::Partial => true,
                ConnectionState::Rejected
                | ConnectionState::Deleting
                | ConnectionState::Deleted
                | ConnectionState::Failed
                | ConnectionState::Expired
                | ConnectionState::Unknown(_) => false,
            };
            can.then_some(ConnectionState::Rejected)
        })
    }

    fn answer_connections(
        &mut self,
        now: Timestamp,
        call: Call,
        service: &EndpointServiceId,
        endpoints: &[VpcEndpointId],
        next: impl Fn(&Self, &VpcEndpointId) -> Option<ConnectionState>,
    ) -> Result<Vec<Unsuccessful>, ApiError> {
        let what = format!("{service} {endpoints:?}");
        self.write(now, Asked::service(call, service), what, |model| {
            model.endpoint_service(service)?;
            if endpoints.is_empty() {
                return Err(ApiError::refused(
                    "MissingParameter",
                    "The request must contain the parameter VpcEndpointId",
                ));
            }
            let mut unsuccessful = Vec::new();
            for id in endpoints {
                let found = model.connections.get(id);
                if found.is_none_or(|record| record.service != *service) {
                    let message = format!("The Vpc Endpoint Id '{id}' does not exist");
                    unsuccessful.push(not(id, "InvalidVpcEndpointId.NotFound", message));
                    continue;
                }
                let mut faults = model.faults_of_calls();
                if faults.as_mut().is_some_and(|f| f.leaves_connection_out()) {
                    let message = "An internal error has occurred".to_owned();
                    unsuccessful.push(not(id, "InternalError", message));
                    continue;
                }
                match next(model, id) {
                    Some(state) => model.enter_connection_state(id, state),
                    None => {
                        let state = &model.connections[id].state;
                        let message = format!("The endpoint is {}", state.as_str());
                        unsuccessful.push(not(id, "InvalidState", message));
                    }
                }
            }
            Ok(unsuccessful)
        })
    }
}

fn shown(id: &VpcEndpointId, record: &ConnectionRecord) -> EndpointConnection {
    EndpointConnection {
        endpoint: id.clone(),
        owner: record.owner.clone(),
        state: record.state.clone(),
        created: Some(record.created),
        region: Some(record.region.clone()),
    }
}

fn not(id: &VpcEndpointId, code: &str, message: String) -> Unsuccessful {
    Unsuccessful {
        endpoint: id.clone(),
        code: code.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests;
