//! SSM: Run Command. How commands go on by themselves is in `command_life.rs`.
//!
//! From the API reference of `SendCommand`: a comment has 100 characters at most, `TimeoutSeconds` is 30 to
//! 2,592,000; a document that does not exist is `InvalidDocument`; `InvalidInstanceId`: "SSM Agent isn't
//! running", "isn't registered", "the managed node isn't in a valid state … invalid states are:
//! Shutting-down and Terminated"; `InvalidParameters`: "you can only supply values to parameters defined in
//! the SSM document". What the lists and `GetCommandInvocation` show comes late (P-51).
//!
//! Resting on inference:
//! - an instance that is `ConnectionLost` is refused as one that is not managed, with the message
//!   "Instances [[…]] not in a valid state for account …" (aws/aws-cli #2412);
//! - lists begin with the newest command.

use super::asked::Asked;
use super::command_life::Stage;
use super::command_shown::{command, invocation, newest_first, output};
use super::moment::after;
use super::paging::page;
use super::{ApiError, CommandDocument, Model, Ran};
use cloud::call::Call;
use cloud::calls::{CommandFilter, DELIVERY, NewCommand, PAYLOAD, Page, PageToken};
use fleet::observed::{Command, CommandInvocation, CommandOutput, CommandStatus, PingStatus};
use fleet::words::{CommandId, DocumentName, InstanceId};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Lists give 50 on a page at most.
const PAGE: usize = 50;
const COMMENT: usize = 100;
const TIMEOUT_SECONDS: RangeInclusive<i64> = 30..=2_592_000;

/// What `SendCommand` is asked: one document in its default version, on one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendCommand {
    /// `DocumentName`.
    pub document: DocumentName,
    /// The only one of `InstanceIds`.
    pub instance: InstanceId,
    /// `Parameters`.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// `Comment`.
    pub comment: String,
    /// `TimeoutSeconds`.
    pub timeout_seconds: i64,
}

impl From<&NewCommand> for SendCommand {
    fn from(new: &NewCommand) -> Self {
        Self {
            document: new.document.clone(),
            instance: new.instance.clone(),
            parameters: [(PAYLOAD.to_owned(), vec![new.payload.clone()])].into(),
            comment: new.comment.clone(),
            timeout_seconds: i64::try_from(DELIVERY.as_secs()).unwrap_or(i64::MAX),
        }
    }
}

/// A command that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRecord {
    /// Its id.
    pub id: CommandId,
    /// What it runs, as it was when it was sent.
    pub document: CommandDocument,
    /// Where.
    pub instance: InstanceId,
    /// The values of the document's parameters.
    pub parameters: BTreeMap<String, String>,
    /// What its sender wrote about it.
    pub comment: String,
    /// When it was sent.
    pub requested_at: Timestamp,
    /// How it is on its host.
    pub status: CommandStatus,
    /// What its agent told of it at the end.
    pub told: Option<Ran>,
    /// When its script ended.
    pub ended_at: Option<Timestamp>,
    /// How often its script was started.
    pub starts: u32,
    pub(super) stage: Stage,
    /// Neither a list nor `GetCommandInvocation` shows it before.
    pub(super) seen_from: Timestamp,
    /// No agent begins it later.
    pub(super) begins_until: Timestamp,
    /// It is given up then.
    pub(super) expires_at: Timestamp,
}

impl Model {
    /// SSM `SendCommand`; answers the command.
    pub fn send_command(
        &mut self,
        now: Timestamp,
        asked: &SendCommand,
    ) -> Result<Command, ApiError> {
        let SendCommand {
            document,
            instance,
            comment,
            ..
        } = asked;
        let what = format!("{document} {instance} {comment}");
        let on = Asked::command(document, instance);
        self.write(now, on, what, |model| {
            check_sizes(asked)?;
            let document = model.document(document)?.clone();
            let parameters = document.values(&asked.parameters)?;
            model.check_host(instance)?;
            let late = model
                .faults_of_calls()
                .and_then(|faults| faults.late_command());
            let seen_after = late.unwrap_or(model.settings.command_seen_after);
            let delivered_after = model.settings.command_delivery_time;
            let delivery = Duration::from_secs(asked.timeout_seconds.unsigned_abs());
            // Milliseconds, as all dates of Systems Manager.
            let to_ms = TimestampRound::new()
                .smallest(Unit::Millisecond)
                .mode(RoundMode::Floor);
            let at = model.at.round(to_ms).unwrap_or(model.at);
            let record = CommandRecord {
                id: CommandId::new(model.ids.uuid()),
                instance: instance.clone(),
                parameters,
                comment: comment.clone(),
                requested_at: at,
                status: CommandStatus::Pending,
                told: None,
                ended_at: None,
                starts: 0,
                stage: Stage::Waits(after(at, delivered_after)),
                seen_from: after(at, seen_after),
                begins_until: after(at, delivery),
                // "Total timeout is equal to the value of delivery timeout plus execution timeout."
                expires_at: after(at, delivery + document.execution_timeout),
                document,
            };
            let shown = command(&record);
            let id = record.id.clone();
            model.commands.insert(id.clone(), record);
            model.tell_command(&id);
            Ok(shown)
        })
    }

    /// SSM `ListCommands` with the filters `DocumentName`, `InvokedAfter` and perhaps `InvokedBefore`.
    pub fn list_commands(
        &mut self,
        now: Timestamp,
        filter: &CommandFilter,
        token: Option<&PageToken>,
    ) -> Result<Page<Command>, ApiError> {
        self.read(now, Call::ListCommands, |model| {
            model.newest_commands(filter, token, command)
        })
    }

    /// SSM `ListCommandInvocations` with the same filters, without details.
    pub fn list_command_invocations(
        &mut self,
        now: Timestamp,
        filter: &CommandFilter,
        token: Option<&PageToken>,
    ) -> Result<Page<CommandInvocation>, ApiError> {
        self.read(now, Call::ListCommandInvocations, |model| {
            model.newest_commands(filter, token, invocation)
        })
    }

    /// A page of what is shown of commands, the newest first.
    fn newest_commands<T>(
        &self,
        filter: &CommandFilter,
        token: Option<&PageToken>,
        of: impl Fn(&CommandRecord) -> T,
    ) -> Result<Page<T>, ApiError> {
        let shown = self.shown_commands(filter);
        let shown: BTreeMap<_, _> = shown
            .map(|record| (newest_first(record), of(record)))
            .collect();
        page(
            shown.into_iter(),
            token,
            self.page_size(PAGE),
            "InvalidNextToken",
        )
    }

    /// SSM `GetCommandInvocation` of a document's only step.
    pub fn get_command_invocation(
        &mut self,
        now: Timestamp,
        id: &CommandId,
        instance: &InstanceId,
    ) -> Result<CommandOutput, ApiError> {
        self.read(now, Call::GetCommandInvocation, |model| {
            let found = model.commands.get(id);
            let found = found
                .filter(|record| record.instance == *instance && model.is_command_seen(record));
            found
                .map(output)
                .ok_or_else(|| ApiError::refused("InvocationDoesNotExist", ""))
        })
    }

    /// Every command of the last 30 days, whoever can see it already.
    pub fn commands(&self) -> impl Iterator<Item = &CommandRecord> {
        self.commands.values()
    }

    fn shown_commands(&self, filter: &CommandFilter) -> impl Iterator<Item = &CommandRecord> {
        let all = self.commands.values();
        all.filter(|record| {
            record.document.name == filter.document
                && record.requested_at >= filter.invoked_after
                && filter
                    .invoked_before
                    .is_none_or(|it| record.requested_at < it)
                && self.is_command_seen(record)
        })
    }

    fn is_command_seen(&self, record: &CommandRecord) -> bool {
        record.seen_from <= self.at
    }

    fn check_host(&self, id: &InstanceId) -> Result<(), ApiError> {
        let managed = self.managed(id);
        let managed = managed.filter(|found| found.ping == PingStatus::Online);
        let account = &self.settings.account;
        let managed = managed.ok_or_else(|| {
            let message = format!("Instances [[{id}]] not in a valid state for account {account}");
            ApiError::refused("InvalidInstanceId", message)
        })?;
        match managed.platform.as_str() {
            "Linux" => Ok(()),
            platform => Err(ApiError::refused(
                "UnsupportedPlatformType",
                format!("The document does not support the platform type {platform}"),
            )),
        }
    }
}

fn check_sizes(asked: &SendCommand) -> Result<(), ApiError> {
    let invalid = |what: &str, must: String| {
        let message = format!(
            "1 validation error detected: Value at '{what}' failed to satisfy constraint: Member must {must}"
        );
        Err(ApiError::refused("ValidationException", message))
    };
    if asked.comment.chars().count() > COMMENT {
        let must = format!("have length less than or equal to {COMMENT}");
        return invalid("comment", must);
    }
    if !TIMEOUT_SECONDS.contains(&asked.timeout_seconds) {
        let (least, most) = (TIMEOUT_SECONDS.start(), TIMEOUT_SECONDS.end());
        let must = format!("have value between {least} and {most}");
        return invalid("timeoutSeconds", must);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
