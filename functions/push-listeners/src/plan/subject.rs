//! One broker: what it should show, and what it shows.

use super::view::View;
use crate::difference::{Difference, differences};
use crate::exit::Exit;
use crate::held::Held;
use crate::server_properties::Wanted;
use fleet::brokers::Broker;
use fleet::documents::Document;
use fleet::host::reply::short_hex;
use fleet::ledger::Entry;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::shown::{Itself, Shown};
use fleet::wishes;
use fleet::words::{GroupName, Port};
use std::collections::BTreeSet;

/// A broker that leaves and serves still.
pub(super) struct Leaver<'a> {
    pub(super) subject: Subject<'a>,
    pub(super) exit: Exit,
}

/// A broker with one live instance.
pub(super) struct Subject<'a> {
    pub(super) broker: &'a Broker,
    /// What it should have, group by group.
    pub(super) wanted: Vec<Wanted>,
    /// Why it gets some groups not yet.
    pub(super) lacks: Vec<Held>,
    /// The groups that it should have no more.
    pub(super) retired: BTreeSet<GroupName>,
    /// What it shows; none if it was not asked.
    pub(super) shown: Option<&'a Shown>,
    /// What is different; none if it is not known.
    pub(super) differences: Option<Vec<Difference>>,
    /// Whether a command of ours that changes something was sent to its host in the last 30 days.
    pub(super) was_touched: bool,
}

impl<'a> Subject<'a> {
    /// A broker, with what holds some of its groups.
    pub(super) fn of(view: &'a View<'a>, broker: &'a Broker) -> Self {
        let (mut wanted, mut lacks, mut retired) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (name, wish) in &view.wishes.groups {
            match wish {
                wishes::Wanted::Serve(group) => {
                    if group.without.names(broker.node, &broker.instance) {
                        continue;
                    }
                    match wanted_of(view, broker, group) {
                        Ok(it) => wanted.push(it),
                        Err(held) => lacks.push(held),
                    }
                }
                wishes::Wanted::Retire { .. } => _ = retired.insert(name.clone()),
                wishes::Wanted::Refused { .. } | wishes::Wanted::Deleted { .. } => {}
            }
        }
        let shown = view.shown(&broker.instance).map(|it| &it.shown);
        let differences = match shown {
            Some(Shown::Itself(shows)) => Some(differences(shows, &wanted, &retired)),
            Some(Shown::Another { .. } | Shown::Silent { .. } | Shown::Untold { .. }) | None => {
                None
            }
        };
        let newest = |document| view.observed.newest(&broker.instance, document);
        let was_touched = newest(Document::Apply).is_some() || newest(Document::Stop).is_some();
        Self {
            broker,
            wanted,
            lacks,
            retired,
            shown,
            differences,
            was_touched,
        }
    }

    /// A broker whose instance is being terminated: nothing is wanted of it any more.
    pub(super) fn leaving(view: &'a View<'a>, broker: &'a Broker) -> Self {
        Self {
            broker,
            wanted: Vec::new(),
            lacks: Vec::new(),
            retired: BTreeSet::new(),
            shown: view.shown(&broker.instance).map(|it| &it.shown),
            differences: None,
            was_touched: true,
        }
    }

    /// Whether its admin listener accepts connections, and does not answer.
    pub(super) fn hangs(&self) -> bool {
        matches!(self.shown, Some(Shown::Silent { accepts: true, .. }))
    }

    /// Whether its host may have to be looked at or touched.
    pub(super) fn may_need_a_hand(&self) -> bool {
        match (self.shown, &self.differences) {
            (_, Some(differences)) => !differences.is_empty(),
            (Some(Shown::Silent { .. }), None) => true,
            (Some(_) | None, None) => false,
        }
    }

    /// What its process shows, if it shows itself.
    pub(super) fn itself(&self) -> Option<&'a Itself> {
        match self.shown? {
            Shown::Itself(itself) => Some(itself),
            Shown::Another { .. } | Shown::Silent { .. } | Shown::Untold { .. } => None,
        }
    }

    /// The bind ports of what it should have.
    pub(super) fn ports(&self) -> Vec<Port> {
        self.wanted.iter().map(|it| it.bind_port).collect()
    }

    /// What it should show, as a hash: 16 hexadecimal digits.
    pub(super) fn revision(&self) -> String {
        let wanted = self.wanted.iter().map(|it| {
            let protocol = it.protocol.as_str();
            format!(
                "{} {} {protocol} {}\n",
                it.name, it.bind_port, it.advertised
            )
        });
        let retired = self.retired.iter().map(|it| format!("{it} retired\n"));
        let text: String = wanted.chain(retired).collect();
        short_hex(text.as_bytes())
    }
}

/// What a broker should have for a group: its port is in the ledger, its name follows from the pattern.
fn wanted_of(view: &View<'_>, broker: &Broker, group: &ListenerGroup) -> Result<Wanted, Held> {
    let node = broker.node;
    let name = &group.name;
    let key = (name.clone(), Owner::Broker(node));
    let entry: &Entry = view.ledger.entries.get(&key).ok_or_else(|| Held::NoPort {
        node,
        group: name.clone(),
        cluster: view.observed.cluster.clone(),
    })?;
    let endpoint = group.endpoint(node, broker.az_id.as_ref(), entry.port);
    let advertised = endpoint.ok_or_else(|| Held::NoZone {
        node,
        group: name.clone(),
        zone: broker.az_id.clone(),
    })?;
    Ok(Wanted {
        name: name.clone(),
        bind_port: entry.bind_port,
        protocol: group.protocol,
        advertised,
        adopts: group.adopts,
    })
}
