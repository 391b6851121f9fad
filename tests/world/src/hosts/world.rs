//! The world seen from outside, and the process that makes its namespaces.

use super::error::{Doing, HostsError};
use super::{Role, THIS_BINARY, bound, forbidden};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, getegid, geteuid, getppid, pidfd_open};
use rustix::thread::UnshareFlags;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::process::{Child, Command, ExitCode, ExitStatus};

/// A command that runs what is appended to it (a program, then its arguments) inside a new world,
/// as `sudo` runs what is appended to it. `roles` is the binary whose `main` calls
/// [`super::run_role`]; [`THIS_BINARY`] when it is the caller's own.
///
/// The program sees the caller's files and is root there (the caller outside), and its exit code is
/// passed on. The caller stays outside and keeps its network.
pub fn world_command(roles: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(roles);
    command
        .arg(Role::World.word())
        .arg(std::process::id().to_string());
    command
}

/// A running world; it is killed, with all in it, when this is dropped.
#[derive(Debug)]
pub struct World(Child);

impl World {
    /// Starts a [`world_command`].
    pub fn start(command: &mut Command) -> Result<Self, HostsError> {
        let child = command
            .spawn()
            .doing(format!("start {}", command.get_program().display()))?;
        Ok(Self(child))
    }

    /// Waits until the program inside has ended. A world that could not be made ends with
    /// [`super::ROLE_FAILED`] and has said why on standard error.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }

    /// Kills all in it.
    pub fn kill(&mut self) -> io::Result<()> {
        self.0.kill()
    }

    /// The process outside that stands for the world; for its pipes and id.
    pub fn process(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Both fail only when it has ended already, which is what we want.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Makes the namespaces, starts PID 1 in them, and ends them when the process outside is gone.
///
/// The parent-death signal would follow the *thread* outside that called [`World::start`], and
/// threads end earlier than processes; so this process watches the caller's pidfd instead. PID 1 is
/// bound to this process by the parent-death signal, since this process has one thread.
pub(super) fn play(args: &[OsString]) -> Result<ExitCode, HostsError> {
    let (outside, program) = args
        .split_first()
        .ok_or_else(|| HostsError::new("start a world", "the process outside is not named"))?;
    let outside = watch(outside)?;
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    bound::unshare(
        UnshareFlags::NEWUSER
            | UnshareFlags::NEWNET
            | UnshareFlags::NEWPID
            | UnshareFlags::NEWNS
            | UnshareFlags::NEWUTS,
    )
    .map_err(forbidden::explain)
    .doing("make the world's namespaces")?;
    write("/proc/self/setgroups", "deny")?;
    write("/proc/self/uid_map", &format!("0 {uid} 1"))?;
    write("/proc/self/gid_map", &format!("0 {gid} 1"))?;

    let mut command = Command::new(THIS_BINARY);
    command.arg(Role::WorldInit.word()).args(program);
    let mut init = bound::spawn(command).doing("start the world's init")?;
    let running =
        pidfd_open(Pid::from_child(&init), PidfdFlags::empty()).doing("watch the world's init")?;

    let mut ends = [
        PollFd::new(&outside, PollFlags::IN),
        PollFd::new(&running, PollFlags::IN),
    ];
    while let Err(error) = poll(&mut ends, None) {
        if error != Errno::INTR {
            return Err(HostsError::new("watch the world's processes", error));
        }
    }
    if ends[1].revents().is_empty() {
        init.kill().doing("end the world")?;
    }
    init.wait().map(bound::code).doing("await the world's init")
}

/// A file descriptor that becomes readable when the process outside ends.
fn watch(outside: &OsStr) -> Result<rustix::fd::OwnedFd, HostsError> {
    let pid = outside
        .to_str()
        .and_then(|text| text.parse().ok())
        .and_then(Pid::from_raw)
        .ok_or_else(|| HostsError::new("start a world", "that is no process id"))?;
    let fd = pidfd_open(pid, PidfdFlags::empty()).doing("watch the process outside")?;
    // Now the id cannot be reused: either it is our parent, or our parent is gone.
    if getppid() != Some(pid) {
        return Err(HostsError::new(
            "start a world",
            "the process outside is gone",
        ));
    }
    Ok(fd)
}

fn write(path: &str, text: &str) -> Result<(), HostsError> {
    fs::write(path, text)
        .map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::PERM | Errno::ACCESS) => forbidden::explain(Errno::PERM),
            _ => error.to_string(),
        })
        .doing(format!("write {path}"))
}
