//! A plan being made: collects steps, holds and doubts, and puts the steps in order.
//!
//! What a name says of a method that answers yes or no and writes, too: `sure_or_doubted` answers whether it
//! is sure, and has noted a doubt if not; `gone_or_held` the same with what is held; `holds_attached` has held
//! what is attached if it is so.

use super::order;
use super::places::Places;
use super::view::View;
use crate::action::{Action, Change, Place};
use crate::held::Held;
use crate::mapping::{Mapping, Row, WaitingInstance};
use crate::observed::Doubt;
use crate::plan::{Plan, Step};
use crate::reason::Reason;
use crate::settings;
use fleet::brokers::Life;
use fleet::ledger::{Another, Entry};
use fleet::naming::{self, Owner};
use fleet::observed::{TargetHealth, TargetState};
use fleet::plan::Said;
use fleet::tags;
use fleet::words::{GroupName, InstanceId, Port, TargetGroupName};
use std::collections::{BTreeMap, BTreeSet};

/// A plan being made.
pub(super) struct Draft<'a> {
    pub(super) view: &'a View<'a>,
    steps: Vec<Step>,
    held: Vec<Held>,
    doubts: BTreeSet<Doubt>,
    mapping: Vec<Row>,
    without: Vec<String>,
    unmapped: Vec<String>,
    waiting: Vec<WaitingInstance>,
    /// Notes of who is not which broker, where they are to change.
    notes: BTreeMap<(GroupName, Owner), BTreeSet<Another>>,
    /// The live instances that leave a port in this run: one for each reason.
    leavers: BTreeMap<Turn, InstanceId>,
    pub(super) places: Places,
}

/// Why a live instance leaves. Neither waits for the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// A person takes it out.
    Released,
    /// It answers as another broker.
    Another,
}

/// What a step is about.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) group: &'a GroupName,
    pub(super) owner: Owner,
}

impl<'a> Draft<'a> {
    pub(super) fn new(view: &'a View<'a>) -> Self {
        Self {
            view,
            steps: Vec::new(),
            held: Vec::new(),
            doubts: BTreeSet::new(),
            mapping: Vec::new(),
            without: Vec::new(),
            unmapped: Vec::new(),
            waiting: Vec::new(),
            notes: BTreeMap::new(),
            leavers: BTreeMap::new(),
            places: Places::of(view),
        }
    }

    pub(super) fn act(&mut self, subject: Subject<'_>, action: Action, reason: Reason) {
        let place = Some(Place {
            target_group: self.name(subject),
            group: subject.group.clone(),
            owner: subject.owner,
        });
        let reason = Said::of(&reason);
        let change = Change { place, action };
        self.steps.push(Step { change, reason });
    }

    /// The same about an instance that waits.
    pub(super) fn act_on_instance(&mut self, action: Action, reason: Reason) {
        let (change, reason) = (action.of_an_instance(), Said::of(&reason));
        self.steps.push(Step { change, reason });
    }

    pub(super) fn wait(&mut self, instance: WaitingInstance) {
        self.waiting.push(instance);
    }

    pub(super) fn hold(&mut self, held: Held) {
        if !self.held.contains(&held) {
            self.held.push(held);
        }
    }

    pub(super) fn show(&mut self, row: Row) {
        self.mapping.push(row);
    }

    /// The ports of a listener group so far.
    pub(super) fn rows(&self, group: &GroupName) -> impl Iterator<Item = &Row> {
        self.mapping.iter().filter(move |row| row.group == *group)
    }

    /// Whether a listener group has any port so far.
    pub(super) fn has_rows(&self, group: &GroupName) -> bool {
        self.rows(group).next().is_some()
    }

    /// Whether what follows from something that this read does not show followed from an earlier
    /// one too. If there was none, it is noted as a doubt (P-15).
    pub(super) fn sure_or_doubted(&mut self, doubt: Doubt) -> bool {
        if self.view.agrees(&doubt) {
            return true;
        }
        self.hold(Held::Doubted(doubt.clone()));
        self.doubts.insert(doubt);
        false
    }

    /// Whether it is this live instance's turn to leave a port: for each reason one leaves in a run, so
    /// that what is wrong with the first is seen before the second follows.
    pub(super) fn takes_turn(&mut self, turn: Turn, instance: &InstanceId) -> bool {
        let leaver = self.leavers.entry(turn);
        leaver.or_insert_with(|| instance.clone()) == instance
    }

    /// What is to be noted on a target group about who is not which broker. Notes of instances that no
    /// longer live are left out.
    pub(super) fn notes_of(&mut self, key: (GroupName, Owner)) -> &mut BTreeSet<Another> {
        let view = self.view;
        let noted = || {
            let noted = view.ledger.entries.get(&key).into_iter();
            let noted = noted.flat_map(|entry| &entry.another).cloned();
            noted
                .filter(|note| view.brokers.life(&note.instance) == Some(Life::Live))
                .collect()
        };
        let noted = noted();
        self.notes.entry(key).or_insert(noted)
    }

    /// Says who is not exposed to a listener group's consumer.
    pub(super) fn show_without(&mut self, sentence: String) {
        self.without.push(sentence);
    }

    /// Says which broker has no port of a group that is to have it.
    pub(super) fn show_unmapped(&mut self, sentence: String) {
        self.unmapped.push(sentence);
    }

    /// Writes notes that change.
    fn write_notes(&mut self) {
        let view = self.view;
        for ((group, owner), notes) in std::mem::take(&mut self.notes) {
            let Some(entry) = view.ledger.entries.get(&(group.clone(), owner)) else {
                continue;
            };
            if notes == entry.another {
                continue;
            }
            let (subject, key) = (
                Subject {
                    group: &group,
                    owner,
                },
                tags::ANOTHER,
            );
            if notes.is_empty() {
                self.act(subject, Action::RemoveTag { key }, Reason::ItselfAgain);
            } else {
                let value = Another::write(&notes);
                self.act(
                    subject,
                    Action::AddTag { key, value },
                    Reason::AnsweredAsAnother,
                );
            }
        }
    }

    /// Takes targets out, one step for each reason.
    pub(super) fn deregister(
        &mut self,
        subject: Subject<'_>,
        targets: Vec<(&TargetHealth, Reason)>,
    ) {
        let mut by_reason: BTreeMap<Reason, BTreeMap<InstanceId, Port>> = BTreeMap::new();
        for (target, reason) in targets {
            by_reason
                .entry(reason)
                .or_default()
                .insert(target.instance.clone(), target.port);
        }
        for (reason, targets) in by_reason {
            self.act(subject, Action::DeregisterTargets { targets }, reason);
        }
    }

    /// Puts the settings of an existing target group right.
    pub(super) fn put_settings_right(&mut self, subject: Subject<'_>, entry: &Entry) {
        let health_check = settings::health_check();
        if entry.health_check != health_check {
            self.act(
                subject,
                Action::ModifyTargetGroup { health_check },
                Reason::SettingsDiffer,
            );
        }
        if let Some(Ok(seen)) = self.view.observed.group_attributes.get(&entry.arn) {
            let wanted = settings::target_group_attributes(subject.owner);
            let attributes = settings::differing(&wanted, seen);
            if !attributes.is_empty() {
                let action = Action::ModifyTargetGroupAttributes { attributes };
                self.act(subject, action, Reason::SettingsDiffer);
            }
        }
    }

    /// Holds what is attached to an Auto Scaling group; true if it is (P-41).
    pub(super) fn holds_attached(&mut self, subject: Subject<'_>, entry: &Entry) -> bool {
        let Some(scaling) = self.view.attached(&entry.arn) else {
            return false;
        };
        self.hold(Held::AttachedToAutoScaling(
            subject.group.clone(),
            subject.owner,
            scaling.clone(),
        ));
        true
    }

    /// Whether an instance that EC2 does not show is gone. A healthy target is evidence that it is
    /// there, and reads can be old twice (P-15): then it stays, and is named.
    pub(super) fn gone_or_held(&mut self, subject: Subject<'_>, target: &TargetHealth) -> bool {
        if target.state == TargetState::Healthy {
            self.hold(Held::UnseenButHealthy(
                subject.group.clone(),
                subject.owner,
                target.instance.clone(),
            ));
            return false;
        }
        self.sure_or_doubted(Doubt::Instance(target.instance.clone()))
    }

    /// Keeps an untagged target for now, since no other one serves.
    pub(super) fn keep_stray(&mut self, subject: Subject<'_>, instance: &InstanceId) {
        let group = subject.group.clone();
        self.hold(Held::OnlyStray(group, subject.owner, instance.clone()));
    }

    /// Keeps a leaving target for now, since no other one is healthy (P-32).
    pub(super) fn keep_last(&mut self, subject: Subject<'_>, instance: &InstanceId) {
        let group = subject.group.clone();
        self.hold(Held::LastHealthy(group, subject.owner, instance.clone()));
    }

    /// The plan, and what it holds as whoever held it knows it.
    pub(super) fn finish(mut self, plan: Plan) -> (Plan, Vec<Held>) {
        self.write_notes();
        order::sort(&mut self.steps);
        self.mapping.sort_by_key(|row| row.port);
        let plan = Plan {
            steps: self.steps,
            held: self.held.iter().map(Said::of).collect(),
            doubts: self.doubts,
            picture: Mapping {
                mapping: self.mapping,
                without: self.without,
                unmapped: self.unmapped,
                waiting: self.waiting,
                ..plan.picture
            },
            ..plan
        };
        (plan, self.held)
    }

    fn name(&self, subject: Subject<'_>) -> TargetGroupName {
        naming::target_group_name(&self.view.observed.cluster, subject.group, subject.owner)
    }
}
