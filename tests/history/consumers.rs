//! Makes what happens to who may connect happen on the stage. What AWS refuses does not happen.

use super::access::Access as Look;
use super::happen::{World, pick};
use super::principals::{ACCOUNTS, Access, List, Said, mistake, principals};
use crate::CLUSTER;
use fleet::observed::ConnectionState;
use fleet::tags::{self, Tags};
use fleet::words::VpcEndpointId;

const PARAMETER: &str = "principals";

impl World {
    pub(super) fn change_access(&mut self, event: Access) {
        match event {
            Access::Put(list) => self.say(list),
            Access::Toggle(of) => {
                let who = self.list.who ^ (1 << (usize::from(of) % principals().len()));
                self.say(List { who, ..self.list });
            }
            Access::Garble(which) => {
                // No parameter is empty (API reference of PutParameter).
                self.stage.put(PARAMETER, &format!("{} ", mistake(which)));
                self.said = Some(Said::Mistake);
            }
            Access::Delete => {
                if self.said.take().is_some() {
                    self.stage.delete(PARAMETER);
                }
            }
            Access::Connect(of) => self.connect_one(of),
            Access::Leave(_) | Access::Accept(_) | Access::Reject(_) | Access::NewState(_) => {
                self.change_connection(event);
            }
            Access::Allow(_) | Access::Disallow(_) | Access::Retag(..) => {
                self.change_permission(event);
            }
        }
    }

    fn say(&mut self, list: List) {
        self.stage.put(PARAMETER, &list.text());
        (self.list, self.said) = (list, Some(Said::List(list)));
    }

    /// The first consumer whom AWS lets, beginning with this one.
    fn connect_one(&self, of: u8) {
        let first = usize::from(of) % ACCOUNTS.len();
        let accounts = ACCOUNTS.iter().cycle().skip(first).take(ACCOUNTS.len());
        accounts
            .into_iter()
            .find(|account| self.stage.connect(account).is_ok());
    }

    fn change_connection(&self, event: Access) {
        let (Access::Leave(of) | Access::Accept(of) | Access::Reject(of) | Access::NewState(of)) =
            event
        else {
            return;
        };
        let connected: Vec<VpcEndpointId> = self.stage.connected().into_keys().collect();
        if connected.is_empty() {
            return;
        }
        let (service, endpoint) = (self.service.clone(), pick(&connected, of));
        let one = std::slice::from_ref(endpoint);
        let done = self.stage.edit(|model, now| match event {
            Access::Accept(_) => model.accept_connections(now, &service, one).map(drop),
            Access::Reject(_) => model.reject_connections(now, &service, one).map(drop),
            Access::NewState(_) => {
                let state = ConnectionState::Unknown("resting".to_owned());
                model.set_connection_state(now, endpoint, state)
            }
            _ => model.consumer_leaves(now, endpoint),
        });
        done.ok();
    }

    fn change_permission(&self, event: Access) {
        let service = self.service.clone();
        let there: Vec<String> = Look::at(self).permissions.into_keys().collect();
        let one = |of: u8| (!there.is_empty()).then(|| pick(&there, of).clone());
        self.stage.edit(|model, now| match event {
            Access::Allow(of) => {
                let mut all = principals();
                all.push("*".to_owned());
                let one = [pick(&all, of).clone()];
                model
                    .modify_service_permissions(now, &service, &one, &[])
                    .ok();
            }
            Access::Disallow(of) => {
                let one: Vec<String> = one(of).into_iter().collect();
                model
                    .modify_service_permissions(now, &service, &[], &one)
                    .ok();
            }
            Access::Retag(of, how) => {
                if let Some(one) = one(of) {
                    model
                        .retag_permission(now, &service, &one, |tags| retag(tags, how))
                        .ok();
                }
            }
            _ => {}
        });
    }

    /// The parameter is right, and names everybody who goes; no permission is another cluster's, and no
    /// consumer keeps an endpoint that nobody can accept any more.
    pub(super) fn mend_access(&mut self) {
        if self.said.is_none() && self.list.who == 0 {
            return;
        }
        self.say(List {
            remove: true,
            ..self.list
        });
        let (service, look) = (self.service.clone(), Look::at(self));
        self.stage.edit(|model, now| {
            for principal in look.permissions.keys() {
                if look.is_another_clusters(principal) {
                    let off = |tags: &mut Tags| drop(tags.remove(tags::CLUSTER));
                    model.retag_permission(now, &service, principal, off).ok();
                }
            }
            for (endpoint, (_, state)) in &look.connections {
                let stuck = ConnectionState::Unknown("resting".to_owned());
                if *state == ConnectionState::Rejected || *state == stuck {
                    model.consumer_leaves(now, endpoint).ok();
                }
            }
        });
    }
}

/// Tags come off, are another cluster's, or are ours as a person writes them.
fn retag(tags: &mut Tags, how: u8) {
    match how % 3 {
        0 => tags.clear(),
        1 => _ = tags.insert(tags::CLUSTER.to_owned(), "payments".to_owned()),
        _ => _ = tags.insert(tags::CLUSTER.to_owned(), CLUSTER.to_owned()),
    }
}
