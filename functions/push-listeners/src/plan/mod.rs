//! The decision: a pure, total function from what was observed to a plan.

mod beginning;
mod broker;
mod coming;
mod command;
mod consent;
mod disk;
mod down;
mod draft;
mod edits;
mod gated;
mod host;
mod leaving;
mod left;
mod looked;
mod picture;
mod reserved;
mod reviving;
mod roll;
mod settling;
mod silent;
mod subject;
mod view;

pub use draft::{Plan, Step};

use crate::held::Held;
use crate::observed::{Doubt, GateAnswer, Observed};
use draft::{Draft, Own};
use fleet::gate::GateQuestion;
use fleet::observed::Seen;
use fleet::words::{CommandId, InstanceId, NodeId};
use roll::{Planned, roll};
use std::collections::{BTreeMap, BTreeSet};
use subject::{Leaver, Subject};
use view::View;

/// Decides what to do about what was observed: at most one command, to one host, and none while one of ours is under way,
/// but to stop at once what ends anyway. A gap changes nothing. What a process shows decides, never its file (K-8).
pub fn plan(observed: &Observed, agreed: &BTreeSet<Doubt>) -> Plan {
    let mut draft = Draft::default();
    draft.plan.gaps = observed.gaps();
    match View::of(observed, agreed) {
        Ok(view) => {
            let (subjects, leavers) = (view.subjects(), view.leavers());
            let all = (planned(&view, &subjects), leaving(&view, &leavers));
            decide(&view, all, &observed.gate, &mut draft);
        }
        Err(held) => draft.hold(&held),
    }
    draft.plan
}

/// Decides what to do with all brokers, by what the gate says.
fn decide(
    view: &View<'_>,
    (mut planned, mut leavers): (Vec<Planned<'_>>, Vec<Planned<'_>>),
    gate: &Seen<Option<GateAnswer>>,
    draft: &mut Draft,
) {
    draft.plan.paused = fleet::wishes::paused(&view.observed.cluster, view.parameters);
    view.hold_groups(draft);
    view.hold_twins(draft);
    draft.plan.picture.notes = picture::notes(&planned);
    let mut roll = roll(view, &planned, &leavers);
    let is_open = roll.question.as_ref().is_some_and(|question| {
        let held = match roll.is_regardless {
            true => gated::regardless(gate, question),
            false => gated::held(view, gate, question),
        };
        let is_open = held.is_empty();
        roll.held.extend(held);
        is_open
    });
    for it in leavers.iter_mut().chain(&mut planned) {
        let is_now = roll.goes_on(it) || is_open && roll.is_next(it);
        it.row.turn = picture::turn(it, &roll, is_now);
        it.own.held.iter().for_each(|held| draft.hold(held));
        draft.plan.doubts.append(&mut it.own.doubts);
        if is_now && let Some(candidate) = it.own.candidate.take() {
            draft.act(candidate);
        }
    }
    roll.held.iter().for_each(|held| draft.hold(held));
    let stopped = planned.iter().filter(|it| it.has_failed());
    draft.plan.picture.stopped_at = stopped.map(Planned::node).collect();
    draft.plan.picture.touched_at = view.touches().map(|it| it.requested_at).max();
    draft.plan.picture.brokers = planned.into_iter().map(|it| it.row).collect();
}

/// What the gate has to be asked before the next broker is restarted; none if none is restarted now, whatever
/// the gate says.
pub fn gate(observed: &Observed) -> Option<GateQuestion> {
    let nothing = BTreeSet::new();
    let view = View::of(observed, &nothing).ok()?;
    let (subjects, leavers) = (view.subjects(), view.leavers());
    roll(&view, &planned(&view, &subjects), &leaving(&view, &leavers)).question
}

/// Of whom it has to be asked what the cluster has of it, before it is stopped or started: all of them in each run, since
/// one that is held for its answer would else be asked about for ever.
pub fn about(observed: &Observed) -> BTreeSet<NodeId> {
    let nothing = BTreeSet::new();
    let Ok(view) = View::of(observed, &nothing) else {
        return BTreeSet::new();
    };
    let (subjects, leavers) = (view.subjects(), view.leavers());
    let all = [leaving(&view, &leavers), planned(&view, &subjects)];
    let asking = all.iter().flatten().filter(|it| it.own.asks);
    asking.map(Planned::node).collect()
}

/// The commands whose outputs a plan needs, each with its host: the newest inspection and the newest edit of
/// each broker that may have to be touched, and whatever has to settle before one is restarted. A cluster in
/// which every process shows what it should asks for none.
pub fn asked(observed: &Observed) -> BTreeMap<CommandId, InstanceId> {
    let nothing = BTreeSet::new();
    let Ok(view) = View::of(observed, &nothing) else {
        return BTreeMap::new();
    };
    let subjects = view.subjects();
    let mut asked = BTreeMap::new();
    let leavers = view.leavers();
    let leaving = leavers.iter().map(|it| &it.subject);
    let live = subjects.iter().filter(|it| it.may_need_a_hand());
    for subject in leaving.chain(live) {
        asked.extend(looked::commands(&view, subject));
        asked.extend(settling::commands(&view));
    }
    asked
}

/// Each broker, as if it were alone.
fn planned<'a>(view: &View<'_>, subjects: &'a [Subject<'a>]) -> Vec<Planned<'a>> {
    let plan = |subject: &'a Subject<'a>| {
        let mut own = Own::default();
        let row = broker::plan(view, subject, &mut own);
        let exit = None;
        Planned {
            subject,
            exit,
            own,
            row,
        }
    };
    subjects.iter().map(plan).collect()
}

/// Each broker that leaves, likewise.
fn leaving<'a>(view: &View<'_>, leavers: &'a [Leaver<'a>]) -> Vec<Planned<'a>> {
    let plan = |Leaver { subject, exit }: &'a Leaver<'a>| {
        let mut own = Own::default();
        leaving::plan(view, subject, *exit, &mut own);
        let row = picture::row(subject);
        let exit = Some(*exit);
        Planned {
            subject,
            exit,
            own,
            row,
        }
    };
    leavers.iter().map(plan).collect()
}

/// What everything is held for when a read is missing that everything depends on.
fn blind(what: &'static str) -> Held {
    Held::Blind { what }
}

#[cfg(test)]
mod tests;
