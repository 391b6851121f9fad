//! When an instance that leaves has left: its broker is gone, and nothing stands behind a port any more.

use super::draft::Draft;
use super::hooks::Next;
use super::view::View;
use crate::held::Held;
use crate::observed::Doubt;
use crate::reason::Reason;
use fleet::brokers::{Broker, Standing};
use fleet::lifecycle::Hold;
use fleet::observed::{InstanceState, LifecycleTransition, TargetState};
use fleet::shown::Shown;
use fleet::tags;
use fleet::wishes::Wanted;
use fleet::words::InstanceId;
use jiff::SignedDuration;

/// A broker that still runs after so long needs a person.
const LONG: SignedDuration = SignedDuration::from_mins(15);

/// Whether a broker runs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// By what.
    Yes(String),
    /// Nobody can tell, and why.
    Unknown(String),
    /// Nothing shows it.
    No,
}

impl Draft<'_> {
    /// What becomes of an instance that waits to be terminated.
    pub(super) fn leave(&mut self, hold: &Hold<'_>) -> Next {
        let (view, id) = (self.view, &hold.waiting.instance);
        let Some(broker) = view.brokers.find(id) else {
            return match view.let_go(id) {
                Some(reason) => view.once_it_stands_nowhere(id, reason),
                None => self.hold_unasked(hold),
            };
        };
        match view.runs(broker) {
            Runs::Yes(how) => {
                self.hold_running(hold, broker);
                Next::Waits(format!("broker {} still runs: {how}", broker.node))
            }
            Runs::Unknown(why) => Next::Waits(why),
            Runs::No => match self.why_left(id) {
                Some(reason) => view.once_it_stands_nowhere(id, reason),
                None => Next::Waits(format!("broker {} seems to be gone", broker.node)),
            },
        }
    }

    /// Why an instance that waits to be terminated has left: its broker is gone, in two looks; or its tags make no
    /// broker, and it is let go. `None` if it has not.
    pub(super) fn why_left(&mut self, id: &InstanceId) -> Option<Reason> {
        let view = self.view;
        let waits = view.holds.iter().any(|hold| {
            hold.waiting.instance == *id
                && hold.waiting.transition == LifecycleTransition::Terminating
        });
        if !waits {
            return None;
        }
        let Some(broker) = view.brokers.find(id) else {
            return view.let_go(id);
        };
        let is_gone =
            view.runs(broker) == Runs::No && self.sure_or_doubted(Doubt::Left(id.clone()));
        is_gone.then_some(Reason::HasLeft(broker.node))
    }

    /// An instance with the cluster's tag that is no broker by its tags: nobody can ask whether Kafka runs on it, and
    /// nothing of ours stops it.
    fn hold_unasked(&mut self, hold: &Hold<'_>) -> Next {
        let (id, group) = (hold.waiting.instance.clone(), hold.waiting.group.clone());
        let ends = hold.ends_at();
        if self.view.brokers.standing(&id) == Standing::Foreign {
            self.hold(Held::ControllerLeaves(id, group, ends));
            return Next::Waits("it is a controller".to_owned());
        }
        self.hold(Held::MisfitLeaves(id, group, ends));
        Next::Waits("its tags make no broker".to_owned())
    }

    /// That a broker runs on for long. Why it is not stopped, and what to do, push-listeners tells, who stops it.
    fn hold_running(&mut self, hold: &Hold<'_>, broker: &Broker) {
        let view = self.view;
        let (node, id) = (broker.node, broker.instance.clone());
        let (group, ends) = (hold.waiting.group.clone(), hold.ends_at());
        let waited = hold.since.map(|since| view.now.duration_since(since));
        if waited.is_some_and(|waited| waited >= LONG) {
            self.hold(Held::StillRuns(node, id, group, ends));
        }
    }
}

impl View<'_> {
    /// Whether a broker runs, as far as targets, its own answer and the other brokers show it.
    pub(super) fn runs(&self, broker: &Broker) -> Runs {
        let (node, id) = (broker.node, &broker.instance);
        if self.has_ended(id) {
            return Runs::No;
        }
        let targets = self.observed.health.values().flatten().flatten();
        let mut own = targets.filter(|target| target.instance == *id);
        if own.any(|target| target.state == TargetState::Healthy) {
            return Runs::Yes("its target is healthy".to_owned());
        }
        match self.shown_by(id, node) {
            Some(Shown::Itself(_)) => {
                return Runs::Yes("it answers on its admin listener".to_owned());
            }
            Some(Shown::Another { reached }) => {
                return Runs::Yes(format!("broker {reached} answers on its instance"));
            }
            Some(Shown::Untold { .. }) => {
                let why = "what answers on its admin listener does not say who it is";
                return Runs::Unknown(why.to_owned());
            }
            None => return Runs::Unknown(format!("broker {node} could not be asked")),
            Some(Shown::Silent { .. }) => {}
        }
        if self.has_successor(broker) || self.is_alone(broker) {
            return Runs::No;
        }
        match self.observed.holdings.get(&node) {
            Some(Ok(holdings)) if !holdings.listed_by.is_empty() => {
                let by = holdings.listed_by.iter().map(ToString::to_string);
                let by = by.collect::<Vec<_>>().join(", ");
                Runs::Yes(format!("broker {by} still lists it"))
            }
            Some(Ok(holdings)) if holdings.is_unlisted(node) => Runs::No,
            Some(Ok(_) | Err(_)) | None => {
                Runs::Unknown("no other broker could be asked whether it is gone".to_owned())
            }
        }
    }

    /// Whether another instance answers as this broker: Kafka lets one process have a number, and knows the
    /// broker by this one now.
    fn has_successor(&self, broker: &Broker) -> bool {
        let mut answers = self.observed.shown.iter().flatten();
        answers.any(|it| {
            it.question.broker == broker.node
                && it.question.instance != broker.instance
                && matches!(it.shown, Shown::Itself(_))
        })
    }

    /// Whether no other broker runs that could know it. One that comes or goes, and accepts no connection, has not
    /// started yet, or is stopped.
    pub(super) fn is_alone(&self, broker: &Broker) -> bool {
        let comes = |id: &InstanceId| {
            let mut groups = self.observed.auto_scaling_groups.iter().flatten();
            groups.any(|group| group.is_entering(id))
        };
        let is_shut = |other: &Broker| {
            let shown = self.shown_by(&other.instance, other.node);
            matches!(shown, Some(Shown::Silent { accepts: false, .. }))
        };
        let live = self.brokers.all_live();
        let live = live.map(|other| (other, comes(&other.instance)));
        let mut all = live.chain(self.brokers.leaving().map(|other| (other, true)));
        !all.any(|(other, passes)| {
            other.node != broker.node && other.is_running() && !(passes && is_shut(other))
        })
    }

    /// It goes when it stands in nothing any more that we take it out of, draining or not.
    fn once_it_stands_nowhere(&self, id: &InstanceId, reason: Reason) -> Next {
        for ((group, owner), entry) in &self.ledger.entries {
            if !matches!(self.wishes.groups.get(group), Some(Wanted::Serve(_))) {
                continue;
            }
            let Some(targets) = self.targets(&entry.arn) else {
                return Next::Waits(format!("the targets of {group} {owner} could not be read"));
            };
            let target = targets.iter().find(|target| target.instance == *id);
            if let Some(target) = target {
                let state = target.state.as_str();
                return Next::Waits(format!("it is {state} in {group} {owner}"));
            }
        }
        Next::Goes(reason)
    }

    /// Whether an instance is stopped, or ends for good whatever becomes of its hook; on one that shuts down a process
    /// may run still (F95), and nothing of ours can stop it.
    fn has_ended(&self, id: &InstanceId) -> bool {
        let state = self.instances.get(id).map(|instance| &instance.state);
        match state {
            Some(
                InstanceState::Stopped | InstanceState::ShuttingDown | InstanceState::Terminated,
            ) => true,
            Some(
                InstanceState::Pending
                | InstanceState::Running
                | InstanceState::Stopping
                | InstanceState::Unknown(_),
            )
            | None => false,
        }
    }

    /// Why an instance goes that nobody can ask: it is stopped, or ends for good whatever becomes of its hook, or a person
    /// lets it go, by its own ID in its tag.
    fn let_go(&self, id: &InstanceId) -> Option<Reason> {
        if self.brokers.standing(id) == Standing::Dead {
            return Some(Reason::Terminated);
        }
        if self.has_ended(id) {
            return Some(Reason::Stopped);
        }
        let instance = self.instances.get(id)?;
        instance.is_marked(tags::RELEASE).then_some(Reason::LetGo)
    }
}
