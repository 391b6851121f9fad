//! Who answers decides; the tag only proposes. What an instance says on its own address is read from
//! the direct rows of the proof, and what it said before from the ledger's notes.

use super::draft::Draft;
use super::view::View;
use crate::held::Held;
use crate::observed::Doubt;
use fleet::brokers::{Broker, Life};
use fleet::ledger::{Another, Entry};
use fleet::naming::Owner;
use fleet::proof::{Row, Verdict};
use fleet::words::{GroupName, InstanceId, NodeId};
use std::collections::BTreeSet;

/// Whether an instance is the broker that it is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// It answers as that broker, or nobody has answered yet.
    Fits,
    /// One asking says that it is this broker instead: not enough to take anything away.
    Doubtful(NodeId),
    /// It answered as another broker in two askings. Who answers now, if anybody does.
    Another(Option<NodeId>),
}

impl<'a> View<'a> {
    /// Whether an instance is broker `node`. The absence of an answer never outweighs one: an instance
    /// that is noted as another broker stays so until it answers as this one, if only on its admin listener: without
    /// a port it gets no listener on which it could.
    pub(super) fn identity(&self, instance: &InstanceId, node: NodeId) -> Identity {
        let noted = self.is_noted(instance, node);
        match self.who(instance) {
            Some(answers) if answers == node => Identity::Fits,
            Some(answers) => {
                let doubt = Doubt::Another(instance.clone(), answers);
                match noted || self.agrees(&doubt) {
                    true => Identity::Another(Some(answers)),
                    false => Identity::Doubtful(answers),
                }
            }
            None if noted && self.shows_itself(instance, node) => Identity::Fits,
            None if noted => Identity::Another(None),
            // It said so a moment ago, in the first look of this run.
            None => match self.doubted_as(instance).filter(|said| *said != node) {
                Some(said) => Identity::Doubtful(said),
                None => Identity::Fits,
            },
        }
    }

    /// The broker as which an instance answered in the first look, if that was not the expected one.
    fn doubted_as(&self, instance: &InstanceId) -> Option<NodeId> {
        self.agreed.iter().find_map(|doubt| match doubt {
            Doubt::Another(who, said) if who == instance => Some(*said),
            _ => None,
        })
    }

    /// Who answers on an instance's own address, by its own word; `None` if nobody does, or if it is
    /// told in two ways.
    pub(super) fn who(&self, instance: &InstanceId) -> Option<NodeId> {
        let all: BTreeSet<NodeId> = self.direct_rows(instance).filter_map(Row::who).collect();
        match Vec::from_iter(all)[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The row of an instance's own address in one listener group.
    pub(crate) fn direct(&self, group: &GroupName, instance: &InstanceId) -> Option<&'a Row> {
        self.direct_rows(instance)
            .find(|row| row.question.group == *group)
    }

    /// Whether what is noted says that an instance is not this broker.
    pub(super) fn is_noted(&self, instance: &InstanceId, node: NodeId) -> bool {
        let mut notes = self
            .ledger
            .entries
            .values()
            .flat_map(|entry| &entry.another);
        notes.any(|note| note.instance == *instance && note.node == node)
    }

    /// Why nothing new is mapped for a broker because of what its instance answers, if so.
    pub(super) fn misidentified(&self, broker: &Broker) -> Option<Held> {
        let (node, instance) = (broker.node, &broker.instance);
        let told = || self.direct_rows(instance).find(|row| row.who().is_some());
        match self.identity(instance, node) {
            Identity::Doubtful(_) | Identity::Another(Some(_)) => {
                let says = told().map_or_else(
                    || "it answered as another broker a moment ago, and is silent now".to_owned(),
                    Row::says,
                );
                Some(Held::SomebodyElse(node, instance.clone(), says))
            }
            Identity::Another(None) => Some(Held::SilentNow(node, instance.clone())),
            Identity::Fits => {
                let mut rows = self.direct_rows(instance);
                let wrong = rows.find(|row| matches!(row.verdict, Verdict::WrongCluster { .. }))?;
                let (instance, tagged) = (instance.clone(), self.cluster_ids_say());
                Some(Held::WrongCluster(node, instance, wrong.says(), tagged))
            }
        }
    }

    fn direct_rows(&self, instance: &InstanceId) -> impl Iterator<Item = &'a Row> {
        let rows = self.observed.proof.iter().flatten();
        rows.filter(move |row| row.question.instance.as_ref() == Some(instance))
    }
}

impl Draft<'_> {
    /// Whether a broker may be mapped as far as its instance's answers go; says why not. What it
    /// answers is asked once more, and then noted, unless it holds another port already.
    pub(super) fn mappable_or_held(&mut self, group: &GroupName, broker: &Broker) -> bool {
        let (view, node, instance) = (self.view, broker.node, &broker.instance);
        let Some(held) = view.misidentified(broker) else {
            self.unnote(instance, node);
            return true;
        };
        self.hold(held);
        if view.seat_elsewhere(instance, node).is_none() {
            match view.identity(instance, node) {
                Identity::Doubtful(answers) => {
                    self.sure_or_doubted(Doubt::Another(instance.clone(), answers));
                }
                Identity::Another(_) => self.note_another(group, instance, node),
                Identity::Fits => {}
            }
        }
        false
    }

    /// Notes that an instance is not this broker, in each listener group by itself, as one may be taken
    /// out of service: on the target group of the broker's port, or of bootstrap, or of whoever has room
    /// for it. Without any of them there is no consumer who could meet it.
    pub(super) fn note_another(&mut self, group: &GroupName, instance: &InstanceId, node: NodeId) {
        let note = Another {
            instance: instance.clone(),
            node,
        };
        let mut noted = self.view.ledger.of_group(group);
        if !noted.any(|entry| entry.another.contains(&note)) {
            self.note(group, Owner::Broker(node), None, note);
        }
    }

    /// Moves what is noted on a target group that is deleted now.
    pub(super) fn keep_notes(&mut self, group: &GroupName, entry: &Entry) {
        for note in &entry.another {
            if self.view.brokers.life(&note.instance) == Some(Life::Live) {
                self.note(group, Owner::Bootstrap, Some(entry.owner), note.clone());
            }
        }
    }

    /// Puts a note on the first target group that has room for it, other than `but`.
    fn note(&mut self, group: &GroupName, first: Owner, but: Option<Owner>, note: Another) {
        let others = self.view.ledger.of_group(group).map(|entry| entry.owner);
        let others: Vec<Owner> = others.collect();
        let owners = [first, Owner::Bootstrap].into_iter().chain(others);
        for owner in owners.filter(|owner| Some(*owner) != but) {
            let key = (group.clone(), owner);
            if !self.view.ledger.entries.contains_key(&key) {
                continue;
            }
            let notes = self.notes_of(key);
            if notes.contains(&note) || Another::fit(notes.iter().chain([&note])) {
                notes.insert(note);
                return;
            }
        }
    }

    /// Takes back whatever says that an instance is not this broker: it answers as it.
    fn unnote(&mut self, instance: &InstanceId, node: NodeId) {
        let note = Another {
            instance: instance.clone(),
            node,
        };
        for (key, entry) in &self.view.ledger.entries {
            if entry.another.contains(&note) {
                self.notes_of(key.clone()).remove(&note);
            }
        }
    }
}
