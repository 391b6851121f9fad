//! The laws of one write: what a function may never do, whatever was lost, late or wrong. Each is
//! looked at against the moments that the activation may have seen.

mod access;
mod healing;
mod hooks;
mod ports;
mod targets;

use crate::moment::Moment;
use crate::part::Part;
use fleet::proof::Row;
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, NodeId, TargetGroupArn};
use std::rc::Rc;
use tests::CLUSTER;
use tests::history::Broken;
use tests::history::look::{Look, Write};
use tests::history::proof::{answers_as_another, is_noted};

/// A write, and what was there around it.
pub struct Act<'a> {
    /// The write.
    pub write: &'a Write,
    /// What the activation may have seen, the moment before the write included.
    pub window: &'a [Rc<Moment>],
    /// What both looks of a removal may have seen.
    pub agreed: &'a [Rc<Moment>],
    /// The writes that it made before.
    pub earlier: &'a [Write],
    /// Right before it.
    pub before: &'a Moment,
    /// Right after it.
    pub after: &'a Moment,
    /// What the probe answered in this activation.
    pub proof: &'a [Row],
}

/// A law, broken.
type Law = Result<(), &'static str>;

/// The laws of every function.
pub fn of_all(act: &Act<'_>, part: &dyn Part) -> Result<(), Broken> {
    let laws = [act.only_its_own(part), act.not_while_paused()];
    act.broken(laws)
}

/// The laws of register-brokers.
pub fn of_mapping(act: &Act<'_>) -> Result<(), Broken> {
    let laws = [
        act.only_what_is_ours(),
        act.not_while_frozen(),
        act.only_its_own_broker_enters(),
        act.only_who_serves_enters_bootstrap(),
        act.twins_stay_as_they_are(),
        act.who_has_served_stays(),
        act.the_right_target_stays(),
        act.another_stays_away(),
        act.no_serving_group_is_emptied(),
        act.no_live_brokers_port_goes(),
        act.reservations_are_kept(),
        act.ports_are_not_given_twice(),
        act.who_does_not_serve_has_not_come(),
        act.who_still_serves_has_not_gone(),
    ];
    let look = &act.before.look;
    act.broken(laws).map_err(|law| {
        format!(
            "{law}\n  live {:?}\n  ledger {:?}",
            look.live,
            look.places()
        )
    })
}

/// The laws of sync-principals.
pub fn of_principals(act: &Act<'_>) -> Result<(), Broken> {
    let laws = [
        act.nothing_changes_without_a_list(),
        act.what_we_did_not_record_stays(),
        act.who_is_listed_stays(),
        act.adding_comes_first(),
        act.only_who_is_listed_is_allowed(),
        act.another_clusters_record_stays(),
        act.only_who_leaves_is_rejected(),
        act.only_who_was_allowed_by_us_is_rejected(),
        act.who_stays_allowed_keeps_connections(),
        act.the_permission_goes_last(),
        act.only_who_may_connect_is_accepted(),
    ];
    let (said, access) = (act.before.said, &act.before.access);
    act.broken(laws)
        .map_err(|law| format!("{law}\n  list {said:?}\n  {access:?}"))
}

/// The laws of heal-brokers.
pub fn of_healing(act: &Act<'_>) -> Result<(), Broken> {
    let laws = [
        act.heals_only_with_consent(),
        act.heals_only_on_an_alarm(),
        act.heals_only_who_is_ill(),
        act.heals_nobody_when_two_are_ill(),
        act.keeps_its_budget(),
    ];
    let care = &act.before.care;
    act.broken(laws).map_err(|law| format!("{law}\n  {care:?}"))
}

impl Act<'_> {
    fn broken(&self, laws: impl IntoIterator<Item = Law>) -> Result<(), Broken> {
        match laws.into_iter().find_map(Result::err) {
            None => Ok(()),
            Some(law) => Err(format!("{law}: {}", self.write)),
        }
    }

    /// No run of one function changes what another one writes.
    fn only_its_own(&self, part: &dyn Part) -> Law {
        let own = self.write.by.as_deref() == Some(part.name())
            && self.write.call.writes() == Some(part.writes());
        no("a function changes nothing that another one writes", !own)
    }

    /// Whether every moment was so: then nobody can have read anything else.
    fn always(&self, so: impl Fn(&Moment) -> bool) -> bool {
        self.window.iter().all(|moment| so(moment))
    }

    /// Whether it was so at some moment.
    fn ever(&self, so: impl Fn(&Moment) -> bool) -> bool {
        self.window.iter().any(|moment| so(moment))
    }

    fn not_while_paused(&self) -> Law {
        no(
            "nothing is written while paused",
            !self.write.keeps_waiting() && self.always(|moment| moment.paused),
        )
    }

    fn only_what_is_ours(&self) -> Law {
        let foreign = |arn: &String| {
            // What we made in this very call, or what is gone, was never anybody else's.
            let tags = |moment: &Moment| tags_of(&moment.look, arn);
            self.ever(|moment| tags(moment).is_some())
                && self.always(|moment| tags(moment).is_none_or(|tags| !is_ours(&tags)))
        };
        let touched = self.write.arns.iter().any(foreign);
        no("what is not tagged as ours is not touched (P-11)", touched)
    }

    fn not_while_frozen(&self) -> Law {
        let Some((group, _)) = self.subject() else {
            return Ok(());
        };
        let law = "a refused or deleted parameter freezes its group (P-45)";
        no(law, self.always(|moment| moment.is_frozen(&group)))
    }

    fn subject(&self) -> Option<(String, String)> {
        let now = self.write.subject(&self.before.look, &self.after.look);
        // Tags may have been taken off meanwhile: what was seen counts.
        let mut seen = self.window.iter();
        now.or_else(|| seen.find_map(|m| self.write.subject(&m.look, &m.look)))
    }

    /// Whether an instance may have been known as another broker than this one: by its own word in this
    /// activation, or by a note.
    fn is_another(&self, id: &InstanceId, node: u32) -> bool {
        let Some(node) = NodeId::new(node) else {
            return false;
        };
        answers_as_another(self.proof, id, node) || self.ever(|m| is_noted(&m.look, id, node))
    }

    /// Whether a person may have been seen to take an instance out, as this broker of this group.
    fn is_out(&self, group: &str, node: u32, id: &InstanceId) -> bool {
        self.ever(|m| m.look.released.contains(id) || m.leaves_out(group, node))
    }

    fn node(&self) -> Option<u32> {
        self.subject()?.1.parse().ok()
    }
}

fn no(law: &'static str, broken: bool) -> Law {
    if broken { Err(law) } else { Ok(()) }
}

fn is_ours(tags: &Tags) -> bool {
    tags.get(tags::CLUSTER).map(String::as_str) == Some(CLUSTER)
}

/// The tags of a target group or listener; none if there is no such thing then.
fn tags_of(look: &Look, arn: &str) -> Option<Tags> {
    let group = look.groups.get(&TargetGroupArn::new(arn));
    let listener = look.listeners.get(&fleet::words::ListenerArn::new(arn));
    group
        .map(|record| record.group.tags.clone())
        .or_else(|| listener.map(|record| record.tags.clone()))
}
