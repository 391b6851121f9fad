//! Who answers decides, a person takes out one at a time, and a group is whole or not handed over:
//! what a plan may not hold, by all the moments that its activation may have seen.

use super::Broken;
use super::look::{Kind, Look};
use crate::Activated;
use fleet::naming::Owner;
use fleet::proof::{self, Path};
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use register_brokers::Step;
use register_brokers::action::Action;
use std::collections::BTreeSet;

/// What an activation may have seen.
pub struct Seen<'a> {
    /// The moments, at least one.
    pub looks: Vec<&'a Look>,
    /// Whether a listener group's parameter may have left a broker out then.
    pub without: &'a dyn Fn(&str, u32) -> bool,
}

/// Looks at every rule.
pub fn check(activated: &Activated, seen: &Seen<'_>) -> Result<(), Broken> {
    seen.who_is_released_leaves_alone(activated)?;
    for step in &activated.plan.steps {
        if seen.needs_the_whole(step) {
            seen.is_whole(activated, step)?;
        }
    }
    Ok(())
}

impl Seen<'_> {
    fn always(&self, so: impl Fn(&Look) -> bool) -> bool {
        self.looks.iter().all(|look| so(look))
    }

    fn ever(&self, so: impl Fn(&Look) -> bool) -> bool {
        self.looks.iter().any(|look| so(look))
    }

    /// One released instance leaves in a run, and never the last healthy one of bootstrap.
    fn who_is_released_leaves_alone(&self, activated: &Activated) -> Result<(), Broken> {
        let mut leaving = BTreeSet::new();
        for step in &activated.plan.steps {
            let ("Released", Action::DeregisterTargets { targets }) =
                (step.reason.kind.as_str(), &step.change.action)
            else {
                continue;
            };
            leaving.extend(targets.keys());
            let of = step.change.place.as_ref().map(|place| place.group.as_str());
            let stays = |look: &Look| {
                let of_bootstrap = look.places().into_iter().filter(|(_, place)| {
                    Some(place.group.as_str()) == of && place.owner == "bootstrap"
                });
                of_bootstrap.into_iter().any(|(arn, _)| {
                    let mut live = look.live.keys();
                    live.any(|id| {
                        !targets.contains_key(id) && look.keeps(id) && look.is_healthy(&arn, id)
                    })
                })
            };
            if !self.ever(stays) {
                return Err(format!(
                    "who is released stays while nobody else is healthy in bootstrap: {targets:?}"
                ));
            }
        }
        if leaving.len() > 1 {
            return Err(format!("one who is released leaves in a run: {leaving:?}"));
        }
        Ok(())
    }

    /// Whether a step opens a bootstrap that was never complete, or hands something over.
    fn needs_the_whole(&self, step: &Step) -> bool {
        let Some(of) = &step.change.place else {
            return false;
        };
        match (&step.change.action, of.owner) {
            // An old text is taken back by one that says that it is none.
            (Action::PutParameter { .. }, _) => step.reason.kind != "OldHandover",
            (Action::AddTag { key, .. }, _) => *key == tags::COMPLETE_SINCE,
            (Action::RegisterTargets { .. }, Owner::Bootstrap) => self.always(|look| {
                let mut places = look.places().into_iter();
                let bootstrap = places.find(|(_, place)| {
                    place.group == of.group.as_str() && place.owner == "bootstrap"
                });
                bootstrap.is_none_or(|(arn, _)| {
                    let tags = &look.groups[&arn].group.tags;
                    let stands = look.live.keys().any(|id| look.stands(&arn, id));
                    !tags.contains_key(tags::COMPLETE_SINCE) && !stands
                })
            }),
            _ => false,
        }
    }

    /// Every running instance with the cluster's tag that is no controller and not left out is proven on
    /// its port, lists all others, and nobody is listed whom no tag knows.
    fn is_whole(&self, activated: &Activated, step: &Step) -> Result<(), Broken> {
        let rows = &activated.plan.picture.proof;
        let broken = |why: String| {
            let what = &step.change;
            Err(format!(
                "whole or not handed over: {what}, and {why}; {rows:?}"
            ))
        };
        let Some(place) = &step.change.place else {
            return broken("it is about no port".to_owned());
        };
        for (id, kind) in self.members() {
            match kind {
                Kind::Broker(node) if (self.without)(place.group.as_str(), node) => {}
                Kind::Broker(node) => {
                    let path = NodeId::new(node).map(Path::Port);
                    let row = path.and_then(|path| proof::row(rows, &place.group, path));
                    let is_whole =
                        row.is_some_and(|row| row.verdict.is_proven() && row.unlisted.is_empty());
                    if !is_whole {
                        return broken(format!("broker {node} ({id}) is not proven"));
                    }
                }
                _ => return broken(format!("nobody knows which broker {id} is")),
            }
        }
        let through = rows.iter().filter(|row| {
            row.question.group == place.group && !matches!(row.question.path, Path::Direct(_))
        });
        match through.into_iter().find(|row| !row.strangers.is_empty()) {
            Some(row) => broken(format!("strangers are listed: {:?}", row.strangers)),
            None => Ok(()),
        }
    }

    /// The instances that a consumer can be sent to, and what they were all the time.
    fn members(&self) -> Vec<(InstanceId, Kind)> {
        let Some(first) = self.looks.first() else {
            return Vec::new();
        };
        let members = first.members.iter().filter(|id| {
            let kind = first.live.get(*id);
            self.always(|look| {
                look.members.contains(*id) && look.keeps(id) && look.live.get(*id) == kind
            })
        });
        members
            .filter_map(|id| Some((id.clone(), *first.live.get(id)?)))
            .collect()
    }
}
