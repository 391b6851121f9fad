//! What is to be proven now: who should answer on which port, drawn from the same view as the plan.

use super::view::View;
use crate::brokers::Broker;
use crate::listener::{Endpoint, ListenerGroup};
use crate::naming::Owner;
use crate::observed::Observed;
use crate::proof::{Inquiry, Path, Question, Row, Secret, Way};
use crate::tags;
use crate::wishes::{Wanted, listener_parameter};
use crate::words::{GroupName, NodeId, Port};
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
    let Ok(view) = View::of(observed) else {
        return Asked::default();
    };
    let mut asked = Asked::default();
    asked.inquiry.cluster_id = cluster_id(&view);
    for wanted in view.wishes.groups.values() {
        match wanted {
            Wanted::Serve(group) => ask_about(&view, group, &mut asked),
            Wanted::Retire | Wanted::Refused { .. } | Wanted::Deleted { .. } => {}
        }
    }
    asked
}

/// What is to be advertised by the brokers that run and have a port in a group.
fn endpoints(view: &View<'_>, group: &ListenerGroup) -> BTreeMap<NodeId, Endpoint> {
    let of_broker = |broker: &Broker| {
        let owner = Owner::Broker(broker.node);
        let entry = view.ledger.entries.get(&(group.name.clone(), owner))?;
        group.endpoint(broker.node, broker.az_id.as_ref()?, entry.port)
    };
    running(view)
        .filter_map(|broker| Some((broker.node, of_broker(broker)?)))
        .collect()
}

fn ask_about(view: &View<'_>, group: &ListenerGroup, asked: &mut Asked) {
    let way = Way {
        protocol: group.protocol,
        secret: None,
        secret_from: group.secret.clone(),
        parameter: listener_parameter(&view.observed.cluster, &group.name),
        endpoints: endpoints(view, group),
    };
    let nodes = Nodes::of(view);
    let mut questions = Vec::new();
    let mut ask = |path, address, port| {
        questions.push(Question {
            group: group.name.clone(),
            path,
            address,
            port,
        });
    };
    for (&node, endpoint) in &way.endpoints {
        if view.our_listener(endpoint.port).is_some() {
            ask(Path::Port(node), nodes.turn(endpoint.port), endpoint.port);
        }
    }
    if view.our_listener(group.bootstrap_port).is_some() {
        let port = group.bootstrap_port;
        ask(Path::Bootstrap, nodes.turn(port), port);
    }
    for broker in running(view) {
        let path = Path::Direct(broker.node);
        ask(path, broker.private_ip, group.bind_port);
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

fn running<'a>(view: &'a View<'_>) -> impl Iterator<Item = &'a Broker> {
    view.brokers.live().filter(|broker| broker.is_running())
}

/// The cluster id that instances are tagged with, if all tags agree.
fn cluster_id(view: &View<'_>) -> Option<String> {
    let instances = view.observed.instances.iter().flatten();
    let cluster = Some(view.observed.cluster.as_str());
    let ids: BTreeSet<&String> = instances
        .filter(|instance| instance.tags.get(tags::CLUSTER).map(String::as_str) == cluster)
        .filter_map(|instance| instance.tags.get(tags::CLUSTER_ID))
        .collect();
    match Vec::from_iter(ids).as_slice() {
        [only] => Some((*only).clone()),
        _ => None,
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
