//! Which broker answers, proven by its own configuration.
//!
//! A broker answers DescribeConfigs for its own `node.id` only; asked for another it says its own in the text of error 42
//! (`ConfigHelper.describeConfigs`, the same in 3.0.0, 3.7.1, 3.9 and 4.2; measured on 3.7.1 and 4.2.1). The request is never
//! forwarded to the broker that it names.

use crate::outline::{Outline, Part, always, since};
use crate::question::{Question, odd};
use crate::{Api, BrokerError, Connection, Endpoint, EndpointError, Error, endpoints};
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult,
};
use kafka_protocol::protocol::StrBytes;
use std::collections::BTreeMap;

const LISTENERS: &str = "listeners";
const ADVERTISED: &str = "advertised.listeners";
const PROTOCOLS: &str = "listener.security.protocol.map";

/// `ConfigResource.Type.BROKER`.
const BROKER: i8 = 4;
/// INVALID_REQUEST, which carries the text that names who answers.
const INVALID_REQUEST: i16 = 42;

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The broker that was expected, with its listeners.
    Expected(ListenerValues),
    /// Another broker: its `node.id`.
    Other(i32),
    /// An authorizer said no (error 31): nothing is proven. Grant DescribeConfigs on the cluster.
    Denied(BrokerError),
    /// Anything else: nothing is proven.
    Unclear(BrokerError),
}

/// What the **process** runs with, not what its file says (measured on 3.7.1: after an edit it still told the old values).
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
    /// What each place says that has a value, the one in force first: an override hides what the file says.
    pub layers: Vec<(Source, Option<String>)>,
}

/// Where a value comes from (KIP-226).
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

impl Connection {
    /// Whether broker `expected` answers here, and with which listeners. Needs DescribeConfigs on the cluster.
    ///
    /// # Errors
    /// [`Error::Unsupported`] from brokers before 1.1; [`Error::Malformed`] when the answer is about something else; those of
    /// every question. A denial is a [`Who`], since it says that a broker is there.
    pub async fn identity(&mut self, expected: i32) -> Result<Who, Error> {
        let version = self.agree::<DescribeConfigsRequest>(1)?;
        let name = expected.to_string();
        let keys = [LISTENERS, ADVERTISED, PROTOCOLS].map(StrBytes::from_static_str);
        let resource = DescribeConfigsResource::default()
            .with_resource_type(BROKER)
            .with_resource_name(StrBytes::from_string(name.clone()))
            .with_configuration_keys(Some(keys.to_vec()));
        let question = DescribeConfigsRequest::default()
            .with_resources(vec![resource])
            .with_include_synonyms(true);
        let limit = self.limits().small;
        let answer = self.ask(&question, version, limit).await?;
        match answer.results.as_slice() {
            [result] if result.resource_type == BROKER && *result.resource_name == *name => {
                who(expected, result)
            }
            _ => Err(odd::<DescribeConfigsRequest>(format!(
                "it is not about broker {expected} alone"
            ))),
        }
    }
}

fn who(expected: i32, result: &DescribeConfigsResult) -> Result<Who, Error> {
    let message = result.error_message.as_deref();
    let Some(error) = BrokerError::from_answer(result.error_code, message) else {
        return Ok(Who::Expected(ListenerValues {
            listeners: setting(result, LISTENERS)?,
            advertised: setting(result, ADVERTISED)?,
            protocols: setting(result, PROTOCOLS)?,
        }));
    };
    Ok(
        match (error.code, another(message.unwrap_or_default(), expected)) {
            (BrokerError::CLUSTER_DENIED, _) => Who::Denied(error),
            (INVALID_REQUEST, Some(id)) => Who::Other(id),
            _ => Who::Unclear(error),
        },
    )
}

/// Who speaks in "Unexpected broker id, expected 1 or empty string, but received 2".
fn another(message: &str, asked: i32) -> Option<i32> {
    let rest = message.strip_prefix("Unexpected broker id, expected ")?;
    let (id, received) = rest.split_once(" or empty string, but received ")?;
    let id = id.parse().ok()?;
    (received == asked.to_string() && id != asked).then_some(id)
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

impl Question for DescribeConfigsRequest {
    const API: Api = Api::DescribeConfigs;
    const OUTLINE: Outline = Outline {
        flexible: 4,
        fields: &[
            always(Part::Fixed(4)),
            always(Part::Structs(&[
                always(Part::Fixed(2)),
                always(Part::Text),
                always(Part::Fixed(1)),
                always(Part::Text),
                always(Part::Structs(&[
                    always(Part::Text),
                    always(Part::Text),
                    always(Part::Fixed(1 + 1 + 1)),
                    always(Part::Structs(&[
                        always(Part::Text),
                        always(Part::Text),
                        always(Part::Fixed(1)),
                    ])),
                    since(3, Part::Fixed(1)),
                    since(3, Part::Text),
                ])),
            ])),
        ],
        tagged: &[],
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_error_42_names_who_answers() {
        let text = "Unexpected broker id, expected 1 or empty string, but received 2";
        assert_eq!(another(text, 2), Some(1));
    }

    #[test]
    fn a_text_that_contradicts_the_question_names_nobody() {
        let text = "Unexpected broker id, expected 1 or empty string, but received 2";
        assert_eq!(another(text, 3), None);
        let text = "Unexpected broker id, expected 2 or empty string, but received 2";
        assert_eq!(another(text, 2), None);
        assert_eq!(
            another(
                "Unexpected broker id, expected x or empty string, but received 2",
                2
            ),
            None
        );
        assert_eq!(another("", 2), None);
    }
}
