//! What a plan can do about who may connect. A change names all that it needs; making it twice is
//! harmless.

use fleet::plan;
use fleet::service::account_of;
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

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::plan::Change as _;

    const ROOT: &str = "arn:aws:iam::111111111111:root";

    fn change(action: Action) -> Change {
        let service = "vpce-svc-1".into();
        Change { service, action }
    }

    fn of(account: &str) -> [Change; 5] {
        let principal = ROOT.replace("111111111111", account);
        let endpoint = VpcEndpointId::from("vpce-1");
        [
            Action::Allow {
                principals: [principal.clone()].into(),
                tags: BTreeMap::new(),
            },
            Action::Tag {
                permissions: [("vpce-svc-perm-1".into(), principal.clone())].into(),
                tags: BTreeMap::new(),
            },
            Action::Accept {
                endpoints: [(endpoint.clone(), account.into())].into(),
            },
            Action::Reject {
                account: account.into(),
                endpoints: [endpoint].into(),
            },
            Action::Disallow {
                principals: [principal].into(),
            },
        ]
        .map(change)
    }

    #[test]
    fn what_could_not_be_allowed_or_rejected_keeps_what_takes_from_the_same_account() {
        let all = of("111111111111");
        let others = of("222222222222");
        // Whether what stands in the row carries what stands in the column.
        let carried = [
            [false, false, false, true, true],
            [false; 5],
            [false; 5],
            [false, false, false, true, true],
            [false; 5],
        ];
        for (one, row) in all.iter().zip(carried) {
            for ((later, other), is_carried) in all.iter().zip(&others).zip(row) {
                assert_eq!(one.carries(later), is_carried, "{one}; {later}");
                assert!(!one.carries(other), "{one}; {other}");
            }
        }
    }

    #[test]
    fn a_change_is_told_by_all_that_it_names_and_five_of_many() {
        let told = of("111111111111").map(|change| change.to_string());
        assert_eq!(
            told,
            [
                "allow arn:aws:iam::111111111111:root",
                "tag the permission of arn:aws:iam::111111111111:root",
                "accept vpce-1 of account 111111111111",
                "reject vpce-1 of account 111111111111",
                "take the permission of arn:aws:iam::111111111111:root away",
            ]
        );
        assert_eq!(named(0..5), "0, 1, 2, 3, 4");
        assert_eq!(named(0..8), "0, 1, 2, 3, 4 and 3 more");
    }
}
