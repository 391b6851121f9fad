//! Scripts of commands on a real host, run as the SSM Agent runs them. What is not in a guide is how the
//! agent's own code does it (aws/amazon-ssm-agent, `agent/executers`, `agent/plugins/runscript`): the script is a
//! file that `sh -c` is given the path of, with the host's root as its user; standard output and error are
//! files, so a process that the script leaves behind keeps nobody waiting; and what takes too long is
//! killed as a process group, so a process in a session of its own stays.

use super::error::{Doing, HostsError};
use super::host::Host;
use crate::model::{Ran, ScriptRun};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use tokio::process::Child;
use tokio::time::timeout;

/// What systemd gives a service, and so the agent its scripts.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl Host {
    /// Runs a script to its end, in real time. `folder` is where its files stand for that time; the host
    /// must see it, too.
    pub async fn run_script(&self, run: &ScriptRun, folder: &Path) -> Result<Ran, HostsError> {
        let doing = || format!("run {} on {}", run.document, self.name());
        let place = tempfile::tempdir_in(folder).doing(doing())?;
        let at = |name: &str| place.path().join(name);
        fs::write(at("_script.sh"), &run.script).doing(doing())?;
        fs::set_permissions(at("_script.sh"), Permissions::from_mode(0o700)).doing(doing())?;
        let file = |name: &str| File::create(at(name)).map(Stdio::from).doing(doing());
        let mut child = self
            .command("sh")
            .arg("-c")
            .arg(at("_script.sh"))
            .env_clear()
            .env("PATH", PATH)
            .env("LANG", "C.UTF-8")
            .envs(&run.environment)
            .current_dir("/usr/bin")
            .stdin(Stdio::null())
            .stdout(file("stdout")?)
            .stderr(file("stderr")?)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .doing(doing())?;
        let ended = match timeout(run.execution_timeout, child.wait()).await {
            Ok(ended) => Some(ended.doing(doing())?),
            Err(_) => {
                kill(&mut child).await.doing(doing())?;
                None
            }
        };
        let said = |name: &str| fs::read(at(name)).doing(doing());
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Ran {
            exit_code: ended.and_then(|ended: ExitStatus| ended.code()),
            stdout: text(said("stdout")?),
            stderr: text(said("stderr")?),
        })
    }
}

/// The script and what it has started, but for what has a session of its own.
async fn kill(child: &mut Child) -> std::io::Result<()> {
    let group = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
    match group.map(|group| kill_process_group(group, Signal::KILL)) {
        // It ended at the last moment.
        None | Some(Ok(()) | Err(rustix::io::Errno::SRCH)) => {}
        Some(Err(error)) => return Err(error.into()),
    }
    child.wait().await.map(|_| ())
}
