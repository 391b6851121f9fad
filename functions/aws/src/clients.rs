//! The clients of the services that we call, on one HTTP client and one configuration.

use crate::alarms::{MONITORING, TAGGING};
use crate::connector::{CONNECT_TIMEOUT, http_client};
use crate::date::{AnswerDates, DateHeader};
use crate::logs::LOGS;
use crate::plain::Plain;
use crate::whole::WholeAnswer;
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use cloud::calls::Dated;
use jiff::Timestamp;
use std::time::Duration;

/// One call must leave time for the others within the function's 55 s.
const ATTEMPT: Duration = Duration::from_secs(10);
/// An invocation takes as long as the function that is invoked: probe-brokers takes 45 s for a gate, and may
/// have to start first. Who asks something shorter waits shorter (`cloud::eyes`).
const INVOCATION: Duration = Duration::from_secs(50);

/// AWS, by its SDK. Made once per process, since connections are kept for the next activation.
#[derive(Clone, Debug)]
pub struct Aws {
    pub(crate) auto_scaling: aws_sdk_autoscaling::Client,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) elbv2: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) logs: Plain,
    pub(crate) monitoring: Plain,
    pub(crate) ssm: aws_sdk_ssm::Client,
    pub(crate) tagging: Plain,
    pub(crate) dates: AnswerDates,
}

/// What goes along with every call of a service without an SDK of its own.
pub(crate) struct AnswerHooks {
    pub(crate) dates: DateHeader,
    pub(crate) timeouts: TimeoutConfig,
}

impl Aws {
    /// Clients with Region, credentials and endpoint (`AWS_ENDPOINT_URL`) of the environment, where
    /// Lambda puts them. The SDK's default chain would also make ready for profiles, roles,
    /// containers and instance metadata, none of which there is.
    pub async fn from_env() -> Self {
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(EnvironmentVariableRegionProvider::new())
            .credentials_provider(EnvironmentVariableCredentialsProvider::new());
        Self::from_config(config).await
    }

    /// Clients with what `config` finds, except for retries, time-outs and the HTTP client.
    pub async fn from_config(config: ConfigLoader) -> Self {
        let config = config
            .http_client(http_client())
            .retry_config(RetryConfig::disabled())
            .timeout_config(within(ATTEMPT))
            .load()
            .await;
        let dates = AnswerDates::default();
        let date = DateHeader::new(dates.clone());
        let hooks = AnswerHooks {
            dates: date.clone(),
            timeouts: within(ATTEMPT),
        };
        Self {
            logs: Plain::new(LOGS, &config, &hooks).await,
            monitoring: Plain::new(MONITORING, &config, &hooks).await,
            tagging: Plain::new(TAGGING, &config, &hooks).await,
            auto_scaling: aws_sdk_autoscaling::Client::from_conf(
                aws_sdk_autoscaling::config::Builder::from(&config)
                    .interceptor(date.clone())
                    .interceptor(WholeAnswer)
                    .build(),
            ),
            ec2: aws_sdk_ec2::Client::from_conf(
                aws_sdk_ec2::config::Builder::from(&config)
                    .interceptor(date.clone())
                    .interceptor(WholeAnswer)
                    .build(),
            ),
            elbv2: aws_sdk_elasticloadbalancingv2::Client::from_conf(
                aws_sdk_elasticloadbalancingv2::config::Builder::from(&config)
                    .interceptor(date.clone())
                    .interceptor(WholeAnswer)
                    .build(),
            ),
            lambda: aws_sdk_lambda::Client::from_conf(
                aws_sdk_lambda::config::Builder::from(&config)
                    .timeout_config(within(INVOCATION))
                    .interceptor(date.clone())
                    .build(),
            ),
            ssm: aws_sdk_ssm::Client::from_conf(
                aws_sdk_ssm::config::Builder::from(&config)
                    .interceptor(date)
                    .build(),
            ),
            dates,
        }
    }
}

impl Dated for Aws {
    fn take_dates(&self) -> Vec<Timestamp> {
        self.dates.take()
    }
}

fn within(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(attempt)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_invocation_may_take_longer_than_any_other_call_and_is_not_tried_again() {
        let aws = Aws::from_config(aws_config::defaults(BehaviorVersion::latest())).await;
        let time = |config: Option<&TimeoutConfig>| {
            config.and_then(TimeoutConfig::operation_attempt_timeout)
        };
        assert_eq!(time(aws.ssm.config().timeout_config()), Some(ATTEMPT));
        let lambda = aws.lambda.config();
        assert_eq!(time(lambda.timeout_config()), Some(INVOCATION));
        let tries = lambda.retry_config().map(RetryConfig::max_attempts);
        assert_eq!(tries, Some(1));
    }
}
