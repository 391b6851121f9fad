//! What can be broken, or look so, and whether that keeps a consumer away. What a proof says comes last, as it is asked
//! for last.

use super::{Patient, connection};
use crate::look::{Look, all_proven};
use crate::settings;
use fleet::look::{arn, id, node, owner, scaling_group, target};
use fleet::naming::Owner;
use fleet::observed::{
    ConnectionState, Gap, Instance, InstanceState, Listener, Seen, ServiceState, TargetHealth,
    TargetState,
};
use fleet::proof::{Path, Row, Verdict};
use fleet::tags;
use std::fmt;

/// Something that is otherwise.
#[derive(Clone, Copy)]
pub(super) struct Change {
    /// What a failure prints.
    name: &'static str,
    /// Whether it keeps a consumer away.
    pub(super) breaks: bool,
    make: fn(&mut Patient),
}

/// A patient of three brokers that is changed so.
pub(super) fn changed(changes: &[Change]) -> Patient {
    let mut patient = Patient::of(&[1, 2, 3]);
    changes.iter().for_each(|it| (it.make)(&mut patient));
    patient
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

const fn harmless(name: &'static str, make: fn(&mut Patient)) -> Change {
    let breaks = false;
    Change { name, breaks, make }
}

const fn breaks(name: &'static str, make: fn(&mut Patient)) -> Change {
    let breaks = true;
    Change { name, breaks, make }
}

pub(super) const CHANGES: [Change; 38] = [
    harmless("paused", |it| {
        look(it, |look| look.parameter("paused", "true"))
    }),
    harmless("restarts at any time", |it| {
        look(it, |look| look.parameter("restarts", "any-time"))
    }),
    harmless("a stranger was rejected", |it| {
        let cut = connection("333333333333", ConnectionState::Rejected);
        let all = it.access.connections.iter_mut();
        all.for_each(|all| all.push(cut.clone()));
    }),
    breaks("no listener parameter", |it| {
        look(it, |look| look.without_parameter("listeners/EXTERNAL"))
    }),
    breaks("a listener parameter that is refused", |it| {
        look(it, |look| look.parameter("listeners/EXTERNAL", "nonsense"))
    }),
    breaks("the group is retired", |it| {
        let retired = r#"{"retired": true}"#;
        look(it, |look| look.parameter("listeners/EXTERNAL", retired))
    }),
    breaks("never handed over", |it| look(it, Look::never_handed_over)),
    breaks("parameters unread", |it| it.look.0.parameters = Err(gap())),
    breaks("broker 2 without its number", |it| {
        instance(it, 2, |it| drop(it.tags.remove(tags::NODE_ID)))
    }),
    breaks("broker 2 tagged as broker 3", |it| {
        let three = "3".to_owned();
        instance(it, 2, |it| {
            drop(it.tags.insert(tags::NODE_ID.to_owned(), three))
        })
    }),
    breaks("broker 3 stopped", |it| {
        instance(it, 3, |it| it.state = InstanceState::Stopped)
    }),
    breaks("broker 3 in another VPC", |it| {
        instance(it, 3, |it| it.vpc = Some("vpc-2".into()))
    }),
    breaks("instances unread", |it| it.look.0.instances = Err(gap())),
    breaks("an Auto Scaling group launched nobody", |it| {
        let mut group = scaling_group("brokers-4", &[]);
        group.desired = Some(1);
        let cluster = (tags::CLUSTER.to_owned(), "orders".to_owned());
        group.tags.extend([cluster]);
        let groups = it.look.0.auto_scaling_groups.iter_mut();
        groups.for_each(|all| all.push(group.clone()));
    }),
    breaks("no NLB", |it| it.look.0.load_balancer = Ok(None)),
    breaks("an NLB without nodes", |it| {
        it.look.0.nodes = Ok(Vec::new())
    }),
    breaks("no listener for broker 2", |it| {
        listeners(it, |all| all.retain(|it| it.port.get() != 9094))
    }),
    breaks("no listener for bootstrap", |it| {
        listeners(it, |all| all.retain(|it| it.port.get() != 9092))
    }),
    breaks("every listener leads to broker 1", |it| {
        let astray = |it: &mut Listener| it.forwards_to = vec![arn(owner(1))];
        listeners(it, |all| all.iter_mut().for_each(astray))
    }),
    breaks("no target group for broker 3", |it| {
        let groups = it.look.0.target_groups.iter_mut();
        groups.for_each(|all| all.retain(|it| it.arn != arn(owner(3))));
    }),
    breaks("target groups unread", |it| {
        it.look.0.target_groups = Err(gap())
    }),
    breaks("the target of broker 1 unhealthy", |it| {
        health(it, owner(1), Ok(vec![target(1, TargetState::Unhealthy)]))
    }),
    breaks("broker 1 not registered", |it| {
        health(it, owner(1), Ok(Vec::new()))
    }),
    breaks("broker 3 beside broker 2", |it| {
        let all = [2, 3].map(|of| target(of, TargetState::Healthy));
        health(it, owner(2), Ok(all.into()))
    }),
    breaks("cross-zone off for broker 3", |it| {
        cross_zone_off(it, owner(3))
    }),
    breaks("cross-zone off for bootstrap", |it| {
        cross_zone_off(it, Owner::Bootstrap)
    }),
    breaks("the health of broker 2 unread", |it| {
        health(it, owner(2), Err(gap()))
    }),
    breaks("bootstrap with one target, which is new", |it| {
        let new = vec![target(1, TargetState::Initial)];
        health(it, Owner::Bootstrap, Ok(new))
    }),
    breaks("an endpoint service that is being made", |it| {
        let services = it.look.0.endpoint_services.iter_mut().flatten();
        services.for_each(|it| it.state = ServiceState::Pending)
    }),
    breaks("nobody may connect", |it| {
        it.access.permissions = Ok(Vec::new())
    }),
    breaks("the endpoint waits to be accepted", |it| {
        let all = it.access.connections.iter_mut().flatten();
        all.for_each(|it| it.state = ConnectionState::PendingAcceptance)
    }),
    breaks("connections unread", |it| {
        it.access.connections = Err(gap())
    }),
    harmless("broker 1 does not answer on its own address", |it| {
        row(it, Path::Direct(node(1)), |row| row.verdict = unreachable())
    }),
    breaks("broker 2 does not answer on its port", |it| {
        row(it, Path::Port(node(2)), |row| row.verdict = unreachable())
    }),
    breaks("broker 2 answers on the port of broker 1", |it| {
        row(it, Path::Port(node(1)), |row| {
            row.verdict = Verdict::WrongBroker { reached: node(2) }
        })
    }),
    breaks("broker 3 advertises an old name", |it| {
        row(it, Path::Port(node(3)), |row| row.verdict = advertises())
    }),
    breaks("bootstrap does not list broker 3", |it| {
        row(it, Path::Bootstrap, |row| _ = row.unlisted.insert(node(3)))
    }),
    breaks("nothing proven", |it| it.look.0.proof = Err(gap())),
];

/// Changes parameters, if they could be read.
pub(super) fn look(patient: &mut Patient, change: impl FnOnce(Look) -> Look) {
    if patient.look.0.parameters.is_ok() {
        patient.look = change(patient.look.clone());
    }
}

/// Changes an instance, if EC2 shows it.
pub(super) fn instance(patient: &mut Patient, of: u32, change: impl FnOnce(&mut Instance)) {
    let mut all = patient.look.0.instances.iter_mut().flatten();
    if let Some(instance) = all.find(|it| it.id == id(of)) {
        change(instance);
    }
}

fn gap() -> Gap {
    Gap {
        read: "SomeCall".to_owned(),
        reason: "throttled".to_owned(),
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
