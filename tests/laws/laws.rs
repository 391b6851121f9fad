//! The laws of one activation: what the world was before it, what it wrote, what is there after it.

use crate::step::{Broken, Step, broken, none};
use cloud::call::Call;
use fleet::action::Action;
use fleet::held::Held;
use fleet::naming::Owner;
use fleet::reason::Reason;
use fleet::tags;
use std::collections::BTreeSet;
use tests::CLUSTER;
use tests::history::look::{EYES, Kind, Look, Write};
use tests::history::proof::is_somebody_else;

/// Looks at every law that one activation alone can break.
pub fn check(step: &Step<'_>) -> Result<(), Broken> {
    gaps_change_nothing(step)?;
    what_is_not_there_is_looked_for_twice(step)?;
    only_its_broker_is_registered(step)?;
    the_right_target_stays(step)?;
    foreign_things_are_untouched(step)?;
    registering_comes_first(step)?;
    only_somebody_else_is_taken_out_of_bootstrap(step)?;
    twins_are_left_alone(step)?;
    frozen_things_stay(step)?;
    tests::history::proof::check(step.activated)?;
    only_the_healthy_enter_bootstrap(step)
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
                planned.reason == Reason::Retired && planned.target_group.as_str() == name
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
    let absent = |reason: &Reason| {
        matches!(
            reason,
            Reason::Gone(_)
                | Reason::Vanished
                | Reason::ReservationOver(_)
                | Reason::GivenUp { .. }
        )
    };
    let steps = &step.activated.plan.steps;
    // That nobody has a port yet, and that it is free, is absence, too.
    let gives_a_port = |planned: &fleet::plan::Step| {
        matches!(planned.action, Action::CreateTargetGroup { .. })
            && matches!(planned.owner, Owner::Broker(_))
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

/// A broker that lives is never taken out of its own group, nor its port from it; an instance
/// without tags leaves only when the right one serves (P-32).
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
            let retired = step.world.wanted.get(group.as_str()).copied().flatten()
                == Some(tests::history::event::Value::Retired);
            let live = step.before.of_node(node);
            let own_port = write
                .group()
                .and_then(|arn| step.before.groups.get(&arn))
                .map(|record| record.group.port.get());
            match write.call {
                Call::DeregisterTargets => write.targets.iter().any(|(id, port)| {
                    let stray = step.before.live.get(id) == Some(&Kind::Untagged);
                    let serves = |look: &Look| {
                        write.group().is_some_and(|group| {
                            live.iter().any(|right| look.is_healthy(&group, right))
                        })
                    };
                    (live == [id] && *port == own_port)
                        || (stray && !serves(step.before) && !serves(step.after))
                }),
                Call::DeleteListener | Call::DeleteTargetGroup => !live.is_empty() && !retired,
                _ => false,
            }
        },
    )
}

/// Whatever the probe says of a broker that lives, only another one's answer on its own instance takes
/// it out of bootstrap.
fn only_somebody_else_is_taken_out_of_bootstrap(step: &Step<'_>) -> Result<(), Broken> {
    let law = "law 10, a proof that fails takes nobody out of bootstrap";
    none(step, law, |write| {
        let Some((_, owner)) = write.subject(step.before, step.after) else {
            return false;
        };
        if write.call != Call::DeregisterTargets || owner != "bootstrap" {
            return false;
        }
        let own_port = write
            .group()
            .and_then(|arn| step.before.groups.get(&arn))
            .map(|record| record.group.port.get());
        write.targets.iter().any(|(id, port)| {
            let Some(Kind::Broker(node)) = step.before.live.get(id) else {
                return false;
            };
            let is_somebody_else = fleet::words::NodeId::new(*node)
                .is_some_and(|node| is_somebody_else(step.activated, node));
            step.before.of_node(*node) == [id] && *port == own_port && !is_somebody_else
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
        .filter_map(|held| match held {
            Held::ParameterRefused(parameter, _) => parameter.rsplit('/').next(),
            _ => None,
        })
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
