//! Laws, of whatever is broken at once.

use super::{Examination, Finding, Patient, Station, connection, found};
use crate::look::{Look, all_proven};
use crate::mapping::RowState;
use crate::settings;
use fleet::handover;
use fleet::look::{PATTERN, arn, id, node, owner, target};
use fleet::naming::Owner;
use fleet::observed::{
    ConnectionState, Gap, InstanceState, Listener, Parameter, Seen, ServiceState, TargetHealth,
    TargetState,
};
use fleet::proof::{Path, Row, Verdict};
use fleet::tags;
use proptest::prelude::*;
use proptest::sample::subsequence;

type Change = fn(&mut Patient);

fn gap() -> Gap {
    Gap {
        read: "SomeCall".to_owned(),
        reason: "throttled".to_owned(),
    }
}

/// Changes parameters, if they could be read.
fn look(patient: &mut Patient, change: impl FnOnce(Look) -> Look) {
    if patient.look.0.parameters.is_ok() {
        patient.look = change(patient.look.clone());
    }
}

fn row(patient: &mut Patient, path: Path, change: impl FnOnce(&mut Row)) {
    let observed = &mut patient.look.0;
    if observed.proof == Ok(Vec::new()) {
        observed.proof = Ok(all_proven(observed));
    }
    let mut rows = observed.proof.iter_mut().flatten();
    if let Some(row) = rows.find(|row| row.question.path == path) {
        change(row);
    }
}

fn instance(patient: &mut Patient, of: u32, change: impl FnOnce(&mut fleet::observed::Instance)) {
    let mut all = patient.look.0.instances.iter_mut().flatten();
    if let Some(instance) = all.find(|it| it.id == id(of)) {
        change(instance);
    }
}

/// What can be broken, or look so, and whether that keeps a consumer away. What a proof says comes last, as it is
/// asked for last.
const CHANGES: [(bool, Change); 36] = [
    (false, |it| {
        look(it, |look| look.parameter("paused", "true"))
    }),
    (false, |it| {
        look(it, |look| look.parameter("restarts", "any-time"))
    }),
    (false, |it| {
        let cut = connection("333333333333", ConnectionState::Rejected);
        it.access
            .connections
            .iter_mut()
            .for_each(|all| all.push(cut.clone()));
    }),
    (true, |it| {
        look(it, |look| look.without_parameter("listeners/EXTERNAL"))
    }),
    (true, |it| {
        look(it, |look| look.parameter("listeners/EXTERNAL", "nonsense"))
    }),
    (true, |it| look(it, Look::never_handed_over)),
    (true, |it| it.look.0.parameters = Err(gap())),
    (true, |it| {
        instance(it, 2, |it| drop(it.tags.remove(tags::NODE_ID)))
    }),
    (true, |it| {
        instance(it, 2, |it| {
            drop(it.tags.insert(tags::NODE_ID.to_owned(), "3".to_owned()))
        })
    }),
    (true, |it| {
        instance(it, 3, |it| it.state = InstanceState::Stopped)
    }),
    (true, |it| {
        instance(it, 3, |it| it.vpc = Some("vpc-2".into()))
    }),
    (true, |it| it.look.0.instances = Err(gap())),
    (true, |it| it.look.0.load_balancer = Ok(None)),
    (true, |it| it.look.0.nodes = Ok(Vec::new())),
    (true, |it| {
        listeners(it, |all| all.retain(|it| it.port.get() != 9094))
    }),
    (true, |it| {
        listeners(it, |all| all.retain(|it| it.port.get() != 9092))
    }),
    (true, |it| {
        listeners(it, |all| {
            all.iter_mut()
                .for_each(|it| it.forwards_to = vec![arn(owner(1))])
        })
    }),
    (true, |it| {
        it.look
            .0
            .target_groups
            .iter_mut()
            .for_each(|all| all.retain(|it| it.arn != arn(owner(3))))
    }),
    (true, |it| it.look.0.target_groups = Err(gap())),
    (true, |it| {
        health(it, owner(1), Ok(vec![target(1, TargetState::Unhealthy)]))
    }),
    (true, |it| health(it, owner(1), Ok(Vec::new()))),
    (true, |it| {
        let all = [2, 3].map(|of| target(of, TargetState::Healthy));
        health(it, owner(2), Ok(all.into()))
    }),
    (true, |it| cross_zone_off(it, owner(3))),
    (true, |it| cross_zone_off(it, Owner::Bootstrap)),
    (true, |it| health(it, owner(2), Err(gap()))),
    (true, |it| {
        health(
            it,
            Owner::Bootstrap,
            Ok(vec![target(1, TargetState::Initial)]),
        )
    }),
    (true, |it| {
        it.look
            .0
            .endpoint_services
            .iter_mut()
            .flatten()
            .for_each(|it| it.state = ServiceState::Pending)
    }),
    (true, |it| it.access.permissions = Ok(Vec::new())),
    (true, |it| {
        it.access
            .connections
            .iter_mut()
            .flatten()
            .for_each(|it| it.state = ConnectionState::PendingAcceptance)
    }),
    (true, |it| it.access.connections = Err(gap())),
    (false, |it| {
        row(it, Path::Direct(node(1)), |row| row.verdict = unreachable())
    }),
    (true, |it| {
        row(it, Path::Port(node(2)), |row| row.verdict = unreachable())
    }),
    (true, |it| {
        row(it, Path::Port(node(1)), |row| {
            row.verdict = Verdict::WrongBroker { reached: node(2) }
        })
    }),
    (true, |it| {
        row(it, Path::Port(node(3)), |row| row.verdict = advertises())
    }),
    (true, |it| {
        row(it, Path::Bootstrap, |row| _ = row.unlisted.insert(node(3)))
    }),
    (true, |it| it.look.0.proof = Err(gap())),
];

fn listeners(patient: &mut Patient, change: impl FnOnce(&mut Vec<Listener>)) {
    if let Ok(all) = &mut patient.look.0.listeners {
        change(all);
    }
}

fn health(patient: &mut Patient, of: Owner, seen: Seen<Vec<TargetHealth>>) {
    patient.look.0.health.insert(arn(of), seen);
}

/// Somebody switched it off by hand.
fn cross_zone_off(patient: &mut Patient, of: Owner) {
    let mut attributes = settings::target_group_attributes(of);
    let key = "load_balancing.cross_zone.enabled".to_owned();
    attributes.insert(key, "false".to_owned());
    let seen = &mut patient.look.0.group_attributes;
    seen.insert(arn(of), Ok(attributes));
}

fn unreachable() -> Verdict {
    Verdict::Unreachable {
        why: "no answer".to_owned(),
    }
}

fn advertises() -> Verdict {
    Verdict::Advertises {
        found: "b3.old.example.com:9095".to_owned(),
        wanted: "b3.usw2-az1.abc.example.com:9095".to_owned(),
    }
}

/// Some of what can be broken, by its place in the list.
fn changes() -> impl Strategy<Value = Vec<usize>> {
    let all: Vec<usize> = (0..CHANGES.len()).collect();
    subsequence(all, 0..=3)
}

fn changed(changes: &[usize]) -> Patient {
    let mut patient = Patient::of(&[1, 2, 3]);
    changes.iter().for_each(|it| CHANGES[*it].1(&mut patient));
    patient
}

/// Whether the group is whole and handed over, and a consumer is connected, by the plan and by what was read, and not by
/// anything of the doctor's.
fn is_whole(patient: &Patient) -> bool {
    let Patient { look, access } = patient;
    let plan = look.plan();
    let picture = &plan.picture;
    let is_seen = plan.gaps.is_empty()
        && access.permissions.is_ok()
        && access.connections.is_ok()
        && access.rules.is_ok();
    let is_settled = plan.steps.is_empty() && plan.held.is_empty() && plan.doubts.is_empty();
    let serves = picture.mapping.len() == 4
        && picture
            .mapping
            .iter()
            .all(|row| row.state == RowState::Serving);
    let through = || {
        let rows = picture.proof.iter();
        rows.filter(|row| row.question.instance.is_none())
    };
    // Three ports and bootstrap; about a broker that stands still nobody asks.
    let is_proven = through().count() == 4
        && through().all(|row| {
            row.verdict.is_proven() && row.unlisted.is_empty() && row.strangers.is_empty()
        });
    let mut parameters = look.0.parameters.iter().flatten();
    let is_handed_over = parameters.any(|it| {
        it.name.ends_with("handover/EXTERNAL") && Parameter::text(it).is_some_and(handover::stands)
    });
    let connections = || access.connections.iter().flatten();
    let is_connected = access.permissions.iter().flatten().next().is_some()
        && connections().any(|it| it.state == ConnectionState::Available)
        && connections().all(|it| it.state != ConnectionState::PendingAcceptance);
    is_seen && is_settled && serves && is_proven && is_handed_over && is_connected
}

/// What is so whatever was found.
fn is_sound(examined: &Examination) -> Result<(), TestCaseError> {
    for walk in &examined.walks {
        prop_assert!(walk.stations.is_sorted_by_key(|found| found.station));
        prop_assert_eq!(walk.stations.len(), 13);
        for each in &walk.stations {
            match &each.finding {
                Finding::Well { says } => prop_assert!(is_a_line(says), "{}", examined),
                Finding::Wrong { says, next } | Finding::Unknown { says, next } => {
                    prop_assert!(is_a_line(says) && is_a_line(next), "{}", examined);
                }
                Finding::Waits { on } => {
                    prop_assert!(!found(walk, *on).is_well(), "{}", examined);
                    prop_assert!(root(walk, *on).is_some(), "{}", examined);
                }
            }
        }
    }
    Ok(())
}

/// What somebody waits for in the end: something that is to be done.
fn root(walk: &super::Walk, mut on: Station) -> Option<String> {
    for _ in 0..13 {
        match found(walk, on) {
            Finding::Waits { on: further } => on = further,
            other => return other.next().map(str::to_owned),
        }
    }
    None
}

fn is_a_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn everything_is_well_exactly_if_the_group_is_whole_and_a_consumer_connected(
        changes in changes(),
    ) {
        let patient = changed(&changes);
        let examined = patient.examined();
        prop_assert_eq!(examined.is_well(), is_whole(&patient), "{}\n{}", examined, activation::text::plan_text(&patient.look.plan()));
        is_sound(&examined)?;
        let says_so = examined.to_string().contains("\nNothing stands in the way.");
        prop_assert_eq!(says_so, examined.is_well());
    }

    #[test]
    fn whatever_a_parameter_or_a_tag_says_what_is_told_of_it_is_a_line(
        text in any::<String>(), tag in any::<String>(),
    ) {
        let mut patient = Patient::of(&[1, 2]);
        look(&mut patient, |it| it.parameter("listeners/EXTERNAL", &text).parameter("listeners/EXTERNAL2", PATTERN));
        instance(&mut patient, 2, |it| drop(it.tags.insert(tags::NODE_ID.to_owned(), tag)));
        is_sound(&patient.examined())?;
    }
}

#[test]
fn what_was_tried_alone_is_told_alone() {
    for (number, (breaks, _)) in CHANGES.iter().enumerate() {
        let examined = changed(&[number]).examined();
        assert_eq!(examined.is_well(), !breaks, "{number}: {examined}");
    }
}
