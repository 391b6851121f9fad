//! What a plan can do about who may connect. A change names all that it needs; making it twice is
//! harmless.

use crate::principal::account_of;
use fleet::plan;
use fleet::words::{AccountId, EndpointServiceId, ServicePermissionId, VpcEndpointId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One change of one endpoint service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The endpoint service.
    pub service: EndpointServiceId,
    /// What to do.
    #[serde(flatten)]
    pub action: Action,
}

/// What to do with an endpoint service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action")]
pub enum Action {
    /// Allow these, and tag their permissions.
    Allow {
        /// Principals, as AWS writes them.
        principals: BTreeSet<String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    },
    /// Tag these permissions: they are on the list, whoever made them.
    Tag {
        /// Permissions with their principals.
        permissions: BTreeMap<ServicePermissionId, String>,
        /// The tags.
        tags: BTreeMap<String, String>,
    },
    /// Accept these connections.
    Accept {
        /// Endpoints with their accounts.
        endpoints: BTreeMap<VpcEndpointId, AccountId>,
    },
    /// Reject these connections of an account that leaves the list: their traffic ends.
    Reject {
        /// The account.
        account: AccountId,
        /// Its endpoints.
        endpoints: BTreeSet<VpcEndpointId>,
    },
    /// Take the permission of these away.
    Disallow {
        /// Principals, as AWS writes them.
        principals: BTreeSet<String>,
    },
}

impl Action {
    /// The accounts that it is about; none of `*`.
    fn accounts(&self) -> BTreeSet<AccountId> {
        match self {
            Self::Allow { principals, .. } | Self::Disallow { principals } => {
                principals.iter().filter_map(|it| account_of(it)).collect()
            }
            Self::Tag { permissions, .. } => {
                let principals = permissions.values();
                principals.filter_map(|it| account_of(it)).collect()
            }
            Self::Accept { endpoints } => endpoints.values().cloned().collect(),
            Self::Reject { account, .. } => [account.clone()].into(),
        }
    }

    /// Whether it takes something away.
    fn removes(&self) -> bool {
        match self {
            Self::Reject { .. } | Self::Disallow { .. } => true,
            Self::Allow { .. } | Self::Tag { .. } | Self::Accept { .. } => false,
        }
    }
}

impl plan::Change for Change {
    fn expects(&self) -> &'static str {
        match self.action {
            Action::Allow { .. } => "the principals exist",
            Action::Tag { .. } => "the permissions are there, and no other cluster's",
            Action::Accept { .. } => "the connections wait to be accepted",
            Action::Reject { .. } => "the connections are there",
            Action::Disallow { .. } => "nobody is connected by these permissions alone",
        }
    }

    /// Adding comes before taking away: what could not be allowed or rejected keeps the permissions of
    /// its account.
    fn carries(&self, later: &Self) -> bool {
        let needed = match self.action {
            Action::Allow { .. } | Action::Reject { .. } => later.action.removes(),
            Action::Tag { .. } | Action::Accept { .. } | Action::Disallow { .. } => false,
        };
        needed && !self.action.accounts().is_disjoint(&later.action.accounts())
    }
}

/// So many are named in a sentence.
const NAMED: usize = 5;

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Action::Allow { principals, .. } => {
                write!(f, "allow {}", named(principals.iter()))
            }
            Action::Tag { permissions, .. } => {
                write!(f, "tag the permission of {}", named(permissions.values()))
            }
            Action::Accept { endpoints } => {
                let each = endpoints.iter();
                let each =
                    each.map(|(endpoint, account)| format!("{endpoint} of account {account}"));
                write!(f, "accept {}", named(each))
            }
            Action::Reject { account, endpoints } => {
                write!(f, "reject {} of account {account}", named(endpoints.iter()))
            }
            Action::Disallow { principals } => {
                write!(
                    f,
                    "take the permission of {} away",
                    named(principals.iter())
                )
            }
        }
    }
}

/// The first few by name, and how many more there are.
pub(crate) fn named<T: ToString>(things: impl Iterator<Item = T>) -> String {
    let all: Vec<String> = things.map(|thing| thing.to_string()).collect();
    let told = all[..all.len().min(NAMED)].join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}
