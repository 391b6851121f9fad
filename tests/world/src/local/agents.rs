//! The agents of the local world: they run the scripts of commands on the hosts, and tell the model how they
//! ended.

use super::keeper::{Keeper, LOOK, is_on};
use crate::clock::Clock;
use crate::deployment::{Journal, lock};
use crate::hosts::Host;
use crate::model::{HostShell, InstanceRecord, Model, ScriptRun, Started};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, JoinSet};

/// Where the model's scripts go.
#[derive(Debug)]
pub(super) struct HostAgents(UnboundedSender<Begun>);

/// Scripts that have been started and that nobody has run yet.
pub(super) type Scripts = UnboundedReceiver<Begun>;

/// A script that has been started.
#[derive(Debug)]
pub(super) struct Begun {
    run: ScriptRun,
    /// Of its host: with the next boot it is dead.
    boots: u32,
}

impl HostAgents {
    pub(super) fn new() -> (Self, Scripts) {
        let (sender, scripts) = unbounded_channel();
        (Self(sender), scripts)
    }
}

impl HostShell for HostAgents {
    fn start(&self, run: &ScriptRun, instance: &mut InstanceRecord) -> Started {
        let begun = Begun {
            run: run.clone(),
            boots: instance.boots,
        };
        // Fails only when the world ends.
        let _ = self.0.send(begun);
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
    pub(super) doom: Doom,
}

/// The line before which the first script that comes to it is killed, with all that it has started in its
/// process group.
#[derive(Clone, Default)]
pub(super) struct Doom(Arc<Mutex<Option<String>>>);

impl Doom {
    pub(super) fn before(&self, line: &str) {
        *lock(&self.0) = Some(line.to_owned());
    }

    /// The line, and the script as it is run.
    fn put_into(&self, script: &str) -> Option<(String, String)> {
        let doomed = lock(&self.0).clone()?;
        let mut lines: Vec<&str> = script.lines().collect();
        let at = lines.iter().position(|line| line.trim() == doomed)?;
        lines.insert(at, "kill -KILL 0");
        Some((doomed, lines.join("\n")))
    }

    /// It has come, and comes once.
    fn has_come(&self, line: &str) {
        lock(&self.0).take_if(|doomed| doomed == line);
    }
}

/// The agents at work; all of them stop when it is dropped.
pub(super) struct AtWork(JoinHandle<()>);

impl Agents {
    pub(super) fn work(self, mut scripts: Scripts) -> AtWork {
        AtWork(tokio::spawn(async move {
            let mut running = JoinSet::new();
            loop {
                tokio::select! {
                    begun = scripts.recv() => match begun {
                        Some(begun) => drop(running.spawn(self.clone().run(begun))),
                        None => return,
                    },
                    Some(_) = running.join_next() => {}
                }
            }
        }))
    }

    /// Runs one script, and tells of it. On a host that is switched off, nobody does.
    async fn run(self, begun: Begun) {
        let Some(host) = self.host(&begun).await else {
            return;
        };
        let mut run = begun.run;
        let doomed = self.doom.put_into(&run.script);
        let doomed = doomed.map(|(line, script)| {
            run.script = script;
            line
        });
        let began = Instant::now();
        let paced = self.keeper.script_begins().await;
        let ran = host.run_script(&run, &self.folder).await;
        let paced = paced.and(self.keeper.script_ends().await);
        match paced.and(ran) {
            Ok(ran) => {
                if let (Some(line), None) = (doomed, ran.exit_code) {
                    self.doom.has_come(&line);
                }
                let took = (run.command.clone(), began.elapsed());
                lock(&self.journal).scripts.push(took);
                let now = self.clock.now();
                lock(&self.model).script_ended(now, &run.command, run.number, ran);
            }
            Err(error) => lock(&self.journal).broken = Some(error.to_string()),
        }
    }

    /// The host of a script. AWS says that an instance runs a moment before the keeper has switched its host on.
    async fn host(&self, begun: &Begun) -> Option<Arc<Host>> {
        let id = &begun.run.instance;
        loop {
            if let Some(host) = self.keeper.booted(id, begun.boots).await {
                return Some(host);
            }
            let lives = {
                let model = lock(&self.model);
                let instance = model.instance(id);
                instance.is_some_and(|found| is_on(found) && found.boots == begun.boots)
            };
            if !lives {
                return None;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_with_that_line_is_killed_before_it_and_no_other() {
        let doom = Doom::default();
        assert_eq!(doom.put_into("a\n  b\n"), None);
        doom.before("b");
        assert_eq!(doom.put_into("a\nb c\n"), None);
        let doomed = doom.put_into("a\n  b\nb\n");
        let doomed = doomed.expect("a script");
        assert_eq!(
            doomed,
            ("b".to_owned(), "a\nkill -KILL 0\n  b\nb".to_owned())
        );
        doom.has_come("c");
        assert!(doom.put_into("b").is_some());
        doom.has_come("b");
        assert_eq!(doom.put_into("a\n  b\n"), None);
    }
}
