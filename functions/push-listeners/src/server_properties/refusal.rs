//! Why a file is not edited: the rule, the line, what stands there, and the way out.

use serde::Serialize;
use std::fmt;

/// A file, a wish or a result that is refused. Nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// What it breaks.
    pub rule: Rule,
    /// The line, what stands there, and a sentence with the way out.
    #[serde(flatten)]
    pub told: fleet::refusal::Refusal,
}

impl Refusal {
    /// A refusal of what stands in a line, counted from 1.
    pub(super) fn at(rule: Rule, line: usize, text: &str, reason: impl Into<String>) -> Self {
        let told = fleet::refusal::Refusal::new(Some(line), text, reason);
        Self { rule, told }
    }

    /// A refusal that is about no line.
    pub(super) fn because(rule: Rule, reason: impl Into<String>) -> Self {
        let told = fleet::refusal::Refusal::new(None, "", reason);
        Self { rule, told }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told.fmt(f)
    }
}

/// What is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A `\u` without four hexadecimal digits.
    MalformedEscape,
    /// A line whose key the mask hides, because it holds an escape.
    CannotTell,
    /// A byte order mark before a key.
    ByteOrderMark,
    /// A file that a program writes anew.
    Generated,
    /// `${…}` where a value is needed.
    Placeholder,
    /// A character outside ASCII in a value that is needed.
    NotAscii,
    /// `process.roles` holds something else than broker and controller.
    Roles,
    /// A controller without the role of a broker: it is never edited.
    ControllerOnly,
    /// No `process.roles`, and no ZooKeeper or a version without it.
    ZooKeeper,
    /// A broker on its way from ZooKeeper to KRaft.
    Migration,
    /// `node.id` is missing, no number, or differs from `broker.id`.
    NodeIdentity,
    /// The voters do not fit the node's role.
    Voters,
    /// An element that is no `NAME://host:port`.
    Endpoint,
    /// A port above 65535 or below 0.
    PortNumber,
    /// An element that is empty.
    EmptyElement,
    /// No element at all.
    Nothing,
    /// A name that stands twice in one list.
    SameName,
    /// A port on which two listeners listen.
    SamePort,
    /// A listener that is advertised but not there.
    AdvertisedOnly,
    /// The inter-broker listener is not advertised.
    InterBroker,
    /// `inter.broker.listener.name` beside `security.inter.broker.protocol`.
    InterBrokerTwice,
    /// `0.0.0.0` is advertised.
    MetaAddress,
    /// An element of the map that is no `NAME:PROTOCOL`, or a protocol that Kafka does not have.
    Mapping,
    /// A name with two protocols in the map.
    TwoProtocols,
    /// A listener without a protocol.
    NoProtocol,
    /// No `controller.listener.names`.
    NoControllerName,
    /// A broker that is no controller listens for controllers.
    ControllerListens,
    /// A controller does not listen on one of its listeners.
    ControllerSilent,
    /// A controller's listener is advertised where the version refuses it.
    ControllerAdvertised,
    /// `control.plane.listener.name`, which is for ZooKeeper mode, and names a listener of its own there.
    ControlPlane,
    /// `controller.listener.names` with ZooKeeper, which knows no such listeners.
    ControllersOfKraft,
    /// The wish itself cannot be written.
    Wish,
    /// The group's listener belongs to the cluster itself.
    Reserved,
    /// The group's listener is there on another port, or where nobody reaches it.
    OtherBind,
    /// The group's listener is there with another protocol.
    OtherProtocol,
    /// The group's port is another listener's.
    PortTaken,
    /// The result would not be what was meant.
    Unsound,
}
