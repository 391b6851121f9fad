//! What a broker's process is, and how long the controller waits for it when it is gone.

use crate::identity::BROKER;
use crate::question::odd;
use crate::{Api, BrokerError, Connection, Error};
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResult;
use kafka_protocol::protocol::StrBytes;

const ROLES: &str = "process.roles";
const KRAFT_SESSION: &str = "broker.session.timeout.ms";
const ZOOKEEPER_SESSION: &str = "zookeeper.session.timeout.ms";

/// Values of a broker's process (K-8). One that its version of Kafka does not know is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerValues {
    /// `process.roles`: `broker`, or `broker,controller`; none with ZooKeeper.
    pub roles: Option<String>,
    /// `broker.session.timeout.ms`: with KRaft (K-11).
    pub kraft_session: Option<i64>,
    /// `zookeeper.session.timeout.ms`: with ZooKeeper.
    pub zookeeper_session: Option<i64>,
}

impl Connection {
    /// What broker `node` itself says, which has to be the one that answers here
    /// ([`Connection::identity`]). Needs DescribeConfigs on the cluster.
    ///
    /// # Errors
    /// [`Error::Broker`] with 31 if denied, with 42 if another broker answers;
    /// [`Error::Malformed`] when the answer is about something else or a time-out is no number;
    /// those of every question.
    pub async fn broker_values(&mut self, node: i32) -> Result<BrokerValues, Error> {
        let version = self.agree::<DescribeConfigsRequest>(1)?;
        let name = node.to_string();
        let keys = [ROLES, KRAFT_SESSION, ZOOKEEPER_SESSION].map(StrBytes::from_static_str);
        let resource = DescribeConfigsResource::default()
            .with_resource_type(BROKER)
            .with_resource_name(StrBytes::from_string(name.clone()))
            .with_configuration_keys(Some(keys.to_vec()));
        let question = DescribeConfigsRequest::default().with_resources(vec![resource]);
        let limit = self.limits().small;
        let answer = self.ask(&question, version, limit).await?;
        match answer.results.as_slice() {
            [result] if result.resource_type == BROKER && *result.resource_name == *name => {
                values(result)
            }
            _ => Err(odd::<DescribeConfigsRequest>(format!(
                "it is not about broker {node} alone"
            ))),
        }
    }
}

fn values(result: &DescribeConfigsResult) -> Result<BrokerValues, Error> {
    let error = BrokerError::from_answer(result.error_code, result.error_message.as_deref());
    if let Some(error) = error {
        let api = Api::DescribeConfigs;
        return Err(Error::Broker { api, error });
    }
    Ok(BrokerValues {
        roles: text(result, ROLES)
            .filter(|roles| !roles.is_empty())
            .map(str::to_owned),
        kraft_session: number(result, KRAFT_SESSION)?,
        zookeeper_session: number(result, ZOOKEEPER_SESSION)?,
    })
}

fn text<'a>(result: &'a DescribeConfigsResult, key: &str) -> Option<&'a str> {
    let config = result.configs.iter().find(|config| *config.name == *key)?;
    config.value.as_deref()
}

fn number(result: &DescribeConfigsResult, key: &str) -> Result<Option<i64>, Error> {
    let number = text(result, key).map(str::parse).transpose();
    number.map_err(|_| odd::<DescribeConfigsRequest>(format!("{key} is no number")))
}
