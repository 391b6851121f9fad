//! PID 1 of a world: sets up what is new in it, starts the program, reaps orphans.

use super::error::{Doing, HostsError};
use super::{bound, forbidden, links};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use std::ffi::OsString;
use std::fs;
use std::process::{Command, ExitCode};

/// The host name inside a world.
const HOST_NAME: &str = "kafka-privatelink-world";

/// Whether this process is inside a world; on a host of it, it is not.
pub fn is_inside_world() -> bool {
    rustix::system::uname().nodename().to_bytes() == HOST_NAME.as_bytes()
}

/// Links and mounts may be changed inside only: outside they are the machine's own.
pub(super) fn must_be_inside() -> Result<(), &'static str> {
    if is_inside_world() {
        Ok(())
    } else {
        Err("this process is not inside a world")
    }
}

/// Runs the program as a child of its own, so that the children of the program (whose exit status
/// tokio and std wait for) and the orphans (which end here) never have the same parent.
pub(super) fn play(args: &[OsString]) -> Result<ExitCode, HostsError> {
    let (program, args) = args
        .split_first()
        .ok_or_else(|| HostsError::new("start a world", "no program is named"))?;
    rustix::system::sethostname(HOST_NAME.as_bytes()).doing("name the world")?;
    own_proc()?;
    // A new network namespace takes this setting over from the machine, where a container engine
    // may have turned it on; a consumer must reach nothing but its endpoints.
    fs::write("/proc/sys/net/ipv4/ip_forward", "0").doing("turn forwarding off")?;
    many_files()?;
    links::run(async {
        let links = links::Links::open()?;
        links.up("lo").await
    })?;
    let child = Command::new(program)
        .args(args)
        .spawn()
        .doing(format!("start {}", program.display()))?;
    bound::reap_until(Pid::from_child(&child)).doing("await the world's program")
}

/// Gives this PID namespace its own `/proc`, out of sight of the parent's mounts.
pub(super) fn own_proc() -> Result<(), HostsError> {
    mount_change(
        "/",
        MountPropagationFlags::PRIVATE | MountPropagationFlags::REC,
    )
    .map_err(forbidden::explain)
    .doing("keep mounts to itself")?;
    mount(
        "proc",
        "/proc",
        "proc",
        MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC,
        None,
    )
    .map_err(forbidden::explain)
    .doing("mount /proc")
}

/// 50 listeners on three nodes and three endpoints, and two sockets for each connection, do not fit
/// into the usual soft limit of 1024 files.
fn many_files() -> Result<(), HostsError> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, limit).doing("raise the limit of open files")
}
