//! What Kafka makes of a file: its role, its listeners, and the values of keys that are not there.

use super::elements::{Element, elements};
use super::implicit::{implicit_advertised, implicit_protocols};
use super::key::Key;
use super::logical::Entry;
use super::properties::Properties;
use super::protocols::Mapping;
use super::refusal::{Refusal, Rule};
use super::rules;
use super::setting::{Setting, listener, mapping, read};
use super::versions::{Freedom, Version};
use fleet::listener::Listener;
use fleet::listener::Protocol;

/// What a broker is besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A broker of a cluster whose controllers are other nodes.
    Broker,
    /// A controller, too.
    Combined,
    /// A broker of a cluster with ZooKeeper.
    ZooKeeper,
}

/// A broker's file, understood. Kafka would start with it, as far as listeners go.
#[derive(Clone, Debug)]
pub struct Config<'a> {
    /// The file.
    pub properties: Properties<'a>,
    /// What it is.
    pub role: Role,
    /// `controller.listener.names`, as they stand there.
    pub controllers: Vec<String>,
    /// The name of the listener on which brokers speak to each other, in capital letters.
    pub inter_broker: String,
    /// The name of the listener on which the controller speaks to this broker, if it has one of its own; in
    /// capital letters.
    pub control_plane: Option<String>,
    /// Where it listens.
    pub listeners: Setting<Listener>,
    /// What it tells clients.
    pub advertised: Setting<Listener>,
    /// How its listeners speak.
    pub protocols: Setting<Mapping>,
}

impl<'a> Config<'a> {
    /// Reads a file and checks all rules. A version that is not known takes only what all versions take.
    pub fn read(file: &'a [u8], version: Option<Version>) -> Result<Self, Refusal> {
        let properties = Properties::read(file)?;
        let role = rules::role::of(&properties, version)?;
        let controllers = controllers(&properties, version)?;
        let listeners =
            read(&properties, Key::Listeners, listener)?.or(|| vec![Listener::default_of_kafka()]);
        let advertised = read(&properties, Key::Advertised, listener)?;
        let protocols = read(&properties, Key::Protocols, mapping)?;
        let config = Self {
            inter_broker: inter_broker(&properties)?,
            control_plane: control_plane(&properties, role)?,
            advertised: advertised.or(|| implicit_advertised(&listeners.items, &controllers)),
            protocols: protocols.or(|| implicit_protocols(&listeners.items, &controllers, version)),
            properties,
            role,
            controllers,
            listeners,
        };
        rules::check(&config, version)?;
        Ok(config)
    }

    /// The entry of a key that counts.
    pub fn entry(&self, key: Key) -> Option<&Entry> {
        match key {
            Key::Listeners => self.listeners.entry.as_ref(),
            Key::Advertised => self.advertised.entry.as_ref(),
            Key::Protocols => self.protocols.entry.as_ref(),
        }
    }

    /// The elements of a key's value; none if it is not there.
    pub fn elements(&self, key: Key) -> &[Element] {
        match key {
            Key::Listeners => &self.listeners.elements,
            Key::Advertised => &self.advertised.elements,
            Key::Protocols => &self.protocols.elements,
        }
    }

    /// The names of listeners that a key's value has, in capital letters.
    pub fn names(&self, key: Key) -> Vec<&str> {
        match key {
            Key::Listeners => self
                .listeners
                .items
                .iter()
                .map(|it| it.name.as_str())
                .collect(),
            Key::Advertised => self
                .advertised
                .items
                .iter()
                .map(|it| it.name.as_str())
                .collect(),
            Key::Protocols => self
                .protocols
                .items
                .iter()
                .map(|it| it.name.as_str())
                .collect(),
        }
    }

    /// The value that a key has or that Kafka takes without it, in plain form.
    pub fn plain(&self, key: Key) -> Vec<String> {
        self.plain_without(key, &[])
    }

    /// The same without some listeners, whose names are in capital letters.
    pub(super) fn plain_without(&self, key: Key, names: &[String]) -> Vec<String> {
        let listeners = |setting: &Setting<Listener>| {
            let others = setting.items.iter().filter(|it| !names.contains(&it.name));
            others.map(Listener::element).collect()
        };
        match key {
            Key::Listeners => listeners(&self.listeners),
            Key::Advertised => listeners(&self.advertised),
            Key::Protocols => {
                let items = self.protocols.items.iter();
                let others = items.filter(|it| !names.contains(&it.name));
                others.map(Mapping::element).collect()
            }
        }
    }

    /// How a listener speaks; names in capital letters. Of two mappings the last one counts.
    pub fn protocol(&self, name: &str) -> Option<Protocol> {
        let mut items = self.protocols.items.iter().rev();
        items.find(|it| it.name == name).map(|it| it.protocol)
    }

    /// Whether a listener is for controllers. Kafka compares the names as they stand there.
    pub fn is_for_controllers(&self, name: &str) -> bool {
        self.controllers.iter().any(|it| it == name)
    }
}

fn controllers(file: &Properties, version: Option<Version>) -> Result<Vec<String>, Refusal> {
    let key = "controller.listener.names";
    let Some(entry) = file.entry(key) else {
        return Ok(Vec::new());
    };
    // Names that are not ASCII and placeholders are refused as in the three keys.
    let elements = elements(file, key, entry)?;
    let value = file.value(key).unwrap_or_default();
    let names: Vec<&str> = value.split(',').collect();
    let is_spaced = names.iter().any(|name| name.trim() != *name);
    if is_spaced && !Freedom::SpacedControllers.is_in(version) {
        let reason = "before 4.2 Kafka takes a blank beside a comma for a part of the name; take the blanks out";
        return Err(file.refuse(Rule::EmptyElement, key, reason));
    }
    Ok(elements
        .into_iter()
        .map(|it| it.text)
        .filter(|it| !it.is_empty())
        .collect())
}

fn inter_broker(file: &Properties) -> Result<String, Refusal> {
    let (key, other) = (
        "inter.broker.listener.name",
        "security.inter.broker.protocol",
    );
    let value = |key| {
        let read = |entry| elements(file, key, entry).map(|_| file.value(key));
        file.entry(key).map_or(Ok(None), read)
    };
    match (value(key)?, value(other)?) {
        (Some(_), Some(_)) => Err(file.refuse(
            Rule::InterBrokerTwice,
            other,
            format!("Kafka takes only one of {key} and {other}; remove one of the two lines"),
        )),
        (Some(name), None) | (None, Some(name)) => Ok(name.to_ascii_uppercase()),
        (None, None) => Ok("PLAINTEXT".to_owned()),
    }
}

/// With ZooKeeper only: elsewhere it means nothing.
fn control_plane(file: &Properties, role: Role) -> Result<Option<String>, Refusal> {
    let key = "control.plane.listener.name";
    match (role, file.entry(key)) {
        (Role::ZooKeeper, Some(entry)) => {
            elements(file, key, entry)?;
            Ok(file.value(key).map(|name| name.to_ascii_uppercase()))
        }
        (Role::Broker | Role::Combined, _) | (Role::ZooKeeper, None) => Ok(None),
    }
}
