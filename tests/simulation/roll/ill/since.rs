//! What becomes of hosts by themselves: they boot, and what replaces one begins anew.

use super::super::brokers::By;
use super::super::history::History;
use fleet::healing::Rung;
use fleet::tags;
use tests::listeners::kafka;
use world::model::InstanceRecord;

impl History<'_> {
    /// Who replaced a broker's instance has a machine of its own, with the first file, and with the data if they stay.
    pub(super) fn adopt(&mut self, at: usize) {
        let (id, node) = (self.brokers[at].id.clone(), self.brokers[at].node);
        let model = self.stage.model();
        let is_live = |it: &&InstanceRecord| ["pending", "running"].contains(&it.state.as_str());
        let is_it = |it: &&InstanceRecord| {
            it.tags.get(tags::NODE_ID) == Some(&node.to_string()) && is_live(it)
        };
        let is_there = model.instance(&id).is_some_and(|it| is_live(&it));
        let next = model.instances().find(|it| is_it(it) && it.id != id);
        let next = next.map(|it| it.id.clone());
        let before = model.instance(&id).cloned();
        drop(model);
        let (Some(next), Some(before), false) = (next, before, is_there) else {
            return;
        };
        let file = self.brokers[at].first.clone();
        self.stage.machine(&next, node.get(), &file);
        let named = before
            .tags
            .get(tags::KEEPS_DISK)
            .map(|it| it.as_str().into());
        let stays = named.is_some_and(|it| before.volumes.get(&it) == Some(&false));
        match stays {
            true => self.stage.keeps_disk(&next),
            false => self.stage.on_host(&next, |host, _| host.is_empty = true),
        }
        let what = format!("broker {node} is on {next}, and has its data: {stays}");
        self.tell("replaced", &what);
        let broker = &mut self.brokers[at];
        (broker.id, broker.pid, broker.is_up) = (next, None, false);
        broker.missing = Some(By::Others);
        broker.file = file.into_bytes();
    }

    /// A host that booted runs what its systemd starts, or nothing.
    pub(super) fn boot(&mut self, at: usize) {
        let id = self.brokers[at].id.clone();
        let boots = self.stage.model().instance(&id).map(|it| it.boots);
        let boots = boots.unwrap_or_default();
        let before = self.cares.boots.insert(id.clone(), boots);
        if before.is_none_or(|before| before == boots) {
            return;
        }
        let was_ours = self.cares.begun.iter().rev();
        let mut was_ours = was_ours.filter(|it| it.node == self.brokers[at].node);
        let is_ours = was_ours.next().is_some_and(|it| it.rung == Rung::Reboot);
        let (orderly, starts) = (self.setup.dice.bool(), self.setup.dice.bool());
        // Who puts everything in order waits for a replacement, and starts its broker.
        let starts = starts || self.is_calm && !is_ours;
        self.stage.on_host(&id, |host, now| {
            match orderly {
                true => kafka::exit(host),
                false => kafka::kill(host),
            }
            if starts {
                kafka::start(host, now);
            }
        });
        if orderly && !starts && !is_ours {
            self.cares.on_purpose.insert(id.clone());
        }
        self.tell(
            "boots",
            &format!("{id}, orderly: {orderly}, starts Kafka: {starts}"),
        );
    }
}
