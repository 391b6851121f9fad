//! What push-listeners writes: commands to hosts. There is no other way to change anything on one.

use super::Answer;
use fleet::words::{CommandId, DocumentName, InstanceId};
use std::future::Future;
use std::time::Duration;

/// How long a command may wait for its host's agent before it no longer begins (`TimeoutSeconds`, 30 s
/// at least). What AWS then still calls in progress ends only after the document's own time-out, too
/// (P-53).
pub const DELIVERY: Duration = Duration::from_secs(60);

/// The name of the only parameter of our documents.
pub const PAYLOAD: &str = "payload";

/// A command to be sent: one document, on one host (P-54).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommand {
    /// What to run, in its default version.
    pub document: DocumentName,
    /// The host.
    pub instance: InstanceId,
    /// The value of [`PAYLOAD`]. It stays readable in the history for 30 days, so it holds no secret (P-58).
    pub payload: String,
    /// What the history shows of it, at most 100 characters. It is all by which a command is found again
    /// whose answer was lost (P-52).
    pub comment: String,
}

/// What push-listeners writes, and nothing else does.
pub trait CommandWrites: Sync {
    /// SSM `SendCommand`, of version `$DEFAULT`; answers the command's id. A second one runs a second
    /// time (P-52): after an error whose [`outcome`](crate::error::CallError::is_outcome_unknown)
    /// is not known, it is looked for first. An error of kind `NotFound` if the document is not there,
    /// or the host's agent is not (P-57).
    fn send_command(&self, command: &NewCommand) -> impl Future<Output = Answer<CommandId>> + Send;
}
