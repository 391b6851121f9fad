//! Children whose life is bound to their parent's, and how their ends are passed on.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};
use rustix::thread::UnshareFlags;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitCode, ExitStatus};

/// Starts a child that is killed when the calling thread ends: the parent-death signal follows the
/// *thread* that forked, so only single-threaded processes may call this.
///
/// The parent may die before the child has asked for that signal, and `getppid` cannot tell across
/// PID namespaces. So the child looks at a pipe that only the parent still holds open.
#[allow(unsafe_code)]
pub(super) fn spawn(mut command: Command) -> io::Result<Child> {
    let mut pipe = Some(pipe_with(PipeFlags::CLOEXEC)?);
    let bind = move || {
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        let Some((reader, writer)) = pipe.take() else {
            return Err(io::ErrorKind::Other.into());
        };
        drop(writer);
        let mut ends = [PollFd::new(&reader, PollFlags::IN)];
        poll(&mut ends, Some(&Timespec::default()))?;
        if ends[0].revents().is_empty() {
            Ok(())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    };
    // SAFETY: between fork and exec the closure only makes system calls (prctl, close, poll); it
    // takes no lock and allocates nothing.
    unsafe { command.pre_exec(bind) };
    command.spawn()
}

/// Moves this process into new namespaces; a new PID namespace begins with its next child.
#[allow(unsafe_code)]
pub(super) fn unshare(namespaces: UnshareFlags) -> rustix::io::Result<()> {
    assert!(!namespaces.contains(UnshareFlags::FILES));
    // SAFETY: the file descriptor table stays shared, as asserted.
    unsafe { rustix::thread::unshare_unsafe(namespaces) }
}

/// The exit code that passes on how a child ended, with a shell's convention for signals.
pub(super) fn code(status: ExitStatus) -> ExitCode {
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => u8::try_from(code).unwrap_or(u8::MAX),
        (None, Some(signal)) => by_signal(signal),
        (None, None) => u8::MAX,
    };
    ExitCode::from(code)
}

/// Reaps every child until `main` ends, and passes on how it did. For an init that has started
/// nothing but `main`: all the others are orphans, whose status nobody waits for.
pub(super) fn reap_until(main: Pid) -> io::Result<ExitCode> {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == main => return Ok(wait_code(status)),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reaps the orphans that have ended by now.
pub(super) fn reap_orphans() -> io::Result<()> {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) | Err(Errno::CHILD) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn wait_code(status: WaitStatus) -> ExitCode {
    code(ExitStatus::from_raw(status.as_raw()))
}

fn by_signal(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(script: &str) -> ExitCode {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        code(spawn(command).unwrap().wait().unwrap())
    }

    #[test]
    fn an_exit_code_is_passed_on() {
        assert_eq!(ended("exit 0"), ExitCode::from(0));
        assert_eq!(ended("exit 7"), ExitCode::from(7));
    }

    #[test]
    fn a_death_by_signal_is_told_as_a_shell_tells_it() {
        assert_eq!(ended("kill -9 $$"), ExitCode::from(137));
    }

    #[test]
    fn a_child_dies_with_the_thread_that_started_it() {
        let mut child = std::thread::spawn(|| {
            let mut command = Command::new("sleep");
            command.arg("600");
            spawn(command).unwrap()
        })
        .join()
        .unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
    }
}
