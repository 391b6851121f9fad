//! Walking into a host: the process that stands outside for a program that runs inside.

use super::bound;
use super::error::{Doing, HostsError};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use rustix::thread::{ThreadNameSpaceType, move_into_thread_name_spaces};
use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// Runs `<init's pid> <program> <args>`. Only a child is in the entered PID namespace, so this
/// process stays as its parent and passes its end on.
pub(super) fn play(args: &[OsString]) -> Result<ExitCode, HostsError> {
    let [pid, program, args @ ..] = args else {
        return Err(HostsError::new(
            "enter a host",
            "host and program are not named",
        ));
    };
    let pid = pid
        .to_str()
        .and_then(|text| text.parse().ok())
        .and_then(Pid::from_raw)
        .ok_or_else(|| HostsError::new("enter a host", "that is no process id"))?;
    let directory = env::current_dir().doing("find the working directory")?;
    let host = pidfd_open(pid, PidfdFlags::empty()).doing("find the host's init")?;
    move_into_thread_name_spaces(
        rustix::fd::AsFd::as_fd(&host),
        ThreadNameSpaceType::NETWORK
            | ThreadNameSpaceType::PROCESS_ID
            | ThreadNameSpaceType::MOUNT
            | ThreadNameSpaceType::HOST_NAME_AND_NIS_DOMAIN_NAME,
    )
    .doing("enter the host's namespaces")?;
    // Entering a mount namespace leads to its root.
    env::set_current_dir(&directory)
        .doing(format!("return to {} on the host", directory.display()))?;
    let mut command = Command::new(program);
    command.args(args);
    let mut child = bound::spawn(command).doing(format!("start {}", program.display()))?;
    child.wait().map(bound::code).doing("await the program")
}
