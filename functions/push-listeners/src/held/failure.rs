//! How a command of ours failed on a host.

use fleet::words::NodeId;
use std::fmt;

/// How a command failed on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The new process exited; the old file and the old process are back.
    TakenBack,
    /// The process did not stop for the new file, or was never told to; it was restarted with the old one.
    NotStopped,
    /// The old file is back, and the old process exited, too.
    ExitedToo,
    /// The new process exited, and the old file could not be put back.
    NotPutBack,
    /// The process exited that was started without an edit.
    NotStarted,
    /// Our command stopped it, and it is to stay so.
    Stopped,
}

/// What is told of a broker with which that happened.
pub(super) fn failed(f: &mut fmt::Formatter<'_>, node: NodeId, how: Failure) -> fmt::Result {
    match how {
        Failure::TakenBack => write!(
            f,
            "broker {node} was given its listeners, its new process exited, and its old file and process are back; it is not tried again for these parameters: put right what Kafka said, and write the listener parameter again"
        ),
        Failure::NotStopped => write!(
            f,
            "broker {node} did not stop for its new listeners, or our command was interrupted before, so it was restarted with its old file; it is not tried again for these parameters: see in its log how long it takes to stop, and write the listener parameter again"
        ),
        Failure::ExitedToo => write!(
            f,
            "broker {node} does not run: its old file is back, and its old process exited, too; nothing more is tried; see its log, and start it"
        ),
        Failure::NotPutBack => write!(
            f,
            "broker {node} does not run: its new process exited, and its old file could not be put back; nothing more is tried; put it back from /var/lib/kafka-privatelink/{node}/kept on its host, and start it"
        ),
        Failure::NotStarted => write!(
            f,
            "broker {node} does not run: our last command there started it with its file as it was, and it exited; nothing more is tried; see its log, and start it"
        ),
        Failure::Stopped => write!(
            f,
            "broker {node} does not run: our last command there stopped it; start it if it is to go on"
        ),
    }
}
