//! A process of the world that is not our child: found on a host, signalled, awaited.

use super::error::{Doing, HostsError};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

/// How often it is looked at whether a process has ended.
const LOOK: Duration = Duration::from_millis(5);

/// A process: an id that cannot come to mean another one.
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    fd: OwnedFd,
}

impl Process {
    pub(super) fn open(pid: Pid) -> rustix::io::Result<Self> {
        let fd = pidfd_open(pid, PidfdFlags::empty())?;
        Ok(Self { pid, fd })
    }

    /// Its id as the world sees it.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Sends it a signal; one that has ended already needs none.
    pub fn signal(&self, signal: Signal) -> Result<(), HostsError> {
        match pidfd_send_signal(&self.fd, signal) {
            Err(Errno::SRCH) => Ok(()),
            done => done.doing(format!("signal process {}", self.id())),
        }
    }

    /// Waits until it has ended.
    pub async fn ended(&self) -> Result<(), HostsError> {
        loop {
            let mut end = [PollFd::new(&self.fd, PollFlags::IN)];
            match poll(&mut end, Some(&Timespec::default())) {
                Ok(0) | Err(Errno::INTR) => tokio::time::sleep(LOOK).await,
                done => {
                    return done
                        .map(|_| ())
                        .doing(format!("watch process {}", self.id()));
                }
            }
        }
    }

    /// Whether all its threads stand still, as after a STOP that has reached it.
    pub fn is_stopped(&self) -> bool {
        let Ok(threads) = fs::read_dir(format!("/proc/{}/task", self.id())) else {
            return false;
        };
        let mut states = threads.flatten().map(|thread| state(&thread.path()));
        states.all(|state| state == Some('T'))
    }
}

/// The processes in the PID namespace of this init whose arguments are like that.
pub(super) fn in_namespace_of(
    init: &Process,
    like: impl Fn(&[String]) -> bool,
) -> io::Result<Vec<Process>> {
    let namespace = |pid: Pid| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    let Some(wanted) = namespace(init.pid) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name
            .to_str()
            .and_then(|name| Pid::from_raw(name.parse().ok()?))
        else {
            continue;
        };
        if pid == init.pid {
            continue;
        }
        // Opened before it is looked at, so that what is seen is this process's.
        let Ok(process) = Process::open(pid) else {
            continue;
        };
        if namespace(pid).as_ref() == Some(&wanted) && arguments(pid).is_some_and(|a| like(&a)) {
            found.push(process);
        }
    }
    Ok(found)
}

/// A process's arguments; none of one that has ended. In the middle of an exec there are none for
/// a moment.
fn arguments(pid: Pid) -> Option<Vec<String>> {
    loop {
        let text = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        if !text.is_empty() {
            let parts = text.split_inclusive(|byte| *byte == 0);
            let parts = parts.map(|part| part.strip_suffix(&[0]).unwrap_or(part));
            return Some(
                parts
                    .map(|part| String::from_utf8_lossy(part).into())
                    .collect(),
            );
        }
        if matches!(state(Path::new(&format!("/proc/{pid}")))?, 'Z' | 'X') {
            return None;
        }
        std::thread::yield_now();
    }
}

/// The state of a process or thread, by its folder in `/proc`.
fn state(of: &Path) -> Option<char> {
    let stat = fs::read_to_string(of.join("stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.chars().next()
}
