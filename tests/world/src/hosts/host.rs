//! One host: started, entered, unplugged, switched off.

use super::Role;
use super::date::Date;
use super::error::{Doing, HostsError};
use super::links::Links;
use super::network::Bridge;
use super::process::{self, Process};
use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// What the init of a host needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) address: Ipv4Addr,
    pub(super) prefix: u8,
    pub(super) etc_hosts: String,
    /// What is its own, if it is a machine.
    pub(super) own: Option<Own>,
}

/// What a machine has for itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct Own {
    /// Where what is written to its own folders is kept.
    pub folder: PathBuf,
    /// What its clock shows.
    pub date: Date,
}

/// What the init of a host says when it is set up.
pub(super) const READY: &str = "ready";

/// A running host; dropping it switches it off.
#[derive(Debug)]
pub struct Host {
    name: String,
    address: Ipv4Addr,
    roles: PathBuf,
    links: Links,
    link: String,
    _starter: Child,
    init: Process,
}

impl Host {
    pub(super) async fn start(
        plan: Plan,
        bridge: Bridge,
        link: String,
        roles: &Path,
        links: &Links,
    ) -> Result<Self, HostsError> {
        let mut starter = Command::new(roles)
            .arg(Role::Host.word())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .doing(format!("start {}", roles.display()))?;
        let (Some(mut orders), Some(reports)) = (starter.stdin.take(), starter.stdout.take())
        else {
            return Err(HostsError::new("start its init", "pipes are missing"));
        };
        let mut reports = BufReader::new(reports).lines();
        let init = find(&report(&mut reports).await?)?;
        links
            .add_pair(&link, bridge.name(), init.id(), hardware(plan.address))
            .await?;
        let text = serde_json::to_vec(&plan).doing("describe it")?;
        orders.write_all(&text).await.doing("instruct its init")?;
        drop(orders);
        match report(&mut reports).await? {
            word if word == READY => Ok(Self {
                name: plan.name,
                address: plan.address,
                roles: roles.to_owned(),
                links: links.clone(),
                link,
                _starter: starter,
                init,
            }),
            problem => Err(HostsError::new("set it up", problem)),
        }
    }

    /// Its host name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address.
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// The binary with the roles, which is also what stands in for programs on hosts.
    pub(crate) fn roles(&self) -> &Path {
        &self.roles
    }

    /// A command that runs on this host: on its network, among its processes, with its hosts file;
    /// working directory, environment and pipes are the command's. The program dies with the host,
    /// and a moment after the command's process if that is killed; its exit code is passed on,
    /// 128 + n for a signal. Who needs it gone awaits it among [`Self::processes`].
    /// Signals other than KILL reach it only from inside (`kill` run on the host).
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(&self.roles);
        command
            .arg(Role::Enter.word())
            .arg(self.init.id().to_string())
            .arg(program);
        command
    }

    /// Like [`Self::command`], for a sub-command of the roles' own binary.
    pub fn own_command(&self) -> Command {
        self.command(&self.roles)
    }

    /// Pulls the cable: packets to and from it are lost, its processes go on.
    pub async fn unplug(&self) -> Result<(), HostsError> {
        self.links.down(&self.link).await
    }

    /// Plugs the cable in again.
    pub async fn plug(&self) -> Result<(), HostsError> {
        self.links.up(&self.link).await
    }

    /// Kills all its processes at once and removes its link. The kernel closes their connections,
    /// so peers are told; for a silent death [`Self::unplug`] it first.
    pub async fn kill(&self) -> Result<(), HostsError> {
        self.init.signal(Signal::KILL)?;
        // The kernel ends an init after everything else in its namespace.
        self.init.ended().await?;
        self.links.remove(&self.link).await
    }

    /// The processes on it that were started with arguments like these, the program's name first;
    /// its init and what has ended are not among them.
    pub fn processes(&self, like: impl Fn(&[String]) -> bool) -> Result<Vec<Process>, HostsError> {
        process::in_namespace_of(&self.init, like)
            .doing(format!("look at the processes of {}", self.name))
    }
}

/// Drop comes before the fields' own, so that nothing outlives the host.
impl Drop for Host {
    fn drop(&mut self) {
        // Fails only when it is dead already. The kernel then removes the link with the namespace.
        let _ = self.init.signal(Signal::KILL);
    }
}

fn find(report: &str) -> Result<Process, HostsError> {
    let pid = report.parse::<i32>().ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| HostsError::new("start its init", report))?;
    Process::open(pid).doing("watch its init")
}

async fn report(reports: &mut Lines<BufReader<ChildStdout>>) -> Result<String, HostsError> {
    reports
        .next_line()
        .await
        .doing("listen to its init")?
        .ok_or_else(|| HostsError::new("set it up", "its init ended; see standard error"))
}

/// A hardware address that follows from the address, so that a host that takes over another's
/// address is reached at once, whatever the neighbours remember.
pub(super) fn hardware(address: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = address.octets();
    [0x02, 0, a, b, c, d]
}
