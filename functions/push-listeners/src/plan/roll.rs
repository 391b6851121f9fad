//! The roll: of all that single brokers want, one thing is done; each other one is told what it waits for.

use super::down::down;
use super::draft::{Kind, Own};
use super::looked::PAUSE;
use super::settling;
use super::subject::Subject;
use super::view::View;
use crate::exit::Exit;
use crate::held::{Held, Wait};
use crate::rollout::Row;
use fleet::documents::generation_of;
use fleet::gate::GateQuestion;
use fleet::words::{InstanceId, NodeId};
use jiff::Timestamp;

/// A broker that was planned as if it were alone.
pub(super) struct Planned<'a> {
    pub(super) subject: &'a Subject<'a>,
    /// How it leaves, if it does.
    pub(super) exit: Option<Exit>,
    pub(super) own: Own,
    pub(super) row: Row,
}

impl Planned<'_> {
    pub(super) fn node(&self) -> NodeId {
        self.subject.broker.node
    }

    fn instance(&self) -> InstanceId {
        self.subject.broker.instance.clone()
    }

    fn wants(&self, kind: Kind) -> bool {
        let candidate = self.own.candidate.as_ref();
        candidate.is_some_and(|it| it.kind == kind)
    }

    /// Whether a restart of ours came to a bad end there.
    pub(super) fn has_failed(&self) -> bool {
        self.own.held.iter().any(Held::stops_the_roll)
    }

    /// How it leaves, if something is to be done for that at once.
    fn at_once(&self, view: &View<'_>) -> Option<Exit> {
        let exit = self.exit.filter(|it| it.is_at_once(view.now))?;
        self.own.candidate.as_ref().map(|_| exit)
    }

    /// Whether it would be restarted if it were alone.
    fn is_ready(&self) -> bool {
        self.wants(Kind::Stops) && self.own.held.is_empty()
    }
}

/// What all of them come to.
#[derive(Default)]
pub(super) struct Roll {
    /// Whose turn it is: of one `node.id` there may be two instances.
    pub(super) next: Option<InstanceId>,
    /// What the gate has to be asked before; none if there is no need, or it would be asked in vain.
    pub(super) question: Option<GateQuestion>,
    /// What is waited for.
    pub(super) held: Vec<Held>,
    /// Whether it goes on whatever the gate says.
    pub(super) is_regardless: bool,
}

impl Roll {
    /// Whose turn it is without any gate.
    fn of(next: &Planned<'_>, held: Vec<Held>) -> Self {
        Self {
            next: Some(next.instance()),
            held,
            ..Self::default()
        }
    }

    /// Nothing is done.
    fn held(held: Vec<Held>) -> Self {
        Self {
            held,
            ..Self::default()
        }
    }

    /// Whether it is its turn.
    pub(super) fn is_next(&self, planned: &Planned<'_>) -> bool {
        self.next.as_ref() == Some(&planned.subject.broker.instance)
    }

    /// Whether it goes on at once: nothing is to be asked or waited for.
    pub(super) fn goes_on(&self, planned: &Planned<'_>) -> bool {
        self.is_next(planned) && !planned.wants(Kind::Stops) && !planned.wants(Kind::Revives)
    }
}

/// Looks at all brokers together. Who leaves comes first, since its time is limited; then who hangs. Whom AWS takes back,
/// or who has its last minutes, waits for nothing but a command on its own host.
pub(super) fn roll(view: &View<'_>, planned: &[Planned<'_>], leavers: &[Planned<'_>]) -> Roll {
    let behind = |node: NodeId, why: Wait| -> Vec<Held> {
        let ready = planned.iter().filter(|it| it.is_ready());
        let others = ready.map(Planned::node).filter(|it| *it != node);
        let wait = |waits| Held::RollWaits {
            node: waits,
            behind: node,
            why,
        };
        others.map(wait).collect()
    };
    let free = leavers
        .iter()
        .filter(|it| !view.is_in_flight_on(&it.subject.broker.instance));
    let at_once = free.filter_map(|it| Some((it, it.at_once(view)?)));
    // Whose host could not be looked at comes last, so that it keeps nobody from being stopped.
    if let Some((it, exit)) = at_once.min_by_key(|(it, _)| !it.own.held.is_empty()) {
        let mut roll = Roll::of(it, behind(it.node(), Wait::Leaves));
        roll.is_regardless = true;
        if it.wants(Kind::Ends) && exit.has_time(view.now) {
            roll.question = Some(question(view, planned, it));
        }
        return roll;
    }
    if let Some(held) = view.in_flight() {
        return Roll::held(vec![held]);
    }
    for (kind, why) in [
        (Kind::PutsRight, Wait::Unfinished),
        (Kind::Looks, Wait::Unseen),
    ] {
        if let Some(it) = leavers.iter().chain(planned).find(|it| it.wants(kind)) {
            let mut outputs = view.observed.outputs.values();
            if kind == Kind::PutsRight && outputs.any(Result::is_err) {
                return Roll::held(vec![super::blind("what our command said")]);
            }
            return Roll::of(it, behind(it.node(), why));
        }
    }
    if let Some(it) = leavers.iter().find(|it| it.is_ready()) {
        return asking(view, planned, it, behind(it.node(), Wait::Leaves));
    }
    if let Some(it) = planned.iter().find(|it| it.wants(Kind::Revives)) {
        return revived(view, planned, it, behind(it.node(), Wait::NotUp));
    }
    let mut ready: Vec<&Planned<'_>> = planned.iter().filter(|it| it.is_ready()).collect();
    if ready.is_empty() {
        return Roll::default();
    }
    let down = down(view, planned);
    if let Some(first) = down.keys().next() {
        let mut held = behind(*first, Wait::NotUp);
        held.extend(down.into_values().flatten());
        return Roll::held(held);
    }
    if let Some(it) = planned.iter().find(|it| it.has_failed()) {
        return Roll::held(behind(it.node(), Wait::Stopped));
    }
    if let Some(it) = planned.iter().find(|it| !it.own.held.is_empty()) {
        return Roll::held(behind(it.node(), Wait::Held));
    }
    if let Some(held) = older(view) {
        return Roll::held(vec![held]);
    }
    let controller = controller(planned);
    let class = |it: &Planned<'_>| restarted_for(view, it.subject);
    ready.sort_by_key(|it| (class(it), Some(it.node()) == controller, it.node()));
    let Some((next, others)) = ready.split_first() else {
        return Roll::default();
    };
    let mut roll = asking(view, planned, next, behind(next.node(), Wait::Turn));
    if let Some(question) = &mut roll.question {
        question.others_wait = others.iter().any(|it| class(it) == class(next));
    }
    roll
}

/// One that hangs is restarted as soon as it is the only one that is not up.
fn revived(view: &View<'_>, planned: &[Planned<'_>], next: &Planned<'_>, held: Vec<Held>) -> Roll {
    let mut down = down(view, planned);
    down.remove(&next.node());
    if let Some(first) = down.keys().next() {
        let mut held = held;
        held.push(Held::RollWaits {
            node: next.node(),
            behind: *first,
            why: Wait::NotUp,
        });
        held.extend(down.into_values().flatten());
        return Roll::held(held);
    }
    let mut roll = asking(view, planned, next, held);
    if let Some(question) = &mut roll.question {
        question.hangs = true;
    }
    roll
}

/// Whose turn it is, once the gate is open; it is not asked before the cluster has settled.
fn asking(view: &View<'_>, planned: &[Planned<'_>], next: &Planned<'_>, held: Vec<Held>) -> Roll {
    let node = next.node();
    let mut roll = Roll::of(next, held);
    match settling::until(view) {
        Err(held) => roll.held.push(held),
        Ok(Some((until, command))) => roll.held.push(Held::settling(node, command, until)),
        Ok(None) => roll.question = Some(question(view, planned, next)),
    }
    roll
}

/// What the gate is asked about who is stopped next.
fn question(view: &View<'_>, planned: &[Planned<'_>], next: &Planned<'_>) -> GateQuestion {
    let subjects = planned.iter().map(|it| it.subject);
    let touched = settling::touched(view, subjects, next.node());
    GateQuestion {
        expected: planned.iter().map(Planned::node).collect(),
        restarted: touched.last().and_then(|it| settling::restarted(it)),
        touched: touched.iter().map(|it| it.broker.node).collect(),
        next: next.node(),
        others_wait: false,
        hangs: false,
    }
}

/// That the parameters are those of an older generation than the one of a command that was sent a while ago:
/// their read lags (P-44), or the newest of them was deleted.
fn older(view: &View<'_>) -> Option<Held> {
    let touches = view.touches();
    let recent = touches.filter(|it| view.now < it.requested_at + PAUSE);
    let newer = recent.filter_map(|it| {
        let newer = Timestamp::from_millisecond(generation_of(&it.comment)?).ok()?;
        (view.generation < Some(newer)).then_some((it.requested_at + PAUSE, newer))
    });
    let (until, newer) = newer.max()?;
    Some(Held::Older { newer, until })
}

/// For which generation a broker was restarted last, in milliseconds; none, which comes first, if it never was.
/// Who was restarted for an older generation is not restarted again before the others are done.
fn restarted_for(view: &View<'_>, subject: &Subject<'_>) -> Option<i64> {
    generation_of(&settling::newest(view, subject)?.comment)
}

/// The active controller, if all that know one name the same: it is restarted last, for each move of it costs
/// an election.
fn controller(planned: &[Planned<'_>]) -> Option<NodeId> {
    let shown = planned.iter().filter_map(|it| it.subject.itself());
    let mut named = shown.filter_map(|shows| shows.controller);
    let first = named.next()?;
    named.all(|it| it == first).then_some(first)
}
