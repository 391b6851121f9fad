//! How many replicas of a topic must be in sync for acks=all.

use crate::question::odd;
use crate::{Api, BrokerError, Connection, Error};
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResult;
use kafka_protocol::protocol::StrBytes;
use std::collections::BTreeMap;

const KEY: &str = "min.insync.replicas";
/// `ConfigResource.Type.TOPIC`.
const TOPIC: i8 = 2;
/// UNKNOWN_TOPIC_OR_PARTITION.
const GONE: i16 = 3;
/// Topics in one question. With the longest names (249 characters) its answer is below 200 KiB.
const CHUNK: usize = 500;

impl Connection {
    /// `min.insync.replicas` by topic, in force by whichever place: topic, broker's default,
    /// Kafka's default. A topic that is gone meanwhile is missing. Needs DescribeConfigs on each
    /// topic.
    ///
    /// # Errors
    /// [`Error::Broker`] if any topic is denied (error 29) or has another error; those of every
    /// question.
    pub async fn min_insync_replicas(
        &mut self,
        topics: &[&str],
    ) -> Result<BTreeMap<String, i32>, Error> {
        let version = self.agree::<DescribeConfigsRequest>(1)?;
        let limit = self.limits().small;
        let mut found = BTreeMap::new();
        for chunk in topics.chunks(CHUNK) {
            let answer = self.ask(&question(chunk), version, limit).await?;
            let answered = answer.results.iter().map(|result| &*result.resource_name);
            if !answered.eq(chunk.iter().copied()) {
                return Err(odd::<DescribeConfigsRequest>(
                    "it is about other topics than were asked for",
                ));
            }
            for result in &answer.results {
                if let Some(value) = value(result)? {
                    found.insert(result.resource_name.to_string(), value);
                }
            }
        }
        Ok(found)
    }
}

fn question(topics: &[&str]) -> DescribeConfigsRequest {
    let resource = |topic: &&str| {
        DescribeConfigsResource::default()
            .with_resource_type(TOPIC)
            .with_resource_name(StrBytes::from_string((*topic).to_owned()))
            .with_configuration_keys(Some(vec![StrBytes::from_static_str(KEY)]))
    };
    DescribeConfigsRequest::default().with_resources(topics.iter().map(resource).collect())
}

fn value(result: &DescribeConfigsResult) -> Result<Option<i32>, Error> {
    let error = BrokerError::from_answer(result.error_code, result.error_message.as_deref());
    match error {
        Some(error) if error.code == GONE => return Ok(None),
        Some(error) => {
            let api = Api::DescribeConfigs;
            return Err(Error::Broker { api, error });
        }
        None => {}
    }
    let config = result.configs.iter().find(|config| &*config.name == KEY);
    let text = config.and_then(|config| config.value.as_deref());
    let value = text.and_then(|text| text.parse().ok());
    let topic = &result.resource_name;
    value
        .ok_or_else(|| odd::<DescribeConfigsRequest>(format!("topic {topic} has no {KEY}")))
        .map(Some)
}
