//! The laws of one activation: what the world was before it, what it wrote, what is there after it.

use crate::step::{Broken, Step, broken, none};
use cloud::call::Call;
use fleet::naming::Owner;
use fleet::plan::Said;
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use register_brokers::action::Action;
use std::collections::BTreeSet;
use tests::CLUSTER;
use tests::group_of;
use tests::history::look::{EYES, Kind, Look, Write};
use tests::history::proof::{answers_as_another, is_noted};
use tests::history::rules::Seen;

/// Looks at every law that one activation alone can break.
pub fn check(step: &Step<'_>) -> Result<(), Broken> {
    gaps_change_nothing(step)?;
    what_is_not_there_is_looked_for_twice(step)?;
    only_its_broker_is_registered(step)?;
    who_has_served_stays(step)?;
    who_serves_is_noted(step)?;
    the_right_target_stays(step)?;
    foreign_things_are_untouched(step)?;
    registering_comes_first(step)?;
    only_somebody_else_is_taken_out_of_bootstrap(step)?;
    twins_are_left_alone(step)?;
    frozen_things_stay(step)?;
    tests::history::proof::check(step.activated, |instance, node| {
        is_noted(step.before, instance, node)
    })?;
    rules_are_kept(step)?;
    only_the_healthy_enter_bootstrap(step)
}

fn rules_are_kept(step: &Step<'_>) -> Result<(), Broken> {
    // Nobody can wait for whom EC2 does not show.
    if step.world.hidden_until > step.before.now {
        return Ok(());
    }
    let seen = Seen {
        looks: vec![step.before],
        without: &|group, node| is_left_out(step, group, node),
    };
    tests::history::rules::check(step.activated, &seen).or_else(|law| broken(step, &law))
}

fn is_left_out(step: &Step<'_>, group: &str, node: u32) -> bool {
    let value = step.world.wanted.get(group).copied().flatten();
    value.is_some_and(|value| value.leaves_out(node))
}

fn gaps_change_nothing(step: &Step<'_>) -> Result<(), Broken> {
    let gaps = &step.activated.report.gaps;
    if let Some(gap) = gaps.iter().find(|gap| EYES.contains(&gap.read.as_str())) {
        return none(
            step,
            &format!("law 2, a gap changes nothing ({gap})"),
            |_| true,
        );
    }
    for gap in gaps {
        let Some(name) = gap.read.strip_prefix("DescribeTargetHealth of ") else {
            continue;
        };
        let groups = &step.before.groups;
        let of = |write: &Write| {
            let record = write.group().and_then(|arn| groups.get(&arn).cloned());
            record.is_some_and(|record| record.group.name.as_str() == name)
        };
        // A person retires a group, whatever its targets' health is.
        let retired = |write: &Write| {
            step.activated.plan.steps.iter().any(|planned| {
                let place = planned.change.place.as_ref();
                planned.reason.kind == "Retired"
                    && place.is_some_and(|place| place.target_group.as_str() == name)
            }) && write.targets.is_empty()
        };
        none(
            step,
            &format!("law 2, a gap removes nothing ({gap})"),
            |write| write.removes() && of(write) && !retired(write),
        )?;
    }
    Ok(())
}

fn what_is_not_there_is_looked_for_twice(step: &Step<'_>) -> Result<(), Broken> {
    let absent = |reason: &Said| {
        matches!(
            reason.kind.as_str(),
            "Gone" | "Vanished" | "ReservationOver" | "GivenUp"
        )
    };
    let steps = &step.activated.plan.steps;
    // That nobody has a port yet, and that it is free, is absence, too.
    let gives_a_port = |planned: &register_brokers::Step| {
        matches!(planned.change.action, Action::CreateTargetGroup { .. })
            && (planned.change.place.as_ref())
                .is_some_and(|place| matches!(place.owner, Owner::Broker(_)))
    };
    let on_absence = steps
        .iter()
        .any(|planned| absent(&planned.reason) || gives_a_port(planned));
    let report = &step.activated.report;
    if on_absence && (report.milliseconds < 5000 || report.calls["DescribeInstances"] < 2) {
        return broken(step, "law 2, what is not there is looked for twice (P-15)");
    }
    Ok(())
}

fn only_its_broker_is_registered(step: &Step<'_>) -> Result<(), Broken> {
    none(step, "law 4, a group gets its own broker only", |write| {
        let Some((_, owner)) = write.subject(step.before, step.after) else {
            return write.call == Call::RegisterTargets;
        };
        write.call == Call::RegisterTargets
            && write.targets.iter().any(|(instance, port)| {
                let kind = step.before.live.get(instance);
                let right = match (kind, owner.parse::<u32>()) {
                    (Some(Kind::Broker(node)), Ok(wanted)) => *node == wanted,
                    (Some(Kind::Broker(_)), Err(_)) => owner == "bootstrap",
                    (Some(Kind::Leaving(_) | Kind::Foreign | Kind::Untagged) | None, _) => false,
                };
                !right || port.is_some()
            })
    })
}

/// An instance that has served as a broker keeps its port and its place in bootstrap while it lives,
/// whatever its tags say and whatever a probe does not: unless a person takes it out, or it answered as
/// another broker on its own address.
fn who_has_served_stays(step: &Step<'_>) -> Result<(), Broken> {
    let law = "law 6, who has served keeps its port and its place in bootstrap";
    none(step, law, |write| {
        let Some((group, owner)) = write.subject(step.before, step.after) else {
            return false;
        };
        if is_retired(step, &group) {
            return false;
        }
        let stays = |id: &InstanceId| {
            let node = step.before.served_as(&group, id);
            node.filter(|node| {
                let is_own = owner == "bootstrap" || owner == node.to_string();
                let node = NodeId::new(*node).expect("a node");
                is_own
                    && !is_left_out(step, &group, node.get())
                    && step.before.keeps(id)
                    && !is_noted(step.before, id, node)
                    && !answers_as_another(&step.activated.plan.picture.proof, id, node)
            })
            .is_some()
        };
        match write.call {
            Call::DeregisterTargets => {
                let own_port = own_port(step, write);
                let mut targets = write.targets.iter();
                targets.any(|(id, port)| *port == own_port && stays(id))
            }
            Call::DeleteListener | Call::DeleteTargetGroup => {
                let places = step.before.places();
                let mut own = places
                    .iter()
                    .filter(|(_, place)| place.group == group && place.owner == owner);
                own.any(|(arn, _)| {
                    let mut live = step.before.live.keys();
                    live.any(|id| stays(id) && step.before.stands(arn, id))
                })
            }
            _ => false,
        }
    })
}

/// Whoever serves is noted, so that the law above is worth something.
fn who_serves_is_noted(step: &Step<'_>) -> Result<(), Broken> {
    let report = &step.activated.report;
    let failed = |taken: &fleet::report::Taken| !taken.outcome.lets_go_on();
    let is_quiet = report.held.is_empty() && report.gaps.is_empty() && report.paused.is_none();
    if !is_quiet || report.actions.iter().any(failed) {
        return Ok(());
    }
    for (arn, place) in step.before.places() {
        let Some(node) = place.node() else { continue };
        let [instance] = step.before.of_node(node)[..] else {
            continue;
        };
        let served = |look: &Look| look.served_as(&place.group, instance);
        let is_healthy = step.before.is_healthy(&arn, instance);
        let is_there = step.after.groups.contains_key(&arn) && !is_retired(step, &place.group);
        if is_healthy && is_there && served(step.after) != Some(node) {
            return broken(
                step,
                &format!("law 6, who serves is noted: {instance} behind {place:?}"),
            );
        }
    }
    Ok(())
}

/// The only live instance of a broker stays behind the broker's port, and its port stays its own;
/// somebody without tags leaves only when the right one serves (P-32).
fn the_right_target_stays(step: &Step<'_>) -> Result<(), Broken> {
    none(
        step,
        "law 6, the only live instance of a broker stays behind its port",
        |write| {
            let Some((group, owner)) = write.subject(step.before, step.after) else {
                return false;
            };
            let Ok(node) = owner.parse::<u32>() else {
                return false;
            };
            let live = step.before.of_node(node);
            let is_other = |id: &InstanceId| {
                let node = NodeId::new(node).expect("a node");
                step.before.released.contains(id)
                    || is_left_out(step, &group, node.get())
                    || is_noted(step.before, id, node)
                    || answers_as_another(&step.activated.plan.picture.proof, id, node)
                    || step
                        .before
                        .served_as(&group, id)
                        .is_some_and(|as_| as_ != node.get())
            };
            let own_port = own_port(step, write);
            match write.call {
                Call::DeregisterTargets => write.targets.iter().any(|(id, port)| {
                    let stray = step.before.live.get(id) == Some(&Kind::Untagged)
                        && !step.before.leaving.contains(id)
                        && !is_other(id);
                    let serves = |look: &Look| {
                        write.group().is_some_and(|group| {
                            live.iter().any(|right| look.is_healthy(&group, right))
                        })
                    };
                    (live == [id] && *port == own_port && !is_other(id))
                        || (stray && !serves(step.before) && !serves(step.after))
                }),
                // A listener that nobody stands behind would only fail open (F6).
                Call::DeleteListener => {
                    let places = step.before.places();
                    let mut own = places
                        .iter()
                        .filter(|(_, place)| place.group == group && place.owner == owner);
                    !is_retired(step, &group)
                        && own.any(|(arn, _)| live.iter().any(|id| step.after.stands(arn, id)))
                }
                Call::DeleteTargetGroup => {
                    !is_retired(step, &group) && live.iter().any(|id| !is_other(id))
                }
                _ => false,
            }
        },
    )
}

fn is_retired(step: &Step<'_>, group: &str) -> bool {
    step.world.wanted.get(group).copied().flatten() == Some(tests::history::event::Value::Retired)
}

fn own_port(step: &Step<'_>, write: &Write) -> Option<u16> {
    let record = write.group().and_then(|arn| step.before.groups.get(&arn));
    record.map(|record| record.group.port.get())
}

/// Whatever the probe says of a broker that lives, only another one's answer on its own instance takes
/// it out of bootstrap.
fn only_somebody_else_is_taken_out_of_bootstrap(step: &Step<'_>) -> Result<(), Broken> {
    let law = "law 10, a proof that fails takes nobody out of bootstrap";
    none(step, law, |write| {
        let Some((group, owner)) = write.subject(step.before, step.after) else {
            return false;
        };
        if write.call != Call::DeregisterTargets || owner != "bootstrap" {
            return false;
        }
        let own_port = own_port(step, write);
        write.targets.iter().any(|(id, port)| {
            let Some(Kind::Broker(node)) = step.before.live.get(id) else {
                return false;
            };
            let as_ = step.before.served_as(&group, id).unwrap_or(*node);
            let is_other = NodeId::new(as_).is_some_and(|node| {
                answers_as_another(&step.activated.plan.picture.proof, id, node)
                    || is_noted(step.before, id, node)
            });
            step.before.of_node(*node) == [id]
                && *port == own_port
                && !is_other
                && !is_left_out(step, &group, as_)
                && step.before.keeps(id)
        })
    })
}

fn foreign_things_are_untouched(step: &Step<'_>) -> Result<(), Broken> {
    let law = "law 5, what is not tagged as ours is not touched (P-11)";
    let is_ours = |tags: &tags::Tags| tags.get(tags::CLUSTER).map(String::as_str) == Some(CLUSTER);
    for (arn, record) in &step.before.groups {
        let same = step.after.groups.get(arn).is_some_and(|after| {
            after.group == record.group && after.attributes == record.attributes
        });
        if !is_ours(&record.group.tags) && !same {
            return broken(step, &format!("{law}: {arn}"));
        }
    }
    let mut foreign = BTreeSet::new();
    for (arn, record) in &step.before.listeners {
        if !is_ours(&record.tags) {
            foreign.insert(arn.as_str());
            if step.after.listeners.get(arn) != Some(record) {
                return broken(step, &format!("{law}: {arn}"));
            }
        }
    }
    let groups = step.before.groups.values();
    let theirs = groups.filter(|record| !is_ours(&record.group.tags));
    foreign.extend(theirs.map(|record| record.group.arn.as_str()));
    none(step, law, |write| {
        write.arns.iter().any(|arn| foreign.contains(arn.as_str()))
    })
}

fn registering_comes_first(step: &Step<'_>) -> Result<(), Broken> {
    for (at, write) in step.writes.iter().enumerate() {
        let later = &step.writes[at..];
        let same =
            |other: &&Write| other.call == Call::RegisterTargets && other.group() == write.group();
        if write.call == Call::DeregisterTargets && later.iter().any(|other| same(&other)) {
            return broken(step, "law 6, registering comes before deregistering (P-32)");
        }
    }
    Ok(())
}

fn twins_are_left_alone(step: &Step<'_>) -> Result<(), Broken> {
    // Nobody can know of a twin that EC2 does not show.
    if step.world.hidden_until > step.before.now {
        return Ok(());
    }
    none(
        step,
        "law 7, of two live instances with one node.id neither changes",
        |write| {
            let owner = write
                .subject(step.before, step.after)
                .map(|(_, owner)| owner);
            write.targets.iter().any(|(instance, _)| {
                let Some(Kind::Broker(node)) = step.before.live.get(instance) else {
                    return false;
                };
                // Out of another broker's group it goes all the same: no client may meet it there.
                let own = owner == Some(node.to_string()) || owner.as_deref() == Some("bootstrap");
                own && step.before.of_node(*node).len() > 1
            })
        },
    )
}

fn frozen_things_stay(step: &Step<'_>) -> Result<(), Broken> {
    if step.world.paused {
        return none(step, "law 8, nothing is written while paused", |_| true);
    }
    let refused: BTreeSet<&str> = step
        .activated
        .report
        .held
        .iter()
        .filter(|held| held.kind == "ParameterRefused")
        .filter_map(|held| group_of(held))
        .collect();
    none(
        step,
        "law 8, a refused or deleted parameter freezes its group",
        |write| {
            write
                .subject(step.before, step.after)
                .is_some_and(|(group, _)| {
                    step.world.is_frozen(&group) || refused.contains(group.as_str())
                })
        },
    )
}

fn only_the_healthy_enter_bootstrap(step: &Step<'_>) -> Result<(), Broken> {
    none(
        step,
        "law 9, who enters bootstrap is healthy behind its own port",
        |write| {
            let Some((group, owner)) = write.subject(step.before, step.after) else {
                return false;
            };
            if write.call != Call::RegisterTargets || owner != "bootstrap" {
                return false;
            }
            let serves = |look: &Look, (instance, _): &(fleet::words::InstanceId, Option<u16>)| {
                let Some(Kind::Broker(node)) = look.live.get(instance) else {
                    return false;
                };
                look.places().values().any(|place| {
                    place.group == group
                        && place.node() == Some(*node)
                        && look.serves(place.port, instance)
                })
            };
            let mut targets = write.targets.iter();
            targets.any(|target| !serves(step.before, target) && !serves(step.after, target))
        },
    )
}
