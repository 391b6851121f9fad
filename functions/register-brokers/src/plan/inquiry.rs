//! What is to be proven now: who should answer on which port, drawn from the same view as the plan.

use super::seat::Seat;
use super::view::View;
use crate::observed::Observed;
use fleet::ledger::Entry;
use fleet::listener::{Endpoint, ListenerGroup};
use fleet::naming::Owner;
use fleet::observed::InstanceState;
use fleet::proof::{Inquiry, Path, Question, Row, Secret, Way};
use fleet::wishes::{Wanted, listener_parameter};
use fleet::words::{GroupName, InstanceId, NodeId, Port};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// An inquiry that still lacks its secrets, and what cannot be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// For probe-brokers, once each group has the secret that its way names.
    pub inquiry: Inquiry,
    /// Rows of what cannot be asked, each with why.
    pub unasked: Vec<Row>,
}

impl Asked {
    /// The secret of a group.
    pub fn give(&mut self, group: &GroupName, secret: Secret) {
        if let Some(way) = self.inquiry.groups.get_mut(group) {
            way.secret = Some(secret);
        }
    }

    /// A group cannot be asked: its questions become rows that say why.
    pub fn leave_out(&mut self, group: &GroupName, why: &str) {
        let all = std::mem::take(&mut self.inquiry.questions);
        let (out, kept) = all.into_iter().partition(|asked| asked.group == *group);
        self.inquiry.questions = kept;
        let out: Vec<Question> = out;
        self.unasked
            .extend(out.into_iter().map(|question| question.unasked(why)));
        self.inquiry.groups.remove(group);
    }
}

/// What is to be proven: for every group in service each broker's port and bootstrap through one of
/// the NLB's nodes, another one in each minute, and each broker directly, to tell "broker wrong" from
/// "NLB wrong". Nothing on a gap in what everything depends on.
pub fn inquiry(observed: &Observed) -> Asked {
    let agreed = BTreeSet::new();
    let Ok(view) = View::of(observed, &agreed) else {
        return Asked::default();
    };
    let mut asked = Asked::default();
    asked.inquiry.cluster_id = view.cluster_id();
    for wanted in view.wishes.groups.values() {
        match wanted {
            Wanted::Serve(group) => ask_about(&view, group, &mut asked),
            Wanted::Retire { .. } | Wanted::Refused { .. } | Wanted::Deleted { .. } => {}
        }
    }
    asked
}

/// What is to be advertised by the brokers that run and have a port in a group.
fn endpoints(view: &View<'_>, group: &ListenerGroup) -> BTreeMap<NodeId, Endpoint> {
    let of_entry = |entry: &Entry| {
        let Owner::Broker(node) = entry.owner else {
            return None;
        };
        let instance = match view.seat(group, node, entry) {
            Seat::Broker(broker) => &broker.instance,
            Seat::Kept(instance) | Seat::Contested(_, instance) => &instance.id,
            Seat::Twins(twins) => {
                let served = entry.served_by.as_ref();
                let mut twins = twins.iter().map(|broker| &broker.instance);
                twins.find(|twin| Some(*twin) == served)?
            }
            Seat::Leaving(broker) | Seat::Released(broker) => &broker.instance,
            Seat::Vacant => return None,
        };
        let instance = view.instances.get(instance)?;
        let endpoint = group.endpoint(node, instance.az_id.as_ref(), entry.port)?;
        (instance.state == InstanceState::Running).then_some((node, endpoint))
    };
    let entries = view.ledger.of_group(&group.name);
    entries.filter_map(of_entry).collect()
}

/// Brokers with an endpoint whom nobody has to list any more.
fn leaving(view: &View<'_>, group: &ListenerGroup) -> BTreeSet<NodeId> {
    let leaves = |entry: &Entry| {
        let Owner::Broker(node) = entry.owner else {
            return None;
        };
        let seat = view.seat(group, node, entry);
        matches!(seat, Seat::Leaving(_) | Seat::Released(_)).then_some(node)
    };
    let entries = view.ledger.of_group(&group.name);
    entries.filter_map(leaves).collect()
}

/// Whether the only instance that may answer on a broker's port does not run.
fn is_stopped(view: &View<'_>, group: &ListenerGroup, node: NodeId, entry: &Entry) -> bool {
    match view.seat(group, node, entry) {
        Seat::Broker(broker) => {
            let mut targets = view.targets(&entry.arn).unwrap_or_default().iter();
            !broker.is_running() && targets.all(|target| target.instance == broker.instance)
        }
        Seat::Kept(_)
        | Seat::Contested(..)
        | Seat::Twins(_)
        | Seat::Leaving(_)
        | Seat::Released(_)
        | Seat::Vacant => false,
    }
}

/// Brokers that have no endpoint and are no strangers: their instance is there, or the group is to do
/// without them.
fn known(view: &View<'_>, group: &ListenerGroup) -> BTreeSet<NodeId> {
    let left_out = group.without.instances.iter();
    let left_out = left_out.filter_map(|id| view.tagged(id));
    let named = group.without.nodes.iter().copied();
    let served = view.ledger.of_group(&group.name).filter_map(|entry| {
        let Owner::Broker(node) = entry.owner else {
            return None;
        };
        entry.vacant_since.is_none().then_some(node)
    });
    view.brokers
        .nodes()
        .chain(left_out)
        .chain(named)
        .chain(served)
        .collect()
}

/// Who is asked directly: every running instance that is a broker by its tags and is not left out, and
/// every one that serves, or has served, or is noted, as whatever broker that is.
fn asked_directly<'a>(
    view: &'a View<'_>,
    group: &ListenerGroup,
) -> BTreeMap<&'a InstanceId, (NodeId, Option<Ipv4Addr>)> {
    let mut asked = BTreeMap::new();
    for (node, instance) in view.seated(&group.name) {
        if instance.state == InstanceState::Running {
            asked.insert(&instance.id, (node, instance.private_ip));
        }
    }
    for broker in view.brokers.all_live() {
        let is_seated = asked.contains_key(&broker.instance);
        let is_out = view.is_out(group, broker.node, &broker.instance);
        if broker.is_running() && (is_seated || !is_out) {
            asked.insert(&broker.instance, (broker.node, broker.private_ip));
        }
    }
    asked
}

fn ask_about(view: &View<'_>, group: &ListenerGroup, asked: &mut Asked) {
    let way = Way {
        protocol: group.protocol,
        secret: None,
        secret_from: group.secret.clone(),
        parameter: listener_parameter(&view.observed.cluster, &group.name),
        endpoints: endpoints(view, group),
        leaving: leaving(view, group),
        known: known(view, group),
    };
    let nodes = Nodes::of(view);
    let mut questions = Vec::new();
    let mut ask = |path, address, port, instance| {
        questions.push(Question {
            group: group.name.clone(),
            path,
            address,
            port,
            instance,
        });
    };
    for entry in view.ledger.of_group(&group.name) {
        if let Owner::Broker(node) = entry.owner
            && view.our_listener(entry.port).is_some()
            && !is_stopped(view, group, node, entry)
        {
            ask(Path::Port(node), nodes.turn(entry.port), entry.port, None);
        }
    }
    if view.our_listener(group.bootstrap_port).is_some() {
        let port = group.bootstrap_port;
        ask(Path::Bootstrap, nodes.turn(port), port, None);
    }
    for (instance, (node, address)) in asked_directly(view, group) {
        let path = Path::Direct(node);
        ask(path, address, group.bind_port, Some(instance.clone()));
    }
    let (addressed, nowhere): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .partition(|question| question.address.is_some());
    asked.inquiry.questions.extend(addressed);
    asked.unasked.extend(nowhere.into_iter().map(|question| {
        let why = match (question.path, &view.observed.nodes) {
            (Path::Direct(_), _) => "EC2 shows no private address of its instance",
            (Path::Port(_) | Path::Bootstrap, Ok(_)) => {
                "the NLB shows no network interface; it has some when it is active"
            }
            (Path::Port(_) | Path::Bootstrap, Err(_)) => {
                "the NLB's network interfaces could not be read, see gaps"
            }
        };
        question.unasked(why)
    }));
    let no_user = (group.protocol.is_sasl() && group.secret.is_none()).then(|| {
        let parameter = &way.parameter;
        format!("parameter {parameter} names no \"secret\", and its protocol needs a user")
    });
    asked.inquiry.groups.insert(group.name.clone(), way);
    if let Some(why) = no_user {
        asked.leave_out(&group.name, &why);
    }
}

/// The NLB's nodes, and whose turn it is. Every port can be reached at each of them, as cross-zone
/// is on for our groups.
struct Nodes {
    addresses: Vec<Ipv4Addr>,
    minute: i64,
}

impl Nodes {
    fn of(view: &View<'_>) -> Self {
        let mut nodes = view.observed.nodes.clone().unwrap_or_default();
        nodes.sort();
        Self {
            addresses: nodes.into_iter().map(|node| node.address).collect(),
            minute: view.now.as_second() / 60,
        }
    }

    fn turn(&self, port: Port) -> Option<Ipv4Addr> {
        let turn = usize::try_from(self.minute).unwrap_or_default() + usize::from(port.get());
        let count = self.addresses.len();
        self.addresses.get(turn.checked_rem(count)?).copied()
    }
}
