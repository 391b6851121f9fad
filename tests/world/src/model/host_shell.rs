//! What a command's script does on its host, behind one trait: in memory a stand-in says it at once, and
//! on the world's real hosts the script itself runs, which is told later.

use super::InstanceRecord;
use fleet::words::{CommandId, DocumentName, InstanceId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// A script that an agent starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptRun {
    /// The command that it is part of.
    pub command: CommandId,
    /// Which start of it: 1 as a rule, more after a reboot, or if the command came twice.
    pub number: u32,
    /// The host.
    pub instance: InstanceId,
    /// The document.
    pub document: DocumentName,
    /// The text of the script, as the agent wrote it.
    pub script: String,
    /// What the agent adds to the environment: `AWS_SSM_INSTANCE_ID`, `AWS_SSM_REGION_NAME`, and
    /// `SSM_<name>` for each parameter that comes so.
    pub environment: BTreeMap<String, String>,
    /// When it is started.
    pub at: Timestamp,
    /// The agent kills it after that time.
    pub execution_timeout: Duration,
}

impl ScriptRun {
    /// The value of the parameter of this name, if it came by the environment.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.environment
            .get(&format!("SSM_{name}"))
            .map(String::as_str)
    }
}

/// How a script ended, and what it had said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code; `None` if it was killed after its execution time-out.
    pub exit_code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Ran {
    /// A script that said this and ended so.
    pub fn saying(stdout: impl Into<String>, exit_code: i32) -> Self {
        Self {
            exit_code: Some(exit_code),
            stdout: stdout.into(),
            stderr: String::new(),
        }
    }
}

/// What came of the start of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It ends so, and so much later in AWS's time.
    Ends(Duration, Ran),
    /// It runs, and its end is told by [`Model::script_ended`](super::Model::script_ended).
    Runs,
}

/// Where scripts run.
pub trait HostShell: fmt::Debug + Send + Sync {
    /// An agent starts a script. A stand-in does with what stands on the host what the script would do.
    fn start(&self, run: &ScriptRun, host: &mut InstanceRecord) -> Started;
}

/// The stand-in that a world begins with: every script does nothing, says nothing, and ends with 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idle;

impl HostShell for Idle {
    fn start(&self, _: &ScriptRun, _: &mut InstanceRecord) -> Started {
        Started::Ends(Duration::from_secs(1), Ran::saying("", 0))
    }
}

/// A stand-in by a function.
pub struct Scripted<F>(pub F);

impl<F> fmt::Debug for Scripted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scripted")
    }
}

impl<F> HostShell for Scripted<F>
where
    F: Fn(&ScriptRun, &mut InstanceRecord) -> Started + Send + Sync,
{
    fn start(&self, run: &ScriptRun, host: &mut InstanceRecord) -> Started {
        (self.0)(run, host)
    }
}
