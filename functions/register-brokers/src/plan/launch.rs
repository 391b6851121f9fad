//! When an instance that comes has come: its broker is up, and serves whoever it is to serve.

use super::draft::Draft;
use super::hooks::Next;
use super::seat::Seat;
use super::view::{View, standing_targets};
use crate::held::Held;
use crate::mapping::RowState;
use crate::reason::Reason;
use fleet::brokers::{Broker, Presence, Standing};
use fleet::lifecycle::Hold;
use fleet::listener::ListenerGroup;
use fleet::naming::Owner;
use fleet::wishes::Wanted;
use fleet::words::InstanceId;

impl Draft<'_> {
    /// What becomes of an instance that waits to enter its group.
    pub(super) fn launch(&mut self, hold: &Hold<'_>) -> Next {
        let (view, id) = (self.view, &hold.waiting.instance);
        let Some(broker) = view.brokers.find(id) else {
            return match view.brokers.standing(id) {
                // With the cluster's tag, as all that wait: a controller.
                Standing::Foreign => Next::Goes(Reason::NoBroker),
                Standing::Dead => Next::Goes(Reason::Terminated),
                Standing::Live(_)
                | Standing::Leaving(_)
                | Standing::Released(_)
                | Standing::Warm(_)
                | Standing::Untagged
                | Standing::Unknown => Next::Waits("its tags make no broker".to_owned()),
            };
        };
        let node = broker.node;
        if let Some(others) = view.twins_of(broker) {
            self.hold(Held::Twins(node, others));
            return Next::Goes(Reason::Twin(node));
        }
        if !broker.is_running() {
            return Next::Waits(format!("it is {}", broker.state.as_str()));
        }
        if !view.shows_itself(id, node) {
            return Next::Waits(format!(
                "broker {node} does not answer on its admin listener"
            ));
        }
        if let Some(why) = view.out_of_sync(broker) {
            return Next::Waits(why);
        }
        let groups = view.wishes.groups.values();
        let mut serving = groups.filter_map(|wanted| match wanted {
            Wanted::Serve(group) => Some(group),
            Wanted::Retire { .. } | Wanted::Refused { .. } | Wanted::Deleted { .. } => None,
        });
        match serving.find_map(|group| view.lacks(group, broker)) {
            Some(why) => Next::Waits(why),
            None => Next::Goes(Reason::Launched(node)),
        }
    }
}

impl View<'_> {
    /// Who bears a broker's number as well and lives, or has served as it: all of them, with the broker.
    fn twins_of(&self, broker: &Broker) -> Option<Vec<InstanceId>> {
        let node = broker.node;
        if let Presence::Twins(twins) = self.brokers.presence(node)
            && twins.contains(&&broker.instance)
        {
            return Some(twins.into_iter().cloned().collect());
        }
        for wanted in self.wishes.groups.values() {
            let Wanted::Serve(group) = wanted else {
                continue;
            };
            let key = (group.name.clone(), Owner::Broker(node));
            let seat = self.ledger.entries.get(&key);
            let seat = seat.map(|entry| self.seat(group, node, entry));
            if let Some(Seat::Contested(_, kept)) = seat {
                return Some(vec![kept.id.clone(), broker.instance.clone()]);
            }
        }
        None
    }

    /// What of a broker's partitions it has not caught up with, or that nobody knows it.
    fn out_of_sync(&self, broker: &Broker) -> Option<String> {
        let node = broker.node;
        match self.observed.holdings.get(&node) {
            Some(Ok(holdings)) if !holdings.behind.is_empty() => {
                let behind = &holdings.behind;
                Some(format!("broker {node} is not in sync in {behind}"))
            }
            Some(Ok(holdings))
                if holdings.heard.iter().any(|heard| *heard != node) || self.is_alone(broker) =>
            {
                None
            }
            Some(Ok(_) | Err(_)) | None => {
                Some(format!("nobody tells whether broker {node} is in sync"))
            }
        }
    }

    /// What a broker lacks in a group that it is to serve; a bootstrap that is shut is not waited for.
    fn lacks(&self, group: &ListenerGroup, broker: &Broker) -> Option<String> {
        let (name, node, id) = (&group.name, broker.node, &broker.instance);
        if self.is_out(group, node, id) {
            return None;
        }
        if let Some(held) = self.unfit(group, broker) {
            return Some(held.to_string());
        }
        let key = (name.clone(), Owner::Broker(node));
        let Some(entry) = self.ledger.entries.get(&key) else {
            return Some(format!("it has no port in {name} yet"));
        };
        if self.row_state(entry, Some(id)) != RowState::Serving {
            let port = entry.port;
            return Some(format!("it is not healthy behind port {port} of {name}"));
        }
        if !self.is_proven(name, broker, entry) {
            return Some(format!("port {} of {name} is not proven", entry.port));
        }
        let key = (name.clone(), Owner::Bootstrap);
        let entry = self.ledger.entries.get(&key)?;
        let Some(targets) = self.targets(&entry.arn) else {
            return Some(format!("the targets of {name} bootstrap could not be read"));
        };
        let is_open = entry.complete_since.is_some() || standing_targets(targets).next().is_some();
        let is_in = targets
            .iter()
            .any(|target| target.instance == *id && self.stays_in(group, entry, target));
        (is_open && !is_in).then(|| format!("it is not in the bootstrap of {name} yet"))
    }
}
