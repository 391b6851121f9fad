//! What may never be, whatever was lost, late or wrong.

use super::history::History;
use crate::one_broker::laws::mode;
use fleet::words::{InstanceId, NodeId};
use push_listeners::documents::{Document, generation_of};
use std::collections::BTreeMap;
use tests::CLUSTER;
use tests::history::Broken;

impl History {
    /// The laws of every moment.
    pub(super) fn check(&mut self) -> Result<(), Broken> {
        let down = self.stage.down();
        self.theirs.retain(|node| down.contains(node));
        let ours: Vec<&NodeId> = down.iter().filter(|it| !self.theirs.contains(it)).collect();
        match ours.len() {
            0 | 1 => self.check_restarts(),
            _ => Err(format!("down at once by our hand: {ours:?}")),
        }
    }

    /// The laws of a run that has just ended.
    pub(super) fn check_sent(&mut self, is_gap: bool) -> Result<(), Broken> {
        let apply = Document::Apply.name(&CLUSTER.into());
        let model = self.stage.model();
        let new = model.commands().filter(|it| !self.known.contains(&it.id));
        let new: Vec<_> = new.cloned().collect();
        drop(model);
        self.known.extend(new.iter().map(|it| it.id.clone()));
        if new.len() > 1 {
            return Err(format!("one command in a run, not {}", new.len()));
        }
        let stops = |command| ["edit", "restart"].contains(&mode(command).as_str());
        for command in new.iter().filter(|it| it.document.name == apply) {
            if is_gap {
                return Err(format!("nothing is changed on a gap: {}", command.comment));
            }
            if stops(command) {
                self.check_stop(&command.instance, &command.comment)?;
            }
        }
        Ok(())
    }

    /// A broker is about to be stopped: every other one is up, and what can be written still can be without
    /// it, but for what has no more replicas than it needs.
    fn check_stop(&self, instance: &InstanceId, comment: &str) -> Result<(), Broken> {
        let node = self
            .stage
            .model()
            .instance(instance)
            .and_then(|it| it.kafka.node_id);
        let others: Vec<NodeId> = self
            .stage
            .down()
            .into_iter()
            .filter(|it| Some(*it) != node)
            .collect();
        if !others.is_empty() {
            return Err(format!("{comment}, while {others:?} are down"));
        }
        let lost: Vec<String> = self.stage.edit_cluster(|cluster| {
            let own = cluster.partitions().filter(|(_, min, it)| {
                let min = usize::try_from(*min).unwrap_or_default();
                let left = it.isr.iter().filter(|it| Some(**it) != node).count();
                let has = node.is_some_and(|node| it.replicas.contains(&node));
                has && it.replicas.len() > min && left < min
            });
            own.map(|(name, _, _)| name).collect()
        });
        match lost.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "{comment}, and {lost:?} lose their last replicas in sync"
            )),
        }
    }

    /// A broker is restarted once for a generation.
    fn check_restarts(&self) -> Result<(), Broken> {
        let apply = Document::Apply.name(&CLUSTER.into());
        let model = self.stage.model();
        let mut restarts: BTreeMap<(String, i64), u32> = BTreeMap::new();
        for command in model.commands().filter(|it| it.document.name == apply) {
            let said = command.told.as_ref().map_or("", |it| it.stdout.as_str());
            let is_new = !said.contains(r#""again":true"#);
            // What was stopped by others and is started is healed, and not rolled.
            let is_roll = ["edit", "restart"].contains(&mode(command).as_str());
            let has_started = said.contains(r#""outcome":"started""#) && is_new && is_roll;
            let generation = generation_of(&command.comment);
            if let Some(generation) = generation.filter(|_| has_started) {
                let key = (command.instance.to_string(), generation);
                *restarts.entry(key).or_default() += 1;
            }
        }
        let twice = restarts.iter().find(|(_, count)| **count > 1);
        match twice {
            None => Ok(()),
            Some((key, count)) => Err(format!(
                "restarted {count} times for one generation: {key:?}"
            )),
        }
    }
}
