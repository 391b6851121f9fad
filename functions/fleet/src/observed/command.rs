//! Commands of Run Command, and what became of them on their hosts.

use super::CommandStatus;
use crate::words::{CommandId, DocumentName, InstanceId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A command (Systems Manager API reference, `Command`). The history keeps it for
/// 30 days (P-58).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Its id.
    pub id: CommandId,
    /// What it runs.
    pub document: DocumentName,
    /// What its sender wrote about it, at most 100 characters; empty if nothing.
    pub comment: String,
    /// Where it was sent.
    pub instances: BTreeSet<InstanceId>,
    /// When it was sent.
    pub requested_at: Timestamp,
    /// When it is given up wherever it has not ended, if AWS says it (P-53).
    pub expires_at: Option<Timestamp>,
    /// How it is, taken together. It may be `Success` although an invocation of it is not (P-53).
    pub status: CommandStatus,
}

impl Command {
    /// For so long after its end the cluster settles: nothing else is stopped, and nobody is healed.
    pub const SETTLES: SignedDuration = SignedDuration::from_secs(60);

    /// When it has ended at the latest. Where AWS does not say when it is given up: its delivery, and the time-out of
    /// our longest document.
    pub fn latest_end(&self) -> Timestamp {
        let untold = self.requested_at + SignedDuration::from_mins(30);
        self.expires_at.unwrap_or(untold)
    }

    /// When it ended, by what it said; the latest that it can have if nobody heard of it. A host tells it by its own
    /// clock.
    pub fn end(&self, output: Option<&CommandOutput>) -> Timestamp {
        let latest = self.latest_end();
        let told = output.and_then(|output| output.ended_at);
        told.map_or(latest, |at| at.max(self.requested_at).min(latest))
    }

    /// The host of a command to one host: of one to several, one answer is known.
    pub fn only_host(&self) -> Option<&InstanceId> {
        match self.instances.len() {
            1 => self.instances.first(),
            _ => None,
        }
    }
}

/// A command on one of its hosts (Systems Manager API reference, `CommandInvocation`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandInvocation {
    /// The command.
    pub command: CommandId,
    /// The host.
    pub instance: InstanceId,
    /// What the command runs.
    pub document: DocumentName,
    /// What its sender wrote about it; empty if nothing.
    pub comment: String,
    /// When it was sent.
    pub requested_at: Timestamp,
    /// How it is on this host.
    pub status: CommandStatus,
}

/// What a command said on one of its hosts (Systems Manager API reference, `GetCommandInvocation`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandOutput {
    /// The command.
    pub command: CommandId,
    /// The host.
    pub instance: InstanceId,
    /// How it is on this host.
    pub status: CommandStatus,
    /// Its script's exit code; `None` as long as it has not run, or nobody heard of it.
    pub exit_code: Option<i32>,
    /// When its script ended (`ExecutionEndDateTime`); `None` as long as it has not, or nobody heard of it.
    /// Records of older releases do not have it.
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
    /// The first 24,000 characters of its standard output (P-55); empty until it has ended.
    pub stdout: String,
    /// The first 8,000 characters of its standard error (P-55); empty until it has ended.
    pub stderr: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::DeserializeOwned;
    use std::fmt::Debug;

    fn saved<T: Serialize + DeserializeOwned + PartialEq + Debug>(record: &T) -> String {
        let json = serde_json::to_string(record).expect("JSON");
        let read: T = serde_json::from_str(&json).expect("a record");
        assert_eq!(read, *record);
        json
    }

    #[test]
    fn commands_are_the_same_after_they_were_saved() {
        let sent: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        let json = saved(&Command {
            id: "c-1".into(),
            document: "kafka-privatelink-orders-apply".into(),
            comment: "generation 1".to_owned(),
            instances: ["i-1".into()].into(),
            requested_at: sent,
            expires_at: None,
            status: CommandStatus::DeliveryTimedOut,
        });
        assert!(json.contains("\"status\":\"DeliveryTimedOut\""), "{json}");
        saved(&CommandInvocation {
            command: "c-1".into(),
            instance: "i-1".into(),
            document: "kafka-privatelink-orders-apply".into(),
            comment: String::new(),
            requested_at: sent,
            status: CommandStatus::Unknown("Hovering".to_owned()),
        });
        saved(&CommandOutput {
            command: "c-1".into(),
            instance: "i-1".into(),
            status: CommandStatus::Success,
            exit_code: Some(0),
            ended_at: Some(sent),
            stdout: "{}\n".to_owned(),
            stderr: String::new(),
        });
    }
}
