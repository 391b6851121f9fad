//! Run Command, from and into the model.

use super::MemoryDoor;
use crate::model::SendCommand;
use cloud::call::Call;
use cloud::calls::{
    Answer, CommandFilter, CommandReads, CommandWrites, NewCommand, Page, PageToken, known_yet,
};
use fleet::observed::{Command, CommandInvocation, CommandOutput, ManagedInstance};
use fleet::words::{ClusterName, CommandId, InstanceId};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

/// Whole seconds, as the SDK asks.
fn whole(filter: &CommandFilter) -> CommandFilter {
    let down = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Floor);
    let whole = |at: Timestamp| at.round(down).unwrap_or(at);
    CommandFilter {
        document: filter.document.clone(),
        invoked_after: whole(filter.invoked_after),
        invoked_before: filter.invoked_before.map(whole),
    }
}

impl CommandReads for MemoryDoor {
    async fn list_commands(
        &self,
        filter: &CommandFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<Command>> {
        self.call(Call::ListCommands, |model, now| {
            model.list_commands(now, &whole(filter), page.as_ref())
        })
        .await
    }

    async fn list_command_invocations(
        &self,
        filter: &CommandFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<CommandInvocation>> {
        self.call(Call::ListCommandInvocations, |model, now| {
            model.list_command_invocations(now, &whole(filter), page.as_ref())
        })
        .await
    }

    async fn get_command_invocation(
        &self,
        command: &CommandId,
        instance: &InstanceId,
    ) -> Answer<Option<CommandOutput>> {
        let answer = self.call(Call::GetCommandInvocation, |model, now| {
            model.get_command_invocation(now, command, instance)
        });
        known_yet(answer.await)
    }

    async fn describe_instance_information(
        &self,
        cluster: &ClusterName,
        page: Option<PageToken>,
    ) -> Answer<Page<ManagedInstance>> {
        self.call(Call::DescribeInstanceInformation, |model, now| {
            model.describe_instance_information(now, cluster, page.as_ref())
        })
        .await
    }
}

impl CommandWrites for MemoryDoor {
    async fn send_command(&self, command: &NewCommand) -> Answer<CommandId> {
        let asked = SendCommand::from(command);
        let sent = self.call(Call::SendCommand, |model, now| {
            model.send_command(now, &asked)
        });
        sent.await.map(|sent| sent.id)
    }
}
