//! Which broker answers, proven by its own configuration.
//!
//! A broker answers DescribeConfigs for its own `node.id` only; asked for another it says its own
//! in the text of error 42. The request is never forwarded to the broker that it names (K-1).

use crate::outline::{Outline, Part, always, since};
use crate::question::{Question, odd};
use crate::{Api, BrokerError, Connection, Error, ListenerValues};
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResult;
use kafka_protocol::protocol::StrBytes;

/// `ConfigResource.Type.BROKER`.
pub(crate) const BROKER: i8 = 4;
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

impl Connection {
    /// Whether broker `expected` answers here, and with which listeners. Needs DescribeConfigs on
    /// the cluster.
    ///
    /// # Errors
    /// [`Error::Unsupported`] from brokers before 1.1; [`Error::Malformed`] when the answer is
    /// about something else; those of every question. A denial is a [`Who`], since it says that a
    /// broker is there.
    pub async fn identity(&mut self, expected: i32) -> Result<Who, Error> {
        let version = self.agree::<DescribeConfigsRequest>(1)?;
        let name = expected.to_string();
        let keys = ListenerValues::KEYS.map(StrBytes::from_static_str);
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
        return ListenerValues::from_answer(result).map(Who::Expected);
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
