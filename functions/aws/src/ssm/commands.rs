//! Run Command: documents run on hosts, and what became of them.

use super::records::{command, invocation, managed, output};
use crate::Aws;
use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_ssm::error::BuildError;
use aws_sdk_ssm::types::{
    CommandFilter as Filter, CommandFilterKey, InstanceInformationStringFilter,
};
use cloud::call::Call;
use cloud::calls::{
    Answer, CommandFilter, CommandReads, CommandWrites, DELIVERY, NewCommand, PAYLOAD, Page,
    PageToken, known_yet,
};
use cloud::error::CallError;
use fleet::observed::{Command, CommandInvocation, CommandOutput, ManagedInstance};
use fleet::tags;
use fleet::words::{ClusterName, CommandId, InstanceId};
use jiff::Timestamp;

/// The most of a page; without a size AWS answers fewer.
const PAGE: i32 = 50;

impl CommandReads for Aws {
    async fn list_commands(
        &self,
        filter: &CommandFilter,
        next: Option<PageToken>,
    ) -> Answer<Page<Command>> {
        let call = Call::ListCommands;
        let answer = self
            .ssm
            .list_commands()
            .set_filters(Some(filters(call, filter)?))
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(call))?;
        // A body that is empty is read as an answer without anything.
        let commands = Fields(call).need("Commands", answer.commands)?;
        page(Some(commands), answer.next_token, command)
    }

    async fn list_command_invocations(
        &self,
        filter: &CommandFilter,
        next: Option<PageToken>,
    ) -> Answer<Page<CommandInvocation>> {
        let call = Call::ListCommandInvocations;
        let answer = self
            .ssm
            .list_command_invocations()
            .set_filters(Some(filters(call, filter)?))
            .details(false)
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(call))?;
        let invocations = Fields(call).need("CommandInvocations", answer.command_invocations)?;
        page(Some(invocations), answer.next_token, invocation)
    }

    async fn get_command_invocation(
        &self,
        command: &CommandId,
        instance: &InstanceId,
    ) -> Answer<Option<CommandOutput>> {
        let answer = self
            .ssm
            .get_command_invocation()
            .command_id(command.as_str())
            .instance_id(instance.as_str())
            .send()
            .await
            .map_err(error::of(Call::GetCommandInvocation));
        known_yet(answer.and_then(output))
    }

    async fn describe_instance_information(
        &self,
        cluster: &ClusterName,
        next: Option<PageToken>,
    ) -> Answer<Page<ManagedInstance>> {
        let call = Call::DescribeInstanceInformation;
        let filter = InstanceInformationStringFilter::builder()
            .key(format!("tag:{}", tags::CLUSTER))
            .values(cluster.as_str())
            .build()
            .map_err(incomplete(call))?;
        let answer = self
            .ssm
            .describe_instance_information()
            .filters(filter)
            .max_results(PAGE)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(call))?;
        let instances =
            Fields(call).need("InstanceInformationList", answer.instance_information_list)?;
        page(Some(instances), answer.next_token, managed)
    }
}

impl CommandWrites for Aws {
    async fn send_command(&self, command: &NewCommand) -> Answer<CommandId> {
        let call = Call::SendCommand;
        let seconds = i32::try_from(DELIVERY.as_secs()).unwrap_or(i32::MAX);
        let answer = self
            .ssm
            .send_command()
            .document_name(command.document.as_str())
            .document_version("$DEFAULT")
            .instance_ids(command.instance.as_str())
            .parameters(PAYLOAD, vec![command.payload.clone()])
            .comment(&command.comment)
            .timeout_seconds(seconds)
            .send()
            .await
            .map_err(error::of(call))?;
        let id = answer.command.and_then(|sent| sent.command_id);
        Fields(call)
            .text("Command.CommandId", id)
            .map(CommandId::new)
    }
}

fn filters(call: Call, asked: &CommandFilter) -> Answer<Vec<Filter>> {
    // Whole seconds, as in AWS's examples.
    let second = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let filter = |key, value: String| {
        let filter = Filter::builder().key(key).value(value).build();
        filter.map_err(incomplete(call))
    };
    let mut filters = vec![
        filter(CommandFilterKey::DocumentName, asked.document.to_string())?,
        filter(CommandFilterKey::InvokedAfter, second(asked.invoked_after))?,
    ];
    if let Some(before) = asked.invoked_before {
        filters.push(filter(CommandFilterKey::InvokedBefore, second(before))?);
    }
    Ok(filters)
}

/// The SDK builds nothing in which a field is missing. Ours has them all.
fn incomplete(call: Call) -> impl Fn(BuildError) -> CallError {
    move |error| CallError::unanswered(call, format!("the request cannot be made: {error}"))
}
