//! Who may connect and who does: the picture that sync-principals keeps true.

use activation::duty::Picture;
use fleet::observed::ConnectionState;
use fleet::words::{AccountId, VpcEndpointId};
use jiff::Timestamp;
use serde::Serialize;
use std::fmt;

/// So many permissions of other hands are told in a report.
const OTHERS_TOLD: usize = 20;
/// So many connections.
const CONNECTIONS_TOLD: usize = 100;

/// Who may connect to the endpoint service, and who does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The name of the endpoint service; none if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Each principal.
    pub principals: Vec<PrincipalRow>,
    /// Each connection that is not over.
    pub connections: Vec<ConnectionRow>,
    /// Permissions of other hands that a report leaves out.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_principals: usize,
    /// Connections that a report leaves out.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_connections: usize,
}

/// One principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrincipalRow {
    /// As AWS writes it.
    pub principal: String,
    /// How it is with it.
    pub state: PrincipalState,
}

/// How it is with a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrincipalState {
    /// It is on the list and allowed.
    Allowed,
    /// It is on the list and is being allowed.
    Missing,
    /// It is off the list, and its permission goes.
    Leaving,
    /// It is off the list, and its permission stays for now; the plan says why.
    Kept,
    /// It is off the list, and other hands allowed it; it is left alone.
    OtherHands,
    /// It is allowed, and what is listed is not known.
    Frozen,
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectionRow {
    /// The endpoint.
    pub endpoint: VpcEndpointId,
    /// Its account.
    pub account: AccountId,
    /// Its state, as AWS spells it.
    pub state: ConnectionState,
    /// When the endpoint was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Whether its account is on the list; none if the list is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed: Option<bool>,
}

impl Picture for Access {
    type Told = Self;

    fn told(&self) -> Self {
        let mut told = self.clone();
        let mut others = 0;
        told.principals.retain(|row| {
            others += usize::from(row.state == PrincipalState::OtherHands);
            row.state != PrincipalState::OtherHands || others <= OTHERS_TOLD
        });
        told.more_principals = others.saturating_sub(OTHERS_TOLD);
        told.more_connections = self.connections.len().saturating_sub(CONNECTIONS_TOLD);
        told.connections.truncate(CONNECTIONS_TOLD);
        told
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            service,
            principals,
            connections,
            more_principals,
            more_connections,
        } = self;
        let service = service.as_deref().unwrap_or("(no endpoint service)");
        writeln!(f, "Who may connect to {service}, once done:")?;
        for PrincipalRow { principal, state } in principals {
            let state = match state {
                PrincipalState::Allowed => "allowed",
                PrincipalState::Missing => "to be allowed",
                PrincipalState::Leaving => "leaving",
                PrincipalState::Kept => "not listed; kept for now, see what is held",
                PrincipalState::OtherHands => {
                    "not listed; other hands allowed it, and it is left alone"
                }
                PrincipalState::Frozen => "allowed; left as it is",
            };
            writeln!(f, "  {principal}  {state}")?;
        }
        match (principals.len(), more_principals) {
            (0, 0) => writeln!(f, "  (nobody)")?,
            (_, 0) => {}
            (_, more) => writeln!(f, "  and {more} more that other hands allowed")?,
        }
        if !connections.is_empty() {
            writeln!(f, "\nConnections:")?;
        }
        for row in connections {
            let of = match row.listed {
                Some(true) => ", listed",
                Some(false) => ", not listed",
                None => "",
            };
            write!(
                f,
                "  {} of account {}{of}: {}",
                row.endpoint, row.account, row.state
            )?;
            match row.created {
                Some(created) => writeln!(f, ", made at {created}")?,
                None => writeln!(f)?,
            }
        }
        match more_connections {
            0 => Ok(()),
            more => writeln!(f, "  and {more} more"),
        }
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: usize, state: PrincipalState) -> PrincipalRow {
        PrincipalRow {
            principal: format!("arn:aws:iam::{number:012}:root"),
            state,
        }
    }

    #[test]
    fn a_report_names_twenty_permissions_of_other_hands_and_counts_the_rest() {
        let mut access = Access {
            principals: (0..1000)
                .map(|number| row(number, PrincipalState::OtherHands))
                .collect(),
            ..Access::default()
        };
        access.principals.push(row(1001, PrincipalState::Allowed));
        let told = access.told();
        assert_eq!((told.principals.len(), told.more_principals), (21, 980));
        assert!(
            told.to_string()
                .contains("and 980 more that other hands allowed")
        );
        assert!(serde_json::to_string(&told).expect("JSON").len() < 4000);
    }

    #[test]
    fn a_report_says_how_much_it_leaves_out_and_nothing_if_that_is_nothing() {
        let told = |access: &Access| serde_json::to_value(access).expect("JSON");
        let mut access = Access::default();
        assert_eq!(told(&access).get("more_principals"), None);
        assert_eq!(told(&access).get("more_connections"), None);
        (access.more_principals, access.more_connections) = (3, 2);
        assert_eq!(told(&access)["more_principals"], 3);
        assert_eq!(told(&access)["more_connections"], 2);
    }
}
