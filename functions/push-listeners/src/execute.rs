//! Execute: the hands of push-listeners. They send one command.

use crate::change::Change;
use cloud::call::Call;
use cloud::calls::{CommandWrites, NewCommand, Reads};
use cloud::error::{CallError, ErrorKind};
use cloud::pacing::Paced;
use cloud::steps::{self, LAST_CALL};
use fleet::report::Outcome;
use tokio::time::Instant;

/// What sends commands.
pub struct Hands<'a, A> {
    /// AWS.
    pub aws: Paced<'a, A>,
    /// No change begins after this.
    pub until: Instant,
}

impl<A: Reads + CommandWrites> steps::Hands<Change> for Hands<'_, A> {
    async fn take(&mut self, change: &Change) -> Outcome {
        let command = &NewCommand {
            document: change.document.clone(),
            instance: change.order.instance.clone(),
            payload: change.order.payload(),
            comment: change.comment.to_string(),
        };
        let ask = || self.aws.aws.send_command(command);
        let until = self.until + LAST_CALL;
        match self.aws.call(Call::SendCommand, until, ask).await {
            Ok(_) => Outcome::Done,
            Err(error) => outcome(&error),
        }
    }
}

/// What an error makes of a command. Whatever was sent is found in the history by the next run, and a host
/// carries an order out once (P-52).
fn outcome(error: &CallError) -> Outcome {
    match error.kind {
        ErrorKind::Retryable | ErrorKind::Disconnected => Outcome::Failed(format!(
            "nobody knows whether the command was sent; the next run looks for it: {error}"
        )),
        ErrorKind::Throttled
        | ErrorKind::AlreadyDone
        | ErrorKind::NotFound
        | ErrorKind::Denied
        | ErrorKind::Account
        | ErrorKind::Refused => Outcome::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
