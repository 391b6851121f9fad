//! The calls of Systems Manager, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::{Command, CommandInvocation, CommandOutput, ManagedInstance, Parameter};
use fleet::words::{ClusterName, CommandId, DocumentName, InstanceId, ParameterName};
use jiff::Timestamp;
use std::future::Future;

/// What is read of the Parameter Store of Systems Manager.
pub trait SsmReads: Sync {
    /// SSM `GetParametersByPath`, recursive, not decrypted; pages of 10.
    fn get_parameters_by_path(
        &self,
        path: &str,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Parameter>>> + Send;

    /// SSM `GetParameter`, decrypted: a secret. Never printed.
    fn get_parameter(&self, name: &ParameterName) -> impl Future<Output = Answer<String>> + Send;
}

/// Which commands are asked for. Others' commands in the account do not make the list longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandFilter {
    /// Those that run this document.
    pub document: DocumentName,
    /// Those that were sent at this second or later.
    pub invoked_after: Timestamp,
    /// Those that were sent before this second; none if it does not matter (F65).
    pub invoked_before: Option<Timestamp>,
}

/// What is read of Run Command of Systems Manager. Its lists are late: for a while after `SendCommand`
/// they do not show the command, without an error (P-51).
pub trait CommandReads: Sync {
    /// SSM `ListCommands`; pages of 50. It shows a command that no host has received yet.
    fn list_commands(
        &self,
        filter: &CommandFilter,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Command>>> + Send;

    /// SSM `ListCommandInvocations`, on every host and without output; pages of 50.
    fn list_command_invocations(
        &self,
        filter: &CommandFilter,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<CommandInvocation>>> + Send;

    /// SSM `GetCommandInvocation`: how a command is on one host, and what it said there (P-55). `None`
    /// if AWS does not know of it yet, or no longer (P-51).
    fn get_command_invocation(
        &self,
        command: &CommandId,
        instance: &InstanceId,
    ) -> impl Future<Output = Answer<Option<CommandOutput>>> + Send;

    /// SSM `DescribeInstanceInformation` of the instances with the tag `kafka-privatelink:cluster` of this
    /// value; pages of 50. A filter, since an id that Systems Manager does not know would be an error.
    fn describe_instance_information(
        &self,
        cluster: &ClusterName,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<ManagedInstance>>> + Send;
}

/// An invocation, or none if AWS says that there is none: right after `SendCommand` it says so for a
/// while (P-51).
pub fn known_yet<T>(answer: Answer<T>) -> Answer<Option<T>> {
    match answer {
        Err(error) if error.code == "InvocationDoesNotExist" => Ok(None),
        answer => answer.map(Some),
    }
}
