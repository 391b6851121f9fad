//! What register-brokers tells: which port leads to whom, and what was proven of it.

use crate::fields::{Fields, Word};
use crate::proof::Proof;
use crate::reports::Function;
use crate::told::Picture;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The mapping.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    /// Each port.
    pub(crate) ports: Vec<Port>,
    /// Who is not exposed to which consumer, as sentences.
    pub(crate) without: Vec<String>,
    /// Who runs and has no port of a group that is to have it, as sentences.
    pub(crate) unmapped: Vec<String>,
    /// Who waits for a lifecycle hook.
    pub(crate) waiting: Vec<Waiting>,
    /// What was proven.
    pub(crate) proof: Proof,
    /// Whether all that the report has of the ports, and of what was proven, could be read.
    pub(crate) is_whole: bool,
}

/// One port of the NLB.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Port {
    pub(crate) group: Word,
    pub(crate) port: u16,
    /// `bootstrap`, or the `node.id`.
    pub(crate) owner: Word,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) instances: Vec<Word>,
    pub(crate) az_id: Option<Word>,
    pub(crate) state: Word,
}

/// What a broker advertises to the consumer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// An instance that waits for a lifecycle hook.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Waiting {
    pub(crate) instance: Word,
    pub(crate) auto_scaling_group: Word,
    pub(crate) hook: Word,
    pub(crate) until: Option<Timestamp>,
    pub(crate) why: String,
}

impl Picture for Mapping {
    const FUNCTION: Function = Function::RegisterBrokers;

    fn read(fields: &mut Fields<'_>) -> Self {
        let amiss = fields.amiss.len();
        let mut ports: Vec<Port> = fields.list("mapping");
        let proof = Proof::read(fields);
        let is_whole = fields.amiss.len() == amiss;
        ports.sort_by(|one, two| (&one.group, one.port).cmp(&(&two.group, two.port)));
        Self {
            ports,
            without: fields.may_list("without"),
            unmapped: fields.may_list("unmapped"),
            waiting: fields.may_list("waiting"),
            proof,
            is_whole,
        }
    }
}

impl Mapping {
    /// The listener groups, each with its ports, the lowest first.
    pub(crate) fn groups(&self) -> BTreeMap<&Word, Vec<&Port>> {
        let mut groups: BTreeMap<&Word, Vec<&Port>> = BTreeMap::new();
        for port in &self.ports {
            groups.entry(&port.group).or_default().push(port);
        }
        groups
    }

    /// Who has no port: a broker, or the bootstrap of a group whose brokers have some.
    pub(crate) fn without_port(&self) -> Vec<String> {
        let groups = self.groups().into_iter();
        // Of half a report nobody knows what it lacks.
        let groups = groups.filter(|_| self.is_whole);
        let shut = groups.filter(|(_, ports)| !ports.iter().any(|port| port.is_bootstrap()));
        let shut = shut.map(|(group, _)| format!("the bootstrap of {group} has no port"));
        self.unmapped.iter().cloned().chain(shut).collect()
    }

    /// The ports that should lead to somebody now.
    pub(crate) fn due(&self) -> impl Iterator<Item = &Port> {
        self.ports.iter().filter(|port| !port.is_away())
    }

    /// The broker whose instance it is.
    pub(crate) fn broker_on(&self, instance: &Word) -> Option<&Word> {
        let mut ports = self.ports.iter().filter(|port| !port.is_bootstrap());
        let port = ports.find(|port| port.instances.contains(instance))?;
        Some(&port.owner)
    }
}

impl Port {
    /// Whether any broker answers there.
    pub(crate) fn is_bootstrap(&self) -> bool {
        self.owner.as_str() == "bootstrap"
    }

    /// Whether it is only kept, and leads to nobody.
    pub(crate) fn is_away(&self) -> bool {
        matches!(self.state.as_str(), "reserved" | "warm")
    }

    /// Whose it is, as reports write it: `EXTERNAL broker 2`, `EXTERNAL bootstrap`.
    pub(crate) fn whose(&self) -> String {
        let Self { group, owner, .. } = self;
        match self.is_bootstrap() {
            true => format!("{group} bootstrap"),
            false => format!("{group} broker {owner}"),
        }
    }

    /// How its targets are, in words.
    pub(crate) fn state(&self) -> &str {
        match self.state.as_str() {
            "serving" => "target healthy",
            "waiting" => "being set up, or its target is not healthy",
            "reserved" => "kept for a broker that is gone",
            "warm" => "kept for a broker in a warm pool",
            "" => "state not told",
            other => other,
        }
    }
}
