//! Who may connect and who does, as AWS really has it at one moment.

use super::happen::World;
use super::principals::account_of;
use crate::CLUSTER;
use fleet::observed::ConnectionState;
use fleet::tags::{self, Tags};
use fleet::words::{AccountId, VpcEndpointId};
use std::collections::{BTreeMap, BTreeSet};

/// A moment of the endpoint service on the stage's NLB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The tags of each permission, by its principal.
    pub permissions: BTreeMap<String, Tags>,
    /// The account and the state of each connection.
    pub connections: BTreeMap<VpcEndpointId, (AccountId, ConnectionState)>,
    /// The listener groups whose hand-over stands.
    pub handed_over: BTreeSet<String>,
}

impl Access {
    /// What there is now.
    pub fn at(world: &World) -> Self {
        let connections = world.stage.connected();
        let model = world.stage.model();
        let permissions = model.service_permissions(&world.service);
        let stands = |group: &&str| {
            let name = format!("/kafka-privatelink/{CLUSTER}/handover/{group}");
            let written = model.parameter(&name);
            let read = written.map(|it| serde_json::from_str::<serde_json::Value>(&it.value));
            read.is_some_and(|read| read.is_ok_and(|read| read["complete"] == true))
        };
        Self {
            permissions: permissions
                .map(|it| (it.principal.clone(), it.tags.clone()))
                .collect(),
            connections,
            handed_over: ["EXTERNAL", "EXTERNAL2"]
                .iter()
                .filter(|group| stands(group))
                .map(|group| (*group).to_owned())
                .collect(),
        }
    }

    /// Whether a permission is there and recorded for this cluster.
    pub fn is_ours(&self, principal: &str) -> bool {
        self.cluster_of(principal) == Some(Some(CLUSTER))
    }

    /// Whether a permission is there and recorded for no cluster.
    pub fn is_nobodys(&self, principal: &str) -> bool {
        self.cluster_of(principal) == Some(None)
    }

    /// Whether a permission is there and recorded for another cluster.
    pub fn is_another_clusters(&self, principal: &str) -> bool {
        let cluster = self.cluster_of(principal).flatten();
        cluster.is_some_and(|cluster| cluster != CLUSTER)
    }

    fn cluster_of(&self, principal: &str) -> Option<Option<&str>> {
        let tags = self.permissions.get(principal)?;
        Some(tags.get(tags::CLUSTER).map(String::as_str))
    }

    /// The principals by which an account may connect, `*` included.
    pub fn permissions_of(&self, account: &AccountId) -> impl Iterator<Item = &String> {
        let all = self.permissions.keys();
        all.filter(move |it| *it == "*" || account_of(it).as_ref() == Some(account))
    }

    /// Whether the connection of an endpoint carries traffic, or can be made to.
    pub fn is_live(&self, endpoint: &VpcEndpointId) -> bool {
        let state = self.connections.get(endpoint).map(|(_, state)| state);
        matches!(
            state,
            Some(
                ConnectionState::PendingAcceptance
                    | ConnectionState::Pending
                    | ConnectionState::Available
                    | ConnectionState::Partial
            )
        )
    }
}
