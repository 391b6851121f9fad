//! Laws about who may connect and whose connections stand.

use super::{Act, Law, no};
use crate::moment::Moment;
use fleet::observed::ConnectionState;
use fleet::words::{AccountId, VpcEndpointId};
use tests::history::principals::account_of;

impl Act<'_> {
    /// Whether both looks of a removal may have seen it so.
    fn agreed(&self, so: impl Fn(&Moment) -> bool) -> bool {
        self.agreed.iter().any(|moment| so(moment))
    }

    fn lost(&self) -> impl Iterator<Item = &String> {
        let before = self.before.access.permissions.keys();
        before.filter(|it| !self.after.access.permissions.contains_key(*it))
    }

    /// Principals that are allowed now, or whose tags are others.
    fn given(&self) -> impl Iterator<Item = &String> {
        let after = self.after.access.permissions.iter();
        let given =
            after.filter(|(it, tags)| self.before.access.permissions.get(*it) != Some(tags));
        given.map(|(principal, _)| principal)
    }

    /// Connections that have come into this state, with their accounts.
    fn entered(&self, into: ConnectionState) -> impl Iterator<Item = (&VpcEndpointId, &AccountId)> {
        let after = self.after.access.connections.iter();
        let entered = after.filter(move |(id, (_, state))| {
            let before = self.before.access.connections.get(*id);
            *state == into && before.is_some_and(|(_, before)| before != state)
        });
        entered.map(|(id, (account, _))| (id, account))
    }

    fn rejected(&self) -> impl Iterator<Item = &AccountId> {
        let rejected = self.entered(ConnectionState::Rejected);
        rejected.map(|(_, account)| account)
    }

    pub(super) fn what_we_did_not_record_stays(&self) -> Law {
        let recorded = |principal: &String| self.agreed(|m| m.keeps_by_list(principal));
        let law = "a permission that is not recorded is never removed, unless the list adopts it";
        no(law, !self.lost().all(recorded))
    }

    pub(super) fn who_is_listed_stays(&self) -> Law {
        let off = |principal: &String| {
            self.agreed(|m| m.list().is_some_and(|list| !list.lists(principal)))
        };
        let law = "nobody on the list loses a permission, nor anybody while the list is not known";
        no(law, !self.lost().all(off))
    }

    pub(super) fn nothing_changes_without_a_list(&self) -> Law {
        let law = "a refused or deleted list changes nothing (P-45)";
        no(law, self.always(|moment| moment.list().is_none()))
    }

    pub(super) fn adding_comes_first(&self) -> Law {
        let law = "what is added comes before what is taken away";
        let removed = self.earlier.iter().any(|write| write.removes());
        no(law, removed && !self.write.removes())
    }

    pub(super) fn only_who_is_listed_is_allowed(&self) -> Law {
        // One that is recorded and leaves later may say which list is in force.
        let listed = |principal: &String| {
            self.ever(|m| {
                let is_listed = m.list().is_some_and(|list| list.lists(principal));
                is_listed || m.access.is_ours(principal)
            })
        };
        let law = "nobody is allowed or recorded who is not on the list, nor was recorded";
        no(law, !self.given().all(listed))
    }

    pub(super) fn another_clusters_record_stays(&self) -> Law {
        let theirs = |principal: &String| self.always(|m| m.access.is_another_clusters(principal));
        let law = "the record of another cluster is left alone";
        no(law, self.given().any(theirs))
    }

    pub(super) fn only_who_leaves_is_rejected(&self) -> Law {
        let leaves = |account: &AccountId| {
            self.agreed(|m| m.list().is_some_and(|list| !list.lists_account(account)))
        };
        let law = "a connection of a listed account is never rejected";
        no(law, !self.rejected().all(leaves))
    }

    pub(super) fn only_who_was_allowed_by_us_is_rejected(&self) -> Law {
        let ours = |account: &AccountId| {
            self.agreed(|m| {
                let mut all = m.access.permissions_of(account);
                all.any(|principal| principal != "*" && m.keeps_by_list(principal))
            })
        };
        let law = "a connection of an account without a permission of ours is never rejected";
        no(law, !self.rejected().all(ours))
    }

    pub(super) fn who_stays_allowed_keeps_connections(&self) -> Law {
        let stays = |account: &AccountId| {
            let mut all = self.before.access.permissions_of(account);
            all.any(|principal| {
                self.agreed.iter().all(|m| {
                    m.access.permissions.contains_key(principal) && !m.keeps_by_list(principal)
                })
            })
        };
        let law = "an account that other hands allow keeps its connections";
        no(law, self.rejected().any(stays))
    }

    /// A permission goes after the connections that stand by it alone.
    pub(super) fn the_permission_goes_last(&self) -> Law {
        let stands = |principal: &String| {
            let Some(account) = account_of(principal) else {
                return false;
            };
            let mut own = self.before.access.connections.iter();
            let connected = own
                .any(|(id, (owner, _))| *owner == account && self.always(|m| m.access.is_live(id)));
            let lost: Vec<&String> = self.lost().collect();
            let otherwise = self.ever(|m| {
                let mut all = m.access.permissions_of(&account);
                let listed = m.list().is_some_and(|list| list.lists_account(&account));
                listed || all.any(|other| !lost.contains(&other))
            });
            connected && !otherwise
        };
        let law = "a permission goes when the connections that it allowed are gone";
        no(law, self.lost().any(stands))
    }

    pub(super) fn only_who_may_connect_is_accepted(&self) -> Law {
        let may = |(_, account): (&VpcEndpointId, &AccountId)| {
            let listed = self.ever(|m| m.list().is_some_and(|list| list.lists_account(account)));
            let at_once = self.ever(|m| m.list().is_some_and(|list| list.at_once));
            // Hand-over and health may come from different moments.
            let ready = ["EXTERNAL", "EXTERNAL2"].iter().any(|group| {
                self.ever(|m| m.access.handed_over.contains(*group))
                    && self.ever(|m| m.has_healthy_bootstrap(group))
            });
            listed && (at_once || ready)
        };
        let law = "a connection is accepted if its account is listed and something can be reached";
        let accepted: Vec<_> = self.entered(ConnectionState::Pending).collect();
        no(law, !accepted.into_iter().all(may))
    }
}
