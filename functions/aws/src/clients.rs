//! The four clients, on one HTTP client and one configuration.

use crate::date::{AnsweredAt, DateHeader};
use aws_config::{BehaviorVersion, ConfigLoader};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;

/// A connection that is not there by then won't come.
const CONNECT: Duration = Duration::from_secs(3);

/// One call must leave time for the others within the function's 55 s.
const ATTEMPT: Duration = Duration::from_secs(10);

/// AWS, by its SDK. Made once per process, since connections are kept for the next activation.
#[derive(Clone, Debug)]
pub struct Aws {
    pub(crate) auto_scaling: aws_sdk_autoscaling::Client,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) elbv2: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) ssm: aws_sdk_ssm::Client,
    pub(crate) answered_at: AnsweredAt,
}

impl Aws {
    /// Clients with the SDK's own chain of Region, credentials and endpoint (`AWS_ENDPOINT_URL`).
    pub async fn from_env() -> Self {
        Self::from_config(aws_config::defaults(BehaviorVersion::latest())).await
    }

    /// Clients with what `config` finds, except for retries, time-outs and the HTTP client.
    pub async fn from_config(config: ConfigLoader) -> Self {
        // The SDK would give each client an HTTP client of its own: four times the connections,
        // and four times the root certificates read from disk at the start.
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build_https();
        let config = config
            .http_client(http)
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT)
                    .operation_attempt_timeout(ATTEMPT)
                    .build(),
            )
            .load()
            .await;
        let answered_at = AnsweredAt::default();
        let date = DateHeader::new(answered_at.clone());
        Self {
            auto_scaling: aws_sdk_autoscaling::Client::from_conf(
                aws_sdk_autoscaling::config::Builder::from(&config)
                    .interceptor(date.clone())
                    .build(),
            ),
            ec2: aws_sdk_ec2::Client::from_conf(
                aws_sdk_ec2::config::Builder::from(&config)
                    .interceptor(date.clone())
                    .build(),
            ),
            elbv2: aws_sdk_elasticloadbalancingv2::Client::from_conf(
                aws_sdk_elasticloadbalancingv2::config::Builder::from(&config)
                    .interceptor(date.clone())
                    .build(),
            ),
            ssm: aws_sdk_ssm::Client::from_conf(
                aws_sdk_ssm::config::Builder::from(&config)
                    .interceptor(date)
                    .build(),
            ),
            answered_at,
        }
    }
}
