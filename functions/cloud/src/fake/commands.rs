//! What the fake answers about commands, and what it writes down when it is told to send one. It sends
//! nothing.

use super::Fake;
use crate::call::Call;
use crate::calls::{
    Answer, CommandFilter, CommandReads, CommandWrites, NewCommand, Page, PageToken, known_yet,
};
use crate::error::CallError;
use fleet::observed::{Command, CommandInvocation, CommandOutput, ManagedInstance};
use fleet::words::{ClusterName, CommandId, InstanceId};

impl CommandReads for Fake {
    async fn list_commands(
        &self,
        filter: &CommandFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<Command>> {
        let all = self.commands.iter().filter(|command| {
            let is_before = |it| command.requested_at < it;
            command.document == filter.document
                && command.requested_at >= filter.invoked_after
                && filter.invoked_before.is_none_or(is_before)
        });
        let page = self.page(&all.cloned().collect::<Vec<_>>(), page);
        let of = filter.document.to_string();
        self.answer(Call::ListCommands, of, page).await
    }

    async fn list_command_invocations(
        &self,
        filter: &CommandFilter,
        page: Option<PageToken>,
    ) -> Answer<Page<CommandInvocation>> {
        let all = self.invocations.iter().filter(|invocation| {
            invocation.document == filter.document
                && invocation.requested_at >= filter.invoked_after
        });
        let page = self.page(&all.cloned().collect::<Vec<_>>(), page);
        let of = filter.document.to_string();
        self.answer(Call::ListCommandInvocations, of, page).await
    }

    async fn get_command_invocation(
        &self,
        command: &CommandId,
        instance: &InstanceId,
    ) -> Answer<Option<CommandOutput>> {
        let call = Call::GetCommandInvocation;
        let mut outputs = self.outputs.iter();
        let found =
            outputs.find(|output| output.command == *command && output.instance == *instance);
        let found = found.cloned();
        let of = format!("{command} on {instance}");
        let answer = self.answer(call, of, found).await.and_then(|found| {
            found.ok_or_else(|| CallError::answered(call, 400, "InvocationDoesNotExist", ""))
        });
        known_yet(answer)
    }

    async fn describe_instance_information(
        &self,
        cluster: &ClusterName,
        page: Option<PageToken>,
    ) -> Answer<Page<ManagedInstance>> {
        let page = self.page(&self.managed, page);
        let call = Call::DescribeInstanceInformation;
        self.answer(call, cluster.to_string(), page).await
    }
}

impl CommandWrites for Fake {
    async fn send_command(&self, command: &NewCommand) -> Answer<CommandId> {
        let NewCommand {
            document,
            instance,
            payload,
            comment,
        } = command;
        let of = format!("{document} on {instance}: {comment}: {payload}");
        let id = CommandId::new(format!("command-of-{instance}"));
        self.answer(Call::SendCommand, of, id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::look;
    use fleet::observed::CommandStatus;
    use jiff::SignedDuration;

    #[tokio::test(start_paused = true)]
    async fn it_shows_the_commands_that_it_was_given_and_writes_down_what_it_is_told() {
        let command = look::command("c-1", "inspect", "i-1", 60);
        let invocation = look::invocation(&command, "i-1", CommandStatus::Success);
        let output = CommandOutput {
            command: "c-1".into(),
            instance: "i-1".into(),
            status: CommandStatus::Success,
            exit_code: Some(0),
            ended_at: None,
            stdout: "{}".to_owned(),
            stderr: String::new(),
        };
        let fake = Fake {
            commands: vec![command.clone()],
            invocations: vec![invocation.clone()],
            outputs: vec![output.clone()],
            managed: vec![look::managed_instance("i-1")],
            ..Fake::default()
        };
        let after = |document: &str, age| CommandFilter {
            document: document.into(),
            invoked_after: look::noon() - SignedDuration::from_secs(age),
            invoked_before: None,
        };
        for (filter, found) in [
            (after("inspect", 60), true),
            (after("inspect", 59), false),
            (after("apply", 60), false),
        ] {
            let commands = fake.list_commands(&filter, None).await.unwrap().items;
            assert_eq!(commands, if found { &fake.commands[..] } else { &[] });
            let page = fake.list_command_invocations(&filter, None).await.unwrap();
            assert_eq!(page.items, if found { &fake.invocations[..] } else { &[] });
        }
        let read = async |command: &str| {
            let (command, instance) = (command.into(), "i-1".into());
            fake.get_command_invocation(&command, &instance).await
        };
        assert_eq!(read("c-1").await, Ok(Some(output.clone())));
        assert_eq!(read("c-2").await, Ok(None));
        fake.fails(Call::GetCommandInvocation, "c-1", "InternalFailure");
        assert!(read("c-1").await.unwrap_err().is_outcome_unknown());
        let cluster = "orders".into();
        let managed = fake.describe_instance_information(&cluster, None);
        assert_eq!(managed.await.unwrap().items, fake.managed);
        let new = NewCommand {
            document: "inspect".into(),
            instance: "i-1".into(),
            payload: "abc".to_owned(),
            comment: "look".to_owned(),
        };
        let sent = fake.send_command(&new).await;
        assert_eq!(sent, Ok("command-of-i-1".into()));
        assert_eq!(fake.written(), ["SendCommand inspect on i-1: look: abc"]);
    }
}
