//! The environment of a function: read once, in `main`, and refused with a clear line.

use fleet::foreign::clean;
use fleet::words::{ClusterName, LoadBalancerArn};
use std::fmt;

/// A variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentError {
    /// Its name.
    pub variable: &'static str,
    /// What is wrong with it, after the name.
    pub wrong: String,
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment variable {} {}", self.variable, self.wrong)
    }
}

impl std::error::Error for EnvironmentError {}

/// Reads a variable that must be set by `get`. A missing one is told with an example.
pub fn required(
    get: impl Fn(&str) -> Option<String>,
    variable: &'static str,
    example: &str,
) -> Result<String, EnvironmentError> {
    match get(variable) {
        Some(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Some(_) | None => Err(EnvironmentError {
            variable,
            wrong: format!("is not set; give it a value such as {example}"),
        }),
    }
}

/// Reads `CLUSTER`, the cluster that the stack serves.
pub fn cluster(get: impl Fn(&str) -> Option<String>) -> Result<ClusterName, EnvironmentError> {
    let variable = "CLUSTER";
    let cluster = required(get, variable, "orders")?;
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    if cluster.len() > 64 || !cluster.bytes().all(is_allowed) {
        return Err(EnvironmentError {
            variable,
            wrong: format!(
                "\"{cluster}\" must be 1 to 64 of letters, digits, '.', '_' and '-', as it is part of parameter names"
            ),
        });
    }
    Ok(ClusterName::new(cluster))
}

/// Reads `LOAD_BALANCER_ARN`, the NLB of the endpoint service.
pub fn load_balancer(
    get: impl Fn(&str) -> Option<String>,
) -> Result<LoadBalancerArn, EnvironmentError> {
    let variable = "LOAD_BALANCER_ARN";
    let arn = required(
        get,
        variable,
        "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/kafka/0123456789abcdef",
    )?;
    LoadBalancerArn::parse(&arn).ok_or_else(|| EnvironmentError {
        variable,
        wrong: format!(
            "\"{}\" is not the ARN of a load balancer, arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/net/<name>/<id>; take the one that the NLB's stack has as output",
            clean(&arn, 200)
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(of_cluster: &str, arn: &str) -> Result<LoadBalancerArn, String> {
        let get = |name: &str| match name {
            "CLUSTER" => Some(of_cluster.to_owned()),
            "LOAD_BALANCER_ARN" => Some(arn.to_owned()),
            _ => None,
        };
        let read = cluster(get).and_then(|_| load_balancer(get));
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_with_an_example() {
        let arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/k/1";
        assert!(with("orders", arn).is_ok());
        assert!(with("", arn).unwrap_err().contains("CLUSTER is not set"));
        assert!(with("a/b", arn).unwrap_err().contains("\"a/b\""));
        for wrong in [
            "kafka-nlb",
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/kafka",
            "arn:aws:elasticloadbalancing::1:loadbalancer/net/k/1",
            "arn:aws:ec2:us-west-2:1:loadbalancer/net/k/1",
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/k/1/",
        ] {
            let error = with("orders", wrong).unwrap_err();
            let told = format!("LOAD_BALANCER_ARN \"{wrong}\" is not the ARN of a load balancer");
            assert!(error.contains(&told), "{error}");
        }
        let china = "arn:aws-cn:elasticloadbalancing:cn-northwest-1:1:loadbalancer/net/k/1";
        let region = with("orders", china).map(|arn| arn.region().to_owned());
        assert_eq!(region.as_deref(), Ok("cn-northwest-1"));
    }
}
