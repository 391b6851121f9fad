//! SSM: what the API shows of a command, in its three shapes.
//!
//! *Inferred:* what is longer than its limit ends in `--output truncated--`, within the limit
//! (amazon-ssm-agent, `pluginutil`).

use super::{CommandRecord, Ran};
use fleet::observed::{Command, CommandInvocation, CommandOutput, CommandStatus};

/// What `GetCommandInvocation` shows of the output (P-55).
const STDOUT: usize = 24_000;
const STDERR: usize = 8_000;
const TRUNCATED: &str = "--output truncated--";

/// Sorts the newest to the top.
pub(super) fn newest_first(record: &CommandRecord) -> String {
    let before = i64::MAX - record.requested_at.as_millisecond();
    format!("{before:020} {}", record.id)
}

/// "If all invocations in a command have the status Undeliverable, then the command status returned is
/// Failed", and so with Invalid Platform and Access Denied; of one invocation it is the same otherwise.
fn status_of_all(status: &CommandStatus) -> CommandStatus {
    match status {
        CommandStatus::Undeliverable
        | CommandStatus::Terminated
        | CommandStatus::InvalidPlatform
        | CommandStatus::AccessDenied => CommandStatus::Failed,
        status => status.clone(),
    }
}

pub(super) fn command(record: &CommandRecord) -> Command {
    Command {
        id: record.id.clone(),
        document: record.document.name.clone(),
        comment: record.comment.clone(),
        instances: [record.instance.clone()].into(),
        requested_at: record.requested_at,
        expires_at: Some(record.expires_at),
        status: status_of_all(&record.status),
    }
}

pub(super) fn invocation(record: &CommandRecord) -> CommandInvocation {
    CommandInvocation {
        command: record.id.clone(),
        instance: record.instance.clone(),
        document: record.document.name.clone(),
        comment: record.comment.clone(),
        requested_at: record.requested_at,
        status: record.status.clone(),
    }
}

pub(super) fn output(record: &CommandRecord) -> CommandOutput {
    let told = record.told.as_ref();
    let text =
        |text: fn(&Ran) -> &str, most| told.map_or_else(String::new, |ran| cut(text(ran), most));
    CommandOutput {
        command: record.id.clone(),
        instance: record.instance.clone(),
        status: record.status.clone(),
        exit_code: told.and_then(|ran| ran.exit_code),
        ended_at: record.ended_at,
        stdout: text(|ran| &ran.stdout, STDOUT),
        stderr: text(|ran| &ran.stderr, STDERR),
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept = text.chars().take(most - TRUNCATED.len());
    kept.chain(TRUNCATED.chars()).collect()
}

/// The field `Status` beside the detailed one: both time-outs are `TimedOut`, and it has no word for what
/// cannot be delivered (API reference, `CommandInvocation`).
pub(crate) fn coarse(status: &CommandStatus) -> &str {
    match status {
        CommandStatus::DeliveryTimedOut
        | CommandStatus::ExecutionTimedOut
        | CommandStatus::TimedOut => "TimedOut",
        CommandStatus::Undeliverable
        | CommandStatus::Terminated
        | CommandStatus::InvalidPlatform
        | CommandStatus::AccessDenied
        | CommandStatus::Incomplete
        | CommandStatus::RateExceeded => "Failed",
        CommandStatus::Pending
        | CommandStatus::InProgress
        | CommandStatus::Delayed
        | CommandStatus::Cancelling
        | CommandStatus::Success
        | CommandStatus::Failed
        | CommandStatus::Cancelled
        | CommandStatus::Unknown(_) => status.as_str(),
    }
}
