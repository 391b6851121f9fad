//! A broker's listeners as its process knows them, and where each value comes from.

use crate::question::odd;
use crate::{Endpoint, EndpointError, Error, endpoints};
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult,
};
use kafka_protocol::protocol::StrBytes;
use std::collections::BTreeMap;

const LISTENERS: &str = "listeners";
const ADVERTISED: &str = "advertised.listeners";
const PROTOCOLS: &str = "listener.security.protocol.map";

/// What the **process** runs with, not what its file says (K-8: after an edit of the file it
/// still told the old values).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerValues {
    /// `listeners`: what it binds.
    pub listeners: Setting,
    /// `advertised.listeners`: what it tells clients.
    pub advertised: Setting,
    /// `listener.security.protocol.map`.
    pub protocols: Setting,
}

impl ListenerValues {
    /// The keys to ask for.
    pub(crate) const KEYS: [&str; 3] = [LISTENERS, ADVERTISED, PROTOCOLS];

    /// The values of an answer that has no error.
    pub(crate) fn from_answer(result: &DescribeConfigsResult) -> Result<Self, Error> {
        Ok(Self {
            listeners: setting(result, LISTENERS)?,
            advertised: setting(result, ADVERTISED)?,
            protocols: setting(result, PROTOCOLS)?,
        })
    }

    /// `advertised.listeners` by listener name; `listeners` where it is not set, as brokers do.
    ///
    /// # Errors
    /// A value that is no list of endpoints; the error shows it.
    pub fn advertised_endpoints(&self) -> Result<BTreeMap<String, Endpoint>, EndpointError> {
        let value = self.advertised.value.as_deref();
        endpoints(
            value
                .or(self.listeners.value.as_deref())
                .unwrap_or_default(),
        )
    }
}

/// One value of a broker's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What is in force; None when it is not set.
    pub value: Option<String>,
    /// Where that comes from.
    pub source: Source,
    /// What each place says that has a value, the one in force first: an override hides what the
    /// file says.
    pub layers: Vec<(Source, Option<String>)>,
}

/// Where a value comes from (K-8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// An override for this broker; it wins over the file, so editing the file changes nothing.
    DynamicBroker,
    /// An override for all brokers; it wins over the file, too.
    DynamicDefault,
    /// The file, or `--override` on the command line.
    Static,
    /// Kafka itself.
    Default,
    /// A number that we don't know.
    Unknown(i8),
}

impl Source {
    /// Whether it wins over the file.
    pub fn is_override(self) -> bool {
        matches!(self, Self::DynamicBroker | Self::DynamicDefault)
    }

    fn from_wire(number: i8) -> Self {
        match number {
            2 => Self::DynamicBroker,
            3 => Self::DynamicDefault,
            4 => Self::Static,
            5 => Self::Default,
            other => Self::Unknown(other),
        }
    }
}

fn setting(result: &DescribeConfigsResult, name: &str) -> Result<Setting, Error> {
    let found = result.configs.iter().find(|config| *config.name == *name);
    let config =
        found.ok_or_else(|| odd::<DescribeConfigsRequest>(format!("{name} is missing")))?;
    Ok(Setting {
        value: text(config.value.as_ref()),
        source: Source::from_wire(config.config_source),
        layers: layers(config),
    })
}

fn layers(config: &DescribeConfigsResourceResult) -> Vec<(Source, Option<String>)> {
    let layer = config.synonyms.iter();
    layer
        .map(|layer| (Source::from_wire(layer.source), text(layer.value.as_ref())))
        .collect()
}

fn text(value: Option<&StrBytes>) -> Option<String> {
    value.map(|value| value.to_string())
}
