//! Listeners are derived: ours on port P forwards to the target group tagged port=P.

use super::draft::{Draft, Subject};
use crate::action::Action;
use crate::held::Held;
use crate::reason::Reason;
use crate::settings;
use fleet::ledger::Entry;
use fleet::observed::Listener;
use fleet::words::Port;

impl Draft<'_> {
    /// Makes or puts right the listener of an entry. `serves`: its group has a target, or gets one
    /// in this plan; a listener with an empty group would only fail open (F6).
    pub(super) fn plan_listener(&mut self, subject: Subject<'_>, entry: &Entry, serves: bool) {
        let port = entry.port;
        if self.holds_routed_elsewhere(subject, entry) {
            return;
        }
        if !self.view.listeners.contains_key(&port) {
            if self.take_place(subject) && serves {
                self.create_listener(subject, port);
            }
            return;
        }
        let Some(listener) = self.view.our_listener(port) else {
            self.hold(Held::PortTaken(subject.group.clone(), subject.owner, port));
            return;
        };
        if listener.protocol != "TCP" {
            let (group, protocol) = (subject.group.clone(), listener.protocol.clone());
            self.hold(Held::ListenerProtocol(group, port, protocol));
            return;
        }
        if serves && listener.forwards_to != [entry.arn.clone()] {
            let action = Action::ModifyListener {
                listener: listener.arn.clone(),
                port,
                from: listener.forwards_to.clone(),
            };
            self.act(
                subject,
                action,
                Reason::CrossedWires(listener.forwards_to.clone()),
            );
        }
        if let Some(Ok(seen)) = self.view.observed.listener_attributes.get(&listener.arn) {
            let attributes = settings::differing(&settings::listener_attributes(), seen);
            if !attributes.is_empty() {
                let action = Action::ModifyListenerAttributes {
                    listener: listener.arn.clone(),
                    port,
                    attributes,
                };
                self.act(subject, action, Reason::SettingsDiffer);
            }
        }
    }

    pub(super) fn create_listener(&mut self, subject: Subject<'_>, port: Port) {
        let attributes = settings::listener_attributes();
        self.act(
            subject,
            Action::CreateListener { port, attributes },
            Reason::ListenerMissing,
        );
    }

    /// Holds a target group that another load balancer routes to: AWS refuses a listener on a second one
    /// (`TargetGroupAssociationLimit`). Its targets are kept right, as they serve there.
    fn holds_routed_elsewhere(&mut self, subject: Subject<'_>, entry: &Entry) -> bool {
        let ours = &self.view.load_balancer.arn;
        let mut others = entry.load_balancers.iter().filter(|arn| *arn != ours);
        let Some(other) = others.next() else {
            return false;
        };
        self.hold(Held::RoutedElsewhere(
            subject.group.clone(),
            subject.owner,
            other.clone(),
        ));
        true
    }

    /// Holds a target group whose targets would be in another VPC than the NLB: a group keeps its VPC
    /// for life, and the NLB routes to targets in its own only.
    pub(super) fn holds_other_vpc(&mut self, subject: Subject<'_>, entry: &Entry) -> bool {
        let nlb = &self.view.load_balancer.vpc;
        if entry.vpc == *nlb {
            return false;
        }
        self.hold(Held::GroupInOtherVpc(
            subject.group.clone(),
            subject.owner,
            entry.vpc.clone(),
            nlb.clone(),
        ));
        true
    }

    /// Whether a listener other than `leaving` still forwards to the group, which then cannot be
    /// deleted. One of ours that does so by mistake is put right first; any other is said.
    pub(super) fn holds_forwarded_to(
        &mut self,
        subject: Subject<'_>,
        entry: &Entry,
        leaving: Option<&Listener>,
    ) -> bool {
        if self.holds_routed_elsewhere(subject, entry) {
            return true;
        }
        let leaving = leaving.map(|listener| &listener.arn);
        let mut listeners = self.view.listeners.values();
        let Some(other) = listeners.find(|listener| {
            Some(&listener.arn) != leaving && listener.forwards_to.contains(&entry.arn)
        }) else {
            return false;
        };
        self.hold(Held::StillForwardedTo(
            subject.group.clone(),
            subject.owner,
            other.port,
        ));
        true
    }
}
