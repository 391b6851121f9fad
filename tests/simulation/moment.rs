//! The world at one moment, with what people want then; and the moments that an activation may
//! have seen. What is done on a read that was right a moment ago is no harm; what no moment of the
//! window allows is.

use fleet::observed::TargetState;
use fleet::tags;
use fleet::wishes::LISTENERS_PER_NLB;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;
use tests::history::access::Access;
use tests::history::event::Value;
use tests::history::happen::World;
use tests::history::healing::Care;
use tests::history::look::Look;
use tests::history::principals::{List, Said};
use world::faults::LAG;
use world::model::TargetGroupRecord;

/// A moment.
pub struct Moment {
    /// What there is.
    pub look: Look,
    /// What was written last for each listener group; none if it was deleted.
    pub wanted: BTreeMap<&'static str, Option<Value>>,
    /// Who may connect, and who does.
    pub access: Access,
    /// How healthy brokers are, and what may be healed.
    pub care: Care,
    /// What the parameter `principals` says; none if it is not there.
    pub said: Option<Said>,
    /// Whether everything is paused.
    pub paused: bool,
    /// Whether `EXTERNAL` has more brokers without a port than free ports.
    pub full: bool,
    /// Whether brokers wait because the NLB has no listener left for them.
    pub crowded: bool,
}

impl Moment {
    /// This moment.
    pub fn now(world: &World) -> Self {
        let look = Look::at(&world.stage);
        let range = match world.wanted.get("EXTERNAL").copied().flatten() {
            Some(Value::Narrow) => 9093..=9095,
            _ => 9093..=9140,
        };
        // A group whose other tags were taken off still holds the port that it names.
        let taken = |port: &u16| {
            let named = |record: &TargetGroupRecord| {
                record.group.tags.get(tags::PORT) == Some(&port.to_string())
            };
            look.groups.values().any(named)
                || look.listeners.values().any(|l| l.port.get() == *port)
        };
        let places = look.places();
        let has_place = |node: &u32| {
            let mut places = places.values();
            places.any(|place| place.group == "EXTERNAL" && place.node() == Some(*node))
        };
        let nodes = look.nodes();
        let without = nodes.iter().filter(|node| !has_place(node)).count();
        let listens = |port: u16| look.listeners.values().any(|l| l.port.get() == port);
        let kept = places.values().filter(|place| !listens(place.port));
        let needed = look.listeners.len() + kept.count() + without;
        Self {
            full: range.filter(|port| !taken(port)).count() < without,
            crowded: needed > LISTENERS_PER_NLB,
            look,
            access: Access::at(world),
            care: Care::at(world),
            said: world.said,
            wanted: world.wanted.clone(),
            paused: world.paused,
        }
    }

    /// Whether nothing may be changed for a listener group: an error in its parameter, or none.
    pub fn is_frozen(&self, group: &str) -> bool {
        matches!(self.wanted.get(group), Some(None | Some(Value::Error)))
    }

    /// Whether the parameter of a listener group leaves an instance out.
    pub fn leaves_out(&self, group: &str, node: u32) -> bool {
        let value = self.wanted.get(group).copied().flatten();
        value.is_some_and(|value| value.leaves_out(node))
    }

    /// The list of principals; none if it is refused or not there.
    pub fn list(&self) -> Option<List> {
        match self.said {
            Some(Said::List(list)) => Some(list),
            Some(Said::Mistake) | None => None,
        }
    }

    /// Whether the list may take a permission away once its principal is off it: it is recorded, or the
    /// list adopts what nobody recorded.
    pub fn keeps_by_list(&self, principal: &str) -> bool {
        let adopts = self.list().is_some_and(|list| list.adopt);
        self.access.is_ours(principal) || (adopts && self.access.is_nobodys(principal))
    }

    /// Whether a target's instance is gone: AWS takes that target out after a while, whoever holds what.
    pub fn has_targets_of_nobody(&self) -> bool {
        let mut targets = self.look.health.values().flatten();
        targets.any(|target| !self.look.live.contains_key(&target.instance))
    }

    /// Whether the bootstrap of a listener group has a healthy target.
    pub fn has_healthy_bootstrap(&self, group: &str) -> bool {
        let places = self.look.places().into_iter();
        let mut own = places.filter(|(_, it)| it.group == group && it.owner == "bootstrap");
        own.any(|(arn, _)| {
            let mut targets = self.look.health[&arn].iter();
            targets.any(|target| target.state == TargetState::Healthy)
        })
    }

    /// Whether a listener group is handed over, and can be reached.
    pub fn is_ready(&self, group: &str) -> bool {
        self.access.handed_over.contains(group) && self.has_healthy_bootstrap(group)
    }

    /// Whether a listener group is being retired.
    pub fn is_retired(&self, group: &str) -> bool {
        self.wanted.get(group).copied().flatten() == Some(Value::Retired)
    }
}

/// The moments that an activation may have seen.
pub struct Window {
    /// All of them, late reads included, the newest first.
    pub seen: Vec<Rc<Moment>>,
    /// Those since it began.
    pub since: Vec<Rc<Moment>>,
    /// Those that both of two looks may have seen, 5 s apart: unless reads are late by minutes, what the
    /// second one saw was so since the activation began.
    pub agreed: Vec<Rc<Moment>>,
}

/// The moments until now, as far back as somebody may still see them.
#[derive(Default)]
pub struct Past {
    moments: VecDeque<Rc<Moment>>,
}

impl Past {
    /// A change, or time that passed.
    pub fn push(&mut self, moment: Moment, keep: Duration) {
        let now = moment.look.now;
        self.moments.push_back(Rc::new(moment));
        let keep = SignedDuration::try_from(keep).unwrap_or(SignedDuration::MAX);
        let old = |moment: &Rc<Moment>| now.duration_since(moment.look.now) > keep;
        // The newest of the old ones was still so when the window began.
        while self.moments.get(1).is_some_and(old) {
            self.moments.pop_front();
        }
    }

    /// The moments from this time on, the one that held then included.
    pub fn since(&self, time: Timestamp) -> Vec<Rc<Moment>> {
        let later = self.moments.iter().rev();
        let mut window = Vec::new();
        for moment in later {
            window.push(Rc::clone(moment));
            // One of the very moment may have come after what was there when it began.
            if moment.look.now < time {
                break;
            }
        }
        window
    }

    /// What an activation that began then may have seen, if reads are that late.
    pub fn window(&self, started: Timestamp, lag: Duration) -> Window {
        let longest = SignedDuration::try_from(lag).unwrap_or(SignedDuration::MAX);
        let seen = self.since(started.checked_sub(longest).unwrap_or(started));
        let since = self.since(started);
        let agreed = if lag > LAG { &seen } else { &since };
        Window {
            agreed: agreed.clone(),
            seen,
            since,
        }
    }

    /// The newest moment.
    pub fn last(&self) -> Rc<Moment> {
        Rc::clone(self.moments.back().expect("a first moment"))
    }
}
