//! What can happen to who may connect: the parameter `principals`, consumers, people's hands, AWS itself.

use super::event::Event;
use crate::principals::root;
use fleet::words::AccountId;
use proptest::prelude::*;
use serde_json::json;
use std::fmt;

/// The accounts of consumers.
pub const ACCOUNTS: [&str; 5] = [
    "021000000001",
    "210000000002",
    "210000000003",
    "210000000004",
    "210000000005",
];
/// What a person writes by mistake.
const MISTAKES: [&str; 6] = [
    "",
    "*",
    "21000000001",
    "arn:aws:iam::210000000002:role/team/tidb",
    r#"{"principals": "#,
    r#"{"principal": ["210000000002"]}"#,
];

/// Something that happens to who may connect. A `u8` picks one of what there is then.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// The parameter is written.
    Put(List),
    /// One principal is put on the list, or taken off it.
    Toggle(u8),
    /// The parameter is written with a mistake.
    Garble(u8),
    /// It is deleted.
    Delete,
    /// A consumer makes an endpoint, if AWS lets any.
    Connect(u8),
    /// A consumer deletes one of its endpoints.
    Leave(u8),
    /// A person allows a principal, or everybody.
    Allow(u8),
    /// A person takes a permission away.
    Disallow(u8),
    /// A person edits the tags of a permission; how.
    Retag(u8, u8),
    /// A person accepts a connection.
    Accept(u8),
    /// A person rejects a connection.
    Reject(u8),
    /// AWS shows a connection in a state that it has added.
    NewState(u8),
}

/// What the parameter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Who may connect.
    List(List),
    /// Something that is refused.
    Mistake,
}

/// A list of principals.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct List {
    /// Who: a bit for each of [`principals`].
    pub who: u8,
    /// Permissions of other hands are taken away, too.
    pub adopt: bool,
    /// Connections are accepted at once.
    pub at_once: bool,
    /// Everybody else is named to be removed.
    pub remove: bool,
}

/// Whom lists and people name: all of each account, and roles of the first two.
pub fn principals() -> Vec<String> {
    let roles = ACCOUNTS[..2].iter();
    let roles = roles.map(|account| format!("arn:aws:iam::{account}:role/tidb"));
    ACCOUNTS
        .iter()
        .map(|account| root(account))
        .chain(roles)
        .collect()
}

/// The account of a principal; none of `*`.
pub fn account_of(principal: &str) -> Option<AccountId> {
    principal.split(':').nth(4).map(AccountId::from)
}

impl List {
    /// Whether a principal is on it.
    pub fn lists(self, principal: &str) -> bool {
        self.listed().iter().any(|listed| listed == principal)
    }

    /// Whether an account is on it, as a whole or by a role.
    pub fn lists_account(self, account: &AccountId) -> bool {
        let listed = self.listed();
        let mut accounts = listed.iter().filter_map(|it| account_of(it));
        accounts.any(|listed| listed == *account)
    }

    /// Everybody on it.
    pub fn listed(self) -> Vec<String> {
        self.split().0
    }

    fn split(self) -> (Vec<String>, Vec<String>) {
        let all = principals().into_iter().enumerate();
        let (on, off): (Vec<_>, Vec<_>) = all.partition(|(at, _)| self.who & (1 << at) != 0);
        let names = |them: Vec<(usize, String)>| them.into_iter().map(|(_, name)| name).collect();
        (names(on), names(off))
    }

    /// The text of the parameter: lines if they say it all.
    pub fn text(self) -> String {
        let (on, off) = self.split();
        let is_plain = !self.adopt && !self.at_once && !self.remove;
        if is_plain && !on.is_empty() {
            return on.join("\n");
        }
        let accept = match self.at_once {
            true => "at-once",
            false => "when-proven",
        };
        let remove = if self.remove { off } else { Vec::new() };
        json!({"principals": on, "adopt": self.adopt, "accept": accept, "remove": remove})
            .to_string()
    }
}

/// The text of a mistake.
pub fn mistake(which: u8) -> &'static str {
    MISTAKES[usize::from(which) % MISTAKES.len()]
}

/// What happens to who may connect; with people's hands at permissions and connections, or without.
pub fn events(hands: bool) -> impl Strategy<Value = Event> {
    let pick = any::<u8>;
    let hands = u32::from(hands);
    let of_themselves = prop_oneof![
        3 => list().prop_map(Access::Put),
        8 => pick().prop_map(Access::Toggle),
        1 => pick().prop_map(Access::Garble),
        1 => Just(Access::Delete),
        9 => pick().prop_map(Access::Connect),
        2 => pick().prop_map(Access::Leave),
        1 => pick().prop_map(Access::NewState),
    ];
    let by_hand = prop_oneof![
        3 => pick().prop_map(Access::Allow),
        2 => pick().prop_map(Access::Disallow),
        3 => (pick(), pick()).prop_map(|(of, how)| Access::Retag(of, how)),
        2 => pick().prop_map(Access::Accept),
        2 => pick().prop_map(Access::Reject),
    ];
    let all = prop_oneof![25 => of_themselves, 12 * hands => by_hand];
    all.prop_map(Event::Access)
}

fn list() -> impl Strategy<Value = List> {
    let seldom = || (0..4u8).prop_map(|side| side == 0);
    (any::<u8>(), seldom(), seldom(), any::<bool>()).prop_map(|(who, adopt, at_once, remove)| {
        List {
            who,
            adopt,
            at_once,
            remove,
        }
    })
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().replace('\n', " "))
    }
}
