//! What Run Command answers, as records.

use crate::error::nonsense;
use crate::fields::Fields;
use aws_sdk_ssm::operation::get_command_invocation::GetCommandInvocationOutput;
use aws_sdk_ssm::types;
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{
    Command, CommandInvocation, CommandOutput, CommandStatus, ManagedInstance, PingStatus,
};
use fleet::words::{CommandId, DocumentName, InstanceId};
use jiff::Timestamp;

pub(super) fn command(found: types::Command) -> Answer<Command> {
    let fields = Fields(Call::ListCommands);
    let of = |field: &str| format!("Commands.{field}");
    let status = found.status.as_ref().map(types::CommandStatus::as_str);
    let expires_at = found
        .expires_after
        .map(|time| fields.time(&of("ExpiresAfter"), Some(time)));
    Ok(Command {
        id: CommandId::new(fields.text(&of("CommandId"), found.command_id)?),
        document: DocumentName::new(fields.text(&of("DocumentName"), found.document_name)?),
        comment: found.comment.unwrap_or_default(),
        status: detailed(found.status_details, status),
        instances: found
            .instance_ids
            .unwrap_or_default()
            .into_iter()
            .map(InstanceId::new)
            .collect(),
        requested_at: fields.time(&of("RequestedDateTime"), found.requested_date_time)?,
        expires_at: expires_at.transpose()?,
    })
}

pub(super) fn invocation(found: types::CommandInvocation) -> Answer<CommandInvocation> {
    let fields = Fields(Call::ListCommandInvocations);
    let of = |field: &str| format!("CommandInvocations.{field}");
    let status = found.status.as_ref();
    let status = status.map(types::CommandInvocationStatus::as_str);
    Ok(CommandInvocation {
        command: CommandId::new(fields.text(&of("CommandId"), found.command_id)?),
        instance: InstanceId::new(fields.text(&of("InstanceId"), found.instance_id)?),
        document: DocumentName::new(fields.text(&of("DocumentName"), found.document_name)?),
        comment: found.comment.unwrap_or_default(),
        status: detailed(found.status_details, status),
        requested_at: fields.time(&of("RequestedDateTime"), found.requested_date_time)?,
    })
}

/// The SDK reads a missing `ResponseCode` as 0. AWS answers -1 for a script that has not run or of which
/// nobody heard, so a code counts only if the agent told how the script ended.
pub(super) fn output(found: GetCommandInvocationOutput) -> Answer<CommandOutput> {
    let fields = Fields(Call::GetCommandInvocation);
    let status = found.status.as_ref();
    let status = detailed(
        found.status_details,
        status.map(types::CommandInvocationStatus::as_str),
    );
    let code = Some(found.response_code).filter(|code| *code >= 0);
    Ok(CommandOutput {
        command: CommandId::new(fields.text("CommandId", found.command_id)?),
        instance: InstanceId::new(fields.text("InstanceId", found.instance_id)?),
        exit_code: code.filter(|_| status.was_told_by_the_agent()),
        ended_at: ended_at(found.execution_end_date_time.as_deref())?,
        status,
        stdout: found.standard_output_content.unwrap_or_default(),
        stderr: found.standard_error_content.unwrap_or_default(),
    })
}

/// When a script ended: a text, which is empty before it has started (P-55).
fn ended_at(text: Option<&str>) -> Answer<Option<Timestamp>> {
    let text = text.filter(|text| !text.is_empty());
    let time = text.map(|text| {
        let time = text.parse::<Timestamp>();
        time.map_err(|_| nonsense(Call::GetCommandInvocation, "ExecutionEndDateTime", text))
    });
    time.transpose()
}

pub(super) fn managed(found: types::InstanceInformation) -> Answer<ManagedInstance> {
    let fields = Fields(Call::DescribeInstanceInformation);
    let of = |field: &str| format!("InstanceInformationList.{field}");
    let ping = found.ping_status.as_ref();
    let platform = found.platform_type.as_ref();
    Ok(ManagedInstance {
        id: InstanceId::new(fields.text(&of("InstanceId"), found.instance_id)?),
        ping: PingStatus::parse(ping.map_or("", types::PingStatus::as_str)),
        agent_version: found.agent_version.unwrap_or_default(),
        platform: platform.map_or("", types::PlatformType::as_str).to_owned(),
    })
}

/// The detailed status; where AWS leaves it out, the coarse one.
fn detailed(details: Option<String>, status: Option<&str>) -> CommandStatus {
    let details = details.filter(|details| !details.is_empty());
    CommandStatus::parse(details.as_deref().or(status).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::DateTime;
    use types::builders::{CommandBuilder, CommandInvocationBuilder};

    fn sent() -> DateTime {
        DateTime::from_secs(1_735_689_600)
    }

    fn a_command() -> CommandBuilder {
        types::Command::builder()
            .command_id("c-1")
            .document_name("apply")
            .requested_date_time(sent())
    }

    fn an_invocation() -> CommandInvocationBuilder {
        types::CommandInvocation::builder()
            .command_id("c-1")
            .instance_id("i-1")
            .document_name("apply")
            .requested_date_time(sent())
    }

    #[test]
    fn a_command_is_read_with_its_times_and_what_must_be_there_is_named() {
        let whole = a_command()
            .comment("generation 1")
            .instance_ids("i-1")
            .expires_after(DateTime::from_secs(1_735_690_260))
            .status(types::CommandStatus::TimedOut)
            .status_details("DeliveryTimedOut");
        assert_eq!(
            command(whole.build()),
            Ok(Command {
                id: "c-1".into(),
                document: "apply".into(),
                comment: "generation 1".to_owned(),
                instances: ["i-1".into()].into(),
                requested_at: "2025-01-01T00:00:00Z".parse().unwrap(),
                expires_at: "2025-01-01T00:11:00Z".parse().ok(),
                status: CommandStatus::DeliveryTimedOut,
            })
        );
        let bare = command(a_command().build()).unwrap();
        assert_eq!((bare.comment.as_str(), bare.expires_at), ("", None));
        for (found, what) in [
            (a_command().set_command_id(None), "CommandId"),
            (a_command().set_document_name(None), "DocumentName"),
            (
                a_command().set_requested_date_time(None),
                "RequestedDateTime",
            ),
        ] {
            let error = command(found.build()).unwrap_err();
            assert_eq!(error.message, format!("answer without Commands.{what}"));
        }
    }

    #[test]
    fn a_status_is_the_detailed_one_where_aws_says_it() {
        let coarse = types::CommandInvocationStatus::TimedOut;
        for (details, expected) in [
            (Some("ExecutionTimedOut"), CommandStatus::ExecutionTimedOut),
            (Some(""), CommandStatus::TimedOut),
            (None, CommandStatus::TimedOut),
        ] {
            let found = an_invocation()
                .status(coarse.clone())
                .set_status_details(details.map(str::to_owned));
            assert_eq!(invocation(found.build()).unwrap().status, expected);
        }
        let none = invocation(an_invocation().build()).unwrap().status;
        assert_eq!(none, CommandStatus::Unknown(String::new()));
        for (found, what) in [
            (an_invocation().set_command_id(None), "CommandId"),
            (an_invocation().set_instance_id(None), "InstanceId"),
            (an_invocation().set_document_name(None), "DocumentName"),
            (
                an_invocation().set_requested_date_time(None),
                "RequestedDateTime",
            ),
        ] {
            let error = invocation(found.build()).unwrap_err();
            let expected = format!("answer without CommandInvocations.{what}");
            assert_eq!(error.message, expected);
        }
    }

    #[test]
    fn an_exit_code_counts_only_if_the_agent_told_it() {
        for (status, code, expected) in [
            ("Success", 0, Some(0)),
            ("Failed", 10, Some(10)),
            ("ExecutionTimedOut", -1, None),
            ("InProgress", -1, None),
            ("InProgress", 0, None),
            ("DeliveryTimedOut", 0, None),
        ] {
            let found = GetCommandInvocationOutput::builder()
                .command_id("c-1")
                .instance_id("i-1")
                .status_details(status)
                .response_code(code)
                .standard_output_content("{}");
            let read = output(found.build()).unwrap();
            assert_eq!(read.exit_code, expected, "{status} {code}");
            assert_eq!((read.stdout.as_str(), read.stderr.as_str()), ("{}", ""));
            assert_eq!(read.ended_at, None);
        }
        let ended = |text: &str| {
            let found = GetCommandInvocationOutput::builder()
                .command_id("c-1")
                .instance_id("i-1")
                .execution_end_date_time(text);
            output(found.build())
        };
        let at = "2026-11-29T08:00:01.5Z";
        assert_eq!(ended(at).unwrap().ended_at, Some(at.parse().unwrap()));
        assert_eq!(ended("").unwrap().ended_at, None);
        let error = ended("yesterday").unwrap_err();
        assert!(error.message.contains("ExecutionEndDateTime"), "{error}");
        let nobody = GetCommandInvocationOutput::builder().command_id("c-1");
        let error = output(nobody.build()).unwrap_err();
        assert_eq!(error.message, "answer without InstanceId");
    }

    #[test]
    fn an_instance_is_read_also_where_its_agent_says_little() {
        let found = || types::InstanceInformation::builder().instance_id("i-1");
        let whole = found()
            .ping_status(types::PingStatus::Online)
            .agent_version("3.3.2746.0")
            .platform_type(types::PlatformType::Linux);
        let whole = managed(whole.build()).unwrap();
        assert_eq!(whole, fleet::look::managed_instance("i-1"));
        let bare = managed(found().build()).unwrap();
        assert_eq!(bare.ping, PingStatus::Unknown(String::new()));
        assert_eq!((&*bare.agent_version, &*bare.platform), ("", ""));
        let error = managed(types::InstanceInformation::builder().build()).unwrap_err();
        assert_eq!(
            error.message,
            "answer without InstanceInformationList.InstanceId"
        );
    }
}
