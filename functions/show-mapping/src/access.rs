//! What sync-principals tells: who may connect, and who does.

use crate::fields::{Fields, Word};
use crate::reports::Function;
use crate::told::Picture;
use fleet::observed::ConnectionState;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

/// Who may connect, and who does.
#[derive(Debug, Default)]
pub(crate) struct Access {
    /// The endpoint service, if there is one.
    pub(crate) service: Option<String>,
    /// Each principal.
    pub(crate) principals: Vec<Principal>,
    /// Each connection.
    pub(crate) connections: Vec<Connection>,
    /// Principals that the report leaves out.
    pub(crate) more_principals: Option<u64>,
    /// Connections that it leaves out.
    pub(crate) more_connections: Option<u64>,
}

/// Who may connect.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Principal {
    pub(crate) principal: Word,
    pub(crate) state: Word,
}

/// Who does.
#[derive(Debug, Deserialize)]
pub(crate) struct Connection {
    #[serde(default)]
    pub(crate) endpoint: Word,
    #[serde(default)]
    pub(crate) account: Word,
    #[serde(default = "untold", deserialize_with = "state")]
    pub(crate) state: ConnectionState,
    pub(crate) created: Option<Timestamp>,
    pub(crate) listed: Option<bool>,
}

fn untold() -> ConnectionState {
    ConnectionState::parse("")
}

fn state<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ConnectionState, D::Error> {
    let word = Word::deserialize(deserializer)?;
    Ok(ConnectionState::parse(word.as_str()))
}

impl Picture for Access {
    const FUNCTION: Function = Function::SyncPrincipals;

    fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            service: fields.may("service"),
            principals: fields.list("principals"),
            connections: fields.list("connections"),
            more_principals: fields.may("more_principals"),
            more_connections: fields.may("more_connections"),
        }
    }
}

impl Access {
    /// The connections that wait until somebody accepts them.
    pub(crate) fn pending(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter().filter(|it| it.is_pending())
    }
}

impl Connection {
    /// Whether it waits until somebody accepts it.
    pub(crate) fn is_pending(&self) -> bool {
        self.state == ConnectionState::PendingAcceptance
    }

    /// How it is, in words.
    pub(crate) fn state(&self) -> &str {
        match &self.state {
            ConnectionState::PendingAcceptance => "waits to be accepted",
            ConnectionState::Available => "connected",
            ConnectionState::Pending => "being connected",
            ConnectionState::Partial => "connected in a part of its subnets",
            other => match other.as_str() {
                "" => "not told",
                other => other,
            },
        }
    }
}

impl Principal {
    /// How it is, in words.
    pub(crate) fn state(&self) -> &str {
        match self.state.as_str() {
            "missing" => "to be allowed",
            "kept" => "not listed, kept for now; see what is held",
            "other-hands" => "not listed; other hands allowed it",
            "frozen" => "allowed; left as it is",
            "" => "not told",
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sync_principals::access::PrincipalState;

    #[test]
    fn each_state_that_sync_principals_writes_has_words_or_is_one() {
        for state in [
            PrincipalState::Allowed,
            PrincipalState::Missing,
            PrincipalState::Leaving,
            PrincipalState::Kept,
            PrincipalState::OtherHands,
            PrincipalState::Frozen,
        ] {
            let written = serde_json::to_value(state).expect("JSON");
            let principal = Principal {
                principal: Word::default(),
                state: serde_json::from_value(written).expect("a word"),
            };
            let is_known = match state {
                PrincipalState::Allowed | PrincipalState::Leaving => true,
                PrincipalState::Missing
                | PrincipalState::Kept
                | PrincipalState::OtherHands
                | PrincipalState::Frozen => principal.state() != principal.state.as_str(),
            };
            assert!(is_known, "{state:?}");
        }
    }

    fn connection(told: serde_json::Value) -> Connection {
        serde_json::from_value(told).expect("a connection")
    }

    #[test]
    fn what_waits_and_what_is_connected_is_told_as_aws_writes_it() {
        for (state, told) in [
            (ConnectionState::PendingAcceptance, "waits to be accepted"),
            (ConnectionState::Available, "connected"),
            (ConnectionState::Pending, "being connected"),
            (
                ConnectionState::Partial,
                "connected in a part of its subnets",
            ),
            (ConnectionState::Rejected, "rejected"),
            (untold(), "not told"),
        ] {
            assert_eq!(connection(json!({"state": state})).state(), told);
        }
    }
}
