//! SSM: how commands go on by themselves.
//!
//! From the Systems Manager guide, "Understanding command statuses": a command is in progress while
//! "Systems Manager is attempting to send the command to the instance, or the command was received by SSM
//! Agent"; "if the agent isn't running or available on the instance, the command status remains at In
//! Progress until the agent is available again, or until the execution timeout limit is reached"; a command
//! that reaches its total time-out "changes status to `DeliveryTimedOut` for all invocations that are currently
//! have status of `InProgress`, `Pending` or `Delayed`"; "SSM Agent must send an `ExecutionTimedOut` signal" for
//! the other one (P-53). From "Handling reboots when running commands": exit code 194 "instructs SSM Agent to
//! reboot the managed node, and then restart the script after the reboot completed" (F50). The history has 30
//! days ("AWS Systems Manager endpoints and quotas").
//!
//! Resting on inference:
//! - what an instance had not begun when it ended for good is `Undeliverable` at once;
//! - a script dies with its host; nobody tells of it, so AWS waits for the total time-out;
//! - an agent that was away tells of a script that ended meanwhile, if AWS still waits for it;
//! - while a script of the real hosts runs under its agent, AWS does not give it up: the world's clock may be
//!   faster than its shell's.

use super::command_shown::{coarse, command};
use super::moment::{Earliest, after};
use super::{Model, Ran, ScriptRun, Started};
use fleet::observed::{CommandStatus, InstanceState};
use fleet::words::CommandId;
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long the history keeps a command.
const HISTORY: Duration = Duration::from_secs(30 * 24 * 3600);
/// The exit code that reboots the host.
const REBOOT: i32 = 194;

/// How far a command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// For its agent, from this moment on.
    Waits(Timestamp),
    /// Its script was started.
    Runs {
        /// Which start counts.
        number: u32,
        /// Of the host, when it was started.
        boots: u32,
        /// When it ends or has ended, and how; none if nobody knows yet.
        end: Option<(Timestamp, Ran)>,
    },
    /// Nothing happens any more.
    Ended,
}

impl Model {
    /// A script that [`Started::Runs`] has ended, as the world's hosts tell it. Only the start that counts is
    /// heard.
    pub fn script_ended(&mut self, now: Timestamp, id: &CommandId, which: u32, ran: Ran) {
        self.advance(now);
        let at = self.at;
        if let Some(record) = self.commands.get_mut(id)
            && let Stage::Runs { number, end, .. } = &mut record.stage
            && *number == which
            && end.is_none()
        {
            *end = Some((at, ran));
        }
        self.settle();
    }

    /// A command is so from now on, whatever its agent does.
    pub fn set_command_status(&mut self, now: Timestamp, id: &CommandId, status: CommandStatus) {
        self.advance(now);
        if let Some(record) = self.commands.get_mut(id)
            && status.has_ended()
        {
            record.stage = Stage::Ended;
        }
        self.enter_command_status(id, status);
        self.settle();
    }

    pub(super) fn settle_commands(&mut self) {
        let at = self.at;
        for agent in self.agents.values_mut() {
            if agent.away_until.is_some_and(|until| until <= at) {
                (agent.away_since, agent.away_until) = (None, None);
            }
        }
        self.commands
            .retain(|_, record| at < after(record.requested_at, HISTORY));
        let open = self.commands.values();
        let open = open.filter(|record| record.stage != Stage::Ended);
        let open: Vec<CommandId> = open.map(|record| record.id.clone()).collect();
        for id in open {
            while self.step_command(&id) {}
        }
    }

    pub(super) fn next_of_commands(&self, earliest: &mut Earliest) {
        for record in self.commands.values() {
            earliest.consider(after(record.requested_at, HISTORY));
            match &record.stage {
                Stage::Waits(from) => earliest.consider(*from),
                Stage::Runs {
                    end: Some((end, _)),
                    ..
                } => earliest.consider(*end),
                Stage::Runs { end: None, .. } => {}
                Stage::Ended => continue,
            }
            earliest.consider(record.expires_at);
        }
        for agent in self.agents.values() {
            agent
                .away_until
                .into_iter()
                .for_each(|until| earliest.consider(until));
        }
    }

    /// Whether something happened to this command at this moment; then more may.
    fn step_command(&mut self, id: &CommandId) -> bool {
        let at = self.at;
        let Some(record) = self.commands.get(id) else {
            return false;
        };
        let host = self.instances.get(&record.instance);
        let is_there = self.agent_is_there(&record.instance);
        let expires = at >= record.expires_at;
        match &record.stage {
            Stage::Ended => false,
            Stage::Waits(from) if at < *from => false,
            Stage::Waits(_) if host.is_none_or(|host| host.state.is_terminal()) => {
                self.end_command(id, CommandStatus::Undeliverable)
            }
            Stage::Waits(_) if record.status == CommandStatus::Pending => {
                self.enter_command_status(id, CommandStatus::InProgress);
                true
            }
            Stage::Waits(_) if expires => self.end_command(id, CommandStatus::DeliveryTimedOut),
            // One that was begun before a reboot goes on after it.
            Stage::Waits(_) if is_there && (at < record.begins_until || record.starts > 0) => {
                self.start_script(id)
            }
            Stage::Waits(_) => false,
            Stage::Runs { boots, end, .. } => {
                let lives = is_there && host.is_some_and(|host| host.boots == *boots);
                match end.clone() {
                    Some((end, ran)) if lives && at >= end => self.hear_of_end(id, ran),
                    None if lives => false,
                    _ if expires => self.end_command(id, CommandStatus::DeliveryTimedOut),
                    _ => false,
                }
            }
        }
    }

    fn start_script(&mut self, id: &CommandId) -> bool {
        let Some(record) = self.commands.get(id) else {
            return false;
        };
        let instance = record.instance.clone();
        let managed = self.managed(&instance);
        let knows = managed.and_then(|managed| managed.gives_parameters_by_environment());
        let (script, mut environment) = record
            .document
            .rendered(&record.parameters, knows.unwrap_or_default());
        environment.insert("AWS_SSM_INSTANCE_ID".to_owned(), instance.to_string());
        let region = self.settings.region.clone();
        environment.insert("AWS_SSM_REGION_NAME".to_owned(), region);
        let run = ScriptRun {
            command: id.clone(),
            number: record.starts + 1,
            instance: instance.clone(),
            document: record.document.name.clone(),
            script,
            environment,
            at: self.at,
            execution_timeout: record.document.execution_timeout,
        };
        let faults = self.faults.as_mut();
        let (doubled, away) = faults.map_or((false, None), |faults| {
            (faults.doubles_command(), faults.loses_agent())
        });
        let doubled = doubled || self.agent(&instance).runs_twice;
        let (shell, at) = (Arc::clone(&self.shell), self.at);
        let Some(host) = self.instances.get_mut(&instance) else {
            return false;
        };
        let started = shell.start(&run, host);
        let mut starts = run.number;
        if doubled {
            starts += 1;
            // What is told of it comes to nobody.
            let again = ScriptRun {
                number: starts,
                ..run.clone()
            };
            shell.start(&again, host);
        }
        let boots = host.boots;
        let end = match started {
            Started::Ends(took, ran) if took < run.execution_timeout => {
                Some((after(at, took), ran))
            }
            Started::Ends(_, ran) => Some((
                after(at, run.execution_timeout),
                Ran {
                    exit_code: None,
                    ..ran
                },
            )),
            Started::Runs => None,
        };
        if let Some(away) = away {
            let agent = self.agents.entry(instance).or_default();
            agent.away_since = Some(at);
            agent.away_until = Some(after(at, away));
        }
        if let Some(record) = self.commands.get_mut(id) {
            record.starts = starts;
            record.stage = Stage::Runs {
                number: run.number,
                boots,
                end,
            };
        }
        true
    }

    fn hear_of_end(&mut self, id: &CommandId, ran: Ran) -> bool {
        let at = self.at;
        let status = match ran.exit_code {
            Some(REBOOT) => return self.reboot_for(id),
            Some(0) => CommandStatus::Success,
            Some(_) => CommandStatus::Failed,
            None => CommandStatus::ExecutionTimedOut,
        };
        if let Some(record) = self.commands.get_mut(id) {
            record.told = Some(ran);
            record.ended_at = Some(at);
        }
        self.end_command(id, status)
    }

    fn reboot_for(&mut self, id: &CommandId) -> bool {
        let up_at = after(self.at, self.settings.boot_time);
        if let Some(record) = self.commands.get_mut(id) {
            record.stage = Stage::Waits(up_at);
            if let Some(host) = self.instances.get_mut(&record.instance)
                && host.state == InstanceState::Running
            {
                host.deaf_until = up_at;
                host.boots += 1;
            }
        }
        true
    }

    fn end_command(&mut self, id: &CommandId, status: CommandStatus) -> bool {
        if let Some(record) = self.commands.get_mut(id) {
            record.stage = Stage::Ended;
        }
        self.enter_command_status(id, status);
        true
    }

    fn enter_command_status(&mut self, id: &CommandId, status: CommandStatus) {
        if let Some(record) = self.commands.get_mut(id) {
            record.status = status;
        }
        self.tell_command(id);
    }

    /// Best effort in AWS (P-1), and the two do not say the same things of a command.
    pub(super) fn tell_command(&mut self, id: &CommandId) {
        let Some(record) = self.commands.get(id) else {
            return;
        };
        let shown = command(record);
        let mut detail = json!({
            "command-id": id,
            "document-name": shown.document,
            "requested-date-time": shown.requested_at.to_string(),
            "status": coarse(&record.status),
        });
        let instance = record.instance.clone();
        let arn = self.settings.arn("ec2", &format!("instance/{instance}"));
        let name = "EC2 Command Status-change Notification";
        self.emit("aws.ssm", name, std::slice::from_ref(&arn), detail.clone());
        detail["instance-id"] = json!(instance);
        let name = "EC2 Command Invocation Status-change Notification";
        self.emit("aws.ssm", name, &[arn], detail);
    }
}
