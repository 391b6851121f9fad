//! The agents of the local world: they run the scripts of commands on the hosts, and tell the model how they
//! ended.

use super::keeper::Keeper;
use crate::clock::Clock;
use crate::deployment::{Journal, lock};
use crate::hosts::Host;
use crate::model::{HostShell, InstanceRecord, Model, ScriptRun, Started};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, JoinSet};

/// Where the model's scripts go.
#[derive(Debug)]
pub(super) struct HostAgents(UnboundedSender<ScriptRun>);

/// Scripts that have been started and that nobody has run yet.
pub(super) type Scripts = UnboundedReceiver<ScriptRun>;

impl HostAgents {
    pub(super) fn new() -> (Self, Scripts) {
        let (sender, scripts) = unbounded_channel();
        (Self(sender), scripts)
    }
}

impl HostShell for HostAgents {
    fn start(&self, run: &ScriptRun, _: &mut InstanceRecord) -> Started {
        // Fails only when the world ends.
        let _ = self.0.send(run.clone());
        Started::Runs
    }
}

/// What the agents work with.
#[derive(Clone)]
pub(super) struct Agents {
    pub(super) model: Arc<Mutex<Model>>,
    pub(super) clock: Clock,
    pub(super) keeper: Arc<Keeper>,
    pub(super) journal: Arc<Mutex<Journal>>,
    /// Where scripts are kept while they run.
    pub(super) folder: PathBuf,
}

/// The agents at work; all of them stop when it is dropped.
pub(super) struct AtWork(JoinHandle<()>);

impl Agents {
    pub(super) fn work(self, mut scripts: Scripts) -> AtWork {
        AtWork(tokio::spawn(async move {
            let mut running = JoinSet::new();
            loop {
                tokio::select! {
                    run = scripts.recv() => match run {
                        Some(run) => drop(running.spawn(self.clone().run(run))),
                        None => return,
                    },
                    Some(_) = running.join_next() => {}
                }
            }
        }))
    }

    /// Runs one script, and tells of it. On a host that is switched off, nobody does.
    async fn run(self, run: ScriptRun) {
        let host = self
            .keeper
            .on(&run.instance, |running| Arc::clone(&running.host));
        let host: Option<Arc<Host>> = host.await;
        let Some(host) = host else { return };
        match host.run_script(&run, &self.folder).await {
            Ok(ran) => {
                let now = self.clock.now();
                lock(&self.model).script_ended(now, &run.command, run.number, ran);
            }
            Err(error) => lock(&self.journal).broken = Some(error.to_string()),
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.abort();
    }
}
